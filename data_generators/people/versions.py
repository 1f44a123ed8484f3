"""Attributes that change once in a life: one text before a day, another from that day on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from data_generators.arrays import NEVER, Flags, Ints, Rng, Texts, uniform_days


@dataclass(frozen=True)
class Versions:
    """One attribute of each person.

    Attributes:
        values: the first version of everyone, then the second of everyone.
        changed: the day from which the second holds; ``NEVER`` without a change.
    """

    values: Texts
    changed: Ints

    def at(self, who: Ints, days: Ints | int) -> Texts:
        """The version of person ``who[i]`` on day ``days[i]``."""
        taken: Texts = self.values[who + self.changed.size * (self.changed[who] <= days)]
        return taken

    def before(self, who: Ints) -> Texts:
        """The first version."""
        taken: Texts = self.values[who]
        return taken


def versions(first: Texts, second: Texts, changed: Ints) -> Versions:
    """Puts the two versions together."""
    return Versions(np.concatenate([first, second]), changed)


def change_days(chance: float | Flags, window: tuple[int, int], size: int, rng: Rng) -> Ints:
    """For each of ``size`` people the day of a change within the window, or ``NEVER``."""
    days = uniform_days(*window, rng, size)
    return np.where(rng.random(size) < chance, days, NEVER)
