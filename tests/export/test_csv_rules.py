"""The sink that turns what COPY writes into the CSV that Power BI reads."""

import contextlib
import csv
import hashlib
import io
import json
from datetime import date, datetime
from decimal import Decimal

import duckdb
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from customer360 import export as exporting
from customer360.export import Pii, export_marts
from customer360.marts import Column, Mart, Reference
from customer360.swap import swap_in
from customer360.warehouse import Role


@given(
    st.lists(st.lists(st.text(alphabet='ab",\né', max_size=6), min_size=2, max_size=2), max_size=8),
    st.integers(1, 4),
)
def test_records_end_with_crlf_and_cells_survive(rows, together):
    def as_records(end: str) -> list[bytes]:
        records = []
        for row in rows:
            written = io.StringIO(newline="")
            csv.writer(written, lineterminator=end).writerow(row)
            records.append(written.getvalue().encode())
        return records

    file = io.BytesIO()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(exporting, "_TOGETHER", together)
        sink = exporting._CrlfSink(file)
        for record in as_records("\n"):
            sink.write(record)
        sink.flush()
    result = file.getvalue()
    assert result == b"\xef\xbb\xbf" + b"".join(as_records("\r\n"))
    assert sink.sha256 == hashlib.sha256(result).hexdigest()
    assert sink.bytes == len(result)
    assert list(csv.reader(io.StringIO(result.decode("utf-8-sig"), newline=""))) == rows


def test_folder_is_exchanged_whole(tmp_path):
    new, current = tmp_path / "new", tmp_path / "csv"
    new.mkdir()
    (new / "a.csv").write_text("1")
    swap_in(new, current)
    assert (current / "a.csv").read_text() == "1"
    new.mkdir()
    (new / "b.csv").write_text("2")
    with (current / "a.csv").open() as still_open:
        swap_in(new, current, tmp_path / "previous")
        assert still_open.read() == "1"
    assert [p.name for p in current.iterdir()] == ["b.csv"]
    assert [p.name for p in (tmp_path / "previous").iterdir()] == ["a.csv"]
    assert not new.exists()


def test_formulas_are_inert(warehouse, database, tmp_path):
    expected = {
        "=1+1": "'=1+1", "@SUM(1)": "'@SUM(1)", "\t=1": "'\t=1", "\r=1": "'\r=1", "+cmd|'!A0": "'+cmd|'!A0",
        "-2+3+cmd|' /C calc'!A0": "'-2+3+cmd|' /C calc'!A0", "+1\n=2": "'+1\n=2", '="a","b"': '\'="a","b"',
        **{text: text for text in ("+", "-", "+33 1 (23) 45.67-89", "-12.5", "a=1", " =1", "", "'=1", "$1", "\\N")},
    }  # fmt: skip
    with contextlib.closing(warehouse.login(Role.TRANSFORMER, database).connect()) as connection:
        with connection, connection.cursor() as cursor:
            cursor.execute("create table warehouse.words (id integer primary key, word text, money numeric)")
            for number, text in enumerate(expected):
                cursor.execute("insert into warehouse.words values (%s, %s, -5)", (number, text))
            cursor.execute("insert into warehouse.words values (1000, null, -5)")
        columns = {"id": Column("integer"), "word": Column("text"), "money": Column("numeric")}
        export_marts(connection, [Mart("words", columns, ("id",))], tmp_path, {})
    with (tmp_path / "csv" / "words.csv").open(encoding="utf-8-sig", newline="") as file:
        _, *rows = csv.reader(file)
    assert [word for _, word, _ in rows] == [*expected.values(), ""]
    assert {money for _, _, money in rows} == {"-5"}


PEOPLE = Mart(
    "people",
    {
        "id": Column("bigint", "Key.", is_required=True),
        "name": Column("text", "Name as shown.", is_pii=True),
        "email": Column("text", is_pii=True),
        "born": Column("date", is_pii=True),
        "zip": Column("text"),
        "paid": Column("numeric(18,2)"),
        "seen_at": Column("timestamp"),
        "agreed": Column("boolean"),
        "share": Column("double precision"),
    },
    ("id",),
    "Everybody.",
)
ROWS = """
    (9007199254740991, 'Zoé "Z" Ünal, Ωmega', 'zoe@example.com', date '1980-05-06', '01234', 12.50,
     timestamp '2024-02-29 13:05:00.25', true, 0.1),
    (2, E'two\\nlines', '+not@mail', null, '', null, null, false, 'NaN'),
    (3, null, null, null, null, -0.05, timestamp '1969-12-31', null, 1e-7)
"""


