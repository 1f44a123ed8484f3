"""What make audit-deps says, with the real pip-audit and a local source of advisories."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.lint.audit_deps import CLEAN, PIP_AUDIT, UNKNOWN, VULNERABLE, audit

pytestmark = pytest.mark.skipif(not PIP_AUDIT.exists(), reason="pip-audit is not installed: make tools")

ADVISORY = {
    "id": "PYSEC-2000-1",
    "summary": "Bad.",
    "modified": "2000-01-01T00:00:00Z",
    "published": "2000-01-01T00:00:00Z",
    "affected": [
        {
            "package": {"name": "bad", "ecosystem": "PyPI", "purl": "pkg:pypi/bad"},
            "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "2.0"}]}],
            "versions": ["1.0"],
        }
    ],
}


class Source(BaseHTTPRequestHandler):
    """Knows something about the package bad 1.0 only."""

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        bad = asked["package"]["name"] == "bad" and asked["version"] == "1.0"
        answer = json.dumps({"vulns": [ADVISORY]} if bad else {}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *words: object) -> None:
        pass


@pytest.fixture(scope="module")
def source() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Source) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/query"
        server.shutdown()


@pytest.mark.parametrize(
    ("packages", "status", "said"),
    [
        ("good==1.0\n", CLEAN, "1 packages, none with a known vulnerability"),
        ("good==1.0\nbad==1.0\n", VULNERABLE, "bad 1.0: PYSEC-2000-1, mended in 2.0"),
        ("bad==2.0\n", CLEAN, "none with a known vulnerability"),
    ],
)
def test_it_says_what_is_known(source: str, packages: str, status: int, said: str, tmp_path: Path, capsys) -> None:
    lock = tmp_path / "requirements.txt"
    lock.write_text(packages)
    assert audit(lock, ["--vulnerability-service=osv", f"--osv-url={source}"]) == status
    assert said in capsys.readouterr().out


def test_an_unreachable_source_is_no_success(tmp_path: Path, capsys) -> None:
    lock = tmp_path / "requirements.txt"
    lock.write_text("good==1.0\n")
    assert audit(lock, ["--vulnerability-service=osv", "--osv-url=http://127.0.0.1:9/query"]) == UNKNOWN
    assert "no advisory source was reached" in capsys.readouterr().out
