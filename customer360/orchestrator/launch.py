"""Starts Airflow's components in the order that is quickest, on tables of the right version and a free port."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path

from customer360 import console
from customer360.errors import Customer360Error
from customer360.orchestrator import processes
from customer360.orchestrator.api import Api, ApiError
from customer360.orchestrator.configuration import (
    AT_START,
    HOST,
    POOL,
    POOL_SLOTS,
    Keys,
    config_text,
    environment,
    fingerprint,
    state_file,
)
from customer360.orchestrator.processes import Component, State
from customer360.settings import Settings
from customer360.warehouse import Login

START_TIMEOUT = 300.0  # seconds; 15 on an idle machine
_FIRST_PORT, _PORTS = 8080, 200
_TAIL = 15


class PortTakenError(Exception):
    """Somebody took the port between our look and the api-server's."""


def launch(settings: Settings, login: Login, keys: Keys, port: int, keep: bool, inherited: Mapping[str, str]) -> State:
    """Starts the components in the order that takes least time on two cores.

    The api-server takes longest and has a core to itself while dag-processor and scheduler load on the other. The
    scheduler begins when the api-server answers and unfinished runs of a killed session have been marked as failed:
    it would go on with them. Nothing waits for the triggerer.
    """
    environ = environment(settings, inherited)
    config = config_text(settings, login, keys, port, keep, environ)
    write_private(settings.airflow_home / "airflow.cfg", config)
    _migrate(settings, login, environ)
    state = State(
        port=port,
        keep=keep,
        owner=processes.this_process(),
        fingerprint=fingerprint(config, environ, sys.executable),
        started_at=time.time(),
        at_start={name: value for name, value in environ.items() if name in AT_START},
    )

    def add(name: str) -> Callable[[], None]:
        nonlocal state
        log = settings.logs / f"airflow-{name}.log"
        component, go = processes.launch(name, environ, settings.airflow_home, log)
        state = replace(state, components=(*state.components, component))
        state.write(state_file(settings))
        return go

    try:
        add("api-server")
        add("dag-processor")
        let_scheduler_begin = add("scheduler")
        api = Api(f"http://{HOST}:{port}", keys.admin)
        _await(state.components, settings.logs, api.answers)
        # At a time when there is no scheduler they belong to a session that was killed.
        for run_id in unfinished_runs(api):
            console.say(f"the run {run_id} of an earlier session was cut off: marked as failed")
            api.fail_run(run_id)
        api.ensure_pool(POOL, POOL_SLOTS, "tasks that work in the warehouse")
        let_scheduler_begin()
        api.warm()
        add("triggerer")
    except BaseException:
        processes.end_all(settings.airflow_home, state.components)
        raise
    (settings.airflow_home / "port").write_text(f"{port}\n", encoding="ascii")
    return state


def unfinished_runs(api: Api) -> list[str]:
    """The runs that wait or run, also where no DAG has been read yet.

    Raises:
        Customer360Error: Airflow does not tell.
    """
    try:
        return api.unfinished_runs() if api.dag() else []
    except ApiError as error:
        raise Customer360Error("Airflow does not tell its runs", where=str(error), how="see the log") from None


def _await(components: tuple[Component, ...], logs: Path, ready: Callable[[], bool]) -> None:
    deadline = time.monotonic() + START_TIMEOUT
    while not ready():
        for component in components:
            if not component.alive:
                log = logs / f"airflow-{component.name}.log"
                if "address already in use" in _tail(log):
                    raise PortTakenError
                raise died(component.name, logs)
        if time.monotonic() > deadline:
            log = logs / "airflow-api-server.log"
            raise Customer360Error(
                f"Airflow did not answer within {START_TIMEOUT:.0f} seconds", where=f"{log}, which ends:\n{_tail(log)}"
            )
        time.sleep(0.2)


def _migrate(settings: Settings, login: Login, environ: Mapping[str, str]) -> None:
    """Brings the metadata's tables to this Airflow's version, unless that was done and they are still there."""
    note = settings.airflow_home / "migrated.json"
    wanted = version("apache-airflow-core")
    with contextlib.closing(login.connect(autocommit=True)) as connection, connection.cursor() as cursor:
        cursor.execute("select to_regclass('public.alembic_version') is not null")
        there = bool(cursor.fetchall()[0][0])
        cursor.execute("select version_num from public.alembic_version" if there else "select null")
        revision = next((row[0] for row in cursor.fetchall()), None)
        with contextlib.suppress(OSError, ValueError):
            if revision and json.loads(note.read_text(encoding="utf-8")) == {"airflow": wanted, "revision": revision}:
                return
        log = settings.logs / "airflow-migrate.log"
        console.say(f"Airflow {wanted}: {'bringing its tables up to date' if there else 'making its tables'}")
        with log.open("wb") as output:
            result = subprocess.run(
                [sys.executable, "-m", "airflow", "db", "migrate"],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=dict(environ),
                cwd=settings.airflow_home,
                check=False,
            )
        if result.returncode != 0:
            raise Customer360Error("Airflow cannot make its tables", where=f"{log}, which ends:\n{_tail(log)}")
        cursor.execute("select version_num from public.alembic_version")
        write_private(note, json.dumps({"airflow": wanted, "revision": cursor.fetchall()[0][0]}))


def free_ports(settings: Settings) -> Iterator[int]:
    """Ports that are free at this moment: the last one first, so that bookmarks stay good, then 8080 and upwards."""
    usual = range(_FIRST_PORT, _FIRST_PORT + _PORTS)
    with contextlib.suppress(OSError, ValueError):
        usual = [int((settings.airflow_home / "port").read_text(encoding="ascii")), *usual]  # type: ignore[assignment]
    for port in usual:
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as the api-server does
            try:
                probe.bind((HOST, port))
            except OSError:
                continue
        yield port


def died(component: str, logs: Path) -> Customer360Error:
    """The error that tells of a dead component."""
    log = logs / f"airflow-{component}.log"
    return Customer360Error(
        f"Airflow's {component} has died",
        where=f"{log}, which ends:\n{_tail(log)}",
        how="run again: it is started afresh",
    )


def write_private(path: Path, text: str) -> None:
    """Writes a file that only its owner reads, also when it was there with wider rights."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        os.fchmod(descriptor, 0o600)
        file.write(text)


def _tail(path: Path) -> str:
    try:
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()[-_TAIL:]
    except OSError:
        return "    (no log)"
    return "\n".join(f"    {line}" for line in lines)
