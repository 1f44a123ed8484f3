from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from data_generators import GeneratorConfig, generate

Rows = list[dict[str, str]]


def read_rows(path: Path, encoding: str = "utf-8", delimiter: str = ",") -> Rows:
    with path.open(encoding=encoding, newline="") as file:
        return list(csv.DictReader(file, delimiter=delimiter))


def flat(value: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    """Nested members by dotted path; a date of extended JSON is one value."""
    found: dict[str, Any] = {}
    for name, member in value.items():
        if isinstance(member, dict) and not any(key.startswith("$") for key in member):
            found |= flat(member, f"{prefix}{name}.")
        else:
            found[f"{prefix}{name}"] = member
    return found


@pytest.fixture(scope="session")
def rows() -> Callable[..., Rows]:
    return read_rows


@pytest.fixture(scope="session")
def members() -> Callable[[Path], list[dict[str, Any]]]:
    return lambda path: [flat(json.loads(line)) for line in path.read_text("utf-8").splitlines()]


@pytest.fixture(scope="session")
def default(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The default folder."""
    out = tmp_path_factory.mktemp("generated") / "default"
    generate(GeneratorConfig(), out)
    return out


@pytest.fixture(scope="session")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The default folder without any mess."""
    out = tmp_path_factory.mktemp("generated") / "clean"
    generate(GeneratorConfig(mess=0), out)
    return out


@pytest.fixture(scope="session")
def hashes() -> Callable[[Path], dict[str, str]]:
    """SHA-256 of every file below a folder."""

    def compute(folder: Path) -> dict[str, str]:
        files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
        return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}

    return compute
