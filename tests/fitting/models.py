"""Sets of purchases as the fitters take them."""

from __future__ import annotations

import csv
import os
from datetime import date
from pathlib import Path

import numpy as np

from customer360.fitting.customer_types import CustomerTypes
from customer360.fitting.histories import CustomerDays
from customer360.fitting.prediction_model import PredictionModel

CORPORA = Path(os.environ.get("C360_CORPORA", "no corpora"))
_SEEDS = Path(__file__).parents[2] / "dbt_project" / "seeds"


def shipped_model() -> tuple[PredictionModel, float]:
    """The model that the shipped seeds hold, and what everybody's basket weighs."""
    types = np.array(
        [
            [float(row[name]) for name in ("share", "rate_scale_days", "leave_probability")]
            for row in _rows(_SEEDS / "customer_types.csv")
        ]
    )
    weights = {(row["part"], row["term"]): float(row["weight"]) for row in _rows(_SEEDS / "prediction_weights.csv")}
    (spend,) = _rows(_SEEDS / "spend_parameters.csv")
    prior = (float(spend["customer_shape"]) - 1) / float(spend["purchase_shape"])
    return PredictionModel(CustomerTypes(*types.T), weights, 0), prior


def transactions(name: str, *, refunds: bool = True) -> tuple[CustomerDays, dict[int, str]]:
    """A published set; a purchase is a customer's day with any amount, with ``refunds`` one above zero."""
    sums: dict[tuple[str, int], float] = {}
    for row in _rows(CORPORA / name / "transactions.csv"):
        amount = float(row["amount"] or 1)
        if amount > 0 or refunds or name == "cdnow_sample":
            day = (row["customer_id"], date.fromisoformat(row["order_date"][:10]).toordinal())
            sums[day] = sums.get(day, 0.0) + amount
    names = sorted({who for who, _ in sums})
    number = {who: place for place, who in enumerate(names)}
    revenue = np.round(np.array(list(sums.values())), 2)
    days = CustomerDays(
        np.array([number[who] for who, _ in sums], dtype=np.int64),
        np.array([day for _, day in sums], dtype=np.int64),
        revenue,
        revenue > 0 if refunds else np.ones(len(revenue), dtype=bool),
    )
    return days, dict(enumerate(names))


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
