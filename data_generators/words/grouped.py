"""Values drawn by weight within a group, for a whole array of groups at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from data_generators.arrays import Floats, Ints, Rng, Texts, texts


@dataclass(frozen=True)
class Grouped:
    """Texts in groups (countries, genders), each with its weight.

    Attributes:
        values: all groups one after the other.
        bounds: running weights; group ``g`` runs from ``g`` to ``g + 1``.
        ends: for each group the index after its last value.
    """

    values: Texts
    bounds: Floats
    ends: Ints

    def draw(self, groups: Ints, rng: Rng) -> Ints:
        """One index into ``values`` for each entry of ``groups``."""
        found = np.searchsorted(self.bounds, groups + rng.random(groups.size), side="right")
        return np.minimum(found, self.ends[groups] - 1)


def grouped(groups: Sequence[Sequence[tuple[str, float]]]) -> Grouped:
    """Groups of (value, weight), none of them empty."""
    values = [value for group in groups for value, _ in group]
    bounds = []
    for number, group in enumerate(groups):
        running = np.cumsum([weight for _, weight in group])
        bounds.append(number + running / running[-1])
    return Grouped(texts(values), np.concatenate(bounds), np.cumsum([len(group) for group in groups]))


def zipf(values: Sequence[str], flatten: float) -> list[tuple[str, float]]:
    """Values by falling frequency: the k-th weighs ``1 / (k + flatten)``, as family names do."""
    return [(value, 1 / (rank + flatten)) for rank, value in enumerate(values)]
