"""Values drawn by weight within a group, for a whole array of groups at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from data_generators.arrays import Ints, Rng, Texts, texts

_SLOTS = 1 << 14


@dataclass(frozen=True)
class Grouped:
    """Texts in groups (countries, genders), each with its weight.

    Attributes:
        values: all groups one after the other.
        ends: for each group the index after its last value.
        slots: for each group a row of indices into ``values``, each as often as its weight asks for, once at least:
            taking from a table is several times as fast as searching in running weights.
    """

    values: Texts
    ends: Ints
    slots: Ints

    def draw(self, groups: Ints, rng: Rng) -> Ints:
        """One index into ``values`` for each entry of ``groups``."""
        drawn: Ints = self.slots[groups, rng.integers(0, _SLOTS, groups.size)]
        return drawn


def grouped(groups: Sequence[Sequence[tuple[str, float]]]) -> Grouped:
    """Groups of (value, weight), none of them empty."""
    values = [value for group in groups for value, _ in group]
    ends = np.cumsum([len(group) for group in groups])
    slots = [_slots([weight for _, weight in group]) for group in groups]
    return Grouped(texts(values), ends, np.stack(slots) + (ends - [len(group) for group in groups])[:, None])


def _slots(weights: Sequence[float]) -> Ints:
    """Which value each slot holds."""
    running = np.cumsum(weights)
    spare = _SLOTS - len(weights)
    edges = np.floor(running / running[-1] * spare + 0.5).astype(np.int64) + np.arange(1, len(weights) + 1)
    return np.repeat(np.arange(len(weights)), np.diff(edges, prepend=0))


def zipf(values: Sequence[str], flatten: float) -> list[tuple[str, float]]:
    """Values by falling frequency: the k-th weighs ``1 / (k + flatten)``, as family names do."""
    return [(value, 1 / (rank + flatten)) for rank, value in enumerate(values)]
