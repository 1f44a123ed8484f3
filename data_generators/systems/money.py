"""Cents as decimal text, mostly from a table."""

from __future__ import annotations

from functools import cache

import numpy as np

from data_generators.arrays import Ints, Texts, texts

_TABLE = 50_000


@cache
def _small() -> Texts:
    return texts([f"{cents // 100}.{cents % 100:02d}" for cents in range(_TABLE)])


def decimals(cents: Ints) -> list[str]:
    """``12.50`` for 1250; not below zero."""
    found = _small()[np.minimum(cents, _TABLE - 1)]
    for at in np.flatnonzero(cents >= _TABLE).tolist():
        found[at] = f"{cents[at] // 100}.{cents[at] % 100:02d}"
    written: list[str] = found.tolist()
    return written
