"""Names for the arrays that the simulation is made of, and the streams of random numbers that fill them."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Texts = npt.NDArray[np.object_]
Rng = np.random.Generator

NEVER = 1 << 40
"""A day number that no simulation reaches."""


def stream(seed: int, block: int, topic: str) -> Rng:
    """Random numbers of one topic of one block: no other topic, block or process can shift them."""
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence([seed, block, zlib.crc32(topic.encode())])))


def texts(values: Sequence[str]) -> Texts:
    """Strings as an object array, so that an index array can take from them."""
    array: Texts = np.empty(len(values), dtype=object)
    array[:] = values
    return array


@cache
def numerals() -> Texts:
    """``0`` to ``9999``."""
    return texts([str(number) for number in range(10_000)])


@cache
def padded(width: int) -> Texts:
    """``0000`` to ``9999``, or as many as ``width`` digits write, up to four."""
    return texts([f"{number:0{width}d}" for number in range(10**width)])


def eight_digits(numbers: Ints) -> Texts:
    """``00001234`` for each number below 100 million."""
    written: Texts = padded(4)[numbers // 10_000] + padded(4)[numbers % 10_000]
    return written


def uniform_days(first: Any, last: Any, rng: Rng, size: int) -> Ints:
    """Whole days, evenly between ``first`` and ``last``, both inclusive; ``last`` counts as ``first`` if earlier."""
    start: Ints = np.asarray(first, dtype=np.int64)
    span = np.maximum(0, np.asarray(last, dtype=np.int64) - start) + 1
    days: Ints = start + (rng.random(size) * span).astype(np.int64)
    return days


def in_time(days: Ints, seconds: Ints) -> Ints:
    """The order of time, to two seconds, by two passes of a stable radix sort."""
    order = np.argsort((seconds // 2).astype(np.uint16), kind="stable")
    day = (days - (days.min() if days.size else 0)).astype(np.uint16)
    return order[np.argsort(day[order], kind="stable")]
