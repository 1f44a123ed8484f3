"""Days as whole numbers, and the texts that systems write for them, from tables built once."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache

import numpy as np

from data_generators.arrays import Ints, Texts, padded, texts

_FIRST = date(1920, 1, 1)
_LAST = date(2040, 12, 31)


def day_number(day: date) -> int:
    """Days since the first of January 1920."""
    return (day - _FIRST).days


def day_of(number: int) -> date:
    """The day behind a number."""
    return _FIRST + timedelta(days=int(number))


@cache
def iso_days() -> Texts:
    """``2026-06-30``, by day number."""
    days = np.arange(np.datetime64(_FIRST), np.datetime64(_LAST) + 1)
    return np.datetime_as_string(days).astype(object)


@cache
def european_days() -> Texts:
    """``30/06/2026``, by day number."""
    return texts([f"{d[8:]}/{d[5:7]}/{d[:4]}" for d in iso_days()])


@cache
def extended_json_days() -> Texts:
    """A day as mongoexport writes it in relaxed extended JSON: a number before 1970, ISO from then on."""
    epoch = day_number(date(1970, 1, 1))
    return texts(
        [
            f'{{"$date":"{d}T00:00:00Z"}}'
            if n >= epoch
            else f'{{"$date":{{"$numberLong":"{(n - epoch) * 86400000}"}}}}'
            for n, d in enumerate(iso_days())
        ]
    )


@cache
def clock_times() -> Texts:
    """``13:05:59``, by second of the day."""
    two = padded(2).tolist()
    return texts([f"{hour}:{minute}:{second}" for hour in two[:24] for minute in two[:60] for second in two[:60]])


@cache
def year_of() -> Ints:
    """The year, by day number."""
    return np.array([int(d[:4]) for d in iso_days()])


@cache
def month_of() -> Ints:
    """The month, 1 to 12, by day number."""
    return np.array([int(d[5:7]) for d in iso_days()])


def weekday_of(days: Ints) -> Ints:
    """0 for Monday to 6 for Sunday."""
    return (days + _FIRST.weekday()) % 7
