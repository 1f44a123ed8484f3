"""Which processes are ours, and that ending them ends all of them and no other."""

from __future__ import annotations

import subprocess
import sys
import time
from dataclasses import replace

import psutil
import pytest

from customer360.orchestrator.configuration import MARK
from customer360.orchestrator.processes import Component, State, end_all, find, is_same, this_process

# Starts a grandchild in another session, as a daemon would, then says so and sleeps.
STUBBORN = """
import os, signal, subprocess, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"], start_new_session=True)
print(child.pid, flush=True)
time.sleep(600)
"""


@pytest.fixture
def started():
    running: list[subprocess.Popen[str]] = []

    def start(code: str, **environ: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-c", code], env={"PATH": "/usr/bin:/bin", **environ}, stdout=subprocess.PIPE, text=True
        )
        running.append(process)
        return process

    yield start
    for process in running:
        process.kill()
        process.wait()
        if process.stdout:
            process.stdout.close()


def test_a_stubborn_process_and_its_daemon_end_and_a_neighbours_does_not(started, tmp_path):
    ours = started(STUBBORN, **{MARK: str(tmp_path / "one")})
    theirs = started("import time; print('up', flush=True); time.sleep(600)", **{MARK: str(tmp_path / "two")})
    grandchild = int(ours.stdout.readline())
    theirs.stdout.readline()
    assert {process.pid for process in find(tmp_path / "one")} == {ours.pid, grandchild}
    assert end_all(tmp_path / "one", grace=0.3) == 2
    assert not psutil.pid_exists(grandchild) or psutil.Process(grandchild).status() == psutil.STATUS_ZOMBIE
    ours.wait(5)
    assert theirs.poll() is None


def test_nobody_there_to_end(tmp_path):
    assert end_all(tmp_path) == 0


def test_a_session_is_ours_also_when_a_process_has_lost_its_environment(tmp_path):
    leader = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import os, sys, time; os.fork() or os.execve('/bin/sleep', ['sleep', '600'], {}); time.sleep(600)",
        ],
        start_new_session=True,
    )
    component = Component("scheduler", leader.pid, psutil.Process(leader.pid).create_time())
    try:
        deadline = time.monotonic() + 10
        while len(find(tmp_path, [component])) < 2 and time.monotonic() < deadline:
            time.sleep(0.05)
        assert end_all(tmp_path, [component], grace=2) == 2
    finally:
        leader.kill()
        leader.wait()


def test_a_reused_pid_is_somebody_else():
    pid, created = this_process()
    assert is_same(pid, created)
    assert not is_same(pid, created - 3600)


def test_a_zombie_is_dead():
    child = subprocess.Popen([sys.executable, "-c", ""])
    created = psutil.Process(child.pid).create_time()
    while psutil.Process(child.pid).status() != psutil.STATUS_ZOMBIE:
        time.sleep(0.01)
    assert not is_same(child.pid, created)
    child.wait()


def test_the_state_comes_back_as_it_was_written(tmp_path):
    pid, created = this_process()
    components = tuple(Component(name, pid, created) for name in ("api-server", "dag-processor", "scheduler"))
    state = State(8081, True, (pid, created), "fingerprint", 1.5, components)
    file = tmp_path / "processes.json"
    state.write(file)
    assert State.read(file) == state
    assert file.stat().st_mode & 0o777 == 0o600
    assert state.owner_alive
    assert state.dead == ["triggerer"]
    assert replace(state, owner=(pid, 1.0)).owner_alive is False


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"port": 1, "components": [{"name": "x"}]}'])
def test_a_damaged_state_file_is_no_state(tmp_path, text):
    file = tmp_path / "processes.json"
    file.write_text(text)
    assert State.read(file) is None
    assert State.read(tmp_path / "missing.json") is None
