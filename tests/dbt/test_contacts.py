"""Phones, e-mail addresses and dates of the public collections, read by the macros in a real server.

libphonenumber and email-validator are the judges. Skipped where C360_CORPORA names no folder; the literal tables in
dbt_project/tests/macros are tested always.
"""

from __future__ import annotations

import csv
import os
import random
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import phonenumbers
import pytest
from email_validator import EmailNotValidError, validate_email
from phonenumbers import NumberParseException, PhoneNumberFormat
from psycopg2.extras import execute_values

from customer360.warehouse import Role
from tests.dbt.dialling_numbers import PROMISED

CORPORA = Path(os.environ.get("C360_CORPORA", ""))
pytestmark = pytest.mark.skipif("C360_CORPORA" not in os.environ, reason="C360_CORPORA names no folder")

FOLDER = {
    "sources.yml": "version: 1\nsources:\n  a:\n    customers: {files: [a.csv], columns: {customer_id: id}}\n",
    "a.csv": "id\n",
}
SEEDS = ("dialling_rules", "dialling_numbers")
# Texts with macros, each over a temporary table of the columns a and b.
READ_PHONES = "select phone_text, country, phone from {{ standardised_phones('spellings') }}"
READ_EMAILS = (
    "select a, {{ is_valid_email('normalised') }}"
    " from (select a, {{ normalise_email('a') }} as normalised from given offset 0) as normalising"
)
READ_DATES = "select a, {{ parse_mixed_dates('a', 'b') }} from given"
SEPARATOR = "\n-- next --\n"
FULL_WIDTH = {ord("+"): 0xFF0B, **{ord("0") + digit: 0xFF10 + digit for digit in range(10)}}
ARABIC = {ord("0") + digit: 0x0660 + digit for digit in range(10)}


@pytest.fixture(scope="module")
def read(landed: Any) -> Iterator[Any]:
    """Reads rows of two texts by the macros of one kind: ``read(kind, rows)`` gives the rows of the query."""
    with landed(FOLDER) as project:
        assert project.dbt("seed", "--quiet", "--select", *SEEDS) == 0
        texts = project.compiled(SEPARATOR.join((READ_PHONES, READ_EMAILS, READ_DATES))).split(SEPARATOR)
        queries = dict(zip(("phones", "emails", "dates"), texts, strict=True))

        def read(kind: str, rows: list[tuple[str, str | None]]) -> list[tuple[Any, ...]]:
            login = project.warehouse.login(Role.TRANSFORMER, project.database)
            with login.connect() as connection, connection.cursor() as cursor:
                cursor.execute("create temporary table given (a text, b text) on commit drop")
                cursor.execute("create temporary view spellings as select a as phone_text, b as country from given")
                execute_values(cursor, "insert into given values %s", sorted(set(rows), key=str), page_size=5000)
                cursor.execute(queries[kind])
                found = list(cursor.fetchall())
                connection.rollback()
                return found

        yield read


def libphonenumber(text: str, country: str) -> str | None:
    try:
        number = phonenumbers.parse(text, country)
    except NumberParseException:
        return None
    valid = phonenumbers.is_valid_number(number)
    return phonenumbers.format_number(number, PhoneNumberFormat.E164) if valid else None


def disagreements(read: Any, rows: list[tuple[str, str]]) -> list[tuple[Any, ...]]:
    found = read("phones", rows)
    assert len(found) == len(set(rows))
    return [(*row, judge) for row in found if (judge := libphonenumber(row[0], row[1])) != row[2]]


def test_phones_agree_with_libphonenumber(read):
    with (CORPORA / "phones/phones.csv").open(encoding="utf-8", newline="") as file:
        rows = [(row["input"], row["default_region"], row["expected_e164"]) for row in csv.DictReader(file)]
    spelled = sorted({(text, country) for text, country, _ in rows})
    promised = [row for row in spelled if row[1] in PROMISED]
    assert len(promised) > 200 and {country for _, country in promised} == PROMISED
    differ = disagreements(read, promised)
    assert len(differ) <= 0.01 * len(promised), differ
    everywhere = disagreements(read, spelled)
    assert len(everywhere) <= 0.01 * len(spelled), everywhere
    wanted = {(text, country): number for text, country, number in rows}
    missed = [row for row in read("phones", promised) if wanted[row[:2]] != row[2]]
    assert len(missed) <= 0.01 * len(promised), missed


