"""Cuts time, predicts as of the cut through the real models, and compares with what happened after it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from customer360.errors import Customer360Error
from customer360.fitting import fit
from customer360.fitting.bgnbd import expected_orders, fit_bgnbd
from customer360.fitting.histories import (
    CustomerDays,
    Floats,
    Histories,
    histories_at,
    purchases_between,
    revenue_between,
)
from customer360.fitting.predictions import HORIZON_DAYS, read_customer_days
from customer360.settings import Settings

from .folders import Say, built, copied, rows_of, truth_of_folder

_EPOCH = date(1970, 1, 1)


@dataclass(frozen=True)
class Judged:
    """Customers known at the cut, sorted by key: arrays of equal length.

    Attributes:
        name: of the data.
        cut: last day that was seen.
        horizon_days: how far ahead orders and value were predicted.
        histories: what was known of them.
        churn: predicted chance to buy nothing in ``HORIZON_DAYS``.
        health: health score.
        orders: predicted purchases within the horizon; ``value`` what they bring.
        actual_churn: whether they bought nothing in ``HORIZON_DAYS``; None where the data end before.
        actual_orders: what they bought within the horizon; ``actual_value`` what it brought.
        yardstick: purchases that BG/NBD expects.
    """

    name: str
    cut: date
    horizon_days: int
    histories: Histories
    churn: Floats
    health: Floats
    orders: Floats
    value: Floats
    actual_churn: np.ndarray[Any, np.dtype[np.bool_]] | None
    actual_orders: Floats
    actual_value: Floats
    yardstick: Floats


@dataclass(frozen=True)
class _Seen:
    days: CustomerDays
    as_of: int
    customers: dict[str, int]


def judge(
    settings: Settings, data: Path, cut: str = "", until: str = "", *, name: str = "", say: Say = lambda _: None
) -> Judged:
    """Predicts as of a cut and compares with the days after it, up to ``until``.

    Args:
        settings: the installation.
        data: the data folder; it stays as it is, fitted seeds of its own are not used.
        cut: ISO date, or empty: ``HORIZON_DAYS`` before the end.
        until: ISO date, or empty: the as-of date that the folder declares, else its newest day.
        name: what to call the data.
        say: hears a line for each stage.

    Raises:
        Customer360Error: the cut is not before the end.
    """
    with copied(settings, data) as folder:
        end = date.fromisoformat(until) if until else _end(settings, folder, say)
        day = date.fromisoformat(cut) if cut else end - timedelta(days=HORIZON_DAYS)
        horizon = (end - day).days
        if horizon < 1:
            raise Customer360Error(f"{day} is not before {end}", where="CUT", how="name an earlier day")
        before, predicted = _before(settings, folder, day, horizon, say)
        select = "+int_customer_days +int_customer_contacts"
        after = built(settings, folder, select, _seen, as_of=end.isoformat(), say=say)
        return _compare(name or data.name, day, end, before, predicted, after)


def judge_truth(settings: Settings, data: Path, *, name: str = "", say: Say = lambda _: None) -> Judged:
    """Predicts as of a generated folder's as-of date and compares with its ``truth/future_orders.csv``."""
    with copied(settings, data) as folder:
        day = _end(settings, folder, say)
        before, predicted = _before(settings, folder, day, HORIZON_DAYS, say)
    after = _future(data, before)
    return _compare(name or data.name, day, day + timedelta(days=HORIZON_DAYS), before, predicted, after)


def _before(settings: Settings, folder: Path, day: date, horizon: int, say: Say) -> tuple[_Seen, dict[int, Any]]:
    """What was seen by that day, and what is predicted from it after a fit that saw no more."""
    _declare(folder, horizon)
    fit(settings, str(folder), day.isoformat(), say=say)
    return built(
        settings,
        folder,
        "+customer_health",
        lambda connection: (_seen(connection), _predicted(connection, horizon)),
        as_of=day.isoformat(),
        say=say,
    )


