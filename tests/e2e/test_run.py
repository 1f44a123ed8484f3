"""The main job, whole: generator, Airflow's real scheduler, landing, dbt, publication, export."""

import csv
import io
import re

import pytest

from tests.e2e.support import ROOT, Installation

CONTRACT = {
    "at_risk_customers.csv",
    "channel_quality.csv",
    "cohort_retention.csv",
    "customer_golden_lineage.csv",
    "customer_health.csv",
    "customer_key_redirects.csv",
    "customer_metrics_advanced.csv",
    "customer_records.csv",
    "customer_rfm.csv",
    "customer_segment_history.csv",
    "datapackage.json",
    "dim_customers.csv",
    "dim_date.csv",
    "fct_orders.csv",
    "identity_history.csv",
    "identity_links.csv",
    "identity_review.csv",
    "kpi_summary.csv",
    "manifest.json",
    "revenue_concentration.csv",
    "segment_migration.csv",
    "segment_summary.csv",
}


def source_ids(text: str) -> set[tuple[str, str]]:
    """Source and id of every record of a CSV that has these two columns."""
    return {(row["source"], row["source_customer_id"]) for row in csv.DictReader(io.StringIO(text, newline=""))}


@pytest.fixture(scope="module")
def installation(tmp_path_factory):
    installation = Installation(tmp_path_factory.mktemp("run"))
    yield installation
    installation.down()


@pytest.fixture(scope="module")
def first(installation):
    return installation.make("run", "CUSTOMERS=500", timeout=420)


def test_make_run_fills_the_exports_and_tells_what_it_did(installation, first):
    assert set(installation.digests()) == CONTRACT
    manifest = installation.manifest()
    assert manifest["as_of_date"] == "2026-06-30"
    records = source_ids(installation.csv("customer_records.csv"))
    (truth,) = (installation.home / "state" / "demo").glob("500-*/truth/records.csv")
    landed = {source for source, _ in records}
    assert {"crm", "shop"} <= landed
    known = {it for it in source_ids(truth.read_text(encoding="utf-8")) if it[0] in landed}
    assert known <= records
    assert {source for source, _ in records - known} <= {"shop"}  # orders of accounts that no customer file holds
    for entry in manifest["files"]:
        assert len(installation.csv(entry["name"]).splitlines()) >= entry["rows"] + 1
    assert re.search(rf"\d+ customers found in {len(records)} customer records", first.stdout)
    assert "dbt_staging" in first.stdout
    assert "Time per stage" in first.stdout


def test_again_without_airflow_lands_nothing_and_gives_the_same_bytes(installation, first):
    before = installation.digests()
    again = installation.verb("run-cli", "--customers", "500")
    assert "unchanged: 0 rows landed" in again.stdout
    assert not re.search(r"(?<!not )landed: ", again.stdout.replace("unchanged: 0 rows landed", ""))
    # seeds that have not changed since they passed their tests are neither loaded nor tested again
    assert "law_of_money" in again.stdout
    assert "null_words" not in again.stdout
    assert installation.digests() == before


def test_keys_and_links_are_explained(installation, first):
    link = next(csv.DictReader(io.StringIO(installation.csv("identity_links.csv"), newline="")))
    one, other = (f"{link[f'source_{n}']}:{link[f'source_customer_id_{n}']}" for n in (1, 2))
    assert f"{one} and {other} are one customer, {link['customer_key']}" in installation.verb("why", one, other).stdout
    life = installation.verb("who", one).stdout
    assert life == installation.verb("who", link["customer_key"]).stdout
    assert "first_seen" in life
    assert other in life
    assert "no customer of this data folder ever had" in installation.verb("who", "12345", expect=1).stderr
    assert "to mend" in installation.verb("why", one, "crm:nobody", expect=1).stderr


def test_dbt_from_the_shell_as_the_readme_says(installation, first, tmp_path):
    environment = installation.home / ".env"
    said = installation.verb("env").stdout.strip()
    assert said == f"set -a; . {environment}"
    assert environment.stat().st_mode & 0o777 == 0o600
    target = {"DBT_TARGET_PATH": str(tmp_path / "target"), "DBT_LOG_PATH": str(tmp_path / "logs")}
    installation.command("sh", "-c", f"{said}; cd dbt_project && dbt run && dbt test", cwd=ROOT, **target)


@pytest.mark.long  # tests/dbt rebuilds a past day each time
def test_an_earlier_day_sees_no_later_rows(installation, first):
    installation.verb("run-cli", "--customers", "500", "--as-of", "2025-12-31")
    assert installation.manifest()["as_of_date"] == "2025-12-31"
    assert "2026-" not in installation.csv("fct_orders.csv")
    installation.verb("run-cli", "--customers", "500")
    assert installation.manifest()["as_of_date"] == "2026-06-30"
