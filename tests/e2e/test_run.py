"""The main job, whole: generator, Airflow's real scheduler, landing, dbt, publication, export."""

import csv
import io
import os
import re
from pathlib import Path

import pytest

from tests.e2e.support import ROOT, Installation, watched_command_lines

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
def command_lines():
    """Of all processes that were seen while the first run went on."""
    return set()


@pytest.fixture(scope="module")
def first(installation, command_lines):
    with watched_command_lines() as seen:
        done = installation.make("run", "CUSTOMERS=500", timeout=420)
    command_lines |= seen
    return done


@pytest.fixture(scope="module")
def again(installation, first):
    """A second run, without Airflow, and the exports' digests before it."""
    before = installation.digests()
    return installation.verb("run-cli", "--customers", "500"), before


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


def test_again_without_airflow_lands_nothing_and_gives_the_same_bytes(installation, again):
    done, before = again
    assert "unchanged: 0 rows landed" in done.stdout
    assert not re.search(r"(?<!not )landed: ", done.stdout.replace("unchanged: 0 rows landed", ""))
    # seeds that have not changed since they passed their tests are neither loaded nor tested again
    assert "law_of_money" in done.stdout
    assert "null_words" not in done.stdout
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


def test_rights_are_those_that_are_declared(installation, again):
    """After two publications and, when the whole module runs, after dbt from the shell."""
    page = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    declared = page.partition("<!-- rights -->")[2].partition("<!-- /rights -->")[0]
    assert installation.verb("rights").stdout.strip().split("\n") == declared.strip().split("\n")


def test_secrets_are_where_they_belong_and_nowhere_else(installation, first, command_lines):
    """In four files that only their owner reads; not in logs, artefacts, exports, databases or command lines."""
    installation.verb("env")
    secrets = installation.secrets()
    assert {"postgres", "c360_loader", "c360_analyst_pii", "airflow_database", "airflow_jwt"} <= set(secrets)
    assert all(len(value) >= 32 for value in secrets.values())
    found = {}
    for folder, _, names in os.walk(installation.home):
        for name in names:
            path = Path(folder, name)
            content = path.read_bytes() if path.is_file() else b""
            if told := {secret for secret, value in secrets.items() if value in content}:
                found[path.relative_to(installation.home).as_posix()] = told
                assert path.stat().st_mode & 0o077 == 0, path
    assert set(found) == {
        ".env",
        "state/secrets.json",
        "state/airflow/airflow.cfg",
        "state/airflow/admin_password.json",
    }
    assert found["state/airflow/admin_password.json"] == {"airflow_admin"}
    assert len(command_lines) > 5
    told = {line for line in command_lines for value in secrets.values() if value in line}
    assert told == set()
