from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from customer360.landing import find_files
from customer360.sources import read_data_folder
from data_generators import GeneratorConfig, GeneratorError, add_days, generate

Rows = Callable[..., list[dict[str, str]]]
Hashes = Callable[[Path], dict[str, str]]
LAST = date(2026, 7, 12)


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("days") / "base"
    generate(GeneratorConfig(customers=3000), out)
    return out


@pytest.fixture(scope="module")
def grown(base: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("days") / "grown"
    shutil.copytree(base, out)
    add_days(out, LAST)
    return out


def test_day_by_day_gives_the_same_as_all_at_once(base: Path, grown: Path, tmp_path: Path, hashes: Hashes) -> None:
    out = tmp_path / "slow"
    shutil.copytree(base, out)
    for day in range(1, LAST.day + 1):
        assert list(add_days(out, date(2026, 7, day))) == [f"2026-07-{day:02d}"]
    assert hashes(out) == hashes(grown)
    assert add_days(out, date(2026, 7, 5)) == {}


def test_the_files_of_earlier_days_stay_as_they_are(base: Path, grown: Path, hashes: Hashes) -> None:
    before, after = hashes(base), hashes(grown)
    kept = {name for name in before if name.startswith("truth/") or name in ("sources.yml", "generator.json")}
    assert {name: after[name] for name in before if name not in kept} == {
        n: d for n, d in before.items() if n not in kept
    }
    for name in ("records.csv", "people.csv", "faults.csv"):
        old, new = ((folder / "truth" / name).read_bytes() for folder in (base, grown))
        assert new.startswith(old)


def test_a_day_brings_new_people_changed_records_new_orders_and_deletions(base: Path, grown: Path, rows: Rows) -> None:
    known = {row["customer_id"] for row in rows(base / "shop_customers_2026-06-30.csv")}
    orders = {row["order_id"]: row for row in rows(base / "shop_orders_2026-06-30.csv")}
    new: set[str] = set()
    changed: set[str] = set()
    new_orders: set[str] = set()
    settled: set[str] = set()
    for day in range(1, LAST.day + 1):
        for row in rows(grown / f"shop_customers_2026-07-{day:02d}.csv"):
            (changed if row["customer_id"] in known else new).add(row["customer_id"])
        of_day = {row["order_id"]: row for row in rows(grown / f"shop_orders_2026-07-{day:02d}.csv")}
        for number, row in of_day.items():
            if number not in orders:
                assert row["ordered_at"].startswith(f"2026-07-{day:02d}")
                new_orders.add(number)
            else:
                assert row["ordered_at"] == orders[number]["ordered_at"]
                assert (row["status"].strip().lower(), row["refunded"]) != ("pending", "0.00")
                settled.add(number)
        orders |= of_day
    assert new
    assert changed
    assert len(new_orders) > 50
    assert settled
    truth = {(r["source"], r["source_customer_id"]) for r in rows(grown / "truth" / "records.csv")}
    assert {("shop", number) for number in new} <= truth
    dumps = [
        {row["id_client"] for row in rows(grown / f"crm_customers_2026-{day}.csv", "cp1252", ";")}
        for day in ("06-30", "07-12")
    ]
    assert dumps[1] < dumps[0] or dumps[1] == dumps[0]


def test_future_orders_come_true(base: Path, grown: Path, rows: Rows) -> None:
    foretold = {o["order_id"] for o in rows(base / "truth" / "future_orders.csv") if o["ordered_at"] < "2026-07-13"}
    people = {r["source_customer_id"] for r in rows(base / "truth" / "records.csv")}
    happened = {
        order["order_id"]
        for day in range(1, LAST.day + 1)
        for order in rows(grown / f"shop_orders_2026-07-{day:02d}.csv")
        if order["ordered_at"] >= "2026-07-01" and order["order_id"].startswith("O0000-")
    }
    assert people
    assert happened == foretold


def test_the_declaration_moves_on(base: Path, grown: Path) -> None:
    before, after = read_data_folder(base), read_data_folder(grown)
    assert (before.as_of_date, after.as_of_date) == (date(2026, 6, 30), LAST)
    assert {feed.label: feed.mode for feed in before.feeds}["shop.orders"] == "snapshot"
    assert {feed.label: feed.mode for feed in after.feeds} == {
        "crm.customers": "snapshot",
        "shop.customers": "delta",
        "shop.orders": "delta",
        "shop.order_lines": "delta",
        "loyalty.customers": "snapshot",
        "support.tickets": "delta",
        "web.events": "delta",
    }
    written = {path.name for path in grown.iterdir() if path.is_file()} - {"sources.yml", "generator.json"}
    assert {file.file_name for file in find_files(after, frozenset())} == written


def test_a_killed_day_is_mended_by_the_next_run(
    base: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, hashes: Hashes
) -> None:
    straight, broken = tmp_path / "straight", tmp_path / "broken"
    for out in (straight, broken):
        shutil.copytree(base, out)
    add_days(straight, date(2026, 7, 2))

    def fail(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("data_generators.days.write_made", fail)
        with pytest.raises(KeyboardInterrupt):
            add_days(broken, date(2026, 7, 2))
    add_days(broken, date(2026, 7, 2))
    assert hashes(straight) == hashes(broken)


@pytest.mark.parametrize("day", [date(2026, 6, 30), date(2020, 1, 1), date(2027, 7, 1)])
def test_only_days_of_the_year_after_can_be_had(base: Path, day: date) -> None:
    with pytest.raises(GeneratorError, match="the day lies in"):
        add_days(base, day)
