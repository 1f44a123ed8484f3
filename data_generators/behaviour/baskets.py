"""What lies in the baskets: articles near the price that a person tends to pay."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from data_generators.arrays import Floats, Ints, Rng
from data_generators.behaviour.catalogue import catalogue

_BASKET_SPREAD = 0.55
_LINE_SPREAD = 0.35
_MOST_LINES = 8


@dataclass(frozen=True)
class Lines:
    """Order lines, those of one order one after the other.

    Attributes:
        order: index of the order; ``position``: 1, 2, ... within it.
        article: index into the catalogue.
    """

    order: Ints
    position: Ints
    article: Ints
    quantity: Ints


def fill_baskets(spend: Floats, rng: Rng) -> tuple[Lines, Ints]:
    """Lines for one order of each mean basket given, and the orders' sums in cents.

    Baskets are lognormal around the person's mean before articles with whole prices are found for them.
    """
    size = spend.size
    aim = spend * rng.lognormal(-(_BASKET_SPREAD**2) / 2, _BASKET_SPREAD, size)
    count = np.minimum(_MOST_LINES, 1 + rng.poisson(np.minimum(3.0, 0.3 + aim / 140)))
    order = np.repeat(np.arange(size), count)
    wish = 100 * (aim / count)[order] * rng.lognormal(0.0, _LINE_SPREAD, order.size)
    goods = catalogue()
    single = wish / np.where(rng.random(order.size) < 0.2, 2, 1)
    near = goods.near[np.minimum(single / 100, goods.near.size - 1).astype(np.int64)]
    article = np.clip(near + rng.integers(-6, 7, order.size), 0, goods.cents.size - 1)
    quantity = np.maximum(1, np.rint(wish / goods.cents[article])).astype(np.int64)
    cents = quantity * goods.cents[article]
    position = np.arange(1, order.size + 1) - np.repeat(np.cumsum(count) - count, count)
    return Lines(order, position, article, quantity), np.bincount(order, cents, minlength=size).astype(np.int64)
