"""Predictions: what customer types say, corrected by what happened after earlier days.

Two numbers are predicted for each customer and horizon: the chance to buy again, and how many purchases there are then.
The types (see ``customer_types``) give a first answer. Two regressions correct it, fitted on earlier days: what was
known then against what came next, all before the day of the fit. The first is the mean of two, of which one starts from
the customer's own outlook and the other from everybody's, so that neither a fault of the types nor the noise of few
features weighs fully. A mean of two is less sure than either, so its chances are calibrated after Platt (1999) on the
same earlier days. Features are places among all customers or ratios of a customer's own figures, so they mean the same
for any shop, any currency and any length of history.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .customer_types import CustomerTypes, Outlook, fit_types, outlook
from .histories import VISIT_DAYS, YEAR, CustomerDays, Floats, Histories, histories_at, places, purchases_between
from .regression import fit_glm

# Earlier days, as shares of the time observed before the day of the fit. With more than two years of it: one horizon
# before, one year before, which is the season that comes next, and the day between them: all seasons alike.
_EARLIER_SHARES = (0.25, 0.4, 0.5)
# Penalty of each coefficient, for each earlier day.
_RIDGE = 3.0
# An earlier day teaches nothing when fewer customers were known, or fewer of them did or did not buy again.
_FEWEST_CUSTOMERS = 60
_FEWEST_OUTCOMES = 15
# Purchases after which the own history counts as much as the regressions.
_OWN_HISTORY_FROM = 30.0
_LIMIT = 1e-6
_HIGHEST_LOG_ODDS = 13.8

_FEATURES = ("spend_place", "recency_place", "repeats_place", "late_log_ratio", "last_year_log", "has_complained")
BUYS_TERMS = (*_FEATURES, "has_visited")
ORDERS_TERMS = ("repeats_log", *_FEATURES)
_LEVELS = ("constant", "own_outlook", "common_outlook")


@dataclass(frozen=True)
class PredictionModel:
    """All constants of a fit.

    Attributes:
        types: the customer types.
        weights: (part, term) -> weight, where part is ``buys`` or ``orders`` and terms are those above and
            ``constant``, ``own_outlook`` and ``common_outlook``.
        rows: customers of earlier days that the regressions learnt from.
    """

    types: CustomerTypes
    weights: dict[tuple[str, str], float]
    rows: int


@dataclass(frozen=True)
class Predictions:
    """For each customer: chances and purchases within the horizon, and the chance to be a customer still."""

    p_alive: Floats
    buys: Floats
    orders: Floats


@dataclass(frozen=True)
class _Sight:
    """Features of the customers of a day, and what the types say."""

    features: dict[str, Floats]
    repeats: Floats
    outlook: Outlook
    log_odds: Floats
    common_log_odds: float
    log_more: Floats
    common_log_more: float

    def columns(self, *names: str) -> Floats:
        return np.column_stack([np.ones(len(self.repeats)), *(self.features[name] for name in names)])


@dataclass(frozen=True)
class _Lesson:
    """What was known on an earlier day, and how often each customer bought in so many days ahead of it."""

    sight: _Sight
    outcome: Floats
    ahead: int

    @property
    def bought(self) -> NDArray[np.bool_]:
        return self.outcome > 0


def fit_model(days: CustomerDays, as_of: int, horizon_days: int) -> PredictionModel:
    """Fits types and regressions on what was known at the end of a day.

    Args:
        days: customers' days; later ones are not looked at.
        as_of: the day.
        horizon_days: how far to look, where the time observed is long enough.
    """
    days = days.until(as_of)
    types = fit_types(histories_at(days, as_of))
    backs = earlier_days(days.span, horizon_days)
    lessons = [lesson for back in backs if (lesson := _lesson(days, as_of, back, horizon_days))]
    if not lessons:
        weights = {("buys", "own_outlook"): 1.0, ("orders", "own_outlook"): 1.0}
        return PredictionModel(types, {**_no_weights(), **weights}, 0)
    weights = {**_no_weights(), **_fit_buys(lessons), **_fit_orders(lessons)}
    # Only those that look as far ahead: a shorter time tells nothing of the level of a longer one.
    weights = _calibrated(weights, [lesson for lesson in lessons if lesson.ahead == horizon_days])
    weights["buys", "has_visited"] = _fit_visits(weights, days, as_of)
    return PredictionModel(types, weights, sum(len(lesson.outcome) for lesson in lessons))


def earlier_days(span: int, horizon_days: int) -> list[int]:
    """How many days before the day of a fit the days lie that it learns from, with so many days observed in all."""
    if span > 2 * YEAR:
        return [horizon_days, (horizon_days + YEAR) // 2, YEAR]
    return [int(span * share) for share in _EARLIER_SHARES]


def predict(model: PredictionModel, histories: Histories, horizon_days: float) -> Predictions:
    """What SQL computes, here: chances and purchases of each customer within a horizon."""
    sight = _see(model.types, histories, horizon_days)
    log_odds = _buys_log_odds(model.weights, sight)
    buys = 1 / (1 + np.exp(-np.clip(log_odds, -_HIGHEST_LOG_ODDS, _HIGHEST_LOG_ODDS)))
    log_more = _linear(model.weights, "orders", sight, sight.log_more, sight.common_log_more)
    corrected = buys * (1 + np.exp(np.minimum(log_more, 20)))
    share = _OWN_HISTORY_FROM / (_OWN_HISTORY_FROM + sight.repeats)
    orders = share * corrected + (1 - share) * sight.outlook.orders
    return Predictions(sight.outlook.p_alive, buys, orders)


def _no_weights() -> dict[tuple[str, str], float]:
    return {
        **{("buys", term): 0.0 for term in (*_LEVELS, *BUYS_TERMS)},
        **{("orders", term): 0.0 for term in (*_LEVELS, *ORDERS_TERMS)},
    }


def _buys_log_odds(weights: dict[tuple[str, str], float], sight: _Sight) -> Floats:
    return _linear(weights, "buys", sight, sight.log_odds, sight.common_log_odds)


def _linear(weights: dict[tuple[str, str], float], part: str, sight: _Sight, own: Floats, common: float) -> Floats:
    terms = BUYS_TERMS if part == "buys" else ORDERS_TERMS
    linear: Floats = (
        weights[part, "constant"]
        + weights[part, "own_outlook"] * own
        + weights[part, "common_outlook"] * common
        + sum(weights[part, term] * sight.features[term] for term in terms)
    )
    return linear


def _lesson(days: CustomerDays, as_of: int, back: int, horizon_days: int) -> _Lesson | None:
    """The lesson of some days before; none where too little happened."""
    ahead = min(horizon_days, back)
    if ahead < 1:
        return None
    histories = histories_at(days, as_of - back)
    outcome = purchases_between(days, histories.customer, as_of - back, as_of - back + ahead)
    bought = int((outcome > 0).sum())
    if len(histories) < _FEWEST_CUSTOMERS or min(bought, len(histories) - bought) < _FEWEST_OUTCOMES:
        return None
    return _Lesson(_see(fit_types(histories), histories, ahead), outcome, ahead)


def _see(types: CustomerTypes, histories: Histories, horizon_days: float) -> _Sight:
    expected = outlook(types, histories, horizon_days)
    log_odds = _log_odds(expected.buys)
    more = np.maximum(expected.orders / np.maximum(expected.buys, 1e-12) - 1, _LIMIT)
    repeats_log = np.log1p(histories.repeats)
    # While nobody has been known for longer, the last year is everything and says nothing new.
    last_year = np.log1p(histories.last_year) * (histories.tenure_days.max() > YEAR)
    late = np.log((histories.late + 0.5) / (histories.repeats + 1 - histories.late + 0.5))
    return _Sight(
        features={
            "spend_place": places(histories.revenue),
            "recency_place": places(histories.active_days - histories.tenure_days),
            "repeats_place": places(histories.repeats),
            "late_log_ratio": late - late.mean(),
            "last_year_log": last_year - last_year.mean(),
            "repeats_log": repeats_log - repeats_log.mean(),
            "has_complained": histories.has_complained,
            "has_visited": histories.has_visited - histories.has_visited.mean(),
        },
        repeats=histories.repeats,
        outlook=expected,
        log_odds=log_odds,
        common_log_odds=float(log_odds.mean()),
        log_more=np.log(more),
        common_log_more=float(np.log((expected.buys @ more) / expected.buys.sum())),
    )


def _fit_buys(lessons: Sequence[_Lesson]) -> dict[tuple[str, str], float]:
    outcome = np.concatenate([lesson.bought for lesson in lessons]).astype(float)
    own = np.concatenate([lesson.sight.log_odds for lesson in lessons])
    common = np.concatenate([np.full(len(lesson.outcome), lesson.sight.common_log_odds) for lesson in lessons])
    columns = np.concatenate([lesson.sight.columns(*_FEATURES) for lesson in lessons])
    ridge = np.array([_LIMIT, *(_RIDGE * len(lessons) for _ in _FEATURES)])
    from_own = fit_glm(
        np.column_stack([columns, own]), outcome, own, np.append(ridge, _RIDGE * len(lessons)), "logistic"
    )
    from_common = fit_glm(columns, outcome, common, ridge, "logistic")
    means = (from_own[:-1] + from_common) / 2
    return {
        ("buys", "own_outlook"): float(1 + from_own[-1]) / 2,
        ("buys", "common_outlook"): 0.5,
        **{("buys", term): float(mean) for term, mean in zip(("constant", *_FEATURES), means, strict=True)},
    }


def _calibrated(weights: dict[tuple[str, str], float], lessons: Sequence[_Lesson]) -> dict[tuple[str, str], float]:
    """The weights whose log-odds, a line in the old ones, make what happened most likely."""
    if not lessons:
        return weights
    outcome = np.concatenate([lesson.bought for lesson in lessons]).astype(float)
    log_odds = np.concatenate([_buys_log_odds(weights, lesson.sight) for lesson in lessons])
    line = np.column_stack([np.ones(len(outcome)), log_odds])
    constant, steeper = fit_glm(line, outcome, log_odds, np.full(2, _LIMIT), "logistic")
    calibrated = {
        (part, term): weight * (1 + steeper) if part == "buys" else weight for (part, term), weight in weights.items()
    }
    calibrated["buys", "constant"] += constant
    return calibrated


def _fit_visits(weights: dict[tuple[str, str], float], days: CustomerDays, as_of: int) -> float:
    """What a recent visit adds. Web logs reach back less far than orders, so the last weeks alone teach it."""
    lesson = _lesson(days, as_of, VISIT_DAYS, VISIT_DAYS)
    if lesson is None:
        return 0.0
    visited = lesson.sight.features["has_visited"]
    if len(np.unique(visited)) < 2 or (visited > 0).sum() < _FEWEST_CUSTOMERS:
        return 0.0
    offset = _buys_log_odds(weights, lesson.sight)
    columns = lesson.sight.columns("has_visited")
    found = fit_glm(columns, lesson.bought.astype(float), offset, np.array([_LIMIT, _RIDGE]), "logistic")
    return float(found[1])


def _fit_orders(lessons: Sequence[_Lesson]) -> dict[tuple[str, str], float]:
    outcome = np.concatenate([lesson.outcome[lesson.bought] - 1 for lesson in lessons])
    common = np.concatenate([np.full(int(one.bought.sum()), one.sight.common_log_more) for one in lessons])
    columns = np.concatenate([lesson.sight.columns(*ORDERS_TERMS)[lesson.bought] for lesson in lessons])
    ridge = np.array([_LIMIT, *(_RIDGE * len(lessons) for _ in ORDERS_TERMS)])
    found = fit_glm(columns, outcome, common, ridge, "poisson")
    # The level of the past is half believed: it holds for a shorter time ahead and another season.
    sights = [lesson.sight for lesson in lessons]
    learnt = sum(
        float(sight.outlook.buys @ np.exp(sight.common_log_more + sight.columns(*ORDERS_TERMS) @ found))
        for sight in sights
    )
    expected = sum(float(sight.outlook.buys @ np.exp(sight.log_more)) for sight in sights)
    return {
        ("orders", "common_outlook"): 1.0,
        ("orders", "constant"): float(found[0]) - math.log(learnt / expected) / 2,
        **{("orders", term): float(found[place]) for place, term in enumerate(ORDERS_TERMS, start=1)},
    }


def _log_odds(chances: Floats) -> Floats:
    kept = np.clip(chances, _LIMIT, 1 - _LIMIT)
    odds: Floats = np.log(kept / (1 - kept))
    return odds
