"""Reading files of every kind: dialect and encoding are found, every line is accounted for."""

import gzip
import io
import json
import zipfile
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
import zstandard

from customer360.landing.books import file_sort_key
from customer360.landing.content import UnreadableError, examine
from customer360.landing.delimited import column_names
from customer360.landing.dialect import Pins
from customer360.landing.dry_run import values
from customer360.landing.reading import TableFile, open_table
from customer360.landing.records import Reject


def read(
    path: Path, content: bytes, encoding: str | None = None, **pinned: Any
) -> tuple[TableFile, list[list[str]], list[Reject]]:
    path.write_bytes(content)
    table = open_table(path, examine(path, encoding), Pins(**pinned))
    rows: list[list[str]] = []
    rejects: list[Reject] = []
    for block in table.blocks():
        rows += values(block, table.wire)
        rejects += block.rejects
        numbers = [number for number, _ in block.in_order()]
        assert numbers == sorted(numbers)
        assert len(numbers) == block.count
    width = len(table.header)
    rows = [row + [""] * (width - len(row)) for row in rows]
    assert table.tally.accounted == table.tally.lines_read
    assert (table.tally.rows_landed, table.tally.rows_quarantined) == (len(rows), len(rejects))
    return table, rows, rejects


@pytest.mark.parametrize(
    ("content", "header", "rows"),
    [
        (b"id,name\n1,Ann\n2,Bob\n", ["id", "name"], [["1", "Ann"], ["2", "Bob"]]),
        (b"id,name\r\n1,Ann\r\n", ["id", "name"], [["1", "Ann"]]),
        (b"id,name\r1,Ann\r", ["id", "name"], [["1", "Ann"]]),
        (b"id,name\n1,Ann\r\n2,Bob\r3,Cy", ["id", "name"], [["1", "Ann"], ["2", "Bob"], ["3", "Cy"]]),
        (b"id;name\n1;Ann, A.\n", ["id", "name"], [["1", "Ann, A."]]),
        (b"id\tname\n1\tAnn", ["id", "name"], [["1", "Ann"]]),
        (b"id|name\n1|Ann\n", ["id", "name"], [["1", "Ann"]]),
        (b"id~name\n1~Ann\n", ["id", "name"], [["1", "Ann"]]),
        ("id§nom\n1§Zoé\n".encode(), ["id", "nom"], [["1", "Zoé"]]),
        (b"id,name\n1,'Ann, A.'\n2,'Bob'\n", ["id", "name"], [["1", "Ann, A."], ["2", "Bob"]]),
        (b'id, name, city\n1, "Ann, A.", Rome\n', ["id", "name", "city"], [["1", "Ann, A.", "Rome"]]),
        (b'id,name\n1,"a \\"b\\", c"\n2,"d"\n', ["id", "name"], [["1", 'a "b", c'], ["2", "d"]]),
        (b'id,name\n1,"two\nlines"\n2,"a ""quote"""\n', ["id", "name"], [["1", "two\nlines"], ["2", 'a "quote"']]),
        (b'id,size\n1,5\'10" tall\n', ["id", "size"], [["1", "5'10\" tall"]]),
        ("\ufeffid,nom\n1,Zoé\n".encode(), ["id", "nom"], [["1", "Zoé"]]),
        ("id,nom\n1,Zoé\n".encode("cp1252"), ["id", "nom"], [["1", "Zoé"]]),
        ("id,prix\n1,5 €\n2,œuf\n".encode("iso-8859-15"), ["id", "prix"], [["1", "5 €"], ["2", "œuf"]]),
        ("id,nom\n1,Zoé\n".encode("utf-16"), ["id", "nom"], [["1", "Zoé"]]),
        ("id,nom\n1,Zoe\n".encode("utf-16-be"), ["id", "nom"], [["1", "Zoe"]]),
        (b"Report of May\n\nid,name\n1,Ann\n2,Bob\n", ["id", "name"], [["1", "Ann"], ["2", "Bob"]]),
        (b"id,name,n\n1,Ann,5\n2,Bob,6\n\nTotal: 2\n", ["id", "name", "n"], [["1", "Ann", "5"], ["2", "Bob", "6"]]),
        (b"1,Ann,2020-01-01\n2,Bob,2020-01-02\n", ["column_1", "column_2", "column_3"],
         [["1", "Ann", "2020-01-01"], ["2", "Bob", "2020-01-02"]]),
        (b"id,name\n1,Ann,\n2,Bob,\n", ["id", "name"], [["1", "Ann"], ["2", "Bob"]]),
        (b"id,name\n", ["id", "name"], []),
        (b"id\n1\n", ["id"], [["1"]]),
        (b"id,text\n1," + b"x" * 9_000_000 + b"\n2,y\n", ["id", "text"], [["1", "x" * 9_000_000], ["2", "y"]]),
    ],
)  # fmt: skip
def test_dialects(tmp_path: Path, content: bytes, header: list[str], rows: list[list[str]]) -> None:
    table, found, rejects = read(tmp_path / "f.csv", content)
    assert table.header == header
    assert found == rows
    assert rejects == []


