"""Two triggers at once, a backfill of ten days while a run waits, a command: each row once, newer marts stay."""

from __future__ import annotations

import time

import pytest

from customer360 import orchestrator
from customer360.warehouse import Role
from tests.conftest import settings_in
from tests.e2e.test_readers import Shop, check_books

pytestmark = pytest.mark.long
DAYS = [f"2025-06-{day:02}" for day in range(1, 11)]


@pytest.fixture
def shop(tmp_path, monkeypatch):
    shop = Shop(tmp_path)
    shop.grow()
    monkeypatch.setenv("C360_SCHEDULE", "0 3 * * *")  # a backfill asks for one
    monkeypatch.setenv("C360_DATA", str(shop.folder))
    yield shop
    shop.installation.down()


def wait(api, count: int) -> list[dict]:
    """The runs, when as many as wanted have ended."""
    deadline = time.monotonic() + 1800
    while time.monotonic() < deadline:
        runs = list(api._pages("/dags/customer360/dagRuns?order_by=id", "dag_runs"))
        if len(runs) >= count and all(run["state"] in ("success", "failed") for run in runs):
            return runs
        time.sleep(2)
    raise AssertionError(f"not done: {[(run['dag_run_id'], run['state']) for run in runs]}")


def test_two_triggers_a_backfill_and_a_command(shop, monkeypatch):
    settings = settings_in(shop.installation.home)
    airflow = orchestrator.start(settings, keep=True)
    api = airflow.api
    while not (dag := api.dag()) or dag["is_stale"]:
        time.sleep(1)
    conf = {"data": str(shop.folder)}
    for name in ("one", "two"):
        api.trigger(name, conf)
    wait(api, 2)
    before = shop.installation.manifest()
    shop.grow()
    api.trigger("manual", conf)
    api._call(
        "POST",
        "/backfills",
        {
            "dag_id": "customer360",
            "from_date": f"{DAYS[0]}T03:00:00Z",
            "to_date": f"{DAYS[-1]}T03:00:00Z",
            "run_backwards": False,
            "dag_run_conf": {},
            "reprocess_behavior": "none",
            "max_active_runs": 3,
        },
    )
    api.trigger("waiting", conf)
    while (settings.state / "turn").read_text() != "manual":
        time.sleep(0.2)
    by_command = shop.installation.command(*shop.command, timeout=1800)
    assert "is under way in Airflow: waiting for it to end" in by_command.stderr
    runs = wait(api, 4 + len(DAYS))
    failed = [run["dag_run_id"] for run in runs if run["state"] != "success"]
    assert not failed, shop.rows("select run_id, stage, detail ->> 'error' from audit.stages where status = 'failed'")
    check_books(shop)
    after = shop.installation.manifest()
    assert after["as_of_date"] >= before["as_of_date"]
    assert not after["run_id"].startswith("backfill")
    days = shop.rows("select distinct as_of_date::text from history.segment_summary order by 1", Role.TRANSFORMER)
    assert [day for (day,) in days][: len(DAYS)] == DAYS
    # The schedule may have begun a run of its own meanwhile.
    assert shop.rows("select status, count(*) from audit.runs group by 1") == [("succeeded", len(runs) + 1)]
    assert shop.rows("select count(*) from audit.publications") == [(len(runs) + 1 - len(DAYS),)]
