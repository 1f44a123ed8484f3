"""Runs that fail, are chosen in part, or stand in the past: what readers see, and what is told."""

from __future__ import annotations

import contextlib
import csv
import io
import json
import shutil

import pytest

from customer360 import pipeline
from customer360.errors import Customer360Error
from customer360.report import last_runs
from customer360.settings import database_for
from customer360.warehouse import Role, Warehouse
from tests.conftest import settings_in

SOURCES = """\
version: 1
sources:
  shop:
    customers:
      files: ["customers*.csv"]
      columns: {customer_id: id, email: mail, created_at: since}
    orders:
      files: ["orders*.csv"]
      columns: {order_id: id, customer_id: client, ordered_at: date, amount: total}
"""


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    """Settings, and a data folder with a run over it."""
    home = tmp_path_factory.mktemp("operating")
    settings = settings_in(home)
    folder = home / "shop"
    folder.mkdir()
    (folder / "sources.yml").write_text(SOURCES)
    customers = "".join(f"{n},p{n}@example.com,2025-01-{n:02}\n" for n in range(1, 9))
    (folder / "customers.csv").write_text("id,mail,since\n" + customers)
    orders = "".join(f"O{n},{n % 8 + 1},2025-{n % 12 + 1:02}-10,{n}.50\n" for n in range(1, 25))
    (folder / "orders.csv").write_text("id,client,date,total\n" + orders)
    pipeline.run(settings, str(folder))
    yield settings, folder
    Warehouse(settings).stop()
    shutil.rmtree(settings.state, ignore_errors=True)


def rows(settings, folder, query: str, role: Role = Role.TRANSFORMER) -> list[tuple]:
    with contextlib.closing(Warehouse(settings).login(role, database_for(folder)).connect()) as connection:
        cursor = connection.cursor()
        cursor.execute(query)
        return cursor.fetchall()


def manifest(settings) -> dict:
    return json.loads((settings.exports / "csv" / "manifest.json").read_text())


def go_on(settings, plan) -> str:
    """The verbs after landing, as the DAG calls them; returns how the run ended."""
    status = "failed"
    try:
        pipeline.map_sources(settings, plan)
        for layer in pipeline.LAYERS:
            pipeline.transform(settings, plan, layer)
        pipeline.test(settings, plan)
        pipeline.publish(settings, plan)
        pipeline.export(settings, plan)
        status = "succeeded"
    finally:
        pipeline.finish(settings, plan, status)
    return status


def test_a_failing_test_blocks_the_publication_and_status_says_where_its_rows_are(shop, monkeypatch):
    settings, folder = shop
    before = manifest(settings)
    plan = pipeline.begin(settings, "spoiled", str(folder))
    tested = pipeline.test

    def spoil_then_test(settings, plan):
        with (
            contextlib.closing(Warehouse(settings).login(Role.TRANSFORMER, plan["database"]).connect()) as connection,
            connection,
        ):
            cursor = connection.cursor()
            cursor.execute(
                "select conname from pg_constraint"
                " where conrelid = 'warehouse_next.fct_orders'::regclass and contype = 'p'"
            )
            (key,) = cursor.fetchone()
            cursor.execute(f'alter table warehouse_next.fct_orders drop constraint "{key}"')
            cursor.execute("insert into warehouse_next.fct_orders select * from warehouse_next.fct_orders limit 3")
        return tested(settings, plan)

    monkeypatch.setattr(pipeline, "test", spoil_then_test)
    with pytest.raises(Customer360Error, match="stored in"):
        go_on(settings, plan)
    assert manifest(settings) == before
    assert rows(settings, folder, "select run_id from audit.publications") == [(before["run_id"],)]
    assert rows(settings, folder, "select count(*) from warehouse.fct_orders") == [(24,)]
    ((summary,),) = rows(settings, folder, "select summary from audit.runs where run_id = 'spoiled'")
    assert summary["tests"]["failed"]
    told = last_runs(pipeline.operations(settings, str(folder), {}))
    for failed in summary["tests"]["failed"]:
        place = failed["stored_in"]
        assert [failed["name"], str(failed["failures"]), place] in [line.split() for line in told.splitlines()]
        assert rows(settings, folder, f"select count(*) from {place.split('.', 1)[1]}")[0][0] > 0
    monkeypatch.undo()
    plan = pipeline.begin(settings, "mended", str(folder))
    assert go_on(settings, plan) == "succeeded"
    assert manifest(settings)["run_id"] == "mended"


