"""Customer lives: when each person comes, how often and how much they buy, and when they drop out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from data_generators.arrays import Flags, Floats, Ints, Rng
from data_generators.behaviour.personas import PERSONAS, by_persona
from data_generators.behaviour.seasons import SEASONS, calendar

_YEAR = 365.25
CHANNELS = ("web", "app", "store", "marketplace", "phone")
_CHANNEL_SHARE = (0.46, 0.22, 0.14, 0.14, 0.04)
_CHANNEL_RATE = (1.0, 1.25, 1.05, 0.7, 0.95)
_CHANNEL_YEARS = (1.0, 1.15, 1.2, 0.6, 1.0)


@dataclass(frozen=True)
class Lives:
    """One entry a person.

    Attributes:
        persona: index into ``PERSONAS``.
        channel: index into ``CHANNELS``, through which they were won.
        since: day on which they became a customer; ``left``: on which they dropped out, known to nobody.
        rate: purchases a year after the first.
        spend: their own mean basket.
        consent: whether they agreed to e-mails; ``withdrawn``: whether they withdrew that on leaving.
    """

    persona: Ints
    channel: Ints
    since: Ints
    left: Ints
    rate: Floats
    spend: Floats
    consent: Flags
    withdrawn: Flags

    @property
    def season(self) -> Ints:
        """Index into ``SEASONS``."""
        return np.array([SEASONS.index(persona.season) for persona in PERSONAS])[self.persona]


def live(size: int, first: int, last: int, rng: Rng) -> Lives:
    """Lives of people who come between two days, more and more of them as the shop grows."""
    persona = rng.choice(len(PERSONAS), size=size, p=by_persona(lambda p: p.share))
    channel = rng.choice(len(CHANNELS), size=size, p=_CHANNEL_SHARE)
    since = _arrivals(size, first, last, rng)
    christmas = _in_december(since)
    rate = by_persona(lambda p: p.orders)[persona] * np.array(_CHANNEL_RATE)[channel] * rng.gamma(1.2, 1 / 1.2, size)
    years = by_persona(lambda p: p.years)[persona] * np.array(_CHANNEL_YEARS)[channel] * np.where(christmas, 0.75, 1.0)
    stays = rng.exponential(years * rng.gamma(2.5, 1 / 2.5, size)) * _YEAR
    spend = by_persona(lambda p: p.basket)[persona] * rng.gamma(6.0, 1 / 6.0, size)
    left = since + 1 + np.minimum(stays, 20_000).astype(np.int64)
    consent = rng.random(size) < by_persona(lambda p: p.consent)[persona]
    return Lives(persona, channel, since, left, rate, spend, consent, consent & (rng.random(size) < 0.4))


def _arrivals(size: int, first: int, last: int, rng: Rng) -> Ints:
    """Days of the first contact: twice as many a day at the end as at the beginning, by the season."""
    season = np.diff(calendar()[SEASONS.index("steady")], prepend=0)[first : last + 1]
    weights = season * np.linspace(1.0, 2.0, season.size)
    running = np.cumsum(weights)
    found: Ints = first + np.searchsorted(running, rng.random(size) * running[-1], side="right")
    return np.minimum(found, last)


def _in_december(days: Ints) -> Flags:
    running = calendar()[SEASONS.index("gifts")]
    strong: Flags = running[days] - running[days - 1] > 1.9
    return strong
