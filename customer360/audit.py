"""The audit trail of runs: opened, closed with all that is known of them, and each attempt at a stage in between."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

WRITES_AGAIN = ("export", "dashboard")  # triggers of runs that only write again what is published

_ROWS_OF_A_STAGE = """
select
    stage,
    status,
    extract(epoch from finished_at - started_at)::float8 as seconds,
    detail
from audit.stages
where run_id = %s
order by started_at, finished_at
"""
# What a file held when the run looked at it, whether it landed in this run or in an earlier one.
_INPUTS = """
select distinct on (source, entity, file_name) source || '.' || entity, file_name, sha256, bytes
from audit.batches
where source || '.' || entity || '/' || file_name = any(%s)
order by source, entity, file_name, batch_id desc
"""

_RECENT_RUNS = """
select
    run_id,
    trigger,
    status,
    started_at,
    extract(epoch from finished_at - started_at)::float8 as seconds,
    coalesce(
        (
            select as_of_date from audit.publications
            where publications.run_id = runs.run_id order by publication_id desc limit 1
        ),
        as_of_date
    ) as as_of_date,
    summary
from audit.runs
order by started_at desc, run_id desc
limit %s
"""
# As dbt's source freshness sees it: a file that came back to a content of before brings nothing new.
_LANDED = """
select source || '.' || entity, max(started_at) filter (where same_as is null), sum(rows_landed)::bigint
from audit.batches
group by source, entity
order by source, entity
"""


def open_run(cursor: Any, run_id: str, trigger: str, folder: str, as_of: str, code_version: str) -> None:
    """Opens a run; one that is tried again is open again.

    Args:
        cursor: as c360_loader.
        run_id: its id.
        trigger: what started it.
        folder: path of the data folder.
        as_of: ISO date that was asked for, or empty.
        code_version: of the code that runs.
    """
    # One run at a time for each folder: what still counts as running was killed.
    cursor.execute(
        "update audit.runs set status = 'failed', finished_at = clock_timestamp(),"
        " summary = summary || '{\"error\": \"it was cut off\"}' where status = 'running' and run_id <> %s",
        (run_id,),
    )
    cursor.execute(
        "insert into audit.runs (run_id, trigger, data_folder, as_of_date, code_version)"
        " values (%s, %s, %s, %s, %s) on conflict (run_id) do update set status = 'running', finished_at = null",
        (run_id, trigger, folder, as_of or None, code_version),
    )


def record_stage(
    cursor: Any, run_id: str, stage: str, started: datetime, status: str, figures: Mapping[str, Any]
) -> None:
    """Writes down one attempt at a stage, ``succeeded`` or ``failed``."""
    cursor.execute(
        "insert into audit.stages (run_id, stage, started_at, status, detail) values (%s, %s, %s, %s, %s)",
        (run_id, stage, started, status, json.dumps(figures)),
    )


def close_run(cursor: Any, run_id: str, status: str) -> dict[str, Any]:
    """Closes a run as ``succeeded`` or ``failed`` and keeps what its stages did.

    Returns:
        The summary, as `summary_of` describes it.
    """
    summary = summary_of(cursor, run_id)
    cursor.execute(
        "update audit.runs set status = %s, finished_at = clock_timestamp(), summary = %s, as_of_date = coalesce("
        "(select max((detail ->> 'as_of_date')::date) from audit.stages as s where s.run_id = runs.run_id), as_of_date)"
        " where run_id = %s",
        (status, json.dumps(summary), run_id),
    )
    return summary


def how_it_was(cursor: Any, run_id: str) -> dict[str, Any] | None:
    """What a run that ends now is compared with: its own attempt before, when that failed, else the last other run.

    Runs that succeeded without testing anything (of some layers, a fit, an export) say nothing and are passed over.

    Returns:
        Its status and summary, or None when there is none.
    """
    tested = json.dumps([{"stage": "dbt_test", "status": "succeeded"}])
    cursor.execute(
        "with runs as (select *, status = 'failed' or (status = 'running' and summary ->> 'error' <> '') as failed"
        "  from audit.runs)"
        " select case when failed then 'failed' else status end, summary from runs"
        " where case when run_id = %s then failed"
        "  else finished_at is not null and trigger <> all(%s) and (failed or summary -> 'stages' @> %s) end"
        " order by run_id = %s desc, finished_at desc limit 1",
        (run_id, list(WRITES_AGAIN), tested, run_id),
    )
    found = cursor.fetchone()
    return dict(zip(("status", "summary"), found, strict=True)) if found else None


def summary_of(cursor: Any, run_id: str) -> dict[str, Any]:
    """What a run took in and did, from its stages.

    Returns:
        inputs: feed, file, sha256 and bytes of each file looked at.
        landed: rows that landed, rows quarantined, and files refused as a whole, over all attempts.
        stages: stage, status, seconds and rows of each; of several attempts the last, and landing as one.
        tests: how many passed; failures of those that warned, by name; those that failed: name, failures, stored_in.
        error: what failed last, or nothing.
    """
    cursor.execute(_ROWS_OF_A_STAGE, (run_id,))
    attempts = cursor.fetchall()
    results = [result for _, _, _, detail in attempts for result in detail.get("results", ())]
    landed = {
        "rows": sum(result["rows_landed"] for result in results),
        "quarantined": sum(result["rows_quarantined"] for result in results),
        "refused": len({_place(result) for result in results if result["outcome"] == "quarantined"}),
    }
    cursor.execute(_INPUTS, ([_place(result) for result in results],))
    inputs = [dict(zip(("feed", "file", "sha256", "bytes"), row, strict=True)) for row in cursor.fetchall()]
    last = {stage: (status, seconds, detail) for stage, status, seconds, detail in attempts}
    stages: dict[str, dict[str, Any]] = {}
    tests: dict[str, Any] = {"passed": 0, "warned": {}, "failed": []}
    error = ""
    for name, (status, seconds, detail) in last.items():
        shown = "land" if name.startswith("land ") else name
        stage = stages.setdefault(shown, {"stage": shown, "status": status, "seconds": 0.0, "rows": 0})
        stage["seconds"] = round(stage["seconds"] + seconds, 6)  # as exact as the clock, so that nobody rounds twice
        stage["rows"] = landed["rows"] if shown == "land" else _rows(detail)
        if status == "failed":
            stage["status"], error = status, f"{name}: {detail.get('error', '')}"
        tests = {key: detail.get(key, usual) for key, usual in tests.items()}
    return {"inputs": inputs, "landed": landed, "stages": list(stages.values()), "tests": tests, "error": error}


def recent_runs(cursor: Any, count: int) -> list[dict[str, Any]]:
    """The last runs, the newest first.

    Returns:
        Of each: run_id, trigger, status, started_at (datetime), seconds (None while it is under way), as_of_date (of
        what it published, else as asked for, else None), and its summary, as `summary_of` describes it.
    """
    cursor.execute(_RECENT_RUNS, (count,))
    names = [column.name for column in cursor.description]
    runs = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    for run in runs:
        if "landed" not in run["summary"]:  # under way, cut off, or of an earlier version
            run["summary"] = summary_of(cursor, run["run_id"]) | run["summary"]
    return runs


def last_landed(cursor: Any) -> dict[str, tuple[datetime, int]]:
    """When each feed (``source.entity``) last landed something, and its rows over all files."""
    cursor.execute(_LANDED)
    return {feed: (landed_at, rows) for feed, landed_at, rows in cursor.fetchall()}


def _place(result: Mapping[str, Any]) -> str:
    return f"{result['source']}.{result['entity']}/{result['file_name']}"


def _rows(detail: Mapping[str, Any]) -> int:
    """Rows that a stage built or wrote."""
    built = sum(node["rows"] or 0 for node in detail.get("nodes", ()))
    written = sum(detail["files"].values()) if isinstance(detail.get("files"), dict) else 0
    return int(built + written)
