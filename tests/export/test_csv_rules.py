"""The sink that turns what COPY writes into the CSV that Power BI reads."""

import csv
import hashlib
import io

from hypothesis import given
from hypothesis import strategies as st

from customer360.export import _CrlfSink, swap_in


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