def _compare(name: str, cut: date, end: date, before: _Seen, predicted: dict[int, Any], after: _Seen) -> Judged:
    first, last = (cut - _EPOCH).days, (end - _EPOCH).days
    histories = histories_at(before.days, first)
    outcome = _as_known_before(before, after)
    churned = None
    if last - first >= HORIZON_DAYS:
        churned = purchases_between(outcome, histories.customer, first, first + HORIZON_DAYS) == 0
    churn, health, orders, value = (
        np.array([predicted[key][place] for key in histories.customer], dtype=float) for place in range(4)
    )
    return Judged(
        name=name,
        cut=cut,
        horizon_days=last - first,
        histories=histories,
        churn=churn,
        health=health,
        orders=orders,
        value=value,
        actual_churn=churned,
        actual_orders=purchases_between(outcome, histories.customer, first, last),
        actual_value=revenue_between(outcome, histories.customer, first, last),
        yardstick=expected_orders(fit_bgnbd(histories), histories, last - first),
    )


def _as_known_before(before: _Seen, after: _Seen) -> CustomerDays:
    """The later days under the keys of the cut: records may have been joined since, and people got new ones."""
    keys: dict[int, int] = {}
    for record, key in sorted(before.customers.items()):
        if record in after.customers:
            keys.setdefault(after.customers[record], key)
    known = np.array([key in keys for key in after.days.customer], dtype=bool)
    renamed = np.array([keys[key] for key in after.days.customer[known]], dtype=np.int64)
    return CustomerDays(renamed, after.days.day[known], after.days.revenue[known], after.days.is_purchase[known])


def _future(data: Path, before: _Seen) -> _Seen:
    people = truth_of_folder(data)
    numbers = {person: number for number, person in enumerate(sorted(set(people.values())))}
    sums: dict[tuple[int, int], float] = {}
    for row in rows_of(data / "truth" / "future_orders.csv"):
        if row["status"] in ("completed", "refunded") and row["person_id"] in numbers:
            day = (date.fromisoformat(row["ordered_at"][:10]) - _EPOCH).days
            key = (numbers[row["person_id"]], day)
            sums[key] = sums.get(key, 0.0) + float(row["amount"]) - float(row["refunded"] or 0)
    revenue = np.array(list(sums.values()))
    days = CustomerDays(
        np.array([who for who, _ in sums], dtype=np.int64),
        np.array([day for _, day in sums], dtype=np.int64),
        revenue,
        revenue > 0,
    )
    return _Seen(
        days, before.as_of, {record: numbers[people[record]] for record in before.customers if record in people}
    )


def _end(settings: Settings, folder: Path, say: Say) -> date:
    def read(connection: Any) -> date:
        with connection.cursor() as cursor:
            cursor.execute("select as_of_date from staging.stg_run_settings")
            found: date = cursor.fetchone()[0]
        return found

    return built(settings, folder, "+stg_run_settings", read, say=say)


def _seen(connection: Any) -> _Seen:
    days, as_of = read_customer_days(connection)
    with connection.cursor() as cursor:
        cursor.execute("select record_id, customer_key from intermediate.int_customer_identity")
        return _Seen(days, as_of, dict(cursor.fetchall()))


def _predicted(connection: Any, horizon: int) -> dict[int, tuple[float, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "select customer_key, churn_probability, health_score,"  # noqa: S608 - names of ours
            f" expected_orders_{horizon}d, expected_value_{horizon}d"
            " from intermediate.int_customer_predictions join warehouse_next.customer_health using (customer_key)"
        )
        return {key: tuple(map(float, figures)) for key, *figures in cursor.fetchall()}


def _declare(folder: Path, horizon: int) -> None:
    """Lets the copy's sources.yml ask for the horizon; the original keeps its own."""
    path = folder / "sources.yml"
    declared = yaml.safe_load(path.read_text(encoding="utf-8"))
    declared["horizons_days"] = [horizon]
    path.unlink()
    path.write_text(yaml.safe_dump(declared, sort_keys=False), encoding="utf-8")
