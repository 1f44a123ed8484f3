"""Strings that break programs, through the whole flow: unchanged in raw, harmless in the exports."""

import csv
import io
import json
import re
from pathlib import Path

import pytest

from customer360.settings import Settings, database_for
from customer360.warehouse import Role, Warehouse
from tests.dashboard.reading import PAGES, Dashboard, chromium
from tests.e2e.support import ROOT, Installation
from tests.naughty import OWN, strings

pytestmark = pytest.mark.long
SOURCES = """\
version: 1
sources:
  crm:
    customers:
      files: ["customers.csv"]
      columns: {customer_id: id, full_name: name, city: town, email: mail, phone: tel, address: street}
  shop:
    customers:
      files: ["customers.jsonl"]
      columns: {customer_id: id, first_name: name, last_name: town, email: mail}
    orders:
      files: ["orders.csv"]
      columns: {order_id: id, customer_id: customer, ordered_at: date, amount: amount, currency: money}
"""


@pytest.fixture(scope="module")
def installation(tmp_path_factory):
    installation = Installation(tmp_path_factory.mktemp("naughty"))
    yield installation
    installation.down()


@pytest.fixture(scope="module")
def folder(installation, tmp_path_factory) -> Path:
    """A folder where every string is an id, a name, a city, an e-mail and a phone; a run over it."""
    folder = tmp_path_factory.mktemp("data")
    (folder / "sources.yml").write_text(SOURCES, encoding="utf-8")
    texts = strings()
    with (folder / "customers.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerow(["id", "name", "town", "mail", "tel", "street"])
        csv.writer(file).writerows([text] * 6 for text in texts)
    with (folder / "customers.jsonl").open("w", encoding="utf-8") as file:
        file.writelines(json.dumps({"id": text, "name": text, "town": text, "mail": text}) + "\n" for text in texts)
        file.write('{"id": "lone surrogate \\ud800"}\n{"id": "nul \\u0000"}\n')
    with (folder / "orders.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerow(["id", "customer", "date", "amount", "money", "state"])
        csv.writer(file).writerows([text, text, "2025-01-05", "1.00", "EUR", text] for text in texts)
    installation.verb("run-cli", "--data", str(folder), timeout=600)
    return folder


def test_raw_holds_what_the_files_hold(installation, folder):
    home = installation.home
    settings = Settings(root=ROOT, state=home / "state", exports=home / "exports", env_file=home / ".env")
    warehouse = Warehouse(settings)
    found = warehouse.login(Role.LOADER, database_for(folder)).connect()
    try:
        cursor = found.cursor()
        cursor.execute("select id, name, town, mail, tel, street from raw.crm_customers order by _line_number")
        assert cursor.fetchall() == [(text,) * 6 for text in strings()]
        cursor.execute("select id, name, town, mail from raw.shop_customers order by _line_number")
        assert cursor.fetchall() == [(text,) * 4 for text in strings()]
        cursor.execute("select id, customer, state from raw.shop_orders order by _line_number")
        assert cursor.fetchall() == [(text,) * 3 for text in strings()]
        cursor.execute("select reason_code from quarantine.rows order by 1")
        assert cursor.fetchall() == [("encoding",), ("nul_character",)]
    finally:
        found.close()


def test_no_exported_cell_is_a_formula(installation, folder):
    ids: dict[str, set[str]] = {}
    for path in sorted((installation.exports / "csv").glob("*.csv")):
        text = path.read_bytes().decode("utf-8-sig")
        rows = list(csv.DictReader(io.StringIO(text, newline=""), strict=True))
        for row in rows:
            for cell in row.values():
                assert cell[:1] not in ("=", "@", "\t", "\r") or not cell, f"{path.name}: {cell[:80]!r}"
                assert cell[:1] not in ("+", "-") or re.fullmatch(r"[-+][0-9 .()-]*", cell), f"{path.name}: {cell!r}"
        for column in rows[0] if rows else ():
            if column in ("customer_key", "order_id", "source_customer_id"):
                ids.setdefault(column, set()).update(row[column] for row in rows)
    exported = ids["source_customer_id"]
    for text in OWN[:4]:
        assert f"'{text}" in exported and f"'{text}" in ids["order_id"]
    assert {"+33 6 12 34 56 78", "-12.5"} <= exported


def test_the_dashboard_takes_them_for_text(installation, folder):
    with chromium() as browser:
        opened = Dashboard.opened(browser, installation.exports / "dashboard.html")
        for page in PAGES:
            opened.go(page)
            opened.wait_for_charts()
        assert opened.faults == []
        assert opened.page.locator("script").count() == 3
        assert opened.page.locator("img, iframe, svg script").count() == 0
