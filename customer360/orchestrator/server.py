"""Starts, reuses and stops the Airflow of one installation."""

from __future__ import annotations

import contextlib
import json
import os
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path

from customer360.errors import Customer360Error
from customer360.orchestrator import processes
from customer360.orchestrator.api import Api, ApiError
from customer360.orchestrator.configuration import (
    AT_START,
    HOST,
    Keys,
    config_text,
    environment,
    fingerprint,
    log_folder,
    password_file,
    state_file,
)
from customer360.orchestrator.launch import (
    START_TIMEOUT,
    PortTakenError,
    died,
    free_ports,
    launch,
    unfinished_runs,
    write_private,
)
from customer360.orchestrator.processes import GRACE, State
from customer360.settings import Settings
from customer360.warehouse import Login, Warehouse
from customer360.warehouse.secrets import file_lock

SILENCE = 60.0  # seconds for which a busy api-server may not answer


@dataclass(frozen=True)
class Airflow:
    """A running Airflow.

    Attributes:
        settings: of the installation.
        url: of its UI and API.
        password_file: JSON with the password of the user admin.
        reused: it was up already.
        seconds: how long the start took.
    """

    settings: Settings
    url: str
    password_file: Path
    state: State
    api: Api
    reused: bool
    seconds: float

    def check(self) -> None:
        """Looks after the components.

        Raises:
            Customer360Error: one of them has died (shows the end of its log), or the warehouse has.
        """
        if dead := self.state.dead:
            if not Warehouse(self.settings).status().running:  # then what died of that has little to tell
                raise Customer360Error("the warehouse's server went away, and Airflow with it", how="run again")
            raise died(dead[0], self.settings.logs)


def start(settings: Settings, keep: bool = False) -> Airflow:
    """Makes sure that Airflow runs: reuses one that is healthy and kept up, else clears away what is left and starts.

    One that was kept up is kept up also by a run, with the variables that it was started with; only who asks for one
    to keep changes them.

    Args:
        settings: the installation.
        keep: it stays up when the next run ends, until `stop`.

    Raises:
        Customer360Error: another process or a run is using it, or a component does not start (shows the end of its
            log).
    """
    began = time.monotonic()
    warehouse = Warehouse(settings)
    warehouse.start()
    login = warehouse.airflow_database()
    keys = Keys.of(warehouse.secrets)
    with _lock(settings):
        kept = State.read(state_file(settings))
        inherited = dict(os.environ)
        if kept and kept.keep:
            if not keep:
                inherited = {name: value for name, value in inherited.items() if name not in AT_START} | kept.at_start
                keep = True
            if _is_reusable(settings, kept, login, keys, inherited):
                return _airflow(settings, kept, keys, reused=True, began=began)
        _clear_away(settings)
        _prepare_home(settings, keys)
        for port in free_ports(settings):
            try:
                state = launch(settings, login, keys, port, keep, inherited)
            except PortTakenError:
                processes.end_all(settings.airflow_home)
                continue
            return _airflow(settings, state, keys, reused=False, began=began)
    raise Customer360Error("no free port found for Airflow", where=HOST, how="end some servers")


def stop(settings: Settings, grace: float = GRACE) -> bool:
    """Ends every process of this installation's Airflow, with its workers and tasks.

    Args:
        settings: the installation.
        grace: seconds that they get to end by themselves.

    Returns:
        Whether there was one.
    """
    if not settings.state.exists():
        return False
    with _lock(settings):
        return _clear_away(settings, grace, force=True) > 0


@dataclass(frozen=True)
class AirflowStatus:
    """What `status` found; prints as one line."""

    url: str | None
    keep: bool
    dead: tuple[str, ...]
    processes: int

    @property
    def running(self) -> bool:
        return self.url is not None and not self.dead

    def __str__(self) -> str:
        if self.running:
            return f"running at {self.url}, {self.processes} processes" + (", kept up" if self.keep else "")
        if self.processes:
            gone = ", ".join(self.dead) or "its state file"
            return f"broken: {gone} is gone, {self.processes} processes are left (make down)"
        return "not running (make airflow)"


def status(settings: Settings) -> AirflowStatus:
    """What runs of this installation's Airflow; starts and changes nothing."""
    state = State.read(state_file(settings))
    count = len(processes.find(settings.airflow_home, state.components if state else ()))
    url = f"http://{HOST}:{state.port}" if state and count else None
    return AirflowStatus(url, bool(state and state.keep), tuple(state.dead) if state else (), count)


def is_running(settings: Settings, run_id: str) -> bool:
    """Whether a run of this installation's Airflow is under way; not when Airflow is down. Starts nothing.

    Raises:
        Customer360Error: Airflow is up and does not answer.
    """
    found = status(settings)
    if found.url is None:
        return False
    api, deadline = Api(found.url, Keys.of(Warehouse(settings).secrets).admin), time.monotonic() + SILENCE
    while True:
        try:
            return api.run_state(run_id) == "running"
        except ApiError as error:
            if error.status == HTTPStatus.NOT_FOUND:
                return False
            if time.monotonic() > deadline:
                raise Customer360Error(
                    f"Airflow does not tell whether the run {run_id} is under way",
                    where=str(error),
                    how="see make status; make down ends Airflow and its runs",
                ) from None
        time.sleep(1)


def _airflow(settings: Settings, state: State, keys: Keys, *, reused: bool, began: float) -> Airflow:
    url = f"http://{HOST}:{state.port}"
    return Airflow(
        settings=settings,
        url=url,
        password_file=password_file(settings),
        state=state,
        api=Api(url, keys.admin),
        reused=reused,
        seconds=time.monotonic() - began,
    )


def _is_reusable(settings: Settings, kept: State, login: Login, keys: Keys, inherited: Mapping[str, str]) -> bool:
    """Whether an Airflow that was kept up is whole, was started as one would be started now, and answers.

    Raises:
        Customer360Error: it would have to be started anew, and runs are under way in it.
    """
    if kept.dead:
        return False
    api = Api(f"http://{HOST}:{kept.port}", keys.admin)
    if not api.answers(timeout=60):
        return False
    environ = environment(settings, inherited)
    config = config_text(settings, login, keys, kept.port, keep=True, environ=environ)
    if kept.fingerprint == fingerprint(config, environ, sys.executable):
        return True
    if runs := unfinished_runs(api):
        raise Customer360Error(
            f"Airflow has to be started with other settings, and the run {runs[0]} is under way in it",
            where=str(state_file(settings)),
            how="wait for its runs to end, or end them with make down",
        )
    return False


def _clear_away(settings: Settings, grace: float = GRACE, *, force: bool = False) -> int:
    """Ends what an earlier session left; refuses to end what another live one is using."""
    path = state_file(settings)
    state = State.read(path)
    if state and not force and not state.keep and state.owner != processes.this_process() and state.owner_alive:
        raise Customer360Error(
            f"another run (process {state.owner[0]}) is using this clone's Airflow",
            where=str(path),
            how="wait for it to end, or stop it with Ctrl-C or `make down`",
        )
    count = processes.end_all(settings.airflow_home, state.components if state else (), grace=grace)
    path.unlink(missing_ok=True)
    return count


def _prepare_home(settings: Settings, keys: Keys) -> None:
    for folder in (settings.make_state(), settings.airflow_home, settings.logs, log_folder(settings)):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    write_private(password_file(settings), json.dumps({"admin": keys.admin}))


def _lock(settings: Settings) -> contextlib.AbstractContextManager[object]:
    settings.make_state()
    return file_lock(settings.state / "airflow.lock", timeout=START_TIMEOUT, what="starting or stopping Airflow")
