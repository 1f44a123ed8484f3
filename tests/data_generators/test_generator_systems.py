from __future__ import annotations

import gzip
import json
import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from data_generators import GeneratorConfig, generate

Rows = Callable[..., list[dict[str, str]]]


def test_the_crm_writes_windows_1252_with_semicolons(default: Path, rows: Rows) -> None:
    file = default / "crm_customers_2026-06-30.csv"
    with pytest.raises(UnicodeDecodeError):
        file.read_text("utf-8")
    assert any("é" in row["prenom"] for row in rows(file, "cp1252", ";"))


def test_the_loyalty_programme_writes_extended_json(default: Path) -> None:
    lines = (default / "loyalty_members_2026-06-30.jsonl").read_text("utf-8").splitlines()
    members = [json.loads(line) for line in lines]
    assert len({member["_id"]["$oid"] for member in members}) <= len(members)
    assert all(re.fullmatch("[0-9a-f]{24}", member["_id"]["$oid"]) for member in members)
    born = [member["born"]["$date"] for member in members if member["born"]]
    assert {type(day) for day in born} == {str, dict}, "before 1970 a number of milliseconds"


def test_the_help_desk_pages_its_tickets(default: Path) -> None:
    pages = [json.loads(page.read_text("utf-8")) for page in sorted(default.glob("support_tickets_*.json"))]
    assert len(pages) > 1
    assert [page["page"] for page in pages] == list(range(1, len(pages) + 1))
    assert all(page["count"] == len(page["tickets"]) for page in pages)
    assert [page["next_page"] is None for page in pages] == [False] * (len(pages) - 1) + [True]
    ids = [ticket["id"] for page in pages for ticket in page["tickets"]]
    assert len(ids) == len(set(ids))


def test_the_web_site_rotates_its_events_by_day(tmp_path: Path) -> None:
    generate(GeneratorConfig(customers=400, days=4), tmp_path / "web")
    files = sorted(path.name for path in tmp_path.glob("web/web_events_*"))
    assert files == [
        *(f"web_events_2026-06-{day}.jsonl.gz" for day in (27, 28, 29, 30)),
        "web_events_until_2026-06-26.jsonl.gz",
    ]
    seen: Counter[str] = Counter()
    for name in files:
        events = gzip.decompress((tmp_path / "web" / name).read_bytes()).decode().splitlines()
        for event in map(json.loads, events):
            seen[event["id"]] += 1
            day = name[-19:-9]
            assert event["ts"][:10] <= day if "until" in name else event["ts"][:10] == day
    assert max(seen.values()) == 1


def test_people_are_known_to_one_to_four_systems_under_different_ids(default: Path, rows: Rows) -> None:
    systems: dict[str, set[str]] = {}
    records = rows(default / "truth" / "records.csv")
    person_of = {(r["source"], r["source_customer_id"]): r["person_id"] for r in records}
    for record in records:
        systems.setdefault(record["person_id"], set()).add(record["source"])
    for page in default.glob("support_tickets_*.json"):
        for ticket in json.loads(page.read_text("utf-8"))["tickets"]:
            systems[person_of["shop", ticket["customer_id"]]].add("support")
    assert set(map(len, systems.values())) == {1, 2, 3, 4}


def test_mess_is_what_was_promised(default: Path, rows: Rows) -> None:
    faults = Counter(fault["fault"] for fault in rows(default / "truth" / "faults.csv"))
    promised = """
        typo transposed nickname no_accents swapped_names initial title name_in_one_field upper_case lower_case
        stray_spaces invisible_character full_width symbol mojibake truncated missing abbreviated_street
        missing_house_number wrong_country national_phone international_phone phone_extension placeholder_email
        placeholder_phone placeholder_text placeholder_date malformed_email iso_date date_with_clock dotted_date
        american_date american_slashes decimal_comma negative_amount duplicated_row late_correction orphan_order
    """
    assert not [name for name in promised.split() if not faults[name]]


def test_twice_the_mess_is_twice_the_faults(tmp_path: Path, rows: Rows) -> None:
    counts = {}
    for mess in (1.0, 2.0):
        generate(GeneratorConfig(customers=1500, mess=mess), tmp_path / str(mess))
        counts[mess] = len(rows(tmp_path / str(mess) / "truth" / "faults.csv"))
    assert 1.6 < counts[2.0] / counts[1.0] < 2.1


def test_names_phones_and_postcodes_of_one_country_agree(clean: Path, rows: Rows) -> None:
    shapes = {"FR": r"\d{5}", "DE": r"\d{5}", "ES": r"\d{5}", "US": r"\d{5}", "GB": r"[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2}"}
    dial = {"FR": "+33", "DE": "+49", "ES": "+34", "US": "+1", "GB": "+44"}
    for person in rows(clean / "truth" / "people.csv"):
        assert re.fullmatch(shapes[person["country"]], person["postcode"]), person
        for number in (person["phone"], person["landline"]):
            assert number.startswith(dial[person["country"]])
            assert 10 <= len(number) <= 14


def test_no_two_people_have_one_mailbox_of_their_own(default: Path, rows: Rows) -> None:
    emails: Counter[Any] = Counter(person["email"] for person in rows(default / "truth" / "people.csv"))
    assert max(emails.values()) == 1
