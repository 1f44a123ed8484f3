"""Orders of one block: when, by whom, for how much, and what became of them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from data_generators.arrays import NEVER, Flags, Floats, Ints, Rng, in_time, stream
from data_generators.behaviour.baskets import Lines, fill_baskets
from data_generators.behaviour.lives import CHANNELS, Lives
from data_generators.behaviour.personas import by_persona
from data_generators.behaviour.seasons import calendar, seasonal_days

_YEAR = 365.25
_CANCELLED = 0.03
_HOME_CHANNEL = 0.7
_UNEVEN = 1.3
"""How far purchases stray from an even rhythm, in mean gaps: people buy more evenly than by pure chance."""
COMPLETED, CANCELLED, REFUNDED, PENDING = range(4)
STATUSES = ("completed", "cancelled", "refunded", "pending")


@dataclass(frozen=True)
class Purchases:
    """Orders in the order of time; days are day numbers, money is in cents of the order's currency.

    Attributes:
        who: index of the person.
        second: of the day.
        channel: index into ``CHANNELS``.
        amount: sum of the lines.
        settled: the day on which ``pending`` ends.
        outcome: index into ``STATUSES`` once all is known.
        refunded_on: the day of the refund, or ``NEVER``; ``refund`` is its amount.
        lines: what was bought.
    """

    who: Ints
    day: Ints
    second: Ints
    channel: Ints
    amount: Ints
    settled: Ints
    outcome: Ints
    refunded_on: Ints
    refund: Ints
    lines: Lines

    def status(self, day: int) -> Ints:
        """Index into ``STATUSES`` as known at the end of a day."""
        refunded = (self.refunded_on <= day) & (self.outcome == REFUNDED)
        early = np.where(self.outcome == CANCELLED, CANCELLED, np.where(refunded, REFUNDED, COMPLETED))
        return np.where(self.settled <= day, early, PENDING)

    def refund_known(self, day: int) -> Ints:
        """Refunded cents as known at the end of a day."""
        return np.where(self.refunded_on <= day, self.refund, 0)

    def changed_on(self, day: int) -> Flags:
        """Orders of that day, and earlier ones whose state changed on it."""
        flags: Flags = (self.day == day) | ((self.day < day) & ((self.settled == day) | (self.refunded_on == day)))
        return flags


def shop_for(lives: Lives, buyers: Flags, last: int, seed: int, block: int) -> Purchases:
    """All orders up to a day, of the people who have an account in the shop."""
    rng = stream(seed, block, "purchases")
    who, day = _moments(lives, buyers, last, rng)
    second = _seconds(who.size, rng)
    order = in_time(day, second)
    who, day, second = who[order], day[order], second[order]
    lines, amount = fill_baskets(lives.spend[who], stream(seed, block, "baskets"))
    size = who.size
    settled = day + rng.integers(0, 4, size)
    dice = rng.random(size)
    returns = by_persona(lambda p: p.returns)[lives.persona[who]]
    sent_back = (dice >= _CANCELLED) & (dice < _CANCELLED + returns)
    whole = sent_back & (rng.random(size) < 0.6)
    part = np.maximum(1, (amount * (0.2 + 0.5 * rng.random(size))).astype(np.int64))
    other = rng.choice(len(CHANNELS), size=size, p=(0.5, 0.25, 0.15, 0.07, 0.03))
    return Purchases(
        who=who,
        day=day,
        second=second,
        channel=np.where(rng.random(size) < _HOME_CHANNEL, lives.channel[who], other),
        amount=amount,
        settled=settled,
        outcome=np.where(dice < _CANCELLED, CANCELLED, np.where(whole, REFUNDED, COMPLETED)),
        refunded_on=np.where(sent_back, settled + rng.integers(3, 22, size), NEVER),
        refund=np.where(whole, amount, np.where(sent_back, part, 0)),
        lines=lines,
    )


def _moments(lives: Lives, buyers: Flags, last: int, rng: Rng) -> tuple[Ints, Ints]:
    """Who buys on which day: whoever buys at all on the first day, then at their own rate, in their own rhythm."""
    running = calendar()
    end = np.minimum(lives.left, last)
    season = lives.season
    weight = (running[season, end] - running[season, np.minimum(lives.since, end)]) / _YEAR
    again = rng.poisson(np.where(buyers & (lives.rate > 0), lives.rate * weight, 0.0))
    first = np.flatnonzero(buyers & (lives.rate > 0) & (lives.since <= last))
    who = np.repeat(np.arange(lives.since.size), again)
    days = seasonal_days(season[who], lives.since[who] + 1, end[who], _rhythm(again, rng))
    return np.concatenate([first, who]), np.concatenate([lives.since[first], days])


def _rhythm(counts: Ints, rng: Rng) -> Floats:
    """Places in time, from 0 to below 1, one after the other for each person: even ones, shaken, folded at the ends."""
    of = np.repeat(counts, counts)
    position = np.arange(of.size) - np.repeat(np.cumsum(counts) - counts, counts)
    place: Floats = np.abs(position + 0.5 + _UNEVEN * (rng.random(of.size) - 0.5)) / of
    return np.where(place < 1, place, np.nextafter(2 - place, 0))


@cache
def _hours() -> Ints:
    """An hour of the day for each of its shares: few orders at night, most in the evening."""
    shares = (6, 3, 2, 1, 1, 2, 6, 14, 24, 34, 42, 46, 48, 44, 42, 42, 44, 50, 60, 74, 82, 72, 44, 18)
    return np.repeat(np.arange(24), shares)


def _seconds(size: int, rng: Rng) -> Ints:
    """Times of the day."""
    hour = _hours()[rng.integers(0, _hours().size, size)]
    return hour * 3600 + rng.integers(0, 3600, size)
