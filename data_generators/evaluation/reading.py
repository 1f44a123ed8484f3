"""Customer records of a generated folder beside the truth, as written and in a tidied form."""

from __future__ import annotations

import csv
import json
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from data_generators.mess import contacts
from data_generators.systems import crm, shop

FIELDS = ("first_name", "last_name", "email", "phone", "birth_date", "address", "postcode", "city", "country", "card")
_EXTENSION = re.compile(r"(?:ext\.?|x|poste).*$", re.IGNORECASE)
_TITLE = re.compile(r"(?:m|mme|mr|mrs|ms|dr|herr|frau|sr|sra|prof)\.? ", re.IGNORECASE)
_NO_MAIL = {mailbox.casefold() for mailbox in contacts.PLACEHOLDER_EMAILS}
_EMPTY = {"n/a", "-", "null", "none", "unknown", "xxx", "inconnu", "?"}


@dataclass(frozen=True)
class Record:
    """One customer record: the newest row of its id.

    Attributes:
        values: texts as the file has them, by name in ``FIELDS``.
        person: who it is.
    """

    source: str
    number: str
    values: dict[str, str]
    person: str


def read_records(folder: Path) -> list[Record]:
    """All customer records of the folder's first dump."""
    with (folder / "truth" / "records.csv").open(encoding="utf-8", newline="") as file:
        truth = {(row["source"], row["source_customer_id"]): row["person_id"] for row in csv.DictReader(file)}
    found = {(source, number): values for source, number, values in _rows(folder)}
    return [Record(*key, values, truth[key]) for key, values in found.items()]


def _rows(folder: Path) -> Iterator[tuple[str, str, dict[str, str]]]:
    with _first(folder, "crm_customers_*.csv").open(encoding=crm.ENCODING, newline="") as file:
        for row in csv.DictReader(file, delimiter=";"):
            yield "crm", row["id_client"], _named(row, crm.COLUMNS)
    with _first(folder, "shop_customers_*.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            yield "shop", row["customer_id"], _named(row, shop.COLUMNS) | {"card": row["loyalty_card"]}
    with _first(folder, "loyalty_members_*.jsonl").open(encoding="utf-8") as file:
        for line in file:
            member = json.loads(line)
            yield "loyalty", member["card"], _member(member)


def _first(folder: Path, pattern: str) -> Path:
    return min(folder.glob(pattern))


def _named(row: dict[str, str], columns: dict[str, str]) -> dict[str, str]:
    return {field: row[columns[field]] if field in columns else "" for field in FIELDS}


def _member(member: dict[str, dict[str, str]]) -> dict[str, str]:
    first, last = split_name(member["member"]["name"] or "")
    born = member["born"] and member["born"]["$date"]
    if isinstance(born, dict):
        days = int(born["$numberLong"]) // 86_400_000
        born = str(_day(days))
    values = {"first_name": first, "last_name": last, "birth_date": (born or "")[:10], "card": str(member["card"])}
    values |= {field: member["contact"][field] or "" for field in ("email", "phone")}
    values |= {field: member["address"][field] or "" for field in ("city", "postcode", "country")}
    return values | {"address": member["address"]["street"] or ""}


def _day(days: int) -> str:
    from datetime import date, timedelta

    return (date(1970, 1, 1) + timedelta(days=days)).isoformat()


def split_name(name: str) -> tuple[str, str]:
    """Given and family name of a whole one: ``Jean Martin``, ``Martin, Jean`` or ``MARTIN Jean``."""
    name = _TITLE.sub("", " ".join(name.split()), count=1) if _TITLE.match(name) else " ".join(name.split())
    last, comma, first = name.partition(", ")
    if comma:
        return first, last
    words = name.split(" ")
    if len(words) > 1 and words[0].isupper() and len(words[0]) > 1 and not words[-1].isupper():
        return words[-1], " ".join(words[:-1])
    return words[0], " ".join(words[1:])


def tidy(field: str, text: str) -> str:
    """A text as a careful person would compare it; empty for placeholders."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().casefold()
    plain = " ".join(plain.replace("\u200b", "").split())
    if plain in _EMPTY:
        return ""
    if field == "phone":
        digits = re.sub(r"\D", "", _EXTENSION.sub("", plain).replace("(0)", ""))
        return digits[-9:] if len(set(digits)) > 2 else ""
    if field == "email":
        return "" if plain in _NO_MAIL else plain.replace(" ", "")
    if field == "first_name":
        return _TITLE.sub("", plain, count=1) if _TITLE.match(plain) else plain
    if field == "birth_date":
        return iso_day(plain)
    return plain


def iso_day(text: str) -> str:
    """``1980-12-31`` for it and for ``31/12/1980``; empty for placeholders and anything else."""
    if found := re.fullmatch(r"(\d{2})/(\d{2})/(\d{4})", text):
        text = "-".join(reversed(found.groups()))
    return text if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text) and not text.endswith("-01-01") else ""
