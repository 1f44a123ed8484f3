"""Files come into the folder that is watched: one run takes them, and OpenLineage hears of its tasks and models."""

from __future__ import annotations

import json
import os
import shutil
import time

import pytest

from customer360 import orchestrator
from tests.conftest import settings_in
from tests.e2e.test_readers import Shop, check_books

pytestmark = pytest.mark.long
WATCH = "customer360_watch"


@pytest.fixture
def shop(tmp_path, monkeypatch):
    shop = Shop(tmp_path)
    monkeypatch.setenv("C360_DATA", str(shop.folder))
    monkeypatch.setenv("C360_LINEAGE", str(tmp_path / "events.jsonl"))
    yield shop
    shop.installation.down()
    shutil.rmtree(tmp_path, ignore_errors=True)


def test_new_files_start_one_run(shop):
    api = orchestrator.start(settings_in(shop.installation.home), keep=True).api

    def ended(dag: str, count: int) -> list[str]:
        """The runs of a DAG, when as many as wanted have ended."""
        deadline = time.monotonic() + 600
        while time.monotonic() < deadline:
            runs = list(api._pages(f"/dags/{dag}/dagRuns?order_by=id", "dag_runs"))
            if len(runs) == count and all(run["state"] in ("success", "failed") for run in runs):
                assert [run["state"] for run in runs] == ["success"] * count
                return [run["dag_run_id"] for run in runs]
            time.sleep(1)
        raise AssertionError(f"not done: {[(run['dag_run_id'], run['state']) for run in runs]}")

    while not all((dag := api.dag(name)) and not dag["is_stale"] for name in (WATCH, "customer360")):
        time.sleep(1)
    api.trigger("nothing-yet", {}, dag_id=WATCH)
    ended(WATCH, 1)
    ended("customer360", 0)

    shop.grow()
    for file in shop.folder.iterdir():
        os.utime(file, (time.time() - 60,) * 2)  # at rest
    for look in range(2):  # the second finds nothing new
        api.trigger(f"look-{look}", {}, dag_id=WATCH)
        ended(WATCH, 2 + look)
        (run_id,) = ended("customer360", 1)
        assert run_id.startswith("files-")
    check_books(shop)
    assert shop.rows("select run_id, status from audit.runs") == [(run_id, "succeeded")]
    assert shop.rows("select sum(rows_landed)::int from audit.batches") == [(200,)]

    events = [json.loads(line) for line in (shop.installation.home / "events.jsonl").read_text().splitlines()]
    done = {event["job"]["name"] for event in events if event["eventType"] == "COMPLETE"}
    assert {"customer360.dbt_marts", "customer360.publish"} <= done
    assert any(".dim_customers." in name for name in done)  # of dbt
