"""Fits predictions on a data folder: reads customers' days as built for the as-of date, writes two seeds."""

from __future__ import annotations

from typing import Any

import numpy as np

from customer360.folder_seeds import CUSTOMER_TYPES, PREDICTION_WEIGHTS

from .customer_types import SHAPE
from .fitter import Fitted, Fitter
from .histories import Contacts, CustomerDays, Integers, histories_at
from .prediction_model import PredictionModel, fit_model

# How far ahead the regressions look; the dbt variable churn_window_days says the same.
HORIZON_DAYS = 180
_FEWEST_CUSTOMERS = 100
_FEWEST_REPEAT_CUSTOMERS = 30
_SHORTEST_SPAN = 60

_DAYS = "select customer_key, order_date - date '1970-01-01', revenue::float8, is_purchase from int_customer_days"
_CONTACTS = "select customer_key, contact_date - date '1970-01-01' from int_customer_contacts where {} > 0"


def read_customer_days(connection: Any) -> tuple[CustomerDays, int]:
    """The customers' days of the built models, and the as-of date as days since 1970."""
    with connection.cursor() as cursor:
        cursor.execute("set local search_path to intermediate, staging")
        cursor.execute("select as_of_date - date '1970-01-01' from stg_run_settings")
        ((as_of,),) = cursor.fetchall()
        cursor.execute(_DAYS)
        rows = cursor.fetchall()
        contacts = []
        for kind in ("events", "tickets"):
            cursor.execute(_CONTACTS.format(kind))
            found = np.array(cursor.fetchall(), dtype=np.int64).reshape(-1, 2)
            contacts.append(Contacts(found[:, 0], found[:, 1]))
    customer, day, revenue, is_purchase = zip(*rows, strict=True) if rows else ((), (), (), ())
    days = CustomerDays(
        np.array(customer, dtype=np.int64),
        np.array(day, dtype=np.int64),
        np.array(revenue, dtype=float),
        np.array(is_purchase, dtype=bool),
        *contacts,
    )
    return days, int(as_of)


def fit_predictions(connection: Any) -> Fitted:
    """Fits what the folder has data for; too few customers or too short a time leave what is shipped."""
    days, as_of = read_customer_days(connection)
    days = days.until(as_of)
    histories = histories_at(days, as_of)
    repeaters = int((histories.repeats > 0).sum())
    if len(histories) < _FEWEST_CUSTOMERS or repeaters < _FEWEST_REPEAT_CUSTOMERS or days.span < _SHORTEST_SPAN:
        return Fitted(
            words=(
                f"predictions: {len(histories):,} customers, {repeaters:,} of them more than once, over"
                f" {days.span} days are too few to learn from (needed: {_FEWEST_CUSTOMERS}, {_FEWEST_REPEAT_CUSTOMERS},"
                f" {_SHORTEST_SPAN}); what is shipped stays",
            )
        )
    model = fit_model(days, as_of, HORIZON_DAYS)
    words = (
        f"predictions: {len(model.types.share)} types of customers from {len(histories):,} histories over"
        f" {days.span} days; corrected by {model.rows:,} outcomes of earlier days",
    )
    return Fitted(seeds={CUSTOMER_TYPES: _types(model), PREDICTION_WEIGHTS: _weights(model)}, words=words)


def _types(model: PredictionModel) -> list[tuple[Any, ...]]:
    types = model.types
    order: Integers = np.lexsort((types.leave_probability, types.scale_days))
    return [
        (
            number,
            f"{types.share[place]:.6f}",
            f"{SHAPE:g}",
            f"{types.scale_days[place]:.6f}",
            f"{types.leave_probability[place]:g}",
        )
        for number, place in enumerate(order, start=1)
    ]


def _weights(model: PredictionModel) -> list[tuple[Any, ...]]:
    return [(part, term, f"{weight:.6f}") for (part, term), weight in model.weights.items()]


PREDICTIONS = Fitter("predictions", "+int_customer_days +int_customer_contacts", fit_predictions)
