"""The faults that the rules of data quality find, judged by those that the generator made."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from customer360.errors import Customer360Error
from customer360.settings import Settings

from .folders import Say, built, copied, rows_of

Place = tuple[str, int]
"""A file and a line of it."""

RULES = {
    "abbreviated_street": "abbreviated",
    "country_in_words": "in_words",
    "decimal_comma": "decimal_comma",
    "full_width": "full_width",
    "initial": "initial",
    "invisible_character": "invisible_character",
    "last_name_first": "last_name_first",
    "lost_zero": "lost_zero",
    "lower_case": "lower_case",
    "malformed_email": "unreadable",
    "missing": "missing",
    "missing_house_number": "no_house_number",
    "mojibake": "garbled",
    "name_in_one_field": "whole_name",
    "national_phone": "national",
    "international_phone": "international",
    "negative_amount": "negative",
    "phone_extension": "extension",
    "placeholder_date": "placeholder",
    "placeholder_email": "placeholder",
    "placeholder_phone": "placeholder",
    "placeholder_text": "placeholder",
    "plus_tag": "tag",
    "stray_spaces": "spaces",
    "symbol": "symbol",
    "title": "title",
    "upper_case": "upper_case",
    "with_currency": "with_currency",
    "wrong_domain": "domain_slip",
}
"""The rule that a kind of fault breaks."""

UNSEEN = {
    "typo": "another letter makes another name, street or mailbox that might exist",
    "transposed": "as a typo",
    "dropped_letter": "as a typo",
    "doubled_letter": "as a typo",
    "truncated": "what is cut off is a name or a street, too",
    "no_accents": "many names are written without",
    "nickname": "a name that people bear",
    "first_part": "half of a double name is a name",
    "swapped_names": "many names are given and family names",
    "wrong_digit": "most other numbers exist; those that do not are unreadable",
    "wrong_country": "another country that exists",
    "day_month_swapped": "another day that exists",
    "wrong_year": "another day that exists",
    "iso_date": "a date in any format is right; judged below by whether it is read right",
    "date_with_clock": "as iso_date",
    "dotted_date": "as iso_date",
    "named_month": "as iso_date",
    "american_date": "as iso_date",
    "european_date": "as iso_date",
    "american_slashes": "as iso_date; with both numbers below 13 nobody can tell",
    "duplicated_row": "shows only beside the other row",
    "late_correction": "shows only beside the corrected row",
    "orphan_order": "shows only beside the customers",
}
"""Kinds of fault that a row alone does not show, with the reason."""

# Faults that the truth calls by another name: the same thing to see, and wrong in the same cell.
_ALSO = {
    "domain_slip": {"typo"},
    "no_house_number": {"truncated"},
    "unreadable": {"typo", "wrong_digit"},
}

_ENTITIES = ("customers", "orders", "tickets", "events")
_DATES = {
    "customers": ("birth_date", "created_at", "updated_at"),
    "orders": ("ordered_at",),
    "tickets": ("opened_at", "closed_at"),
    "events": ("occurred_at",),
}
# How a date is written where the fault says so; else as its system writes dates: the CRM, or everybody.
_FORMATS = {
    "iso_date": "%Y-%m-%d",
    "date_with_clock": "%Y/%m/%d %H:%M:%S",
    "dotted_date": "%d.%m.%Y",
    "named_month": "%d %b %Y",
    "american_slashes": "%m/%d/%Y",
    "american_date": "%m-%d-%Y",
    "european_date": "%d/%m/%Y",
}
_OF_SYSTEM = {"crm": "%d/%m/%Y"}


@dataclass(frozen=True)
class Detection:
    """How well one kind of fault is found in one field.

    Attributes:
        field: canonical field; two of them joined by ``+``.
        fault: as the generator calls it; ``rule`` is ours.
        made: cells with the fault.
        found: cells that break the rule; ``right`` those of them that were made wrong so.
        hit: cells with this very fault that break the rule.
    """

    field: str
    fault: str
    rule: str
    made: int
    found: int
    right: int
    hit: int

    @property
    def precision(self) -> float | None:
        """Share of what was found that is a fault; None where nothing was found."""
        return self.right / self.found if self.found else None

    @property
    def recall(self) -> float | None:
        """Share of the faults that were found; None where there are none."""
        return self.hit / self.made if self.made else None


@dataclass(frozen=True)
class ReadDates:
    """Dates of one field: how many are given, how many of them can be decided, and how many of those are read right."""

    field: str
    given: int
    decidable: int
    right: int


@dataclass(frozen=True)
class JudgedQuality:
    """One folder with the faults that were made in it; ``unseen`` counts the kinds that a row alone does not show."""

    name: str
    detections: tuple[Detection, ...]
    dates: tuple[ReadDates, ...]
    unseen: Mapping[str, int]


@dataclass(frozen=True)
class _Seen:
    """What staging says: faults by ``field:rule``, and each date with its source, its text and how it was read."""

    faults: Mapping[str, set[Place]]
    dates: Mapping[str, list[tuple[Place, str, str, datetime | None]]]


def judge_quality(settings: Settings, data: Path, *, name: str = "", say: Say = lambda _: None) -> JudgedQuality:
    """Stages a copy of a generated folder and compares the faults found with those that were made.

    Args:
        settings: the installation.
        data: the data folder, with ``truth/faults.csv``; it stays as it is.
        name: what to call it.
        say: hears a line for each stage.

    Raises:
        Customer360Error: the folder does not say which faults were made.
    """
    path = data / "truth" / "faults.csv"
    if not path.is_file():
        raise Customer360Error("the folder does not say which faults were made", where=str(path), how="make generate")
    made: dict[tuple[str, str], set[Place]] = defaultdict(set)
    for row in rows_of(path):
        made[row["field"], row["fault"]].add((row["file"], int(row["line"])))
    with copied(settings, data) as folder:
        seen = built(settings, folder, "+staging", _read, say=say)
    if unknown := {fault for _, fault in made} - set(RULES) - set(UNSEEN):
        raise Customer360Error(f"nothing is said about these kinds of fault: {sorted(unknown)}", where=__file__)
    return JudgedQuality(
        name=name or data.name,
        detections=tuple(_detections(made, seen.faults)),
        dates=tuple(_judge_dates(made, seen.dates)),
        unseen=Counter({fault: sum(len(made[it]) for it in made if it[1] == fault) for fault in UNSEEN}),
    )


def by_kind(judged: Iterable[JudgedQuality]) -> list[Detection]:
    """The detections of several folders and of all fields, added up by kind of fault."""
    kinds: dict[str, list[Detection]] = defaultdict(list)
    for each in judged:
        for one in each.detections:
            kinds[one.fault].append(one)
    return [
        Detection(
            ", ".join(dict.fromkeys(one.field for one in ones)),
            fault,
            ones[0].rule,
            *(sum(getattr(one, what) for one in ones) for what in ("made", "found", "right", "hit")),
        )
        for fault, ones in sorted(kinds.items())
    ]


def _read(connection: Any) -> _Seen:
    faults: dict[str, set[Place]] = defaultdict(set)
    dates: dict[str, list[tuple[Place, str, str, datetime | None]]] = defaultdict(list)
    with connection.cursor() as cursor:
        for entity in _ENTITIES:
            cursor.execute(f"select source_file, line_number, faults from staging.stg_{entity} where faults <> ''")  # noqa: S608 - names of ours
            for file, line, found in cursor.fetchall():
                for fault in found.split("|"):
                    faults[fault].add((file, line))
            for field in _DATES[entity]:
                cursor.execute(
                    f"select source_file, line_number, source, {field}_text, cast({field} as timestamp)"  # noqa: S608 - names of ours
                    f" from staging.base_{entity} where {field}_text is not null"
                )
                dates[field] += [((file, line), *rest) for file, line, *rest in cursor.fetchall()]
    return _Seen(faults, dates)


def _detections(made: Mapping[tuple[str, str], set[Place]], faults: Mapping[str, set[Place]]) -> Iterable[Detection]:
    # Files in which nothing of a field was spoiled may not have the field at all.
    for field, fault in sorted(made):
        if rule := RULES.get(fault):
            column = "last_name" if fault == "name_in_one_field" else field
            files = {file for (its, _), places in made.items() if its == field for file, _ in places}
            cells = made[field, fault]
            found = {place for place in faults.get(f"{column}:{rule}", ()) if place[0] in files}
            named_so = {it for it, its_rule in RULES.items() if its_rule == rule} | _ALSO.get(rule, set())
            right = set().union(*(made.get((field, it), set()) for it in named_so))
            yield Detection(field, fault, rule, len(cells), len(found), len(found & right), len(found & cells))


def _judge_dates(
    made: Mapping[tuple[str, str], set[Place]],
    dates: Mapping[str, list[tuple[Place, str, str, datetime | None]]],
) -> Iterable[ReadDates]:
    for field, cells in dates.items():
        faults = {place: fault for (its, fault), places in made.items() if its == field for place in places}
        decidable = right = 0
        for place, source, text, read in cells:
            fault = faults.get(place, "")
            written = _FORMATS.get(fault) or _OF_SYSTEM.get(source)
            day = datetime.strptime(text, written) if written else datetime.fromisoformat(text)
            if fault != "american_slashes" or day.day > 12 or day.day == day.month:
                decidable += 1
                right += read == day.replace(tzinfo=None)
        if cells:
            yield ReadDates(field, len(cells), decidable, right)
