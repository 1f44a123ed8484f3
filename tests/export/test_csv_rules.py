"""The sink that turns what COPY writes into the CSV that Power BI reads."""

import contextlib
import csv
import hashlib
import io

from hypothesis import given
from hypothesis import strategies as st

from customer360.export import Mart, _CrlfSink, export_marts, swap_in
from customer360.warehouse import Role


@given(
    st.lists(st.lists(st.text(alphabet='ab",\né', max_size=6), min_size=2, max_size=2), max_size=8),
    st.integers(1, 7),
)
def test_records_end_with_crlf_and_cells_survive(rows, size):
    written = io.StringIO()
    csv.writer(written, lineterminator="\n").writerows(rows)
    file = io.BytesIO()
    sink = _CrlfSink(file)
    data = written.getvalue().encode()
    for start in range(0, len(data), size):
        sink.write(data[start : start + size])
    result = file.getvalue()
    assert result.startswith(b"\xef\xbb\xbf")
    assert sink.sha256 == hashlib.sha256(result).hexdigest()
    assert sink.bytes == len(result)
    text = result.decode("utf-8-sig")
    assert list(csv.reader(io.StringIO(text, newline=""))) == rows
    expected = io.StringIO()
    csv.writer(expected, lineterminator="\r\n").writerows(rows)
    assert text == expected.getvalue()


def test_folder_is_exchanged_whole(tmp_path):
    new, current = tmp_path / "new", tmp_path / "csv"
    new.mkdir()
    (new / "a.csv").write_text("1")
    swap_in(new, current)
    assert (current / "a.csv").read_text() == "1"
    new.mkdir()
    (new / "b.csv").write_text("2")
    with (current / "a.csv").open() as still_open:
        swap_in(new, current)
        assert still_open.read() == "1"
    assert [p.name for p in current.iterdir()] == ["b.csv"]


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
        export_marts(connection, [Mart("words", ("id", "word", "money"), ("id",))], tmp_path, {})
    with (tmp_path / "csv" / "words.csv").open(encoding="utf-8-sig", newline="") as file:
        _, *rows = csv.reader(file)
    assert [word for _, word, _ in rows] == [*expected.values(), ""]
    assert {money for _, _, money in rows} == {"-5"}
