from __future__ import annotations

import gzip
import json
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from data_generators.systems import crm, loyalty, shop

ROOT = Path(__file__).resolve().parents[2]
ORDERS = {"customer_id": "customer_id", "amount": "total", "currency": "currency", "status": "status"}
Rows = Callable[..., list[dict[str, str]]]
Members = Callable[[Path], list[dict[str, Any]]]


def tables(folder: Path, rows: Rows, members: Members) -> dict[str, tuple[list[dict[str, Any]], dict[str, str], int]]:
    """Rows, columns by field, and the line of the first row, of each file that faults are put into."""
    return {
        "crm_customers_2026-06-30.csv": (
            rows(folder / "crm_customers_2026-06-30.csv", crm.ENCODING, ";"),
            crm.COLUMNS,
            2,
        ),
        "shop_customers_2026-06-30.csv": (rows(folder / "shop_customers_2026-06-30.csv"), shop.COLUMNS, 2),
        "shop_orders_2026-06-30.csv": (rows(folder / "shop_orders_2026-06-30.csv"), ORDERS, 2),
        "loyalty_members_2026-06-30.jsonl": (
            members(folder / "loyalty_members_2026-06-30.jsonl"),
            {
                field: column
                for field, column in loyalty.COLUMNS.items()
                if field not in ("customer_id", "external_id_1")
            },
            1,
        ),
    }


def test_faults_csv_names_exactly_the_cells_that_differ_from_the_clean_data(
    default: Path, clean: Path, rows: Rows, members: Members
) -> None:
    recorded: dict[tuple[str, int, str], str] = {}
    repeated: dict[str, set[int]] = {}
    for fault in rows(default / "truth" / "faults.csv"):
        line = int(fault["line"])
        if fault["field"] == "*":
            repeated.setdefault(fault["file"], set()).add(line)
        for field in fault["field"].split("+"):
            recorded[fault["file"], line, field] = fault["fault"]
    assert not rows(clean / "truth" / "faults.csv")
    clean_tables = tables(clean, rows, members)
    for file, (messy, columns, first) in tables(default, rows, members).items():
        truth = clean_tables[file][0]
        assert len(messy) == len(truth) + len(repeated.get(file, ()))
        assert repeated.get(file, set()) == set(range(first + len(truth), first + len(messy)))
        differing = {
            (file, first + at, field)
            for at, (spoiled, right) in enumerate(zip(messy, truth, strict=False))
            for field, column in columns.items()
            if (spoiled[column] or "") != (right[column] or "")
        }
        named = {key for key in recorded if key[0] == file and key[1] < first + len(truth)}
        assert differing <= named
        unseen = {key for key in named - differing if recorded[key] not in ("swapped_names", "name_in_one_field")}
        assert not unseen


def test_everything_refers_to_something(default: Path, rows: Rows) -> None:
    truth = rows(default / "truth" / "records.csv")
    people = {person["person_id"] for person in rows(default / "truth" / "people.csv")}
    known = {(record["source"], record["source_customer_id"]) for record in truth}
    assert len(truth) == len(known) == 5000
    assert len(people) == 4250
    assert {record["person_id"] for record in truth} == people
    orders = rows(default / "shop_orders_2026-06-30.csv")
    orphans = {order["customer_id"] for order in orders if ("shop", order["customer_id"]) not in known}
    faults = [fault["fault"] for fault in rows(default / "truth" / "faults.csv")]
    assert 0 < len(orphans) <= faults.count("orphan_order")
    ids = {order["order_id"] for order in orders}
    assert len(orders) - len(ids) == sum(
        fault["fault"] == "duplicated_row" and fault["file"].startswith("shop_orders")
        for fault in rows(default / "truth" / "faults.csv")
    )
    assert {line["order_id"] for line in rows(default / "shop_order_lines_2026-06-30.csv")} == ids
    assert max(order["ordered_at"] for order in orders) < "2026-07-01"
    for record in (*tickets(default), *events(default)):
        assert record["customer_id"] is None or ("shop", record["customer_id"]) in known


def tickets(folder: Path) -> Iterator[dict[str, Any]]:
    for page in sorted(folder.glob("support_tickets_*.json")):
        yield from json.loads(page.read_text("utf-8"))["tickets"]


def events(folder: Path) -> Iterator[dict[str, Any]]:
    for file in sorted(folder.glob("web_events_*.gz")):
        yield from map(json.loads, gzip.decompress(file.read_bytes()).decode().splitlines())


def test_money_is_the_same_in_orders_and_their_lines(clean: Path, rows: Rows) -> None:
    lines: Counter[str] = Counter()
    for line in rows(clean / "shop_order_lines_2026-06-30.csv"):
        lines[line["order_id"]] += round(float(line["amount"]) * 100)
    for order in rows(clean / "shop_orders_2026-06-30.csv"):
        assert lines[order["order_id"]] == round(float(order["total"]) * 100)
        assert 0 <= float(order["refunded"]) <= float(order["total"])


def test_the_future_begins_after_the_as_of_date_and_belongs_to_people_of_the_folder(default: Path, rows: Rows) -> None:
    future = rows(default / "truth" / "future_orders.csv")
    people = {person["person_id"]: person for person in rows(default / "truth" / "people.csv")}
    assert future
    assert all("2026-07-01" <= order["ordered_at"] < "2027-07-01" for order in future)
    assert not any(people[order["person_id"]]["left_on"] for order in future), "who has left buys no more"
    past = {order["order_id"] for order in rows(default / "shop_orders_2026-06-30.csv")}
    assert past.isdisjoint(order["order_id"] for order in future)


def test_hard_negatives_are_there_and_counted(default: Path, rows: Rows) -> None:
    kinds: Counter[str] = Counter()
    hard = 0
    people = rows(default / "truth" / "people.csv")
    for person in people:
        hard += bool(person["hard_negative"])
        kinds.update(person["hard_negative"].split("|") if person["hard_negative"] else [])
    assert hard / len(people) >= 0.02
    assert set(kinds) == {"twin", "namesake", "one_phone", "family_mailbox", "role_mailbox", "recycled_phone"}


def test_twins_and_namesakes_are_what_they_are_called(default: Path, rows: Rows) -> None:
    homes: dict[str, list[dict[str, str]]] = {}
    for person in rows(default / "truth" / "people.csv"):
        homes.setdefault(person["household_id"], []).append(person)
    for household in homes.values():
        if "twin" in household[0]["hard_negative"]:
            assert len({person["birth_date"] for person in household}) == 1
            assert len({person["first_name"] for person in household}) == 2
        if "namesake" in household[0]["hard_negative"]:
            assert len({(person["first_name"], person["gender"]) for person in household}) == 1
            assert abs(int(household[0]["birth_date"][:4]) - int(household[1]["birth_date"][:4])) >= 18


def test_no_part_of_the_pipeline_speaks_of_the_truth() -> None:
    """Evaluation reads it, of course; only the command line may know of evaluation."""
    evaluation = ROOT / "customer360" / "evaluation"
    for folder, pattern in (("customer360", "*.py"), ("airflow", "*.py"), ("sql", "*.sql")):
        for file in (ROOT / folder).rglob(pattern):
            if evaluation not in file.parents:
                text = file.read_text("utf-8")
                assert "truth/" not in text, file
                assert "customer360.evaluation" not in text or file.name == "cli.py", file
    for kind in ("models", "macros", "seeds"):
        for file in (ROOT / "dbt_project" / kind).rglob("*"):
            if file.is_file():
                assert b"truth/" not in file.read_bytes(), file
