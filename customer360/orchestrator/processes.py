"""Airflow's processes: started, remembered in a file, found again, ended to the last worker."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO, cast

import psutil

from customer360.orchestrator.configuration import MARK
from customer360.swap import replace_text

# Tasks are forks of the scheduler: what it has loaded no task loads again. dbt takes 3 s, in each of four tasks.
_SCHEDULER_LOADS = ",".join(
    (
        "airflow.jobs.scheduler_job_runner",
        "airflow.executors.local_executor",
        "dbt.cli.main",
        "dbt.adapters.postgres.impl",
        "dbt.task.build",
        "dbt.task.test",
    )
)
# Scheduler and triggerer would serve logs on fixed ports, where two clones would meet; the api-server reads the files.
COMMANDS: Mapping[str, tuple[str, ...]] = {
    "api-server": ("api-server",),
    "dag-processor": ("dag-processor",),
    "scheduler": ("--preload", _SCHEDULER_LOADS, "--wait", "scheduler", "--skip-serve-logs"),
    "triggerer": ("triggerer", "--skip-serve-logs"),
}
_CLOCK_SLACK = 5.0  # seconds by which a process's age may seem to change when the clock is set
_STARTED: list[subprocess.Popen[bytes]] = []  # so that nobody complains that they were let go of
GRACE = 5.0  # seconds between asking to end and ending


@dataclass(frozen=True)
class Component:
    """One of Airflow's processes, by pid and time of creation: a pid alone may be somebody else's by now."""

    name: str
    pid: int
    created: float

    @property
    def alive(self) -> bool:
        return is_same(self.pid, self.created)


@dataclass(frozen=True)
class State:
    """What ``processes.json`` remembers of the last start.

    Attributes:
        keep: it was asked to stay up when its run ends.
        owner: pid and creation time of the process that started it.
        fingerprint: of the configuration that it was started with.
        at_start: the variables of the environment that it keeps (`configuration.AT_START`).
    """

    port: int
    keep: bool
    owner: tuple[int, float]
    fingerprint: str
    started_at: float
    components: tuple[Component, ...] = field(default=())
    at_start: dict[str, str] = field(default_factory=dict)

    @property
    def owner_alive(self) -> bool:
        return is_same(*self.owner)

    @property
    def dead(self) -> list[str]:
        """The names of components that no longer run."""
        alive = {component.name for component in self.components if component.alive}
        return [name for name in COMMANDS if name not in alive]

    def write(self, path: Path) -> None:
        """Writes it whole or not at all, 0600."""
        replace_text(path, json.dumps(asdict(self), indent=2), 0o600)

    @classmethod
    def read(cls, path: Path) -> State | None:
        """The state, or None where there is none or it cannot be understood."""
        try:
            found = json.loads(path.read_text(encoding="utf-8"))
            components = tuple(Component(**component) for component in found.pop("components"))
            return cls(**{**found, "owner": tuple(found["owner"]), "components": components})
        except (OSError, ValueError, TypeError, KeyError):
            return None


def is_same(pid: int, created: float) -> bool:
    """Whether the process of that pid runs and is the one that was created then; a zombie does not run."""
    try:
        process = psutil.Process(pid)
        alive = process.status() not in (psutil.STATUS_ZOMBIE, psutil.STATUS_DEAD)
        return alive and abs(process.create_time() - created) < _CLOCK_SLACK
    except psutil.Error:
        return False


def this_process() -> tuple[int, float]:
    """Pid and creation time of the caller."""
    return os.getpid(), psutil.Process().create_time()


def launch(name: str, environ: Mapping[str, str], folder: Path, log: Path) -> tuple[Component, Callable[[], None]]:
    """Starts a component in a session of its own, so that neither Ctrl-C nor a closed terminal reaches it.

    Returns:
        The component, and what lets it begin its work, if it is one that waits to be told.
    """
    if log.exists():
        log.replace(log.with_suffix(".log.1"))
    with os.fdopen(os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-P", str(Path(__file__).with_name("component.py")), *COMMANDS[name]],
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=dict(environ),
            cwd=folder,
            start_new_session=True,
        )
    _STARTED.append(process)

    pipe = cast(IO[bytes], process.stdin)

    def go() -> None:
        with contextlib.suppress(BrokenPipeError), pipe:  # a dead one is found out elsewhere
            pipe.write(b"go\n")

    return Component(name, process.pid, psutil.Process(process.pid).create_time()), go


def find(home: Path, components: Iterable[Component] = ()) -> list[psutil.Process]:
    """Every running process of the Airflow in ``home``: components, their workers, tasks, and what tasks started."""
    sessions = {component.pid for component in components if component.alive}
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error, OSError):
            if process.pid == os.getpid() or process.status() == psutil.STATUS_ZOMBIE:
                continue
            if _session(process.pid) in sessions or _mark(process) == str(home):
                found.append(process)
    return found


def end_all(home: Path, components: Iterable[Component] = (), *, grace: float = GRACE) -> int:
    """Ends what `find` finds, and waits for it.

    Returns:
        How many processes there were.
    """
    components = tuple(components)
    ended: set[int] = set()
    deadline = time.monotonic() + grace
    while processes := find(home, components):
        late = time.monotonic() > deadline
        for process in processes:
            if late or process.pid not in ended:
                with contextlib.suppress(psutil.Error):
                    process.send_signal(signal.SIGKILL if late else signal.SIGTERM)
            ended.add(process.pid)
        psutil.wait_procs(processes, timeout=0.1)
    return len(ended)


def _session(pid: int) -> int:
    try:
        return os.getsid(pid)
    except OSError:
        return -1


def _mark(process: psutil.Process) -> str | None:
    try:
        return process.environ().get(MARK)
    except (psutil.Error, OSError):
        return None