def test_bad_records_keep_their_bytes_and_place(tmp_path: Path) -> None:
    good = b"".join(b"%d,ok\n" % n for n in range(10, 20))
    content = (
        '\ufeffid,nom\n1,Zoé\n\n2,trop,de\n3,nu\0l\n4,"ouvert\n5,ok\n6,"a"b\n'.encode()
        + b"7,caf\xe9\n8,\xc3\xa9\n"
        + good
    )
    _, rows, rejects = read(tmp_path / "f.csv", content)
    assert [row[0] for row in rows][:3] == ["1", "5", "8"]
    assert [(r.line_number, r.reason, r.column) for r in rejects] == [
        (4, "field_count", None),
        (5, "nul_character", "nom"),
        (6, "text_after_quote", "nom"),
        (8, "text_after_quote", "nom"),
        (9, "encoding", "nom"),
    ]
    for reject in rejects:
        assert content[reject.byte_offset :].startswith(reject.content)
    assert rejects[0].content == b"2,trop,de\n"


def test_rejects_of_other_encodings_keep_their_own_bytes(tmp_path: Path) -> None:
    content = "id,nom\n1,Zoé\n2,é,é\n3,ok\n".encode("utf-16")
    _, rows, (reject,) = read(tmp_path / "f.csv", content)
    assert [row[0] for row in rows] == ["1", "3"]
    assert content[reject.byte_offset :].startswith(reject.content)


def test_an_unclosed_quote_does_not_swallow_the_file(tmp_path: Path) -> None:
    lines = [f'{n},"name {n}",{n * 2}' for n in range(5000)]
    lines[17] = '17,"name 17, 34'
    lines[18] = '18,"name, 18,36'
    lines[4000] = '4000,name" 4000,8000'
    table, rows, rejects = read(tmp_path / "f.csv", ("id,name,n\n" + "\n".join(lines)).encode())
    assert [(r.line_number, r.reason) for r in rejects] == [(20, "unclosed_quote")]
    assert len(rows) == 4999
    # One reading only: three fields, the last a number as everywhere else.
    assert (rows[17], table.tally.rows_mended) == (["17", '"name 17', " 34"], 1)
    assert rows[3999] == ["4000", 'name" 4000', "8000"]


def test_records_across_the_borders_of_pieces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("customer360.landing.delimited._CHUNK", 7)
    monkeypatch.setattr("customer360.landing.delimited._SAMPLE", 20)
    content = 'id,nom\r\n1,"Zoé\r\nligne"\r\n2,é\r\n\r\n3,trop,de\r\n4,x'.encode()
    _, rows, rejects = read(tmp_path / "f.csv", content)
    assert rows == [["1", "Zoé\r\nligne"], ["2", "é"], ["4", "x"]]
    assert [(r.line_number, r.content) for r in rejects] == [(6, b"3,trop,de\r\n")]


def test_pins(tmp_path: Path) -> None:
    content = "x\ny\n1~'é'\n".encode("cp1252")
    _, rows, _ = read(tmp_path / "f", content, "cp1252", delimiter="~", quote="'", header=("id", "n"), skip_lines=2)
    assert rows == [["1", "é"]]
    table, rows, _ = read(tmp_path / "g", b"1,2\n3,4\n", header=False)
    assert (table.header, len(rows)) == (["column_1", "column_2"], 2)


def test_compressed_files(tmp_path: Path) -> None:
    plain = "id,nom\n1,Zoé\n".encode()
    zipped = io.BytesIO()
    with zipfile.ZipFile(zipped, "w") as archive:
        archive.writestr("folder/file.csv", plain)
    for content in (gzip.compress(plain), zstandard.compress(plain), zipped.getvalue()):
        assert read(tmp_path / "f", content)[1] == [["1", "Zoé"]]
    with pytest.raises(UnreadableError, match="damaged gzip"):
        read(tmp_path / "f", gzip.compress(plain * 1000)[:-20])
    with zipfile.ZipFile(zipped, "a") as archive:
        archive.writestr("other.csv", plain)
    with pytest.raises(UnreadableError, match=r"holds 2 files.*other\.csv"):
        read(tmp_path / "f", zipped.getvalue())


