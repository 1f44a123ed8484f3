"""Landing into a real server: once, in whole files, with the books balanced."""

from pathlib import Path

import numpy as np
import psycopg2
import pytest

from customer360.errors import Customer360Error
from customer360.landing import find_files, land_file, map_sources
from customer360.landing.records import Block, Bulk, Wire
from customer360.landing.wire import encoded_rows
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


@pytest.mark.parametrize("new_files", [True, False])
def test_takes_over_a_table_of_an_earlier_version(connection, folder, new_files):
    query(
        connection,
        "insert into audit.batches (source, entity, file_name, file_sort_key, sha256, bytes, lines_read, header_lines,"
        " blank_lines, landed_lines, quarantined_lines, rows_landed, rows_quarantined, started_at)"
        " values ('crm', 'customers', 'customers 0.csv', 'c', 'x', 1, 1, 0, 0, 1, 0, 1, 0, '2025-01-01 00:00+00');"
        " create table raw.crm_customers (id text, first text, last text, y text, m text, _batch_id bigint not null,"
        " _source_file text not null, _line_number bigint not null, _loaded_at timestamptz not null default now());"
        " insert into raw.crm_customers select '9', 'Old', 'Row', '1970', '1', batch_id, file_name, 7, started_at"
        " from audit.batches; create view raw.somebodys as select id from raw.crm_customers; select 1",
    )
    if not new_files:
        map_sources(connection, read_data_folder(folder))
        assert query(connection, "select customer_id, _line_number, _source_file from raw.all_customers") == [
            ("9", 7, "customers 0.csv")
        ]
        assert query(connection, "select id, _source_file from raw.crm_customers") == [("9", "customers 0.csv")]
    assert land(connection, folder) == ["landed", "landed"]
    assert query(connection, "select count(*) from raw.somebodys") == [(3,)]
    assert query(
        connection, "select id, _source_file, _line_number, _loaded_at > '2025-06-01' from raw.crm_customers order by 1"
    ) == [("1", "customers 1.csv", 2, True), ("2", "customers 1.csv", 3, True), ("9", "customers 0.csv", 7, False)]
    (folder / "customers 2.csv").write_text("id,first,last,y,m,new\n3,Cid,,1982,3,x\n")
    land(connection, folder)
    assert query(connection, "select new, _source_file from raw.crm_customers where id = '3'") == [
        ("x", "customers 2.csv")
    ]


@pytest.mark.parametrize("first", [1, 9, 98, 99_999_998, 4_294_967_290, 9_999_999_999])
def test_lines_get_their_numbers(first):
    numbers = np.arange(first, first + 5, dtype=np.int64) + np.array([0, 0, 3, 3, 3])
    block = Block(("a",), [b"z"], [7], bulk=Bulk(b"u\nv\nw\nx\ny\n", numbers))
    found = [line.split(b",") for line in bytes(encoded_rows(block, Wire(), 12)).splitlines()]
    assert [(text, int(number), batch) for text, number, batch in found] == [
        *((text, number, b"12") for text, number in zip((b"u", b"v", b"w", b"x", b"y"), numbers, strict=True)),
        (b"z", 7, b"12"),
    ]
