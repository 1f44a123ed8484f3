"""The rhythm of the year and the week: how much more is bought on one day than on another."""

from __future__ import annotations

from functools import cache

import numpy as np

from data_generators.arrays import Floats, Ints
from data_generators.dates import month_of, weekday_of

_DAYS = 44_000  # of the tables in ``dates``, which end in 2040
_MONTHS = {
    "steady": (0.95, 0.90, 0.97, 0.98, 1.00, 0.97, 0.92, 0.85, 0.98, 1.02, 1.20, 1.28),
    "sales": (1.90, 1.10, 0.70, 0.65, 0.70, 1.10, 1.60, 0.80, 0.60, 0.70, 1.50, 0.90),
    "gifts": (0.40, 0.80, 0.55, 0.65, 1.10, 0.80, 0.50, 0.45, 0.60, 0.85, 2.10, 3.20),
    "garden": (0.35, 0.60, 1.60, 2.20, 2.20, 1.60, 0.90, 0.60, 0.70, 0.50, 0.40, 0.45),
    "office": (1.10, 1.05, 1.08, 1.00, 1.00, 1.05, 0.80, 0.60, 1.20, 1.10, 1.05, 0.90),
}
_WEEK = (0.98, 0.94, 0.95, 0.97, 1.00, 1.12, 1.04)
_OFFICE_WEEK = (1.30, 1.35, 1.35, 1.30, 1.20, 0.30, 0.10)
SEASONS = tuple(_MONTHS)


@cache
def calendar() -> Floats:
    """Running sum of the daily weights (mean about 1), one row for each season, by day number.

    Time measured on this scale is even: buying at a steady rate on it is buying by the season in real time.
    """
    days = np.arange(_DAYS)
    rows = []
    for season, months in _MONTHS.items():
        week = np.array(_OFFICE_WEEK if season == "office" else _WEEK)
        rows.append(np.cumsum(np.array(months)[month_of()[:_DAYS] - 1] * week[weekday_of(days)]))
    return np.stack(rows)


def seasonal_days(season: Ints, first: Ints, last: Ints, place: Floats) -> Ints:
    """A day from ``first`` to ``last``, inclusive, for each entry, more often in the season's strong weeks.

    Args:
        season: index into ``SEASONS``.
        first: day number.
        last: day number.
        place: where between them, from 0 to below 1, in time as the season measures it.
    """
    if not season.size:
        return season
    start, end = int(first.min()) - 1, int(last.max()) + 1
    running = calendar()[:, start:end]
    span = float(running[:, -1].max()) + 1
    flat = (running + span * np.arange(len(SEASONS))[:, None]).ravel()
    low, high = running[season, first - 1 - start], running[season, last - start]
    aim = low + place * (high - low) + span * season
    found: Ints = np.searchsorted(flat, aim, side="right") - season * (end - start) + start
    return np.minimum(np.maximum(found, first), last)