def test_json_lines(tmp_path: Path) -> None:
    lines = [
        '{"id": 1, "name": "Ann", "address": {"city": "Rome", "zip": "007"}, "tags": ["a", 1.10]}',
        "",
        '{"id": 12345678901234567890, "price": 1.10, "ok": true, "none": null, "_id": {"$oid": "65a0"}}',
        '{"id": 3, "at": {"$date": "2024-01-02T03:04:05Z"}, "n": {"$numberDecimal": "9.90"}}',
        '{"id": 4, "at": {"$date": {"$numberLong": "-156124800000"}}}',
        '{"id": 5,',
        '[1, 2]',
        '{"id": 6, "id": 7}',
        '{"id": "nu\\u0000l"}',
        '{"id": "\\ud800"}',
    ]  # fmt: skip
    table, rows, rejects = read(tmp_path / "f.jsonl", "\r\n".join(lines).encode())
    found = [dict(zip(table.header, row, strict=True)) for row in rows]
    assert found[0] | {} == found[0] and found[0]["address.city"] == "Rome"
    assert (found[0]["address.zip"], found[0]["tags"]) == ("007", '["a", 1.10]')
    assert (found[1]["id"], found[1]["price"], found[1]["ok"], found[1]["_id"]) == (
        "12345678901234567890", "1.10", "true", "65a0",
    )  # fmt: skip
    assert (found[2]["at"], found[2]["n"]) == ("2024-01-02T03:04:05Z", "9.90")
    assert found[3]["at"] == "1965-01-20T00:00:00.000Z"
    assert [(r.line_number, r.reason) for r in rejects] == [
        (6, "json"), (7, "not_an_object"), (8, "duplicate_key"), (9, "nul_character"), (10, "encoding"),
    ]  # fmt: skip
    assert rejects[0].content == b'{"id": 5,\r\n'


@pytest.mark.parametrize(
    "document",
    [
        [{"id": 1}, {"id": 2, "n": {"m": "x"}}],
        {"page": 1, "next": None, "data": {"items": [{"id": 1}, {"id": 2, "n": {"m": "x"}}]}},
    ],
)
@pytest.mark.parametrize("indent", [None, 2])
def test_json_documents(tmp_path: Path, document: object, indent: int | None) -> None:
    table, rows, _ = read(tmp_path / "f.json", json.dumps(document, indent=indent).encode())
    assert (table.header, rows) == (["id", "n.m"], [["1", ""], ["2", "x"]])


def test_a_long_array_is_read_in_pieces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("customer360.landing.json_text.CHUNK", 11)
    records = [{"id": n, "nom": "Zoé, ] }"} for n in range(50)]
    _, rows, _ = read(tmp_path / "f.json", json.dumps(records, ensure_ascii=False).encode())
    assert rows == [[str(n), "Zoé, ] }"] for n in range(50)]
    with pytest.raises(UnreadableError, match="not readable as JSON"):
        read(tmp_path / "f.json", json.dumps(records).encode()[:-5])


def test_parquet(tmp_path: Path) -> None:
    import duckdb

    path = tmp_path / "odd [name]*.parquet"
    made = tmp_path / "plain.parquet"
    duckdb.sql(
        "copy (select 1 as id, 1.50::decimal(5,2) as amount, null as nothing, date '2024-01-02' as day,"
        f" [1, 2] as list, {{'a': 'x'}} as s, 'Zoé' as nom) to '{made}' (format parquet)"
    )
    table, rows, _ = read(path, made.read_bytes())
    assert table.header == ["id", "amount", "nothing", "day", "list", "s", "nom"]
    assert rows == [["1", "1.50", "", "2024-01-02", "[1,2]", '{"a":"x"}', "Zoé"]]
    with pytest.raises(UnreadableError, match="Parquet"):
        read(path, b"PAR1 and nothing else")


def test_workbooks(tmp_path: Path) -> None:
    import openpyxl

    book = openpyxl.Workbook()
    sheet = book.active
    for row in (["Report", None, None, None], ["id", "name", "born", "seen"],
                [1, "Zoé", date(1980, 2, 3), datetime(2024, 1, 2, 3, 4, 5)],
                [None] * 4, [2, "a\nb", None, 1.5]):  # fmt: skip
        sheet.append(row)
    book.save(tmp_path / "w.xlsx")
    table, rows, _ = read(tmp_path / "w2.xlsx", (tmp_path / "w.xlsx").read_bytes())
    assert table.header == ["id", "name", "born", "seen"]
    assert rows == [["1", "Zoé", "1980-02-03", "2024-01-02 03:04:05"], ["2", "a\nb", "", "1.5"]]
    assert (table.tally.preamble, table.tally.blank) == (1, 1)


def test_column_names_are_unique_and_ours_are_safe() -> None:
    assert column_names([" id ", "", "id", "_batch_id", "x" * 80])[:4] == ["id", "column_2", "id_2", "file_batch_id"]
    assert all(len(name.encode()) <= 63 for name in column_names(["é" * 80, "é" * 80]))


def test_natural_order_of_names() -> None:
    names = ["day10.csv", "day9.csv", "day9b.csv", "day100.csv"]
    assert sorted(names, key=file_sort_key) == ["day9.csv", "day9b.csv", "day10.csv", "day100.csv"]
