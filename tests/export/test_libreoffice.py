"""LibreOffice reads an export: types, accents and phones survive where columns are read by their types."""

from __future__ import annotations

import contextlib
import csv
import json
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

import pytest

from customer360.export import export_marts
from customer360.marts import Column, Mart
from customer360.warehouse import Role
from tests.naughty import strings

OFFICE = shutil.which("soffice")
pytestmark = pytest.mark.skipif(
    OFFICE is None, reason="no soffice (Debian: libreoffice-calc): LibreOffice read no export"
)

PEOPLE = Mart(
    "people",
    {
        "id": Column("bigint"),
        "name": Column("text"),
        "zip": Column("text"),
        "phone": Column("text"),
        "born": Column("date"),
        "paid": Column("numeric(18,2)"),
        "seen_at": Column("timestamp"),
        "agreed": Column("boolean"),
        "share": Column("double precision"),
    },
    ("id",),
)
ROWS = """
    (1, 'Zoé "Z" Ünal, Ωmega', '01234', '+33123456789', '1980-05-06', 12.50, '2024-02-29 13:05:00', true, 0.1),
    (2, E'two\\nlines', '00000', '+33 1 23', '1899-01-31', -0.05, '1969-12-31', false, 1e-7),
    (3, null, null, null, null, null, null, null, null),
    (4, 'Doe; Jane', '1e5', '0612345678', '2026-12-31', 1234567.89, '2026-06-30 23:59:59', true, -2.5),
    (9007199254740991, '', '1-2', '-12.5', null, 0, null, null, 0)
"""
# Tokens of the filter: separators, quote, UTF-8, first line, columns, English, quoted is text, special numbers.
# Of columns: 1 is what LibreOffice makes of it, 2 text, 5 year-month-day, 10 a number with a decimal point.
BY_TYPE = {"string": 2, "date": 5, "integer": 10, "number": 10, "datetime": 1, "boolean": 1}
# What Calc proposes, but for the semicolons and tabs that it would begin new cells at.
AS_PROPOSED = "CSV:44,34,76,1,,1033,false,false"
ODF = {name: f"urn:oasis:names:tc:opendocument:xmlns:{name}:1.0" for name in ("office", "table", "text")}


@dataclass(frozen=True)
class Cell:
    """A cell: its type as the file says (empty: nothing in it), its value as text, and its formula."""

    kind: str
    value: str
    formula: str | None


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("office")


@pytest.fixture
def people(warehouse, database, folder) -> Path:
    """An export of people, among them one for each string that breaks programs."""
    with contextlib.closing(warehouse.login(Role.TRANSFORMER, database).connect()) as connection:
        with connection, connection.cursor() as cursor:
            types = ", ".join(f"{name} {column.data_type}" for name, column in PEOPLE.columns.items())
            cursor.execute(f"create table warehouse.people ({types}); insert into warehouse.people values {ROWS}")
            for number, text in enumerate(strings(), start=1000):
                cursor.execute(
                    "insert into warehouse.people (id, name, phone) values (%s, %s, %s)", (number, text, text)
                )
        export_marts(connection, [PEOPLE], folder, {})
    return folder / "csv" / "people.csv"


def in_office(folder: Path, how: str, *files: Path) -> list[dict[str, list[Cell]]]:
    """The rows of each file as LibreOffice reads it with an import filter, by their first cell."""
    assert OFFICE
    profile = (folder / "profile").as_uri()
    words = [OFFICE, f"-env:UserInstallation={profile}", "--headless", f"--infilter={how}", "--convert-to", "fods"]
    done = subprocess.run(
        [*words, "--outdir", str(folder), *map(str, files)], capture_output=True, text=True, timeout=180, check=False
    )
    assert done.returncode == 0, done.stderr
    return [_rows(folder / f"{file.stem}.fods") for file in files]


