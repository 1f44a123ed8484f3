"""sources.yml: what is accepted, and that each mistake names its line and the nearest right word."""

from datetime import date
from pathlib import Path

import pytest

from customer360.errors import Customer360Error
from customer360.sources import FieldValue, nearest, read_data_folder
from customer360.sources.schema import SCHEMA_FILE, schema_text

WHOLE = """\
version: 1
as_of_date: 2026-06-30
horizons_days: [365, 30]
reporting_currency: EUR
sources:
  crm:
    customers:
      files: ["crm customers*.csv"]
      entity: organisation
      date_order: dmy
      mode: snapshot
      columns:
        customer_id: id
        address: [numero, rue]
        birth_date: {columns: [aaaa, mm, jj], join: "-"}
  shop:
    orders:
      files: ["orders_*.csv"]
      customers_of: crm
      columns: {order_id: id, customer_id: client, ordered_at: date, amount: {column: cents, scale: 0.01}}
"""


def write(folder: Path, text: str) -> Path:
    (folder / "sources.yml").write_text(text, encoding="utf-8")
    return folder


def test_whole_file(tmp_path: Path) -> None:
    folder = read_data_folder(write(tmp_path, WHOLE))
    assert (folder.as_of_date, folder.reporting_currency, folder.horizons_days) == (date(2026, 6, 30), "EUR", (30, 365))
    crm, shop = folder.feeds
    assert (crm.label, crm.table, crm.kind, crm.mode, crm.date_order) == (
        "crm.customers", "crm_customers", "organisation", "snapshot", "dmy",
    )  # fmt: skip
    assert crm.columns["address"] == FieldValue(("numero", "rue"), join=" ")
    assert crm.columns["birth_date"] == FieldValue(("aaaa", "mm", "jj"), join="-")
    assert (shop.customers_of, shop.mode) == ("crm", "delta")
    assert shop.columns["amount"] == FieldValue(("cents",), scale="0.01")


@pytest.mark.parametrize(
    ("old", "new", "what", "line", "how"),
    [
        ("customer_id: id\n", "custmer_id: id\n", "unknown field 'custmer_id'", 13, "'customer_id'"),
        ("      mode: snapshot", "      moed: snapshot", "unknown key 'moed'", 11, "'mode'"),
        ("    orders:", "    order:", "unknown key 'order'", 17, "'orders'"),
        ("order_id: id, ", "", "lacks order_id", 20, "add 'order_id'"),
        ("mode: snapshot", "mode: latest", "'latest' is not one of", 11, ""),
        ("customers_of: crm", "customers_of: cmr", "unknown source 'cmr'", 19, "crm, shop"),
        ("2026-06-30", "2026-06-31", "no day of the calendar", 2, "2026-06-30"),
        ("version: 1", "version: 2", "1 was expected", 1, ""),
        ('["orders_*.csv"]', '["orders_*.csv"', "not valid YAML", 19, ""),
        ("reporting_currency: EUR", "as_of_date: 2020-01-01", "'as_of_date' is given twice", 4, "keep one"),
        ("address: [numero, rue]", "address: 7", "is not a column", 14, ""),
    ],
)
def test_mistakes(tmp_path: Path, old: str, new: str, what: str, line: int, how: str) -> None:
    assert old in WHOLE
    with pytest.raises(Customer360Error) as caught:
        read_data_folder(write(tmp_path, WHOLE.replace(old, new, 1)))
    assert what in caught.value.what
    assert f"line {line}" in caught.value.where
    assert how in caught.value.how


def test_folder_and_file_missing(tmp_path: Path) -> None:
    with pytest.raises(Customer360Error, match="no such data folder"):
        read_data_folder(tmp_path / "nowhere")
    with pytest.raises(Customer360Error, match=r"no sources\.yml"):
        read_data_folder(tmp_path)
    (tmp_path / "file").write_text("x")
    with pytest.raises(Customer360Error, match="is a file"):
        read_data_folder(tmp_path / "file")


def test_empty_file_lacks_everything(tmp_path: Path) -> None:
    with pytest.raises(Customer360Error, match="lacks version, sources"):
        read_data_folder(write(tmp_path, "# nothing yet\n"))


def test_shipped_schema_is_current() -> None:
    assert SCHEMA_FILE.read_text(encoding="utf-8") == schema_text(), "renew it: make schema"


def test_nearest_ignores_case_and_punctuation() -> None:
    assert nearest("E-Mail", ["id", "email_address", "email"]) == "email"
    assert nearest("zzz", ["id", "email"]) is None
