"""What people do on the web site between purchases, until they lose interest."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from data_generators.arrays import Flags, Floats, Ints, Rng, in_time, stream
from data_generators.behaviour.lives import Lives
from data_generators.behaviour.personas import by_persona

EVENTS = ("page_view", "search", "add_to_cart", "login", "newsletter_open", "newsletter_click")
_EVENT_SHARE = (0.46, 0.13, 0.13, 0.10, 0.13, 0.05)
_AFTER_LEAVING = 0.06
_YEAR = 365.25


@dataclass(frozen=True)
class Visits:
    """Events in the order of time.

    Attributes:
        who: index of the person.
        day, second: when; UTC.
        kind: index into ``EVENTS``.
        known: whether the visitor was logged in.
    """

    who: Ints
    day: Ints
    second: Ints
    kind: Ints
    known: Flags

    def some(self, wanted: Flags) -> Visits:
        """Some of the events."""
        return Visits(*(getattr(self, f.name)[wanted] for f in fields(self)))


def look_around(lives: Lives, fans: Flags, first: int, last: int, seed: int, block: int) -> Visits:
    """Events of the ``fans`` from a day to another, inclusive; the same for the same days, whatever else is made."""
    rng = stream(seed, block, f"visits {first} {last}")
    start = np.maximum(first, lives.since)
    rate = np.where(fans, by_persona(lambda p: p.visits)[lives.persona] / _YEAR, 0.0) * rng.gamma(
        1.5, 1 / 1.5, fans.size
    )
    here = _draw(rate, start, np.minimum(last, lives.left - 1), rng)
    gone = _draw(rate * _AFTER_LEAVING, np.maximum(start, lives.left), np.full(fans.size, last), rng)
    who, day = np.concatenate([here[0], gone[0]]), np.concatenate([here[1], gone[1]])
    second = rng.integers(6 * 3600, 24 * 3600, who.size)
    order = in_time(day, second)
    return Visits(
        who=who[order],
        day=day[order],
        second=second[order],
        kind=rng.choice(len(EVENTS), size=who.size, p=_EVENT_SHARE),
        known=rng.random(who.size) < 0.45,
    )


def _draw(rate: Floats, start: Ints, end: Ints, rng: Rng) -> tuple[Ints, Ints]:
    """Events at a rate a day between two days of each person, on average two a visit."""
    days = np.maximum(0, end - start + 1)
    count = rng.poisson(2 * rate * days)
    who = np.repeat(np.arange(rate.size), count)
    return who, start[who] + (rng.random(who.size) * days[who]).astype(np.int64)
