"""What a person sees of a run: a small table that is redrawn on a terminal, else a line for each change."""

from __future__ import annotations

import shutil
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TextIO

from customer360.orchestrator.api import TaskState

ENDED = ("success", "failed", "skipped", "upstream_failed", "removed")
_MARKS = {"success": "+", "failed": "x", "upstream_failed": "-", "skipped": "-", "running": ">", "up_for_retry": "!"}
_WORDS = {"success": "done", "upstream_failed": "not run", "up_for_retry": "will be tried again", "skipped": "skipped"}
_ERASE_DOWN = "\x1b[0J"

Describe = Callable[[TaskState], str]


@dataclass(frozen=True)
class Row:
    """One task as it is shown; mapped instances are one row.

    Attributes:
        seconds: from the first instance's start to the last one's end, or the sum of what is known; None before.
    """

    task_id: str
    state: str
    done: int
    total: int
    seconds: float | None

    @property
    def label(self) -> str:
        """``land 3/5``."""
        return self.task_id if self.total == 1 else f"{self.task_id} {self.done}/{self.total}"


def rows(tasks: Iterable[TaskState], order: Sequence[str]) -> list[Row]:
    """One row per task, in the order of the flow; tasks that the order does not name come last, by name."""
    grouped: dict[str, list[TaskState]] = {}
    for task in tasks:
        grouped.setdefault(task.task_id, []).append(task)
    place = {task_id: number for number, task_id in enumerate(order)}
    return [_row(name, grouped[name]) for name in sorted(grouped, key=lambda name: (place.get(name, len(place)), name))]


def _row(task_id: str, instances: Sequence[TaskState]) -> Row:
    states = [task.state for task in instances]
    done = sum(state in ENDED for state in states)
    known = [task.seconds for task in instances if task.seconds is not None]
    return Row(task_id, _together(states), done, len(instances), sum(known) if known else None)


def _together(states: Sequence[str]) -> str:
    """The state of a mapped task: what is wrong before what goes on before what is done."""
    for state in ("failed", "up_for_retry", "running"):
        if state in states:
            return state
    unlike = [state for state in states if state not in ENDED]
    if unlike:
        return "running" if len(unlike) < len(states) else unlike[0]
    return "success" if "success" in states else states[0]


class Progress:
    """Shows the states of a run as they come.

    Args:
        order: task ids in the order of the flow.
        describe: a few words on what a task did, from what it returned.
        out: where to write; a terminal gets the live view.
    """

    def __init__(self, order: Sequence[str], describe: Describe, out: TextIO | None = None) -> None:
        self._order = order
        self._describe = describe
        self._out = out or sys.stdout
        self._live = self._out.isatty()
        self._began = time.monotonic()
        self._seen: dict[tuple[str, int], str] = {}
        self._words: dict[str, str] = {}
        self._drawn = 0

    def show(self, tasks: Sequence[TaskState]) -> None:
        """Takes the states of this moment."""
        changed = [task for task in tasks if self._seen.get((task.task_id, task.map_index)) != task.state]
        self._seen |= {(task.task_id, task.map_index): task.state for task in changed}
        found = rows(tasks, self._order)
        if self._live:
            for task in changed:
                if task.state == "success" and (words := self._describe(task)):
                    self._words[task.task_id] = words if task.map_index < 0 else ""
            self._redraw(found)
        else:
            self._log(changed, {row.task_id: row for row in found})

    def end(self) -> None:
        """Leaves the last picture standing."""
        self._drawn = 0

    def _log(self, changed: Iterable[TaskState], by_task: Mapping[str, Row]) -> None:
        place = {task_id: number for number, task_id in enumerate(self._order)}
        for task in sorted(changed, key=lambda task: (place.get(task.task_id, len(place)), task.map_index)):
            if task.state not in (*ENDED, "running", "up_for_retry"):
                continue
            row = by_task[task.task_id]
            count = f" {row.done}/{row.total}" if row.total > 1 and task.state in ENDED else ""
            words = self._describe(task) if task.state == "success" else ""
            took = f"{task.seconds:6.1f} s" if task.seconds is not None and task.state in ENDED else " " * 8
            line = f"{self._clock()}  {task.name:<20} {_word(task.state) + count:<12} {took}  {words}"
            self._out.write(line.rstrip() + "\n")
        self._out.flush()

    def _redraw(self, found: Sequence[Row]) -> None:
        lines = [
            f"  {_MARKS.get(row.state, ' ')} {row.label:<20} "
            f"{'' if row.seconds is None else f'{row.seconds:6.1f} s':>8}  {self._tail_of(row)}".rstrip()
            for row in found
        ]
        width = shutil.get_terminal_size().columns - 1  # a line that wraps would spoil the counting of lines
        lines = [line[:width] for line in lines]
        back = f"\x1b[{self._drawn}F" if self._drawn else ""
        self._out.write(back + _ERASE_DOWN + "\n".join([f"  {self._clock()}", *lines]) + "\n")
        self._out.flush()
        self._drawn = len(lines) + 1

    def _tail_of(self, row: Row) -> str:
        if row.state == "success":
            return self._words.get(row.task_id, "")
        return "" if row.state in ("waiting", "scheduled", "queued") else _word(row.state)

    def _clock(self) -> str:
        minutes, seconds = divmod(int(time.monotonic() - self._began), 60)
        return f"{minutes:02}:{seconds:02}"


def _word(state: str) -> str:
    return _WORDS.get(state, state)
