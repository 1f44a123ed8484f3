"""Folders that are not the generator's: odd names, guests, orders without customers, and nothing of one in another."""

import csv
import io
import os
import shutil
from pathlib import Path

import pytest

from tests.e2e.support import ROOT, Installation

SOURCES = """\
version: 1
horizons_days: [30, 60]
sources:
  crm:
    customers:
      files: ["clients *.csv"]
      date_order: dmy
      columns: {customer_id: id, first_name: prénom, last_name: nom, email: mail, created_at: créé}
  shop:
    orders:
      files: ["orders/*.csv"]
      columns: {order_id: id, customer_id: client, ordered_at: date, amount: total, currency: devise, email: mail}
"""
FILES = {
    "clients 1.csv": "id;prénom;nom;mail;créé\n"
    "007;Zoé;Ünal;zoe@example.com;03/04/2024\n"
    "A,1;Zoe;Unal;ZOE@Example.com;\n",
    "orders/one.csv": "id,client,date,total,devise,mail\n"
    "1,,2025-01-05,10.00,EUR,zoe@example.com\n"
    '2,42,2025-02-05,"1.234,50",EUR,\n'
    "3,,2025-03-05,5,USD,\n"
    "4,42,2025-03-06,nothing,EUR,\n",
}


def rows(installation: Installation, name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(installation.csv(name), newline="")))


@pytest.fixture(scope="module")
def installation(tmp_path_factory):
    installation = Installation(tmp_path_factory.mktemp("own"))
    yield installation
    installation.down()


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("data") / "my shop (été)"
    (folder / "orders").mkdir(parents=True)
    (folder / "sources.yml").write_text(SOURCES, encoding="utf-8")
    for name, text in FILES.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def test_a_folder_of_ones_own(installation, folder):
    installation.verb("run-cli", "--data", os.path.relpath(folder, ROOT))
    assert installation.manifest()["data_folder"] == str(folder)
    assert installation.manifest()["as_of_date"] == "2025-03-06"
    assert installation.manifest()["reporting_currency"] == "EUR"
    found = rows(installation, "customer_records.csv")
    records = {(row["source"], row["source_customer_id"]): row["customer_key"] for row in found}
    assert {("crm", "007"), ("crm", "A,1"), ("shop", "42")} <= set(records)
    assert records["crm", "007"] == records["crm", "A,1"] != records["shop", "42"]
    orders = {row["order_id"]: row for row in rows(installation, "fct_orders.csv")}
    assert set(orders) == {"1", "2", "3"}, "an order without an amount cannot be counted"
    assert orders["1"]["customer_key"] == records["crm", "007"], "a guest is known by the e-mail"
    assert orders["2"]["customer_key"] == records["shop", "42"]
    assert orders["3"]["customer_key"] == ""
    assert {"expected_orders_30d", "expected_orders_60d"} <= set(rows(installation, "customer_metrics_advanced.csv")[0])


@pytest.mark.skipif("C360_CORPORA" not in os.environ, reason="C360_CORPORA names no folder of third-party data sets")
def test_one_folder_after_the_other_and_back(installation, folder, tmp_path):
    installation.verb("run-cli", "--data", str(folder))
    own = installation.digests()
    seen = {}
    for name in ("jaffle_shop_classic", "kanoniv_c360"):
        data = tmp_path / name
        shutil.copytree(Path(os.environ["C360_CORPORA"]) / name, data)
        data.chmod(0o755)
        shutil.copyfile(ROOT / "docs" / "examples" / name / "sources.yml", data / "sources.yml")
        installation.verb("run-cli", "--data", str(data))
        assert installation.manifest()["data_folder"] == str(data)
        seen[name] = {row["source"] for row in rows(installation, "customer_records.csv")}
    assert seen == {
        "jaffle_shop_classic": {"jaffle_shop"},
        "kanoniv_c360": {"crm", "companies", "billing", "support", "app", "partners"},
    }
    installation.verb("run-cli", "--data", str(folder))
    assert installation.digests() == own