def _rows(path: Path) -> dict[str, list[Cell]]:
    found = {}
    for row in ElementTree.parse(path).iterfind(".//table:table/table:table-row", ODF):
        cells = []
        for cell in row.iterfind("table:table-cell", ODF):
            kind = cell.get(f"{{{ODF['office']}}}value-type", "")
            named = {"float": "value", "date": "date-value", "boolean": "boolean-value"}.get(kind)
            text = "\n".join(_text(paragraph) for paragraph in cell.iterfind("text:p", ODF))
            value = cell.get(f"{{{ODF['office']}}}{named}", "") if named else text
            repeated = int(cell.get(f"{{{ODF['table']}}}number-columns-repeated", "1"))
            cells += [Cell(kind, value, cell.get(f"{{{ODF['table']}}}formula"))] * min(repeated, 20)
        found[cells[0].value] = cells
    return found


def _text(element: ElementTree.Element) -> str:
    """The text in an element; spaces, tabs and line breaks are elements of their own."""
    spaces = int(element.get(f"{{{ODF['text']}}}c", "1"))
    own = {"s": " " * spaces, "tab": "\t", "line-break": "\n"}.get(element.tag.partition("}")[2], element.text or "")
    return own + "".join(_text(part) + (part.tail or "") for part in element)


def shown(cells: list[Cell]) -> list[tuple[str, str]]:
    return [(cell.kind, cell.value) for cell in cells[: len(PEOPLE.columns)]]


def test_types_and_text_survive_where_columns_are_read_by_their_types(people, folder):
    fields = json.loads((people.parent / "datapackage.json").read_text(encoding="utf-8"))["resources"][0]["schema"]
    columns = "/".join(f"{place}/{BY_TYPE[it['type']]}" for place, it in enumerate(fields["fields"], start=1))
    (rows,) = in_office(folder, f"CSV:44,34,76,1,{columns},1033,false,true", people)
    assert [cell.value for cell in rows.pop("id")[: len(PEOPLE.columns)]] == list(PEOPLE.columns)
    assert shown(rows["1"]) == [
        ("float", "1"), ("string", 'Zoé "Z" Ünal, Ωmega'), ("string", "01234"), ("string", "+33123456789"),
        ("date", "1980-05-06"), ("float", "12.5"), ("date", "2024-02-29T13:05:00"), ("boolean", "true"),
        ("float", "0.1"),
    ]  # fmt: skip
    assert shown(rows["2"]) == [
        ("float", "2"), ("string", "two\nlines"), ("string", "00000"), ("string", "+33 1 23"), ("date", "1899-01-31"),
        ("float", "-0.05"), ("date", "1969-12-31"), ("boolean", "false"), ("float", "0.0000001"),
    ]  # fmt: skip
    assert shown(rows["3"]) == [("float", "3"), *[("", "")] * 8]
    assert shown(rows["4"])[1:6] == [
        ("string", "Doe; Jane"), ("string", "1e5"), ("string", "0612345678"), ("date", "2026-12-31"),
        ("float", "1234567.89"),
    ]  # fmt: skip
    assert shown(rows["9007199254740991"])[1:4] == [("", ""), ("string", "1-2"), ("string", "-12.5")]
    with people.open(encoding="utf-8-sig", newline="") as file:
        names = {row["id"]: row["name"] for row in csv.DictReader(file)}
    assert set(names) == set(rows)
    for key, name in names.items():
        assert all(cell.formula is None for cell in rows[key]), name
        if not re.search(r"[\x00-\x1f\x7f\ufffe\uffff]", name):  # what XML cannot hold, and the ends of lines
            assert rows[key][1].value == name


def test_what_is_lost_where_it_is_opened_as_libreoffice_proposes(people, folder):
    """docs/contract.md says so; still no cell is a formula, though LibreOffice takes one for a formula when it may."""
    control = folder / "control.csv"
    control.write_text("id,name\n1,=1+1\n", encoding="utf-8")
    rows, taken = in_office(folder, AS_PROPOSED, people, control)
    assert taken["1"][1].formula == "of:=1+1"
    assert shown(rows["1"]) == [
        ("float", "1"), ("string", 'Zoé "Z" Ünal, Ωmega'), ("float", "1234"), ("float", "33123456789"),
        ("date", "1980-05-06"), ("float", "12.5"), ("date", "2024-02-29T13:05:00"), ("string", "true"),
        ("float", "0.1"),
    ]  # fmt: skip
    assert shown(rows["4"])[1:3] == [("string", "Doe; Jane"), ("float", "100000")]
    assert [cell for cells in rows.values() for cell in cells if cell.formula] == []
