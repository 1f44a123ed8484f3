"""How good predictions were: scores, beside what anybody could have said without a model."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from customer360.fitting.histories import Floats, Histories

_BINS = 10


@dataclass(frozen=True)
class Bin:
    """Customers whose predictions are alike, and what became of them."""

    customers: int
    predicted: float
    actual: float


@dataclass(frozen=True)
class Amounts:
    """Scores of predicted numbers; correlation and ranking are None where all are predicted alike."""

    mae: float
    rmse: float
    correlation: float | None
    total_error: float
    top_decile: float | None
    auc: float | None


def auc(happened: NDArray[np.bool_], score: Floats) -> float:
    """Chance that one to whom it happened has a higher score than one to whom it did not; ties count half."""
    _, place, counts = np.unique(score, return_inverse=True, return_counts=True)
    rank = (np.cumsum(counts) - (counts - 1) / 2)[place]
    ones = int(happened.sum())
    if ones in (0, len(happened)):
        return 0.5
    return float((rank[happened].sum() - ones * (ones + 1) / 2) / (ones * (len(happened) - ones)))


def brier(happened: NDArray[np.bool_], chance: Floats) -> float:
    """Mean squared distance of chances from what happened."""
    return float(np.mean((chance - happened) ** 2))


def calibration(happened: NDArray[np.bool_], chance: Floats) -> list[Bin]:
    """Ten bins of equal width over the chances, without the empty ones."""
    place = np.minimum((chance * _BINS).astype(int), _BINS - 1)
    return [
        Bin(int((place == at).sum()), float(chance[place == at].mean()), float(happened[place == at].mean()))
        for at in range(_BINS)
        if (place == at).any()
    ]


def calibration_error(bins: list[Bin]) -> float:
    """Mean distance between what was predicted and what happened, weighted by customers."""
    return sum(each.customers * abs(each.predicted - each.actual) for each in bins) / sum(b.customers for b in bins)


def deciles(happened: NDArray[np.bool_], chance: Floats) -> list[Bin]:
    """Tenths of the customers, the highest chances first."""
    order = np.argsort(-chance, kind="stable")
    return [
        Bin(len(part), float(chance[part].mean()), float(happened[part].mean()))
        for part in np.array_split(order, _BINS)
        if len(part)
    ]


def amounts(actual: Floats, predicted: Floats) -> Amounts:
    """Scores of orders or money."""
    varies = bool(np.ptp(predicted) > 0 and np.ptp(actual) > 0)
    best = np.argsort(-predicted, kind="stable")[: max(len(predicted) // 10, 1)]
    total = float(actual.sum())
    return Amounts(
        mae=float(np.abs(predicted - actual).mean()),
        rmse=float(np.sqrt(np.mean((predicted - actual) ** 2))),
        correlation=float(np.corrcoef(predicted, actual)[0, 1]) if varies else None,
        total_error=float(predicted.sum()) / total - 1 if total else 0.0,
        top_decile=float(actual[best].sum()) / total if varies and total else None,
        auc=auc(actual > 0, predicted) if varies else None,
    )


def naive_orders(histories: Histories, horizon_days: int) -> dict[str, Floats]:
    """What anybody could say about orders."""
    observed = np.maximum(histories.tenure_days, 1)
    return {
        "nobody buys": np.zeros(len(histories)),
        "cohort mean": np.full(len(histories), histories.repeats.sum() / observed.sum() * horizon_days),
        "own rate carried on": histories.repeats / observed * horizon_days,
        "same count as before": histories.repeats,
    }


def rfm_sum(histories: Histories) -> Floats:
    """Fifths of recency, frequency and revenue added up, equal values together."""
    fifths = []
    for values in (histories.active_days - histories.tenure_days, histories.repeats, histories.revenue):
        rank = np.searchsorted(np.sort(values), values, side="left") / len(values)
        fifths.append(np.floor(rank * 5))
    total: Floats = np.sum(fifths, axis=0)
    return total
