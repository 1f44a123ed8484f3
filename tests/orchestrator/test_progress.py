"""What a run looks like while it goes, on a terminal and in a log file."""

from __future__ import annotations

import io
from itertools import pairwise

from customer360.orchestrator.api import TaskState
from customer360.orchestrator.progress import Progress, rows

ORDER = ("begin", "land", "export")


def task(task_id: str, state: str, map_index: int = -1, seconds: float | None = None) -> TaskState:
    return TaskState(task_id, map_index, state, seconds, attempt=1, started="", ended="")


def landing(*states: str) -> list[TaskState]:
    return [task("land", state, number, 1.0) for number, state in enumerate(states)]


def test_tasks_are_shown_in_the_order_of_the_flow_with_strangers_last():
    found = rows([task("zeta", "running"), task("export", "waiting"), task("begin", "success")], ORDER)
    assert [row.task_id for row in found] == ["begin", "export", "zeta"]


def test_mapped_tasks_are_one_row():
    (row,) = rows(landing("success", "running", "queued"), ORDER)
    assert (row.label, row.state, row.seconds) == ("land 1/3", "running", 3.0)


def test_what_is_wrong_is_told_before_what_goes_on():
    assert rows(landing("success", "failed", "running"), ORDER)[0].state == "failed"
    assert rows(landing("success", "up_for_retry", "running"), ORDER)[0].state == "up_for_retry"
    assert rows(landing("success", "queued"), ORDER)[0].state == "running"
    assert rows(landing("queued", "queued"), ORDER)[0].state == "queued"
    assert rows(landing("success", "success"), ORDER)[0].state == "success"
    assert rows(landing("upstream_failed"), ORDER)[0].state == "upstream_failed"


MOMENTS = [
    [task("begin", "queued"), *landing("waiting"), task("export", "waiting")],
    [task("begin", "running"), *landing("waiting"), task("export", "waiting")],
    [task("begin", "success", seconds=1.25), *landing("running", "queued"), task("export", "waiting")],
    [task("begin", "success", seconds=1.25), *landing("success", "success"), task("export", "failed", seconds=2)],
]


def test_a_log_has_one_line_for_each_change():
    out = io.StringIO()
    progress = Progress(ORDER, lambda done: f"{done.name} did it", out)
    for moment in MOMENTS:
        progress.show(moment)
    progress.show(MOMENTS[-1])
    progress.end()
    assert [line.split(maxsplit=1)[1].split() for line in out.getvalue().splitlines()] == [
        ["begin", "running"],
        ["begin", "done", "1.2", "s", "begin", "did", "it"],
        ["land[0]", "running"],
        ["land[0]", "done", "2/2", "1.0", "s", "land[0]", "did", "it"],
        ["land[1]", "done", "2/2", "1.0", "s", "land[1]", "did", "it"],
        ["export", "failed", "2.0", "s"],
    ]
    assert "\x1b" not in out.getvalue()


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_terminal_is_redrawn_in_place(monkeypatch):
    monkeypatch.setenv("COLUMNS", "44")
    out = Terminal()
    progress = Progress(ORDER, lambda done: f"{done.name} did it", out)
    pictures = []
    for moment in MOMENTS:
        before = len(out.getvalue())
        progress.show(moment)
        pictures.append(out.getvalue()[before:])
    for earlier, later in pairwise(pictures):
        assert later.startswith(f"\x1b[{earlier.count(chr(10))}F\x1b[0J")
    assert "begin di" in pictures[2]
    assert max(len(line) for picture in pictures for line in picture.split("\x1b[0J")[1].splitlines()) == 43
    assert "land 2/2" in pictures[3]
    assert "x export" in pictures[3]
