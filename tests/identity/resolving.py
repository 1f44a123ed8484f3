"""Data folders of made-up people, resolved by the verbs of the pipeline."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from customer360.evaluation.folders import built
from customer360.settings import Settings

COLUMNS = ("id", "first", "last", "born", "email", "phone", "street", "city", "postcode")
_SOURCES = """\
version: 1
sources:
  crm:
    customers:
      files: ["*.csv"]
      date_order: ymd
      columns: {customer_id: id, first_name: first, last_name: last, birth_date: born, email: email, phone: phone,
        address: street, city: city, postcode: postcode}
"""
_FIRST = (
    "anna",
    "bruno",
    "clara",
    "david",
    "emma",
    "felix",
    "greta",
    "hugo",
    "ines",
    "jonas",
    "katja",
    "linus",
    "marta",
)
_SYLLABLES = (
    "ba",
    "ce",
    "di",
    "fo",
    "gu",
    "ha",
    "ke",
    "li",
    "mo",
    "nu",
    "pa",
    "re",
    "si",
    "to",
    "vu",
    "wa",
    "xe",
    "zi",
)

Row = dict[str, str]


def person(dice: Random, number: int) -> Row:
    """Somebody whose particulars nobody else has."""
    last = "".join(dice.choices(_SYLLABLES, k=4))
    first = dice.choice(_FIRST)
    return {
        "id": str(number),
        "first": first,
        "last": last,
        "born": f"{dice.randint(1940, 2004)}-{dice.randint(1, 12):02}-{dice.randint(2, 28):02}",
        "email": f"{first}.{last}{dice.randint(10, 99)}@example.org",
        "phone": f"+49 30 {dice.randint(10_000_000, 99_999_999)}",
        "street": f"{dice.randint(1, 200)} {''.join(dice.choices(_SYLLABLES, k=4))} street",
        "city": "".join(dice.choices(_SYLLABLES[:6], k=2)),
        "postcode": f"{dice.randint(10_000, 99_999)}",
    }


def like(row: Row, number: int, **changes: str) -> Row:
    """Another record of the same person."""
    return {**row, "id": str(number), **changes}


def write(folder: Path, rows: Iterable[Mapping[str, str]], name: str = "customers.csv") -> Path:
    """A data folder with these records; what a row leaves out is empty."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "sources.yml").write_text(_SOURCES, encoding="utf-8")
    with (folder / name).open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, restval="")
        writer.writeheader()
        writer.writerows(rows)
    return folder


@dataclass(frozen=True)
class Resolved:
    """What became of a folder: clusters by record id, and the links as (id, id, rule or kind, evidence)."""

    cluster_of: dict[str, int]
    links: list[tuple[str, str, str, str | None]]

    def together(self, *ids: str) -> bool:
        """Whether these records are one customer."""
        return len({self.cluster_of[one] for one in ids}) == 1

    def partition(self) -> set[frozenset[str]]:
        """The customers as sets of record ids."""
        members: dict[int, set[str]] = {}
        for record, cluster in self.cluster_of.items():
            members.setdefault(cluster, set()).add(record)
        return {frozenset(group) for group in members.values()}


def resolve(settings: Settings, folder: Path) -> Resolved:
    """Lands what is new in the folder and resolves all of it."""
    return built(settings, folder, "+int_identity_evidence", _read)


def _read(connection: Any) -> Resolved:
    with connection.cursor() as cursor:
        cursor.execute("select substr(record_id, 5), cluster_id from intermediate.int_identity_clusters")
        cluster_of = dict(cursor.fetchall())
        cursor.execute(
            "select substr(l.record_id_1, 5), substr(l.record_id_2, 5), coalesce(e.rule, l.link_kind), e.evidence"
            " from intermediate.int_identity_links as l left join intermediate.int_identity_evidence as e"
            " on e.entity_kind = l.entity_kind and e.pattern = l.pattern where l.decision = 'link'"
        )
        return Resolved(cluster_of, list(cursor.fetchall()))