@pytest.fixture
def people(warehouse, database):
    """A connection to a database with the table of people."""
    with contextlib.closing(warehouse.login(Role.TRANSFORMER, database).connect()) as connection:
        with connection, connection.cursor() as cursor:
            types = ", ".join(f"{name} {column.data_type}" for name, column in PEOPLE.columns.items())
            cursor.execute(f"create table warehouse.people ({types}); insert into warehouse.people values {ROWS}")
            shown = ", ".join("'*' as " + name if name == "name" else name for name in PEOPLE.columns)
            cursor.execute(f"create view warehouse.people_masked as select {shown} from warehouse.people")
        yield connection


def test_pandas_and_duckdb_read_what_was_written(people, tmp_path):
    export_marts(people, [PEOPLE], tmp_path, {}, references=[Reference("people", "id", "dim", "key")], parquet=True)
    path = tmp_path / "csv" / "people.csv"
    frame = pd.read_csv(path, dtype={"zip": str, "id": "int64"}, parse_dates=["born", "seen_at"])
    assert list(frame.columns) == list(PEOPLE.columns)
    assert frame["id"].tolist() == [2, 3, 9007199254740991]
    assert frame["name"].tolist()[2] == 'Zoé "Z" Ünal, Ωmega'
    assert frame["name"].tolist()[0].splitlines() == ["two", "lines"]
    assert frame["zip"].tolist()[2] == "01234"
    assert frame["paid"].tolist()[1:] == [-0.05, 12.5]
    assert frame["seen_at"][1] == pd.Timestamp("1969-12-31")
    assert frame["share"].isna().tolist() == [True, False, False]

    described = json.loads((tmp_path / "csv" / "datapackage.json").read_text())["resources"][0]
    assert described["hash"] == "sha256:" + hashlib.sha256(path.read_bytes()).hexdigest()
    assert described["schema"]["primaryKey"] == ["id"]
    assert described["schema"]["foreignKeys"] == [
        {"fields": ["id"], "reference": {"resource": "dim", "fields": ["key"]}}
    ]
    fields = {field["name"]: field for field in described["schema"]["fields"]}
    assert list(fields) == list(PEOPLE.columns)
    assert {name: field["type"] for name, field in fields.items()} == {
        "id": "integer", "name": "string", "email": "string", "born": "date", "zip": "string", "paid": "number",
        "seen_at": "datetime", "agreed": "boolean", "share": "number",
    }  # fmt: skip
    assert fields["id"]["constraints"] == {"required": True}

    exact = duckdb.sql(f"select id, paid, born, agreed, seen_at from '{tmp_path}/parquet/people.parquet' order by id")
    assert exact.fetchall() == [
        (2, None, None, False, None),
        (3, Decimal("-0.05"), None, None, datetime(1969, 12, 31)),
        (9007199254740991, Decimal("12.50"), date(1980, 5, 6), True, datetime(2024, 2, 29, 13, 5)),
    ]


def test_personal_data_are_read_from_the_view_that_masks_them_or_left_out(people, tmp_path):
    def rows() -> list[dict[str, str]]:
        with (tmp_path / "csv" / "people.csv").open(encoding="utf-8-sig", newline="") as file:
            return list(csv.DictReader(file))

    export_marts(people, [PEOPLE], tmp_path, {}, pii=Pii.MASK)
    assert [(row["id"], row["name"], row["born"]) for row in rows()] == [
        ("2", "*", ""), ("3", "*", ""), ("9007199254740991", "*", "1980-05-06"),
    ]  # fmt: skip
    export_marts(people, [PEOPLE], tmp_path, {}, pii=Pii.OMIT)
    assert list(rows()[0]) == ["id", "zip", "paid", "seen_at", "agreed", "share"]
    masked = json.loads((tmp_path / "previous" / "manifest.json").read_text())
    assert masked["pii"] == "mask"
    fields = json.loads((tmp_path / "csv" / "datapackage.json").read_text())["resources"][0]["schema"]["fields"]
    assert [field["name"] for field in fields] == list(rows()[0])
