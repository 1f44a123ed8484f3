"""Records that break the rules: what has one explanation lands and is counted, all else is rejected as it stands."""

from pathlib import Path

import pytest

from customer360.landing.dry_run import land_one
from customer360.landing.mend import crosses_fields, readings
from customer360.landing.parser import Dialect
from tests.landing.pollution import LOADERS, polluted_files, scores, simple, weighted
from tests.landing.test_reader import read

HEADER = "id,name,city,born,n\n"
SOUND = "".join(f'{n},"Ann {n}",Rome,1980-01-{n % 28 + 1:02d},{n * 3}\n' for n in range(1, 31))


def fate(path: Path, line: str, *, rows: str = SOUND) -> list[str] | str:
    """The fields with which a line among sound ones lands, or the reason of its rejection."""
    table, found, rejects = read(path / "f.csv", (HEADER + rows + line + "\n" + rows).encode())
    assert table.header == ["id", "name", "city", "born", "n"]
    if rejects:
        assert [(r.reason, r.content) for r in rejects] == [(rejects[0].reason, line.encode() + b"\n")]
        return rejects[0].reason
    return found[rows.count("\n")]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ('99,"Bo,Oslo,1990-02-03,5', ["99", '"Bo', "Oslo", "1990-02-03", "5"]),
        ('99,"Bo "Big" B, Jr",Oslo,1990-02-03,5', ["99", 'Bo "Big" B, Jr', "Oslo", "1990-02-03", "5"]),
        ('99,""Bo",Oslo,1990-02-03,5', ["99", '"Bo', "Oslo", "1990-02-03", "5"]),
        ("99,Bo,,Oslo,1990-02-03,5", ["99", "Bo", "Oslo", "1990-02-03", "5"]),
        (",99,Bo,Oslo,1990-02-03,5", ["99", "Bo", "Oslo", "1990-02-03", "5"]),
        ("99,Bo,Oslo,1990-02-03,5,", ["99", "Bo", "Oslo", "1990-02-03", "5"]),
        ("99;Bo;Oslo;1990-02-03;5", ["99", "Bo", "Oslo", "1990-02-03", "5"]),
        ("99,5'10\" Bo,Oslo,1990-02-03,5", ["99", "5'10\" Bo", "Oslo", "1990-02-03", "5"]),
        # A value more, a value less, a delimiter or a quote that may belong anywhere: never guessed.
        ("99,Bo,Oslo,1990-02-03,5,6", "field_count"),
        ("99,Bo,Oslo,1990-02-03", "field_count"),
        ("99,Bo,Big,Oslo,1990-02-03,5", "field_count"),
        ('99,"Bo, Big,Oslo,1990-02-03,5', "unclosed_quote"),
        ('99,"Bo, Oslo,1990-02-03,5', ["99", '"Bo', " Oslo", "1990-02-03", "5"]),
        ('99,"Bo,Oslo,5,1990-02-03', "unclosed_quote"),
        ('99,Bo"Oslo, Norway",1990-02-03,5', "text_before_quote"),
        ('99,Bo"Oslo,1990-02-03",5,6', "text_before_quote"),
        ("99,Bo,,Oslo,5,1990-02-03", "field_count"),
    ],
)
def test_what_has_one_explanation_lands(tmp_path: Path, line: str, expected: list[str] | str) -> None:
    assert fate(tmp_path, line) == expected


def test_nothing_is_mended_without_witnesses(tmp_path: Path) -> None:
    few = "".join(SOUND.splitlines(keepends=True)[:5])
    assert fate(tmp_path, '99,"Bo,Oslo,1990-02-03,5', rows=few) == "unclosed_quote"
    assert fate(tmp_path, "99,Bo,,Oslo,1990-02-03,5", rows=few) == "field_count"
    assert fate(tmp_path, "99,,Oslo,1990-02-03,5,", rows=few) == "field_count", "which of two may be surplus?"
    assert fate(tmp_path, "99,Bo,Oslo,1990-02-03,5,", rows=few)[-1] == "5"


def test_mending_can_be_declined(tmp_path: Path) -> None:
    content = (HEADER + SOUND + '99,"Bo,Oslo,1990-02-03,5\n99,Bo,,Oslo,1990-02-03,5\n').encode()
    _, rows, rejects = read(tmp_path / "f.csv", content, mend=False)
    assert (len(rows), [reject.reason for reject in rejects]) == (30, ["unclosed_quote", "field_count"])


