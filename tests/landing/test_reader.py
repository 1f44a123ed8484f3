"""Reading delimited files: every line is accounted for, whatever it holds."""

from pathlib import Path

import pytest

from customer360.landing.load import file_sort_key
from customer360.landing.reader import DelimitedFile, Record, column_names, examine
from customer360.sources import ENTITIES, Feed, FieldValue


def feed(**pinned: str) -> Feed:
    columns = {"customer_id": FieldValue(("id",))}
    return Feed("crm", ENTITIES["customers"], ("*.csv",), columns, customers_of="crm", **pinned)


def read(path: Path, content: bytes, **pinned: str) -> tuple[DelimitedFile, list[Record]]:
    path.write_bytes(content)
    file = DelimitedFile(path, feed(**pinned), examine(path, pinned.get("encoding")))
    records = list(file.records())
    file.close()
    assert file.header_lines + sum(record.lines for record in records) == file.lines_read
    assert file.sha256 == examine(path).sha256
    return file, records


@pytest.mark.parametrize(
    ("content", "header", "rows"),
    [
        (b"id,name\n1,Ann\n2,Bob\n", ["id", "name"], [["1", "Ann"], ["2", "Bob"]]),
        (b"id,name\r\n1,Ann\r\n", ["id", "name"], [["1", "Ann"]]),
        (b"id,name\r1,Ann\r", ["id", "name"], [["1", "Ann"]]),
        (b"id;name\n1;Ann, A.\n", ["id", "name"], [["1", "Ann, A."]]),
        (b"id\tname\n1\tAnn", ["id", "name"], [["1", "Ann"]]),
        (b"id|name\n1|Ann\n", ["id", "name"], [["1", "Ann"]]),
        (b'id,name\n1,"two\nlines"\n2,"a ""quote"""\n', ["id", "name"], [["1", "two\nlines"], ["2", 'a "quote"']]),
        ("\ufeffid,nom\n1,Zoé\n".encode(), ["id", "nom"], [["1", "Zoé"]]),
        ("id,nom\n1,Zoé\n".encode("cp1252"), ["id", "nom"], [["1", "Zoé"]]),
        ("id,nom\n1,Zoé\n".encode("utf-16"), ["id", "nom"], [["1", "Zoé"]]),
        (b"id,name\n", ["id", "name"], []),
        (b"id\n1\n", ["id"], [["1"]]),
    ],
)
def test_dialects(tmp_path: Path, content: bytes, header: list[str], rows: list[list[str]]) -> None:
    file, records = read(tmp_path / "f.csv", content)
    assert file.header == header
    assert [record.fields for record in records] == rows


def test_bad_records_keep_their_bytes_and_place(tmp_path: Path) -> None:
    content = "\ufeffid,nom\n1,Zoé\n\n2,trop,de\n3,nu\0l\n4,ok\n".encode()
    _, records = read(tmp_path / "f.csv", content)
    assert [(r.line_number, r.reason) for r in records] == [
        (2, ""), (3, "blank"), (4, "field_count"), (5, "nul_character"), (6, ""),
    ]  # fmt: skip
    for record in records:
        if record.content:
            assert content[record.byte_offset :].startswith(record.content)
    assert records[2].content == b"2,trop,de\n"


def test_pinned_dialect(tmp_path: Path) -> None:
    _, records = read(tmp_path / "f.csv", "id~name\n1~'é'\n".encode("cp1252"), delimiter="~", quote="'")
    assert records[0].fields == ["1", "é"]


def test_column_names_are_unique_and_ours_are_safe() -> None:
    assert column_names([" id ", "", "id", "_batch_id", "x" * 80])[:4] == ["id", "column_2", "id_2", "file_batch_id"]
    assert all(len(name.encode()) <= 63 for name in column_names(["é" * 80, "é" * 80]))


def test_natural_order_of_names() -> None:
    names = ["day10.csv", "day9.csv", "day9b.csv", "day100.csv"]
    assert sorted(names, key=file_sort_key) == ["day9.csv", "day9b.csv", "day10.csv", "day100.csv"]
