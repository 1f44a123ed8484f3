"""The repository holds no secrets, and exceptions to rules of security say why."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from tests.conftest import ROOT

SECRETS = {
    "a private key": re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----"),
    "a key of a cloud": re.compile(r"\b(AKIA|ASIA)[0-9A-Z]{16}\b"),
    "a token of a code host": re.compile(r"\b(gh[pousr]_|github_pat_|glpat-|pypi-AgE)[A-Za-z0-9_-]{20,}"),
    "a password in a URL": re.compile(r"[a-z]://[^\s/:@'\"{}$<>]+:([^\s/@'\"{}$<>]{4,})@"),
    "a password in a file of settings": re.compile(
        r"^\s*[\w.-]*(?:password|passwd|secret|api_?key|token)[\w.-]*\s*[:=]\s*[\"']?([A-Za-z0-9+/_-]{16,})[\"']?\s*$",
        re.I | re.M,
    ),
}
# What stands for one in examples, and what tests make up.
MADE_UP = {"password", "pass", "secret", "hidden", "nothing", "p%2Fw"}


def committed() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if listed.returncode != 0:
        pytest.skip("this is no clone with git")
    return [path for name in listed.stdout.decode().split("\0") if name and (path := ROOT / name).is_file()]


def test_no_secret_is_committed() -> None:
    found = []
    for path in committed():
        if path == Path(__file__):
            continue
        text = path.read_text(encoding="utf-8", errors="replace")
        for what, pattern in SECRETS.items():
            for match in pattern.finditer(text):
                if not match.groups() or match[match.lastindex or 0] not in MADE_UP:
                    found.append(f"{path.relative_to(ROOT)}: {what}: {match[0].strip()[:80]}")
    assert found == []


@pytest.mark.parametrize(
    "text",
    [
        "-----BEGIN RSA PRIVATE KEY-----",
        "url = 'postgresql://app:Tr0ub4dor@db.example.com/shop'",
        "POSTGRES_PASSWORD=Zk3mUeXw9q7TgPbLhA1v",
        "  api_key: 'Zk3mUeXw9q7TgPbLhA1v'",
    ],
)
def test_one_would_be_found(text: str) -> None:
    assert any(pattern.search(text) for pattern in SECRETS.values())


def test_exceptions_to_rules_of_security_say_why() -> None:
    """As `# noqa: S608 - names of ours`; tests are free of these rules."""
    without = []
    for path in committed():
        if path.suffix == ".py" and path.relative_to(ROOT).parts[0] != "tests":
            for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
                if re.search(r"# noqa:[^#]*\bS\d{3}\b(?! (- |\()\w)", line):
                    without.append(f"{path.relative_to(ROOT)}:{number}")
    assert without == []
