"""Landing into a real server: once, in whole files, with the books balanced."""

from pathlib import Path

import psycopg2
import pytest

from customer360.errors import Customer360Error
from customer360.landing import find_files, land_file, map_sources
from customer360.sources import read_data_folder
from customer360.warehouse import Role

SOURCES = """\
version: 1
sources:
  crm:
    customers:
      files: ["customers*.csv"]
      mode: {mode}
      columns: {{customer_id: id, full_name: [first, last], birth_date: {{columns: [y, m], join: "-"}}}}
  shop:
    orders:
      files: ["orders.csv"]
      customers_of: crm
      columns: {{order_id: id, customer_id: client, ordered_at: date, amount: {{column: cents, scale: 0.01}}}}
"""
CUSTOMERS = "id,first,last,y,m\n1,Ann,,1980,2\n2,Bob, Ba\\r ,1981,\n\nbad\n"
ORDERS = "id,client,date,cents\nA,1,2026-01-01,1050\nB,2,2026-01-02,n/a\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "sources.yml").write_text(SOURCES.format(mode="snapshot"))
    (tmp_path / "customers 1.csv").write_text(CUSTOMERS)
    (tmp_path / "orders.csv").write_text(ORDERS)
    return tmp_path


@pytest.fixture
def connection(warehouse, database):
    connection = warehouse.login(Role.LOADER, database).connect()
    yield connection
    connection.close()


def land(connection, path: Path) -> list[str]:
    folder = read_data_folder(path)
    outcomes = [
        land_file(connection, folder, folder.feed(f.source, f.entity), f.file_name, None).outcome
        for f in find_files(folder, frozenset())
    ]
    map_sources(connection, folder)
    return outcomes


def query(connection, text: str) -> list[tuple]:
    with connection, connection.cursor() as cursor:
        cursor.execute(text)
        return cursor.fetchall()


def test_lands_once_and_keeps_the_books(connection, folder):
    assert land(connection, folder) == ["landed", "landed"]
    assert land(connection, folder) == ["unchanged", "unchanged"]
    assert query(connection, "select id, first, last, _line_number, _source_file from raw.crm_customers") == [
        ("1", "Ann", "", 2, "customers 1.csv"),
        ("2", "Bob", " Ba\\r ", 3, "customers 1.csv"),
    ]
    assert query(
        connection,
        "select lines_read, header_lines, blank_lines, landed_lines, quarantined_lines from audit.batches"
        " where entity = 'customers'",
    ) == [(5, 1, 1, 2, 1)]
    ((content, line),) = query(connection, "select content, line_number from quarantine.rows")
    assert (bytes(content), line) == (b"bad\n", 5)


def test_views_hold_canonical_fields(connection, folder):
    land(connection, folder)
    assert query(
        connection, "select _source, _entity_kind, customer_id, full_name, birth_date, email from raw.all_customers"
    ) == [("crm", "person", "1", "Ann", "1980-2", None), ("crm", "person", "2", "Bob Ba\\r", "1981", None)]
    assert query(connection, "select _source, _customer_source, order_id, amount from raw.all_orders") == [
        ("shop", "crm", "A", "10.50"),
        ("shop", "crm", "B", "n/a"),
    ]
    assert query(connection, "select count(*) from raw.all_events") == [(0,)]


def test_snapshot_is_its_newest_file_also_when_it_goes_back(connection, folder):
    land(connection, folder)
    seen = "select customer_id, _batch_rank from raw.all_customers order by 1"
    (folder / "customers 10.csv").write_text("id,first,last,y,m\n9,New,One,1990,1\n")
    (folder / "customers 9.csv").write_text("id,first,last,y,m\n8,Old,One,1990,1\n")
    land(connection, folder)
    assert query(connection, seen) == [("9", 3)]
    (folder / "customers 10.csv").write_text(CUSTOMERS)
    land(connection, folder)
    assert query(connection, seen) == [("1", 3), ("2", 3)]
    assert query(connection, "select count(*) from raw.crm_customers") == [(4,)]


def test_delta_shows_every_version_and_new_columns(connection, folder):
    (folder / "sources.yml").write_text(SOURCES.format(mode="delta"))
    (folder / "customers 2.csv").write_text("id,first,last,y,m,extra\n1,Anne,,1980,2,x\n")
    land(connection, folder)
    assert query(connection, "select customer_id, full_name, _batch_rank from raw.all_customers order by 1, 3") == [
        ("1", "Ann", 1),
        ("1", "Anne", 2),
        ("2", "Bob Ba\\r", 1),
    ]
    assert query(connection, "select extra from raw.crm_customers order by 1") == [("x",), (None,), (None,)]


def test_missing_column_names_the_nearest_and_lands_nothing(connection, folder):
    (folder / "orders.csv").write_text(ORDERS.replace("client", "Client ID"))
    with pytest.raises(Customer360Error) as caught:
        land(connection, folder)
    assert "'client', mapped to customer_id of shop.orders" in caught.value.what
    assert caught.value.where.endswith("orders.csv")
    assert "did you mean 'Client ID'?" in caught.value.how
    assert query(connection, "select to_regclass('raw.shop_orders')") == [(None,)]


def test_unreadable_files_are_quarantined_or_told(connection, folder):
    (folder / "orders.csv").write_bytes(b"")
    assert land(connection, folder) == ["landed", "quarantined"]
    assert query(connection, "select file_name, reason_code from quarantine.files") == [("orders.csv", "empty_file")]
    (folder / "orders.csv").unlink()
    with pytest.raises(Customer360Error, match=r"no file matches 'orders\.csv' of shop\.orders"):
        land(connection, folder)
    (folder / "orders.csv").mkdir()
    with pytest.raises(Customer360Error, match="a directory stands where a file should be"):
        land(connection, folder)


def test_a_batch_whose_sums_do_not_add_up_cannot_be_committed(connection, folder):
    land(connection, folder)
    with pytest.raises(psycopg2.errors.CheckViolation, match="every_line_is_accounted_for"), connection:
        connection.cursor().execute("update audit.batches set lines_read = lines_read + 1")
