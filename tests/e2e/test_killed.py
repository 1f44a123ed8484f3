"""Killed at a random moment, then run again: the same bytes as an undisturbed run."""

import os
import random
import signal
import subprocess
import time

import psutil
import pytest

from tests.e2e.support import ROOT, Installation

pytestmark = pytest.mark.long
SEED = int(os.environ.get("C360_KILL_SEED", "1"))


@pytest.fixture(scope="module")
def installation(tmp_path_factory):
    installation = Installation(tmp_path_factory.mktemp("killed"))
    yield installation
    installation.down()


@pytest.fixture(scope="module")
def undisturbed(installation):
    began = time.monotonic()
    installation.make("run", "CUSTOMERS=500", timeout=420)
    return installation.digests(), time.monotonic() - began


def ours(installation: Installation, *words: str) -> list[psutil.Process]:
    """Processes of this installation whose command line has these words."""
    found = []
    for process in psutil.process_iter():
        try:
            line = " ".join(process.cmdline())
            if all(word in line for word in words) and str(installation.home) in line + str(process.environ()):
                found.append(process)
        except psutil.Error:
            continue
    return found


def postmaster(installation: Installation) -> int:
    return int((installation.home / "state" / "postgres" / "postmaster.pid").read_text().split()[0])


def scheduler(installation: Installation) -> int:
    return min(process.pid for process in ours(installation, "airflow", "scheduler"))


def run_itself(installation: Installation) -> int:
    return min(process.pid for process in ours(installation, "-m customer360 run "))


@pytest.mark.parametrize("victim", [postmaster, scheduler, run_itself], ids=lambda f: f.__name__)
@pytest.mark.parametrize("attempt", range(2))
def test_killed_and_run_again(installation, undisturbed, victim, attempt):
    digests, usual = undisturbed
    seconds = random.Random(f"{SEED}-{victim.__name__}-{attempt}").uniform(0.3, 0.9) * usual
    command = subprocess.Popen(
        ["make", "run", "CUSTOMERS=500"],
        cwd=ROOT,
        env=installation.environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    deadline = time.monotonic() + seconds
    while command.poll() is None and time.monotonic() < deadline:
        time.sleep(0.2)
    if command.poll() is None:
        os.kill(victim(installation), signal.SIGKILL)
    said, _ = command.communicate(timeout=400)
    print(f"{victim.__name__} killed after {seconds:.0f} s, make ended with {command.returncode}\n{said[-3000:]}")
    installation.make("run", "CUSTOMERS=500", timeout=420)
    assert installation.digests() == digests


def test_down_leaves_no_process(installation, undisturbed):
    installation.down()
    assert ours(installation) == []
