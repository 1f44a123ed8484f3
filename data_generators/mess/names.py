"""Faults of names."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

_TITLES = ("M. ", "Mme ", "Mr ", "Mrs ", "Ms ", "Dr ", "Dr. ", "Herr ", "Frau ", "Sr. ", "Sra. ", "Prof. ")


@cache
def nicknames() -> dict[str, str]:
    """What people are called, by their given name."""
    file = Path(__file__).parent.parent / "words" / "nicknames.csv"
    with file.open(encoding="utf-8", newline="") as opened:
        return {row["name"]: row["nickname"] for row in csv.DictReader(opened)}


def nickname(text: str, _: int) -> str:
    """Bill for William."""
    return nicknames().get(text, text)


def initial(text: str, dice: int) -> str:
    """J. for Jean."""
    return text[0] + ("." if dice % 2 else "") if len(text) > 2 else text


def title(text: str, dice: int) -> str:
    """A form of address in the field of the name."""
    return _TITLES[dice % len(_TITLES)] + text if text else text


def first_part(text: str, _: int) -> str:
    """Half of a double name."""
    for mark in ("-", " "):
        if mark in text.strip(mark):
            return text.split(mark, maxsplit=1)[0]
    return text


def swapped(values: tuple[str, ...], _: int) -> tuple[str, ...]:
    """Given name and family name in each other's field."""
    first, last = values
    return (last, first) if first and last else values


def in_one_field(values: tuple[str, ...], dice: int) -> tuple[str, ...]:
    """The whole name in the field of the family name."""
    first, last = values
    if not (first and last):
        return values
    return ("", f"{last} {first}" if dice % 3 == 0 else f"{first} {last}")


def last_name_first(text: str, dice: int) -> str:
    """``Martin, Jean`` or ``MARTIN Jean`` where the whole name stands in one field."""
    first, _, last = text.partition(" ")
    if not (first and last):
        return text
    return f"{last}, {first}" if dice % 2 else f"{last.upper()} {first}"