def test_misspelt_phones_agree_with_libphonenumber(read):
    """Seeded mutations of example numbers of the promised countries, in many spellings; half of them are no numbers."""
    dice = random.Random(20260630)
    rows = set()
    for country in sorted(PROMISED):
        examples = [phonenumbers.example_number_for_type(country, kind) for kind in range(11)]
        known = [number for number in examples if number]
        for _ in range(150):
            number = dice.choice(known)
            digits = list(phonenumbers.national_significant_number(number))
            for _ in range(dice.choice((0, 1, 2, 4))):
                digits[dice.randrange(len(digits))] = dice.choice("0123456789")
            try:
                mutated = phonenumbers.parse(f"+{number.country_code}{''.join(digits)}", country)
            except NumberParseException:
                continue
            rows.add((dice.choice(spellings(mutated)), country))
    differ = disagreements(read, sorted(rows))
    assert sum(libphonenumber(*row) is None for row in rows) > 0.2 * len(rows)
    assert len(differ) <= 0.005 * len(rows), differ


def spellings(number: Any) -> list[str]:
    home, abroad, plain, link = (
        phonenumbers.format_number(number, form)
        for form in (
            PhoneNumberFormat.NATIONAL,
            PhoneNumberFormat.INTERNATIONAL,
            PhoneNumberFormat.E164,
            PhoneNumberFormat.RFC3966,
        )
    )
    prefix = {1: "011 ", 61: "0011 "}.get(number.country_code, "00")
    return [
        home,
        abroad,
        plain,
        link,
        home.replace(" ", "."),
        home.replace(" ", ""),
        home.replace(" ", "\u00a0"),
        f"{home} ext. 12",
        f"{home}x12",
        f"Tel: {home}",
        abroad.replace("+", prefix),
        abroad.translate(FULL_WIDTH),
        home.translate(ARABIC),
    ]


def email_validator(address: str) -> bool:
    try:
        validate_email(address, check_deliverability=False, allow_quoted_local=True, allow_display_name=True)
    except EmailNotValidError:
        return False
    return True


def test_emails_agree_with_email_validator(read):
    """Valid is what email-validator says; the categories of isemail count as docs/decisions.md tells."""
    labels: dict[str, set[str]] = {}
    for name, column in (("email_validator", "expected"), ("isemail", "category")):
        with (CORPORA / f"emails/{name}.csv").open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                if row["address"] and "\0" not in row["address"]:
                    labels.setdefault(row["address"], set()).add(row[column])
    found = {address: bool(valid) for address, valid in read("emails", [(address, None) for address in labels])}
    assert len(found) == len(labels) > 250
    good = [a for a in labels if labels[a] & {"valid", "ISEMAIL_VALID", "ISEMAIL_VALID_CATEGORY"}]
    bad = [
        a
        for a in labels
        if any(
            label.startswith(("invalid", "ISEMAIL_ERR", "ISEMAIL_DEPREC", "ISEMAIL_CFWS", "ISEMAIL_RFC5322"))
            for label in labels[a]
        )
    ]
    assert len(good) > 40 and [a for a in good if not found[a]] == []
    accepted = [a for a in bad if found[a]]
    assert len(accepted) <= 0.03 * len(bad), accepted
    # A user part of 65 octets is one too long by RFC 5321; the judge lets it pass.
    assert [
        a
        for a in labels
        if not found[a] and email_validator(a) and len(a.rpartition("@")[0]) <= 64 and "\\\xa9" not in a
    ] == []
    assert len([a for a in labels if found[a] and not email_validator(a)]) <= 0.01 * len(labels)


# How the collection's tools read what the text leaves open; its other languages differ between themselves.
ORDERS = {"en": "mdy", "English": "mdy", "EnglishOthers": "dmy", "German": "dmy", "Italian": "dmy", "Portuguese": "dmy"}
ORDERS |= {"Spanish": "dmy", "Turkish": "dmy"}
SUPPORTED = {"en", "English", "EnglishOthers", "French", "German", "Italian", "Spanish", "Portuguese", "Dutch"}


def test_dates_are_right_or_unread(read):
    """Without an order of day and month no date is read wrong; with it, most of the promised languages are read."""
    with (CORPORA / "dates/dates.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    wanted = {row["input"]: datetime.fromisoformat(row["expected"]) for row in rows}
    alone = dict(read("dates", [(text, None) for text in wanted]))
    wrong = {text: moment for text, moment in alone.items() if moment not in (None, wanted[text])}
    assert set(wrong) <= {"16 avril 2021"}, wrong  # the collection's own slip: it expects the 21st of April 2016
    ordered = {order: dict(read("dates", [(text, order) for text in wanted])) for order in ("dmy", "mdy", "ymd")}
    promised = [row for row in rows if row["language"] in SUPPORTED]
    unread = [
        row["input"]
        for row in promised
        if alone[row["input"]] is None and all(found[row["input"]] is None for found in ordered.values())
    ]
    assert len(unread) <= 0.15 * len(promised), unread
    for row in rows:
        order = ORDERS.get(row["language"])
        found = ordered[order][row["input"]] if order else None
        assert found in (None, datetime.fromisoformat(row["expected"])), (row, found)
