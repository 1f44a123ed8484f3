"""Runs our commands as users do, in a state and an exports folder of their own."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Installation:
    """The clone under test with another state and exports folder, so that tests never meet a user's run."""

    home: Path

    @property
    def exports(self) -> Path:
        return self.home / "exports"

    @property
    def environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("C360_", "AIRFLOW", "DBT_"))}
        return {
            **kept,
            "C360_STATE_DIR": str(self.home / "state"),
            "C360_EXPORTS_DIR": str(self.exports),
            "C360_ENV_FILE": str(self.home / ".env"),
        }

    def verb(self, *arguments: str, expect: int = 0, timeout: float = 300) -> subprocess.CompletedProcess[str]:
        """`python -m customer360 ...`; fails the test with its output when it does not end as expected."""
        return self.command(sys.executable, "-m", "customer360", *arguments, expect=expect, timeout=timeout)

    def make(self, *arguments: str, expect: int = 0, timeout: float = 300) -> subprocess.CompletedProcess[str]:
        return self.command("make", *arguments, expect=expect, timeout=timeout)

    def command(
        self, *words: str, expect: int = 0, timeout: float = 300, cwd: Path = ROOT, **environment: str
    ) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            words,
            cwd=cwd,
            env={**self.environment, **environment},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )
        assert done.returncode == expect, f"{words} ended with {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done

    def csv(self, name: str) -> str:
        return (self.exports / "csv" / name).read_text(encoding="utf-8-sig")

    def manifest(self) -> dict:
        return json.loads(self.csv("manifest.json"))

    def digests(self) -> dict[str, str]:
        """SHA-256 of every exported file; the manifest without its run id."""
        found = {}
        for file in sorted((self.exports / "csv").iterdir()):
            data = file.read_bytes()
            if file.name == "manifest.json":
                data = json.dumps({**json.loads(data), "run_id": None}).encode()
            found[file.name] = hashlib.sha256(data).hexdigest()
        return found

    def secrets(self) -> dict[str, bytes]:
        """Every generated password and key, by its name."""
        known = json.loads((self.home / "state" / "secrets.json").read_text(encoding="utf-8"))
        return {name: value.encode() for name, value in known.items()}

    def down(self) -> None:
        self.verb("down")


@contextmanager
def watched_command_lines() -> Iterator[set[bytes]]:
    """Collects the command lines of all processes of this machine, looked at ten times a second."""
    seen: set[bytes] = set()
    done = threading.Event()

    def look() -> None:
        while not done.wait(0.1):
            for pid in psutil.pids():
                try:
                    seen.add(Path(f"/proc/{pid}/cmdline").read_bytes())
                except OSError:  # it has ended, or this system has no such folder
                    continue

    watcher = threading.Thread(target=look)
    watcher.start()
    try:
        yield seen
    finally:
        done.set()
        watcher.join()


@contextmanager
def webhook(*answers: int) -> Iterator[tuple[list[dict], str]]:
    """A server that takes messages: what it got, and its address. It gives these answers, then always 200."""
    bodies: list[dict] = []
    left = iter(answers)

    class Hook(BaseHTTPRequestHandler):
        def do_POST(self):
            bodies.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(next(left, 200))
            self.end_headers()

        def log_message(self, *_):
            pass

    server = HTTPServer(("127.0.0.1", 0), Hook)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield bodies, f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def told_by(url: str) -> dict[str, str]:
    """The environment in which Airflow's messages go to a webhook."""
    return {"AIRFLOW_CONN_CUSTOMER360_ALERTS": json.dumps({"conn_type": "http", "extra": {"url": url}})}
