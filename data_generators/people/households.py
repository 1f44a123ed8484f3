"""Who lives with whom: families, couples, twins, and sons who bear their father's name."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from data_generators.arrays import Flags, Ints, Rng
from data_generators.words import COUNTRIES


@dataclass(frozen=True)
class Pattern:
    """A kind of household: how many of its members are customers, and its share of all households."""

    name: str
    members: int
    share: float


PATTERNS = (
    Pattern("alone", 1, 0.835),
    Pattern("couple", 2, 0.095),
    Pattern("family", 3, 0.030),
    Pattern("parent_and_child", 2, 0.018),
    Pattern("namesakes", 2, 0.006),
    Pattern("twins", 2, 0.009),
    Pattern("flatshare", 2, 0.007),
)
_NUMBER = {pattern.name: number for number, pattern in enumerate(PATTERNS)}


@dataclass(frozen=True)
class Households:
    """One entry a person, households one after the other.

    Attributes:
        of: household number, from 0.
        position: 0 for the head.
        head: index of the head.
        pattern: index into ``PATTERNS``.
        country: index into ``COUNTRIES``.
    """

    of: Ints
    position: Ints
    head: Ints
    pattern: Ints
    country: Ints

    @property
    def count(self) -> int:
        """How many households there are."""
        return int(self.of[-1]) + 1

    def follows(self, *patterns: str) -> Flags:
        """Everyone but the head in households of these kinds."""
        kinds = [_NUMBER[name] for name in patterns]
        flags: Flags = (self.position > 0) & np.isin(self.pattern, kinds)
        return flags

    def complete(self, pattern: str) -> Flags:
        """Everyone in whole households of this kind: the last one of a block may lack members."""
        sizes = np.bincount(self.of)[self.of]
        flags: Flags = (self.pattern == _NUMBER[pattern]) & (sizes > 1)
        return flags

    @property
    def shared(self) -> Flags:
        """Everyone who lives with another customer."""
        flags: Flags = np.bincount(self.of)[self.of] > 1
        return flags


def arrange(people: int, rng: Rng) -> Households:
    """Households for exactly so many people."""
    kinds = rng.choice(len(PATTERNS), size=people, p=[pattern.share for pattern in PATTERNS])
    members = np.array([pattern.members for pattern in PATTERNS])[kinds]
    countries = rng.choice(len(COUNTRIES), size=people, p=[country.share for country in COUNTRIES])
    starts = np.cumsum(members) - members
    of = np.repeat(np.arange(people), members)[:people]
    head = starts[of]
    return Households(of, np.arange(people) - head, head, kinds[of], countries[of])
