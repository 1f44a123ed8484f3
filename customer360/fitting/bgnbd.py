"""BG/NBD after Fader, Hardie and Lee (2005), "Counting your customers" the easy way: the yardstick of the field.

Nothing is predicted with it; the evaluation shows it beside our own figures, and its published parameters test us.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from .downhill import downhill
from .histories import Floats, Histories

_WEEK = 7.0


@dataclass(frozen=True)
class BgNbd:
    """Parameters, time in weeks, and the log-likelihood that they reach."""

    r: float
    alpha: float
    a: float
    b: float
    log_likelihood: float


def fit_bgnbd(histories: Histories) -> BgNbd:
    """Maximum likelihood, by the downhill simplex on logarithms."""
    known, counts = np.unique(
        np.column_stack([histories.repeats, histories.active_days / _WEEK, histories.tenure_days / _WEEK]),
        axis=0,
        return_counts=True,
    )
    repeats, recency, tenure = known.T

    def loss(logs: Floats) -> float:
        return -float(counts @ _log_likelihood(np.exp(logs), repeats, recency, tenure))

    best, lowest = downhill(loss, np.zeros(4))
    r, alpha, a, b = np.exp(best)
    return BgNbd(float(r), float(alpha), float(a), float(b), -lowest)


def expected_orders(model: BgNbd, histories: Histories, horizon_days: float) -> Floats:
    """Purchases expected within a horizon (equation 10), the hypergeometric function by its series."""
    x, recency, tenure = histories.repeats, histories.active_days / _WEEK, histories.tenure_days / _WEEK
    horizon = horizon_days / _WEEK
    r, alpha, a, b = model.r, model.alpha, model.a, model.b
    z = horizon / (alpha + tenure + horizon)
    term, series = np.ones(len(x)), np.ones(len(x))
    for n in range(2000):
        term = term * (r + x + n) * (b + x + n) / (a + b + x - 1 + n) / (n + 1) * z
        series = series + term
        if float((term / series).max()) < 1e-12:
            break
    shrunk = ((alpha + tenure) / (alpha + tenure + horizon)) ** (r + x)
    gone = np.where(x > 0, a / (b + np.maximum(x, 1) - 1) * ((alpha + tenure) / (alpha + recency)) ** (r + x), 0)
    found: Floats = (a + b + x - 1) / (a - 1) * (1 - shrunk * series) / (1 + gone)
    return found


def _log_likelihood(parameters: Floats, x: Floats, recency: Floats, tenure: Floats) -> Floats:
    r, alpha, a, b = (float(value) for value in parameters)
    highest = int(x.max(initial=0)) + 1
    rising = np.array([math.lgamma(r + n) - math.lgamma(r) for n in range(highest)])[x.astype(int)]
    beta = math.lgamma(a + b) - math.lgamma(b)
    stays = np.array([beta + math.lgamma(b + n) - math.lgamma(a + b + n) for n in range(highest)])[x.astype(int)]
    alive = stays - (r + x) * np.log(alpha + tenure)
    with np.errstate(divide="ignore"):
        gone = np.where(
            x > 0,
            stays + math.log(a) - np.log(np.maximum(b + x - 1, 1e-300)) - (r + x) * np.log(alpha + recency),
            -np.inf,
        )
    found: Floats = rising + r * math.log(alpha) + np.logaddexp(alive, gone)
    return found
