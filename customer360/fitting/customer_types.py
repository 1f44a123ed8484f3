"""Customers as a mixture of a few types, which differ in how often they buy and how easily they leave.

Within a type the rate of purchases is gamma distributed, and after each purchase (the first too) a customer leaves for
good with the type's probability. With a single type and a beta distributed probability this would be the MBG/NBD of
Batislam, Denizel and Filiztekin (2007). A mixture follows any spread of rates, needs no special functions, and is a
table that SQL can read. The types stand on a fixed grid and only their shares are fitted, so that the likelihood has a
single peak, which expectation-maximisation finds from anywhere (Laird 1978).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from .histories import Floats, Histories

# Shape of the gamma of each type: how alike the rates within a type are.
SHAPE = 3.0
_RATES = 6
_LEAVE_PROBABILITIES = (0.0, 0.05, 0.2, 0.5)
_ROUNDS = 1000
# Mean log-likelihood a customer at which another round is not worth it.
_TOLERANCE = 1e-7
_SMALLEST_SHARE = 5e-4


@dataclass(frozen=True)
class CustomerTypes:
    """Types of customers, arrays of equal length.

    Attributes:
        share: of all customers, adding up to 1.
        scale_days: of the gamma distributed rates; their mean is ``SHAPE / scale_days`` purchases a day.
        leave_probability: chance to leave after a purchase.
    """

    share: Floats
    scale_days: Floats
    leave_probability: Floats


@dataclass(frozen=True)
class Outlook:
    """What the types say of each customer over a horizon.

    Attributes:
        p_alive: chance to be a customer still.
        buys: chance of a purchase within the horizon.
        orders: purchases expected within it.
    """

    p_alive: Floats
    buys: Floats
    orders: Floats


def fit_types(histories: Histories) -> CustomerTypes:
    """The shares that make the histories most likely, on a grid of rates as wide as the time observed."""
    known, counts = np.unique(
        np.column_stack([histories.repeats, histories.active_days, histories.tenure_days]), axis=0, return_counts=True
    )
    longest = max(float(known[:, 2].max()), 1.0)
    rates = np.geomspace(min(0.1 / longest, 0.5), 1.0, _RATES)
    scales, leaving = np.meshgrid(SHAPE / rates, np.array(_LEAVE_PROBABILITIES))
    types = CustomerTypes(np.full(scales.size, 1 / scales.size), scales.ravel(), leaving.ravel())
    _, likelihood = _log_likelihoods(types, known[:, 0], known[:, 1], known[:, 2])
    peak = likelihood.max(axis=1, keepdims=True)
    relative = np.exp(likelihood - peak)
    share, total, before = types.share, float(counts.sum()), -math.inf
    for _ in range(_ROUNDS):
        density = relative @ share
        now = float(counts @ (np.log(density) + peak[:, 0]))
        if now - before < _TOLERANCE * total:
            break
        before = now
        share = share * (relative.T @ (counts / density)) / total
    kept = share > _SMALLEST_SHARE
    return CustomerTypes(share[kept] / share[kept].sum(), types.scale_days[kept], types.leave_probability[kept])


def outlook(types: CustomerTypes, histories: Histories, horizon_days: float) -> Outlook:
    """What to expect of each customer, over the types that each may be of."""
    alive, total = _log_likelihoods(types, histories.repeats, histories.active_days, histories.tenure_days)
    posterior = total + np.log(types.share)
    posterior = np.exp(posterior - posterior.max(axis=1, keepdims=True))
    posterior /= posterior.sum(axis=1, keepdims=True)
    alive_as_type = posterior * np.exp(alive - total)
    shape = SHAPE + histories.repeats[:, None]
    scale = types.scale_days + histories.tenure_days[:, None]
    leaving = types.leave_probability
    buys = -np.expm1(shape * np.log(scale / (scale + horizon_days)))
    orders = np.where(
        leaving > 0,
        -np.expm1(shape * np.log(scale / (scale + leaving * horizon_days))) / np.where(leaving > 0, leaving, 1),
        shape / scale * horizon_days,
    )
    return Outlook(
        p_alive=alive_as_type.sum(axis=1),
        buys=(alive_as_type * buys).sum(axis=1),
        orders=(alive_as_type * orders).sum(axis=1),
    )


def _log_likelihoods(types: CustomerTypes, repeats: Floats, active: Floats, tenure: Floats) -> tuple[Floats, Floats]:
    """Log-likelihood of (customer, type): still a customer; and either way."""
    lgamma = np.array([math.lgamma(SHAPE + n) - math.lgamma(SHAPE) for n in range(int(repeats.max(initial=0)) + 1)])
    shape = SHAPE + repeats[:, None]
    with np.errstate(divide="ignore"):
        log_leave, log_stay = np.log(types.leave_probability), np.log1p(-types.leave_probability)
    common = lgamma[repeats.astype(int)][:, None] + SHAPE * np.log(types.scale_days) + repeats[:, None] * log_stay
    alive = common + log_stay - shape * np.log(types.scale_days + tenure[:, None])
    gone = common + log_leave - shape * np.log(types.scale_days + active[:, None])
    return alive, np.logaddexp(alive, gone)
