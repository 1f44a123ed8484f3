"""Fits how much each factor of the health score weighs: reads customers' days as built, writes a seed.

Points are the coefficients of a logistic regression on what happened after earlier days, none below a least, scaled to
100: a score is then nearly the order in which customers come back, and still a sum that a person can follow.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from customer360.folder_seeds import HEALTH_WEIGHTS

from .customer_types import CustomerTypes, fit_types, outlook
from .fitter import Fitted, Fitter
from .histories import VISIT_DAYS, CustomerDays, Floats, Integers, histories_at, locate, places, purchases_between
from .prediction_model import earlier_days
from .predictions import HORIZON_DAYS, read_customer_days
from .regression import fit_glm

MEANINGS = {
    "recency": "Chance to be a customer still, by the silence compared with the customer's own rhythm",
    "frequency": "Number of purchases compared with all customers",
    "monetary": "Revenue compared with all customers",
    "basket_trend": "Later baskets compared with earlier ones",
    "engagement": "E-mail consent, recent events, satisfaction of tickets",
}
# What a factor counts at least, in points: what says nothing of coming back is still to be seen and talked about.
_LEAST_POINTS = 5.0
_RIDGE = 3.0
_FEWEST_CUSTOMERS = 100
_FEWEST_OUTCOMES = 30


@dataclass(frozen=True)
class Ties:
    """What binds customers beside purchases: equally long arrays each.

    Attributes:
        consenting: customers of whom it is known; ``consents``: whether e-mail may be sent.
        rated: customers of rated tickets; ``rated_on``: days since 1970; ``ratings``: their sum that day;
            ``rated_tickets``: how many.
    """

    consenting: Integers
    consents: Floats
    rated: Integers
    rated_on: Integers
    ratings: Floats
    rated_tickets: Floats


def read_ties(connection: Any) -> Ties:
    """Consent and ratings of the built models."""
    with connection.cursor() as cursor:
        cursor.execute("set local search_path to intermediate")
        cursor.execute(
            "select customer_key, email_consent::int from int_customer_deduped where email_consent is not null"
        )
        consents = np.array(cursor.fetchall(), dtype=np.int64).reshape(-1, 2)
        cursor.execute(
            "select customer_key, contact_date - date '1970-01-01', satisfaction_sum::float8, rated_tickets"
            " from int_customer_contacts where rated_tickets > 0"
        )
        rows = cursor.fetchall()
    rated, rated_on, ratings, counts = zip(*rows, strict=True) if rows else ((), (), (), ())
    return Ties(
        consents[:, 0],
        consents[:, 1].astype(float),
        np.array(rated, dtype=np.int64),
        np.array(rated_on, dtype=np.int64),
        np.array(ratings, dtype=float),
        np.array(counts, dtype=float),
    )


def factors_at(days: CustomerDays, ties: Ties, day: int, types: CustomerTypes | None = None) -> tuple[Integers, Floats]:
    """What SQL computes, here: who had bought by a day, and (customer, factor) from 0 to 1 in the order of MEANINGS.

    Args:
        days: customers' days; later ones are not looked at.
        ties: the same.
        day: the day.
        types: what customers are of; by default what a fit on that day finds.
    """
    histories = histories_at(days, day)
    factors = [
        outlook(types or fit_types(histories), histories, HORIZON_DAYS).p_alive,
        (places(histories.repeats) + 1) / 2,
        (places(histories.revenue) + 1) / 2,
        _basket_trend(days.until(day), histories.customer),
        _engagement(days, ties, histories.customer, histories.has_visited, day),
    ]
    return histories.customer, np.column_stack(factors)


def fit_health(connection: Any) -> Fitted:
    """Fits what the folder has data for; too few customers or outcomes leave what is shipped."""
    days, as_of = read_customer_days(connection)
    points = fit_points(days.until(as_of), read_ties(connection), as_of)
    if points is None:
        return Fitted(
            words=("health: too few customers came back or stayed away to learn from; what is shipped stays",)
        )
    told = ", ".join(f"{name} {value:g}" for name, value in points.items())
    rows = [(factor, f"{value:.2f}", MEANINGS[factor]) for factor, value in points.items()]
    return Fitted(seeds={HEALTH_WEIGHTS: rows}, words=(f"health: points for {told}",))


def fit_points(days: CustomerDays, ties: Ties, as_of: int) -> dict[str, float] | None:
    """Points of each factor, whole hundredths that add up to 100; None where too little happened.

    Consent is known of today only and logs of visits reach back less far than orders, so engagement is learnt from the
    last weeks alone.
    """
    if not days.is_purchase.any():
        return None
    known, came_back = [], []
    for back in earlier_days(days.span, HORIZON_DAYS):
        customers, factors = factors_at(days, ties, as_of - back)
        known.append(factors[:, :-1])
        came_back.append(_came_back(days, customers, as_of - back, min(HORIZON_DAYS, back)))
    outcome = np.concatenate(came_back)
    if len(outcome) < _FEWEST_CUSTOMERS or min(outcome.sum(), len(outcome) - outcome.sum()) < _FEWEST_OUTCOMES:
        return None
    weights = _not_negative(np.concatenate(known), outcome, np.zeros(len(outcome)))
    customers, factors = factors_at(days, ties, as_of - VISIT_DAYS)
    lately = _came_back(days, customers, as_of - VISIT_DAYS, VISIT_DAYS)
    engagement = _not_negative(factors[:, -1:], lately, factors[:, :-1] @ weights)
    shares = np.append(weights, engagement)
    shares = shares / shares.sum() if shares.sum() > 0 else np.full(len(shares), 1 / len(shares))
    points = np.round(_LEAST_POINTS + (100 - _LEAST_POINTS * len(shares)) * shares, 2)
    points[np.argmax(points)] += 100 - points.sum()
    return {factor: round(float(value), 2) for factor, value in zip(MEANINGS, points, strict=True)}


def _came_back(days: CustomerDays, customers: Integers, day: int, ahead: int) -> Floats:
    return (purchases_between(days, customers, day, day + ahead) > 0).astype(float)


def _not_negative(factors: Floats, outcome: Floats, offset: Floats) -> Floats:
    """Coefficients of a logistic regression; the lowest one below zero is left out until there is none."""
    kept = [place for place in range(factors.shape[1]) if np.ptp(factors[:, place]) > 0] if len(factors) else []
    weights: Floats = np.zeros(factors.shape[1])
    while kept:
        columns = np.column_stack([np.ones(len(outcome)), factors[:, kept]])
        found = fit_glm(columns, outcome, offset, np.array([1e-6, *([_RIDGE] * len(kept))]), "logistic")[1:]
        if found.min() >= 0:
            weights[kept] = found
            break
        kept.pop(int(np.argmin(found)))
    return weights


def _basket_trend(known: CustomerDays, customers: Integers) -> Floats:
    """The later half's mean basket over the sum of both halves' means; of an odd number the middle one is left out."""
    order = np.lexsort((known.day[known.is_purchase], known.customer[known.is_purchase]))
    revenue = known.revenue[known.is_purchase][order]
    _, starts, counts = np.unique(known.customer[known.is_purchase][order], return_index=True, return_counts=True)
    whose = np.repeat(np.arange(len(customers)), counts)
    number, total = np.arange(len(revenue)) - starts[whose] + 1, counts[whose]

    def mean(those: NDArray[np.bool_]) -> Floats:
        sums = np.bincount(whose[those], weights=revenue[those], minlength=len(customers))
        return np.asarray(sums / np.maximum(counts // 2, 1), dtype=float)

    earlier, later = mean(2 * number <= total), mean(2 * number > total + 1)
    both = earlier + later
    return np.where(both > 0, later / np.where(both > 0, both, 1), 0.5)


def _engagement(days: CustomerDays, ties: Ties, customers: Integers, has_visited: Floats, day: int) -> Floats:
    """The mean of what is known of consent, visits and satisfaction; the middle where nothing is."""
    consent = np.full(len(customers), np.nan)
    theirs, place = locate(customers, ties.consenting)
    consent[place] = ties.consents[theirs]
    visited = has_visited if (days.visits.day <= day).any() else np.full(len(customers), np.nan)
    seen = ties.rated_on <= day
    theirs, place = locate(customers, ties.rated[seen])
    tickets = np.bincount(place, weights=ties.rated_tickets[seen][theirs], minlength=len(customers))
    ratings = np.bincount(place, weights=ties.ratings[seen][theirs], minlength=len(customers))
    best = float((ties.ratings[seen] / ties.rated_tickets[seen]).max(initial=0.0))
    satisfied = np.where(tickets > 0, ratings / np.maximum(tickets, 1), np.nan)
    satisfied = np.clip(satisfied / best, 0, 1) if best > 0 else np.where(satisfied < 0, 0.0, np.nan)
    parts = np.column_stack([consent, visited, satisfied])
    known = ~np.isnan(parts)
    return np.where(known.any(axis=1), np.nansum(parts, axis=1) / np.maximum(known.sum(axis=1), 1), 0.5)


HEALTH = Fitter("health", "", fit_health)
