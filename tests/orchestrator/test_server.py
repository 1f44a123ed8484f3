"""Starting, reusing and stopping Airflow: ports, other people's runs, and, marked long, the real thing."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import replace

import psutil
import pytest

from customer360 import orchestrator
from customer360.errors import Customer360Error
from customer360.orchestrator import processes
from customer360.orchestrator.configuration import state_file
from customer360.orchestrator.launch import free_ports, write_private
from customer360.orchestrator.processes import State, this_process
from customer360.orchestrator.server import _clear_away
from customer360.warehouse import Warehouse
from tests.conftest import settings_in


@pytest.fixture
def settings(tmp_path):
    settings = settings_in(tmp_path)
    settings.make_state()
    settings.airflow_home.mkdir()
    return settings


def test_the_last_port_comes_first_and_a_taken_one_not_at_all(settings):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        (settings.airflow_home / "port").write_text(f"{taken.getsockname()[1]}\n")
        assert next(free_ports(settings)) in range(8080, 8280)
    assert next(free_ports(settings)) == taken_port(settings)


def taken_port(settings) -> int:
    return int((settings.airflow_home / "port").read_text())


def test_a_private_file_is_private_also_when_it_was_not(tmp_path):
    file = tmp_path / "secret"
    file.write_text("old")
    file.chmod(0o644)
    write_private(file, "new")
    assert (file.read_text(), file.stat().st_mode & 0o777) == ("new", 0o600)


def state_of(owner: tuple[int, float], keep: bool = False) -> State:
    return State(8081, keep, owner, "fingerprint", time.time())


def test_another_live_run_is_left_alone_and_a_dead_ones_leavings_are_not(settings):
    other = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    owner = (other.pid, psutil.Process(other.pid).create_time())
    state_of(owner).write(state_file(settings))
    try:
        with pytest.raises(Customer360Error, match=f"process {other.pid}"):
            _clear_away(settings)
        assert state_file(settings).exists()
    finally:
        other.communicate()
    _clear_away(settings)
    assert not state_file(settings).exists()


def test_our_own_and_a_kept_one_may_be_cleared_away(settings):
    for state in (state_of(this_process()), replace(state_of((1, 0.0)), keep=True)):
        state.write(state_file(settings))
        _clear_away(settings)
        assert not state_file(settings).exists()


def test_stop_and_status_touch_nothing_where_nothing_is(tmp_path):
    settings = settings_in(tmp_path / "none")
    assert orchestrator.stop(settings) is False
    assert str(orchestrator.status(settings)) == "not running (make airflow)"
    assert not settings.state.exists()


@pytest.mark.long
def test_a_real_airflow_is_kept_reused_mended_and_stopped(tmp_path, monkeypatch):
    settings = settings_in(tmp_path)
    monkeypatch.setenv("C360_SCHEDULE", "0 3 * * *")
    try:
        first = orchestrator.start(settings, keep=True)
        assert first.api.answers()
        assert first.password_file.stat().st_mode & 0o777 == 0o600
        listening = {
            connection.laddr.ip
            for process in processes.find(settings.airflow_home)
            for connection in process.net_connections("tcp")
            if connection.status == psutil.CONN_LISTEN
        }
        assert listening == {"127.0.0.1"}
        monkeypatch.delenv("C360_SCHEDULE")
        again = orchestrator.start(settings)  # as a run starts it: what is kept up stays as it is
        assert again.reused
        assert again.state.keep
        secrets = [value for value in first.password_file.read_text().split('"') if len(value) > 20]
        lines = [" ".join(process.cmdline()) for process in processes.find(settings.airflow_home)]
        assert not [line for line in lines for secret in secrets if secret in line]

        scheduler = next(part for part in first.state.components if part.name == "scheduler")
        os.kill(scheduler.pid, signal.SIGKILL)
        while scheduler.alive:
            time.sleep(0.05)
        with pytest.raises(Customer360Error, match="scheduler has died"):
            again.check()
        assert "scheduler is gone" in str(orchestrator.status(settings))
        mended = orchestrator.start(settings)
        assert not mended.reused
        assert (mended.state.dead, mended.state.keep) == ([], True)
        assert mended.state.at_start == {"C360_SCHEDULE": "0 3 * * *"}
        assert orchestrator.status(settings).running
        while not (dag := mended.api.dag()) or dag["is_stale"]:
            time.sleep(0.5)
        mended.api._call("PATCH", "/dags/customer360", {"is_paused": True})
        mended.api.trigger("waits", {})
        with pytest.raises(Customer360Error, match="the run waits is under way"):
            orchestrator.start(settings, keep=True)  # without the schedule: it would have to be started anew
        mended.api.fail_run("waits")
        assert not orchestrator.start(settings, keep=True).reused
        assert State.read(state_file(settings)).at_start == {}
    finally:
        orchestrator.stop(settings)
        Warehouse(settings).stop()
    assert processes.find(settings.airflow_home) == []