def test_a_run_does_not_go_on_with_the_models_of_another(shop):
    settings, folder = shop
    before = manifest(settings)
    first, other = (
        pipeline.begin(settings, run, str(folder), as_of) for run, as_of in (("a", ""), ("b", "2025-06-30"))
    )
    pipeline.transform(settings, first, "staging")
    pipeline.transform(settings, other, "staging")
    for verb, *layer in ((pipeline.transform, "marts"), (pipeline.test,), (pipeline.publish,)):
        with pytest.raises(Customer360Error, match="another run has built its models meanwhile"):
            verb(settings, first, *layer)
    for plan in (first, other):
        pipeline.finish(settings, plan, "failed")
    assert manifest(settings) == before


def test_a_backfill_of_an_older_day_fills_the_history_and_leaves_newer_marts(shop):
    settings, folder = shop
    before, files = manifest(settings), (settings.exports / "csv" / "fct_orders.csv").read_bytes()
    plan = pipeline.begin(settings, "past", str(folder), "2025-06-30", only_newer=True)
    assert go_on(settings, plan) == "succeeded"
    assert manifest(settings) == before
    assert (settings.exports / "csv" / "fct_orders.csv").read_bytes() == files
    told = rows(
        settings, folder, "select as_of_date::text, sum(customers)::int, max(run_id) from history.segment_summary"
        " group by 1 order by 1",
    )  # fmt: skip
    assert told == [("2025-06-30", 8, "past"), (before["as_of_date"], 8, before["run_id"])]
    (revenue,) = rows(
        settings, folder, "select sum(revenue)::float8 from history.segment_summary where as_of_date = '2025-06-30'"
    )
    orders = csv.DictReader(io.StringIO(files.decode("utf-8-sig"), newline=""))
    assert revenue[0] == sum(float(it["revenue"]) for it in orders if it["ordered_at"] < "2025-07")


def test_a_run_of_some_layers_publishes_nothing(shop, tmp_path, monkeypatch):
    settings, folder = shop
    monkeypatch.setenv("C360_LINEAGE", str(tmp_path / "events.jsonl"))
    before = manifest(settings)
    plan = pipeline.begin(settings, "staging-only", str(folder), layers=["staging"])
    assert pipeline.transform(settings, plan, "staging")["nodes"]
    for figures in (
        pipeline.transform(settings, plan, "marts"),
        pipeline.test(settings, plan),
        pipeline.publish(settings, plan),
        pipeline.export(settings, plan),
    ):
        assert "does not build" in figures["skipped"]
    assert pipeline.finish(settings, plan, "succeeded")["error"] == ""
    assert manifest(settings) == before
    events = [json.loads(line) for line in (tmp_path / "events.jsonl").read_text().splitlines()]
    (orders,) = (it for it in events if it["eventType"] == "COMPLETE" and ".stg_orders." in it["job"]["name"])
    assert {it["name"].rpartition(".")[2] for it in orders["inputs"]} >= {"base_orders"}
    assert [it["name"].rpartition(".")[2] for it in orders["outputs"]] == ["stg_orders"]


def test_a_full_refresh_loads_seeds_that_have_not_changed(shop):
    settings, folder = shop
    usual, fresh = (
        pipeline.transform(settings, pipeline.begin(settings, run, str(folder), full_refresh=run == "fresh"), "staging")
        for run in ("usual", "fresh")
    )
    seeds = [[node["name"] for node in figures["nodes"] if node["kind"] == "seed"] for figures in (usual, fresh)]
    assert len(seeds[1]) > len(seeds[0]) == 0


def test_the_watch_names_files_that_are_new_and_at_rest(shop, monkeypatch):
    settings, folder = shop
    assert pipeline.new_files(settings, str(folder)) == ""
    late = folder / "orders_late.csv"
    late.write_text("id,client,date,total\nL1,1,2025-12-30,9.00\n")
    assert pipeline.new_files(settings, str(folder)) == ""  # perhaps still being written
    monkeypatch.setattr("customer360.landing.watch._AT_REST", 0.0)
    name = pipeline.new_files(settings, str(folder))
    assert name
    assert pipeline.new_files(settings, str(folder)) == name
    plan = pipeline.begin(settings, "late", str(folder))
    for parcel in plan["files"]:
        pipeline.land(settings, plan, parcel)
    pipeline.finish(settings, plan, "succeeded")
    assert pipeline.new_files(settings, str(folder)) == ""
