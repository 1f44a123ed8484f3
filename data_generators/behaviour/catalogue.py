"""What the shop sells: the same few hundred articles whatever the seed, in the order of their prices."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from data_generators.arrays import Ints, Texts, texts

_ARTICLES = 480
_THINGS = {
    "Home": ("cushion", "blanket", "lamp", "mirror", "vase", "rug", "candle", "curtain", "picture frame", "clock"),
    "Kitchen": ("teapot", "pan", "knife", "cutting board", "mug", "kettle", "bowl", "apron", "jar", "tray"),
    "Garden": ("watering can", "planter", "secateurs", "bird house", "lantern", "bench", "trowel", "hammock"),
    "Children": ("puzzle", "teddy bear", "building blocks", "night light", "school bag", "kite", "drum"),
    "Beauty": ("soap", "hand cream", "perfume", "hairbrush", "towel", "bath salt"),
    "Office": ("notebook", "fountain pen", "desk lamp", "paper", "chair", "filing box", "monitor stand"),
    "Sport": ("yoga mat", "bottle", "rucksack", "dumbbell", "head torch", "bicycle bell"),
}
_MAKES = ("Linen", "Oak", "Copper", "Classic", "Nordic", "Velvet", "Rustic", "Blue", "Folding", "Grand")


@dataclass(frozen=True)
class Catalogue:
    """Articles by rising price.

    Attributes:
        rows: ``SKU-0001,Linen cushion,Home`` for each.
        cents: price of each.
        near: index of the first article that costs at least so many whole units.
    """

    rows: Texts
    cents: Ints
    near: Ints


@cache
def catalogue() -> Catalogue:
    """The same articles on every call."""
    rng = np.random.Generator(np.random.PCG64(7))
    names = [(f"{make} {thing}", kind) for kind, things in _THINGS.items() for thing in things for make in _MAKES]
    chosen = [names[at] for at in rng.permutation(len(names))[:_ARTICLES]]
    euros = np.sort(np.exp(np.linspace(np.log(3.0), np.log(260.0), _ARTICLES)) * (0.97 + 0.06 * rng.random(_ARTICLES)))
    cents = euros.astype(np.int64) * 100 + np.array([0, 49, 90, 95, 99])[rng.integers(0, 5, _ARTICLES)]
    cents = np.sort(cents)
    rows = [f"SKU-{number:04d},{name},{kind}" for number, (name, kind) in enumerate(chosen, start=1)]
    return Catalogue(texts(rows), cents, np.searchsorted(cents, np.arange(0, cents[-1] + 100, 100)))
