"""The audit trail of runs, and the history that publications leave."""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime

import pytest

from customer360 import audit
from customer360.dashboard.operations import Operations
from customer360.report import last_runs
from customer360.warehouse import Role

RESULT = {
    "source": "crm", "entity": "customers", "file_name": "a.csv", "outcome": "landed", "rows_landed": 2,
    "rows_quarantined": 1,
}  # fmt: skip
UNCHANGED = RESULT | {"outcome": "unchanged", "rows_landed": 0, "rows_quarantined": 0}
REFUSED = UNCHANGED | {"file_name": "b.csv", "outcome": "quarantined"}
BATCH = (
    "insert into audit.batches (run_id, source, entity, file_name, file_sort_key, sha256, bytes, lines_read,"
    " header_lines, blank_lines, landed_lines, quarantined_lines, rows_landed, rows_quarantined, started_at)"
    " values ('r1', 'crm', 'customers', 'a.csv', 'a.csv', 'abc', 30, 3, 1, 0, 2, 0, 2, 0, now())"
)


@pytest.fixture
def cursor(warehouse, database):
    with contextlib.closing(warehouse.login(Role.LOADER, database).connect()) as connection:
        connection.autocommit = True
        yield connection.cursor()


def stage(cursor, run: str, name: str, status: str = "succeeded", **figures) -> None:
    audit.record_stage(cursor, run, name, datetime.now(UTC), status, figures)


def test_a_run_keeps_what_it_took_in_and_did(cursor):
    audit.open_run(cursor, "r1", "cli", "/shop", "2026-01-31", "1.0")
    cursor.execute(BATCH)
    # what an attempt that failed had landed is there when it is tried again
    stage(cursor, "r1", "land a.csv and 1 more", "failed", results=[RESULT, REFUSED], error="no connection")
    stage(cursor, "r1", "land a.csv and 1 more", results=[UNCHANGED, REFUSED])
    stage(cursor, "r1", "dbt_marts", nodes=[{"name": "dim_customers", "rows": 2}, {"name": "a_view", "rows": None}])
    stage(cursor, "r1", "dbt_test", "failed", error="no connection")  # what was tried again and succeeded is no error
    stage(cursor, "r1", "dbt_test", passed=9, warned={"budget": 4})
    summary = audit.close_run(cursor, "r1", "succeeded")
    assert summary["inputs"] == [{"feed": "crm.customers", "file": "a.csv", "sha256": "abc", "bytes": 30}]
    assert summary["landed"] == {"rows": 2, "quarantined": 1, "refused": 1}
    assert [(it["stage"], it["status"], it["rows"]) for it in summary["stages"]] == [
        ("land", "succeeded", 2),
        ("dbt_marts", "succeeded", 2),
        ("dbt_test", "succeeded", 0),
    ]
    assert summary["tests"] == {"passed": 9, "warned": {"budget": 4}, "failed": []}
    assert summary["error"] == ""
    assert audit.how_it_was(cursor, "r2") == {"status": "succeeded", "summary": summary}
    assert audit.how_it_was(cursor, "r1") is None


def test_status_says_which_test_failed_and_where_its_rows_are(database, cursor):
    audit.open_run(cursor, "r1", "airflow", "/shop", "", "1.0")
    failed = [{"name": "one_key_each", "failures": 3, "stored_in": f"{database}.audit.one_key_each"}]
    stage(cursor, "r1", "dbt_test", "failed", error="dbt test failed", failed=failed)
    audit.close_run(cursor, "r1", "failed")
    told = last_runs(Operations(datetime.now(UTC), audit.recent_runs(cursor, 5), []))
    assert "dbt_test: dbt test failed" in told
    assert [line.split() for line in told.splitlines() if "one_key_each" in line] == [
        ["one_key_each", "3", f"{database}.audit.one_key_each"]
    ]


def test_a_run_that_was_killed_is_closed_by_the_next(cursor):
    audit.open_run(cursor, "r1", "cli", "/shop", "", "1.0")
    audit.open_run(cursor, "r2", "cli", "/shop", "", "1.0")
    found = audit.how_it_was(cursor, "r2")
    assert [(it["run_id"], it["status"], it["summary"]["landed"]["rows"]) for it in audit.recent_runs(cursor, 5)] == [
        ("r2", "running", 0),
        ("r1", "failed", 0),
    ]
    assert audit.recent_runs(cursor, 1)[0]["seconds"] is None
    assert audit.recent_runs(cursor, 2)[1]["summary"]["error"] == "it was cut off"
    assert found == {"status": "failed", "summary": {"error": "it was cut off"}}


def test_a_run_is_compared_with_what_was_tested_before_or_failed(cursor):
    def run(run_id, *, trigger="cli", status="succeeded", tested=True):
        audit.open_run(cursor, run_id, trigger, "/shop", "", "1.0")
        if tested:
            stage(cursor, run_id, "dbt_test", status, **({"error": "two rows"} if status == "failed" else {}))
        audit.close_run(cursor, run_id, status)

    def before(run_id):
        found = audit.how_it_was(cursor, run_id)
        return found and (found["status"], found["summary"]["error"])

    run("tested")
    run("a fit", trigger="fit", tested=False)
    run("an export", trigger="export", status="failed", tested=False)
    assert before("new") == ("succeeded", "")
    run("failed", status="failed")
    assert before("new") == ("failed", "dbt_test: two rows")
    run("other")
    assert before("new") == ("succeeded", "")
    assert before("failed") == ("failed", "dbt_test: two rows")  # cleared, it goes on
    audit.open_run(cursor, "failed", "cli", "/shop", "", "1.0")  # cleared from its beginning
    assert before("failed") == ("failed", "dbt_test: two rows")


def test_a_run_stands_at_the_day_that_staging_found(cursor):
    audit.open_run(cursor, "r1", "cli", "/shop", "", "1.0")
    stage(cursor, "r1", "dbt_staging", as_of_date="2026-02-03", nodes=[])
    audit.close_run(cursor, "r1", "failed")
    cursor.execute("select as_of_date::text from audit.runs")
    assert cursor.fetchall() == [("2026-02-03",)]
