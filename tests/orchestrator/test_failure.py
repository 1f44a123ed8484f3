"""The failing task and the readable end of its log."""

from __future__ import annotations

import json

from customer360.orchestrator.api import TaskState
from customer360.orchestrator.failure import first_failure, log_file, readable_tail

RECORDS = [
    {"event": "::group::Pre Execute", "logger": "task"},
    {"event": "Filling up the DagBag", "logger": "airflow.dag_processing.dagbag.BundleDagBag"},
    {"event": "12:00:00  1 of 9 ERROR creating sql table model dim_customers", "logger": "task.stdout"},
    {
        "event": "Task failed with exception",
        "logger": "task",
        "error_detail": [
            {
                "exc_type": "AirflowFailException",
                "exc_value": "dbt marts failed\nsecond line",
                "frames": [{"filename": f"{name}.py", "lineno": 7, "name": "call"} for name in "abcde"],
            }
        ],
    },
]


def task(task_id: str, state: str, ended: str, map_index: int = -1, attempt: int = 1) -> TaskState:
    return TaskState(task_id, map_index, state, 1.0, attempt, "", ended)


def write_log(logs, run_id, failed):
    file = log_file(logs, run_id, failed)
    file.parent.mkdir(parents=True)
    file.write_text("".join(json.dumps(record) + "\n" for record in RECORDS) + "a line that is no JSON\n")
    return file


def test_the_first_to_fail_is_told_and_the_last_task_is_blamed_last(tmp_path):
    tasks = [
        task("finish", "failed", "2026-01-01T00:00:01"),
        task("export", "upstream_failed", "2026-01-01T00:00:00"),
        task("land", "failed", "2026-01-01T00:00:09", map_index=4, attempt=3),
        task("land", "failed", "2026-01-01T00:00:05", map_index=2, attempt=3),
    ]
    file = write_log(tmp_path, "airflow-1", tasks[3])
    failure = first_failure(tasks, tmp_path, "airflow-1")
    assert failure.task.name == "land[2]"
    assert failure.log == file
    assert file.relative_to(tmp_path).parts[-2:] == ("map_index=2", "attempt=3.log")
    assert str(failure).startswith(f"the task land[2] failed\n  where: {file}, which ends:\n    12:00:00  1 of 9 ERROR")


def test_a_run_may_fail_without_a_failing_task(tmp_path):
    assert first_failure([task("begin", "success", "")], tmp_path, "airflow-1") is None


def test_the_log_is_read_without_airflows_chatter(tmp_path):
    file = write_log(tmp_path, "airflow-1", task("begin", "failed", ""))
    assert readable_tail(file) == [
        "12:00:00  1 of 9 ERROR creating sql table model dim_customers",
        "Task failed with exception",
        "  c.py:7 in call",
        "  d.py:7 in call",
        "  e.py:7 in call",
        "AirflowFailException: dbt marts failed",
        "second line",
        "a line that is no JSON",
    ]
    assert readable_tail(file, lines=2) == ["second line", "a line that is no JSON"]
    assert readable_tail(tmp_path / "missing.log") == []
