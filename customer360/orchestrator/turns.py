"""One at a time: all runs of an installation share warehouse_next and the exports.

The file ``turn`` names the run of Airflow that goes, or went last, and is locked for as long as a command goes.
"""

from __future__ import annotations

import fcntl
import logging
import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TextIO

from customer360 import console
from customer360.settings import Settings

_POLL = 2.0  # seconds
_MOMENT = 2.0  # seconds for which runs and commands that only look may hold the lock

log = logging.getLogger("customer360")


def take_turn(settings: Settings, run_id: str, is_running: Callable[[str], bool]) -> bool:
    """Whether a run of Airflow may go on. It keeps its turn until it has ended.

    Args:
        settings: the installation.
        run_id: Airflow's.
        is_running: whether Airflow runs the run of that id; one that was killed or deleted gives its turn up so.
    """
    with _turn(settings) as file:
        if going := _who_goes(file, is_running, own=run_id, patience=_MOMENT):
            log.info("%s is under way: waiting for it to end", going)
            return False
        file.truncate(0)
        file.write(run_id)
    return True


@contextmanager
def the_only_command(settings: Settings) -> Iterator[None]:
    """Waits until no other command goes here, and says so."""
    with (settings.make_state() / "run.lock").open("w") as lock:
        if not _locked(lock):
            console.complain("another run is under way here: waiting for it to end")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@contextmanager
def turn_of_command(settings: Settings, is_running: Callable[[str], bool]) -> Iterator[None]:
    """Waits until neither another command nor a run of Airflow goes here, and says so; keeps Airflow's waiting.

    Args:
        settings: the installation.
        is_running: whether Airflow runs the run of that id.
    """
    told = False
    with the_only_command(settings), _turn(settings) as file:
        while going := _who_goes(file, is_running):
            if not told:
                console.complain(f"{going} is under way in Airflow: waiting for it to end")
                told = True
            time.sleep(_POLL)
        yield


def _who_goes(file: TextIO, is_running: Callable[[str], bool], *, own: str = "", patience: float = math.inf) -> str:
    """Who goes, in words; nobody, and the file is locked, when it is one's own turn."""
    over = ""
    while _locked(file, patience):
        file.seek(0)
        holder = file.read()
        if holder in ("", own, over):
            return ""
        fcntl.flock(file, fcntl.LOCK_UN)  # the answer may take long, and others only want to look
        if is_running(holder):
            return f"the run {holder}"
        over = holder
    return "a command"


def _turn(settings: Settings) -> TextIO:
    return (settings.make_state() / "turn").open("a+", encoding="utf-8")


def _locked(file: TextIO, seconds: float = 0) -> bool:
    deadline = time.monotonic() + seconds
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        except BlockingIOError:
            if time.monotonic() >= deadline:
                return False
        time.sleep(0.02)