def test_the_issues_own_example(tmp_path: Path) -> None:
    _, rows, rejects = read(tmp_path / "f.csv", b'a,b,c\n1,x,2\n2,"b, c",3\n3,y,4\n4,d,5,6\n5,z,7\n')
    assert rows == [["1", "x", "2"], ["2", "b, c", "3"], ["3", "y", "4"], ["5", "z", "7"]]
    assert [(reject.line_number, reject.reason) for reject in rejects] == [(5, "field_count")]


@pytest.mark.parametrize(
    ("head", "header", "counted"),
    [
        ("id,,name,city,born,n\n", ["id", "name", "city", "born", "n"], (0, 1)),  # a delimiter too many in the header
        ('"id,name,city,born,n\n', ['"id', "name", "city", "born", "n"], (0, 1)),
        ("id;name;city;born;n\n", ["id", "name", "city", "born", "n"], (0, 1)),
        ("id,name,city,born\n", ["", "id", "name", "city", "born"], (0, 1)),  # the first column counts the rows
        (HEADER * 2, ["id id", "name name", "city city", "born born", "n n"], (0, 2)),
        ("of,the,customer,birth,how many\n" + HEADER,
         ["of id", "the name", "customer city", "birth born", "how many n"], (0, 2)),
        ("List of May,,,,\n,,,,\n" + HEADER, ["id", "name", "city", "born", "n"], (2, 1)),
        ("# made by us\n" + HEADER, ["id", "name", "city", "born", "n"], (1, 1)),
    ],
)  # fmt: skip
def test_headers(tmp_path: Path, head: str, header: list[str], counted: tuple[int, int]) -> None:
    table, rows, rejects = read(tmp_path / "f.csv", (head + SOUND).encode())
    assert table.header == header
    assert (len(rows), rejects) == (30, [])
    assert (table.tally.preamble, table.tally.header) == counted


def test_a_header_that_comes_again_is_no_row(tmp_path: Path) -> None:
    table, rows, rejects = read(tmp_path / "f.csv", (HEADER + SOUND + HEADER + SOUND).encode())
    assert (len(rows), rejects, table.tally.header) == (60, [], 2)


def test_records_that_leave_out_what_is_empty_at_their_end(tmp_path: Path) -> None:
    short = ["1,Ann,Rome", "2,Bob", "3,Cy,Oslo,1980-01-01,5", "4,Di,Bonn,1980-01-01"] * 5
    _, rows, rejects = read(tmp_path / "f.csv", (HEADER + "\n".join(short)).encode())
    assert rejects == []
    assert rows[:2] == [["1", "Ann", "Rome", "", ""], ["2", "Bob", "", "", ""]]


def test_a_file_without_header_gets_none(tmp_path: Path) -> None:
    (tmp_path / "f.csv").write_text(SOUND)
    assert land_one(tmp_path / "f.csv", tmp_path / "out.csv").tally is not None
    assert (tmp_path / "out.csv").read_text().splitlines()[0] == "1,Ann 1,Rome,1980-01-02,3"


def test_every_reading_is_found() -> None:
    found = sorted(readings(b'1,"a"b",c', Dialect(), 3))
    assert found == [(1, 1, [b"1", b'a"b', b"c"]), (3, 1, [b"1", b'"a"b"', b"c"])]
    assert list(readings(b'"' * 200, Dialect(), 3)) == []


@pytest.mark.parametrize(
    ("line", "crosses"),
    [(b'a"b, c",d', True), (b'a,b"c, d"', True), (b'5" x,6" y', False), (b'a,"b, c",d', False), (b'a,"b""c",d', False),
     (b'a "b" c,d', False), (b'"a",b', False), (b'a"', False)],
)  # fmt: skip
def test_quotes_that_cross_fields(line: bytes, crosses: bool) -> None:
    assert crosses_fields(line, Dialect()) is crosses


def test_spoilt_files_score_better_than_the_published_readers() -> None:
    files = [file for at, file in enumerate(polluted_files()) if file.name == file.kind or at % 60 == 0]
    found = scores(files, list(LOADERS)[:1])["customer360"]
    assert len(found) > 20
    assert simple({kind: of for kind, of in found.items() if len(of) > 1}) > 9.96
    assert weighted(found) > 9.6
