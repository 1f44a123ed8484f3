"""What people complain about: now and then about an order, and often shortly before they leave for good."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from data_generators.arrays import NEVER, Flags, Ints, stream, uniform_days
from data_generators.behaviour.lives import Lives
from data_generators.behaviour.personas import by_persona
from data_generators.behaviour.purchases import Purchases

TOPICS = ("delivery", "return", "quality", "invoice", "account", "other")
_TOPIC_SHARE = (0.34, 0.22, 0.18, 0.10, 0.09, 0.07)
_FAREWELL = 0.45


@dataclass(frozen=True)
class Tickets:
    """Tickets in the order of time.

    Attributes:
        who: index of the person.
        opened, closed: days; ``second`` of the opening day.
        topic: index into ``TOPICS``.
        satisfaction: 1 to 5, or 0 where nobody answered.
    """

    who: Ints
    opened: Ints
    second: Ints
    closed: Ints
    topic: Ints
    satisfaction: Ints

    def changed_on(self, day: int) -> Flags:
        """Tickets opened or closed on a day."""
        flags: Flags = (self.opened == day) | ((self.opened < day) & (self.closed == day))
        return flags


def complain(lives: Lives, orders: Purchases, last: int, seed: int, block: int) -> Tickets:
    """Tickets up to a day."""
    rng = stream(seed, block, "tickets")
    unhappy = np.flatnonzero(rng.random(orders.who.size) < by_persona(lambda p: p.complains)[lives.persona[orders.who]])
    usual = orders.day[unhappy] + rng.integers(1, 12, unhappy.size)
    buyers = np.zeros(lives.since.size, dtype=np.bool_)
    buyers[orders.who] = True
    parting = np.flatnonzero(buyers & (lives.left <= last) & (rng.random(buyers.size) < _FAREWELL))
    farewell = np.maximum(lives.since[parting], lives.left[parting] - rng.integers(2, 40, parting.size))
    who = np.concatenate([orders.who[unhappy], parting])
    opened = np.concatenate([usual, farewell])
    sad = np.concatenate([np.zeros(unhappy.size), np.ones(parting.size)])
    order = np.argsort(opened, kind="stable")
    who, opened, sad = who[order], opened[order], sad[order]
    who, opened, sad = who[opened <= last], opened[opened <= last], sad[opened <= last]
    size = who.size
    happy = np.searchsorted(np.cumsum((0.08, 0.10, 0.20, 0.34, 0.28)), rng.random(size)) + 1
    angry = np.searchsorted(np.cumsum((0.46, 0.28, 0.16, 0.07, 0.03)), rng.random(size)) + 1
    answered = rng.random(size) < 0.7
    return Tickets(
        who=who,
        opened=opened,
        second=rng.integers(7 * 3600, 22 * 3600, size),
        closed=np.where(rng.random(size) < 0.97, uniform_days(opened, opened + 9, rng, size), NEVER),
        topic=rng.choice(len(TOPICS), size=size, p=_TOPIC_SHARE),
        satisfaction=np.where(answered, np.minimum(5, np.where(sad > 0, angry, happy)), 0),
    )
