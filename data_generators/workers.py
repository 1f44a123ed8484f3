"""Blocks made by several processes, handed over in their order; few are in memory at a time."""

from __future__ import annotations

import contextlib
import ctypes
import gc
import os
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import connection, get_context, parent_process
from pathlib import Path
from typing import TypeVar

from data_generators.config import GeneratorConfig
from data_generators.plan import Block

_MOST = 4
_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD = -1, -3
_Job = TypeVar("_Job")
_Done = TypeVar("_Done")


@dataclass(frozen=True)
class Job:
    """One block to make.

    Attributes:
        blocks: how many there are.
        day: the day after the as-of date that is asked for, a day number; None: all that is known at the as-of date.
        joined: the day on which the block's people come, if that is after the as-of date.
        spool: the file that the parts take their way through; days go without.
    """

    config: GeneratorConfig
    block: Block
    blocks: int
    day: int | None = None
    joined: int | None = None
    spool: Path | None = None


def process_count(asked: int | None, jobs: int) -> int:
    """How many processes to use: what was asked for, else the processors at hand, but not more than there are jobs.

    Without being asked not more than four, which fit into a gigabyte.
    """
    at_hand = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min(asked or min(at_hand, _MOST), jobs))


def run_lean(work: Callable[[_Job], _Done], job: _Job) -> _Done:
    """Works without the cyclic garbage collector: a block makes a million short texts and not one cycle."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        return work(job)
    finally:
        if collecting:
            gc.enable()


def in_order(work: Callable[[_Job], _Done], jobs: Iterable[_Job], processes: int) -> Iterator[_Done]:
    """Results of ``work`` for each job, in the order of the jobs; in this process when one is enough.

    Args:
        work: a function of a module, since other processes import it.
        jobs: what to work on.
        processes: how many to use; one job more than that may be begun before a result is taken and done with.
    """
    if processes < 2:
        yield from map(work, jobs)
        return
    with ProcessPoolExecutor(processes, mp_context=get_context(_start_method()), initializer=_prepare) as pool:
        ahead: deque[Future[_Done]] = deque()
        try:
            for job in jobs:
                ahead.append(pool.submit(work, job))
                if len(ahead) > processes:
                    yield ahead.popleft().result()
            while ahead:
                yield ahead.popleft().result()
        finally:
            for future in ahead:
                future.cancel()


def _start_method() -> str:
    """A fork starts with all that is loaded here, but waits for ever for a lock that another thread held meanwhile."""
    return "fork" if sys.platform == "linux" and threading.active_count() == 1 else "spawn"


def _prepare() -> None:
    """Lets a worker keep its memory, and watch its parent: without one it would wait for work for ever."""
    _keep_memory()
    parent = parent_process()
    if parent is not None:
        threading.Thread(target=_watch, args=(parent.sentinel,), daemon=True).start()


def _keep_memory() -> None:
    """Tells glibc, where it is, not to give back what the next block will need again: a tenth of a block's time."""
    with contextlib.suppress(AttributeError, OSError):
        mallopt = ctypes.CDLL(None).mallopt
        for parameter in (_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD):
            mallopt(parameter, 1 << 29)


def _watch(sentinel: int) -> None:
    connection.wait([sentinel])
    os._exit(1)
