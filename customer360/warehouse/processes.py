"""Which processes belong to a data directory: never believe a pid file before looking at the process."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from dataclasses import dataclass
from pathlib import Path

import psutil

from customer360.errors import Customer360Error

_STOP_TIMEOUT = 60.0  # seconds


@dataclass(frozen=True)
class Postmaster:
    """What ``postmaster.pid`` says about a server that really runs.

    Attributes:
        ready: it accepts connections (not starting, not stopping).
    """

    pid: int
    port: int
    ready: bool


def is_alive(pid: int) -> bool:
    """Whether that process runs; one that is dead and not yet reaped does not."""
    try:
        return bool(psutil.Process(pid).status() not in (psutil.STATUS_ZOMBIE, psutil.STATUS_DEAD))
    except psutil.NoSuchProcess:
        return False
    except psutil.AccessDenied:
        return True


def running_postmaster(data: Path) -> Postmaster | None:
    """The server of a data directory, or None: no pid file, its process is gone, or its pid is another program's."""
    try:
        lines = (data / "postmaster.pid").read_text(encoding="utf-8", errors="surrogateescape").splitlines()
        pid = abs(int(lines[0]))
    except (OSError, ValueError, IndexError):
        return None
    if not is_alive(pid) or not _serves(pid, data):
        return None
    port = int(lines[3]) if len(lines) > 3 and lines[3].isdigit() else 0
    return Postmaster(pid=pid, port=port, ready=len(lines) > 7 and lines[7].strip() == "ready")


def _serves(pid: int, data: Path) -> bool:
    """Whether a process is the postmaster of a data directory, by its command line, else by its working directory."""
    try:
        words = psutil.Process(pid).cmdline()
    except psutil.Error:
        words = []
    if words and Path(words[0]).name == "postgres" and "-D" in words[:-1]:
        return _same_folder(Path(words[words.index("-D") + 1]), data)
    return _works_in(pid, data)


def _works_in(pid: int, folder: Path) -> bool:
    """Whether a process is PostgreSQL's and has its working directory there, as all of a server's have."""
    try:
        process = psutil.Process(pid)
        return process.name().startswith("postgres") and _same_folder(Path(process.cwd()), folder)
    except psutil.Error:
        return False


def _same_folder(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other)
    except OSError:
        return False


def end_postmaster(pid: int) -> None:
    """Ends a server: it ends its sessions and writes everything down; if it does not, it is made to.

    Raises:
        Customer360Error: it belongs to another user.
    """
    for how in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):  # fast; immediate, which is a crash; forced
        try:
            os.kill(pid, how)
        except ProcessLookupError:
            return
        except PermissionError:
            raise Customer360Error(
                "the warehouse was started by another user", where=f"process {pid}", how="stop it as that user"
            ) from None
        if wait_until_gone(pid, _STOP_TIMEOUT):
            return


def end_orphans(data: Path, *, timeout: float = 10) -> None:
    """Ends what a killed postmaster left behind, as its successor would: such a backend can only lose its work."""
    deadline = time.monotonic() + timeout
    while orphans := [pid for pid in psutil.pids() if _works_in(pid, data) and is_alive(pid)]:
        late = time.monotonic() > deadline
        for pid in orphans:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGKILL if late else signal.SIGQUIT)
        if late and time.monotonic() > deadline + 5:
            return
        time.sleep(0.05)


def wait_until_gone(pid: int, timeout: float) -> bool:
    """Whether the process ended within so many seconds."""
    deadline = time.monotonic() + timeout
    while is_alive(pid):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True
