"""Budgets, contracts, drift, quarantine and its replay, JSON in the database."""

import json
from pathlib import Path

import pytest

from customer360.errors import Customer360Error
from customer360.landing import check_budgets, find_files, land_file, map_sources, parcels, quarantine
from customer360.sources import read_data_folder
from customer360.warehouse import Role

SOURCES = """\
version: 1
sources:
  crm:
    customers:
      files: ["c*.*"]
      columns: {customer_id: id, email: email, gender: sex}
"""


@pytest.fixture
def connection(warehouse, database):
    connection = warehouse.login(Role.LOADER, database).connect()
    yield connection
    connection.close()


def declare(path: Path, **more: object) -> None:
    """sources.yml with more keys for the feed."""
    extra = "".join(f"      {key}: {json.dumps(value)}\n" for key, value in more.items())
    (path / "sources.yml").write_text(SOURCES + extra)


def land(connection, path: Path) -> list:
    folder = read_data_folder(path)
    results = [
        land_file(connection, folder, folder.feed(f.source, f.entity), f.file_name, None)
        for f in find_files(folder, frozenset({"crm.customers"}))
    ]
    map_sources(connection, folder)
    return results


def broken(connection, path: Path) -> list[tuple[str, bool]]:
    return [(promise.words, promise.beyond) for promise in check_budgets(connection, read_data_folder(path))]


def query(connection, text: str) -> list[tuple]:
    with connection, connection.cursor() as cursor:
        cursor.execute(text)
        return cursor.fetchall()


def test_rejected_rows_beyond_the_budget_are_told_until_mended(connection, tmp_path):
    (tmp_path / "c1.csv").write_text("id,email,sex\n1,a@b.c,f\n2,x\n3,d@e.f,m\n")
    declare(tmp_path)
    land(connection, tmp_path)
    assert broken(connection, tmp_path) == []
    declare(tmp_path, max_rejected="2%")
    assert land(connection, tmp_path)[0].outcome == "unchanged"
    ((words, beyond),) = broken(connection, tmp_path)
    assert beyond
    assert words == "crm.customers: 33.3% of c1.csv is in quarantine, more than the 2.0% allowed"
    with connection:
        connection.cursor().execute("update quarantine.rows set corrected = convert_to(E'2,x@y.z,f', 'UTF8')")
    assert quarantine.replay(connection, read_data_folder(tmp_path)) == {"crm.customers": (1, 0)}
    assert quarantine.replay(connection, read_data_folder(tmp_path)) == {}
    assert broken(connection, tmp_path) == []
    assert query(connection, "select id, email, _line_number from raw.crm_customers order by 3") == [
        ("1", "a@b.c", 2), ("2", "x@y.z", 3), ("3", "d@e.f", 4),
    ]  # fmt: skip
    assert query(connection, "select landed_lines, quarantined_lines, rows_quarantined from audit.batches") == [
        (3, 0, 0)
    ]


def test_replay_after_the_encoding_was_mended(connection, tmp_path):
    rows = "".join(f"{n},é@b.c,f\n" for n in range(9)).encode()
    (tmp_path / "c1.csv").write_bytes(b"id,email,sex\n" + rows + "10,Zoé,f\n".encode("cp1252"))
    declare(tmp_path)
    land(connection, tmp_path)
    (reason,) = quarantine.reasons(connection)
    assert (reason.feed, reason.reason, reason.rows) == ("crm.customers", "encoding", 1)
    assert reason.examples[0][:2] == ("c1.csv", 11)
    declare(tmp_path, encoding="cp1252")
    assert quarantine.replay(connection, read_data_folder(tmp_path)) == {"crm.customers": (1, 0)}
    assert query(connection, "select email from raw.crm_customers where id = '10'") == [("Zoé",)]


def test_contracts_warn_or_exceed_their_budget(connection, tmp_path):
    (tmp_path / "c1.csv").write_text("id,email,sex\n1,a@b.c,f\n1,nope,x\n3, ,m\n")
    declare(tmp_path, contract={
        "customer_id": {"unique": True}, "email": {"required": True, "pattern": ".+@.+", "budget": "50%"},
        "gender": {"accepted": ["f", "m"], "budget": 0.1},
    })  # fmt: skip
    land(connection, tmp_path)
    assert broken(connection, tmp_path) == [
        ("crm.customers: customer_id is not unique in 1 of 3 rows", False),
        ("crm.customers: email has no value in 1 of 3 rows", False),
        ("crm.customers: email does not match its pattern in 1 of 3 rows", False),
        ("crm.customers: gender has a value that is not accepted in 1 of 3 rows, more than the 10.0% allowed", True),
    ]


def test_columns_come_and_go(connection, tmp_path):
    declare(tmp_path)
    (tmp_path / "c1.csv").write_text("id,email,sex\n1,a@b.c,f\n")
    (tmp_path / "c2.csv").write_text("id,email,sex,extra\n2,d@e.f,m,x\n")
    assert [result.drift for result in land(connection, tmp_path)] == [None, {"new": ["extra"], "gone": []}]
    (tmp_path / "c3.csv").write_text("id,email\n3,g@h.i\n")
    with pytest.raises(Customer360Error, match="the file lacks the column 'sex'"):
        land(connection, tmp_path)
    declare(tmp_path, vanished_columns="warn")
    assert land(connection, tmp_path)[2].drift == {"new": [], "gone": ["sex", "extra"]}
    assert query(connection, "select gender from raw.all_customers order by customer_id") == [("f",), ("m",), (None,)]


def test_json_lands_with_nulls_and_new_keys(connection, tmp_path):
    declare(tmp_path, null_values=["n/a"])
    (tmp_path / "c.jsonl").write_text('{"id": 1, "email": null}\n{"id": 2, "email": "", "sex": "n/a"}\nbroken\n')
    (result,) = land(connection, tmp_path)
    assert (result.rows_landed, result.rows_quarantined, result.reasons) == (2, 1, {"json": 1})
    assert query(connection, "select id, email, sex from raw.crm_customers order by 1") == [
        ("1", None, None), ("2", "", "n/a"),
    ]  # fmt: skip
    assert query(connection, "select gender from raw.all_customers") == [(None,), (None,)]
    with connection:
        connection.cursor().execute("""update quarantine.rows set corrected = '{"id": 3, "new": "x"}'""")
    assert quarantine.replay(connection, read_data_folder(tmp_path)) == {"crm.customers": (1, 0)}
    assert query(connection, "select new, _line_number from raw.crm_customers where id = '3'") == [("x", 3)]


def test_small_files_travel_in_few_parcels(tmp_path):
    declare(tmp_path)
    for number in range(20):
        (tmp_path / f"c{number}.csv").write_text("id,email,sex\n")
    found = parcels(find_files(read_data_folder(tmp_path), frozenset()))
    assert len(found) <= 8
    assert [file.file_name for parcel in found for file in parcel] == [f"c{number}.csv" for number in range(20)]
