"""What the systems do to the truth: each fault a small pure function of a text, in a list with its rate."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import numpy as np

Rng = np.random.Generator


@dataclass(frozen=True)
class Fault:
    """A way to spoil one field, and how often it happens at ``--mess 1`` (share of records)."""

    name: str
    field: str
    rate: float
    spoil: Callable[[str, Rng], str]


def missing(_: str, __: Rng) -> str:
    """The value was never asked for."""
    return ""


def upper_case(text: str, _: Rng) -> str:
    """A clerk with caps lock."""
    return text.upper()


def lower_case(text: str, _: Rng) -> str:
    """A customer in a hurry."""
    return text.lower()


def stray_spaces(text: str, rng: Rng) -> str:
    """Blanks before and behind, as forms leave them."""
    return " " * int(rng.integers(1, 3)) + text + " " * int(rng.integers(0, 3))


def special_characters(text: str, rng: Rng) -> str:
    """A symbol pasted in."""
    return text + "™©®"[int(rng.integers(3))]


def no_accents(text: str, _: Rng) -> str:
    """A system that knows ASCII only."""
    return unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()


def transposed(text: str, rng: Rng) -> str:
    """Two neighbouring letters swapped."""
    if len(text) < 3:
        return text
    at = int(rng.integers(1, len(text) - 1))
    return text[:at] + text[at + 1] + text[at] + text[at + 2 :]


def malformed_email(text: str, rng: Rng) -> str:
    """No at sign, two of them, no dot, a blank inside."""
    user, _, domain = text.partition("@")
    shapes = (f"{user}{domain}", f"{user}@@{domain}", f"{user}@{domain.split('.')[0]}", f"{user} @{domain}", f"{user}@")
    return shapes[int(rng.integers(len(shapes)))]


FAULTS: tuple[Fault, ...] = (
    Fault("upper_case", "first_name", 0.04, upper_case),
    Fault("lower_case", "first_name", 0.03, lower_case),
    Fault("stray_spaces", "first_name", 0.04, stray_spaces),
    Fault("transposed", "first_name", 0.02, transposed),
    Fault("no_accents", "first_name", 0.05, no_accents),
    Fault("upper_case", "last_name", 0.06, upper_case),
    Fault("stray_spaces", "last_name", 0.03, stray_spaces),
    Fault("special_characters", "last_name", 0.01, special_characters),
    Fault("transposed", "last_name", 0.02, transposed),
    Fault("missing", "email", 0.06, missing),
    Fault("malformed_email", "email", 0.02, malformed_email),
    Fault("upper_case", "email", 0.06, upper_case),
    Fault("stray_spaces", "email", 0.02, stray_spaces),
    Fault("missing", "phone", 0.15, missing),
    Fault("upper_case", "city", 0.08, upper_case),
    Fault("missing", "address", 0.05, missing),
    Fault("lower_case", "address", 0.04, lower_case),
    Fault("missing", "postcode", 0.04, missing),
    Fault("missing", "birth_date", 0.12, missing),
)


def spoil(record: dict[str, str], mess: float, rng: Rng) -> dict[str, str]:
    """The record with each fault applied at its rate times ``mess`` (at most 0.9)."""
    record = dict(record)
    for fault, chance in zip(FAULTS, rng.random(len(FAULTS)), strict=True):
        if fault.field in record and chance < min(0.9, fault.rate * mess):
            record[fault.field] = fault.spoil(record[fault.field], rng)
    return record


def written_date(day: date, formats: tuple[str, ...], mess: float, rng: Rng) -> str:
    """A day as one of a system's clerks writes it: the first format, or any of them where ``mess`` is above zero."""
    return day.strftime(formats[int(rng.integers(len(formats)))] if mess else formats[0])
