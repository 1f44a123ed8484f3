"""The failing task of a run and the end of its log, read from the file: also a dead Airflow leaves that behind."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from customer360.orchestrator.api import TaskState
from customer360.orchestrator.configuration import DAG_ID

LAST_TASK = "finish"  # fails whenever another has failed, so it is the last to be blamed
_LINES = 25
_FRAMES = 3
_CHATTER = ("airflow.dag_processing", "airflow.models.dagbag")


@dataclass(frozen=True)
class Failure:
    """The task that failed first.

    Attributes:
        log: its log file.
        tail: the last lines in it, readable.
    """

    task: TaskState
    log: Path
    tail: tuple[str, ...]

    def __str__(self) -> str:
        lines = "\n".join(f"    {line}" for line in self.tail) or "    (empty)"
        return f"the task {self.task.name} failed\n  where: {self.log}, which ends:\n{lines}"


def first_failure(tasks: Iterable[TaskState], logs: Path, run_id: str) -> Failure | None:
    """The failure to tell of, or None when no task failed by itself."""
    failed = [task for task in tasks if task.state == "failed"]
    failed.sort(key=lambda task: (task.task_id == LAST_TASK, task.ended or "~"))
    if not failed:
        return None
    log = log_file(logs, run_id, failed[0])
    return Failure(failed[0], log, tuple(readable_tail(log)))


def log_file(logs: Path, run_id: str, task: TaskState) -> Path:
    """Where Airflow keeps the log of a task's last attempt ([logging] log_filename_template)."""
    folder = logs / f"dag_id={DAG_ID}" / f"run_id={run_id}" / f"task_id={task.task_id}"
    if task.map_index >= 0:
        folder /= f"map_index={task.map_index}"
    return folder / f"attempt={max(task.attempt, 1)}.log"


def readable_tail(log: Path, lines: int = _LINES) -> list[str]:
    """The last lines of a task's log, of which each is a JSON object, as text."""
    try:
        records = log.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return []
    return [line for record in records for line in _readable(record)][-lines:]


def _readable(record: str) -> list[str]:
    try:
        found: dict[str, Any] = json.loads(record)
        event = str(found["event"])
    except (ValueError, KeyError, TypeError):
        return [record]
    if event.startswith("::") or str(found.get("logger", "")).startswith(_CHATTER):
        return []
    errors = [line for detail in found.get("error_detail") or [] for line in _raised(detail)]
    return [line for text in (event, *errors) for line in text.splitlines()]


def _raised(detail: dict[str, Any]) -> list[str]:
    frames = [f"  {frame['filename']}:{frame['lineno']} in {frame['name']}" for frame in detail.get("frames") or []]
    return [*frames[-_FRAMES:], f"{detail.get('exc_type')}: {detail.get('exc_value')}"]
