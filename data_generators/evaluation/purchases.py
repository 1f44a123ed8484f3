"""Shape of a set of purchases: how many buy again and when, and how much of the money comes from how few."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np

from data_generators.arrays import Floats, Ints

WEEKS = (1, 2, 4, 8, 13, 26, 39, 52, 78)
COUNTS = ("1", "2", "3", "4", "5-9", "10+")
SHARES = tuple(range(0, 101, 5))


@dataclass(frozen=True)
class Shape:
    """Figures of one set; a purchase is a customer's day with a positive sum.

    Attributes:
        counts: share of customers with so many purchases, as in ``COUNTS``.
        repeat: share of customers who have bought again so many weeks after their first purchase, as in ``WEEKS``,
            among those who can be followed that long; None where nobody can.
        money: share of revenue that the best so many percent of customers bring, as in ``SHARES``.
        mean_basket, median_basket: of a purchase, in the set's currency.
    """

    name: str
    customers: int
    purchases: int
    days: int
    counts: tuple[float, ...]
    repeat: tuple[float | None, ...]
    money: tuple[float, ...]
    mean_basket: float
    median_basket: float

    def best(self, percent: int) -> float:
        """Share of revenue of the best customers."""
        return self.money[SHARES.index(percent)]


def shape(name: str, rows: Iterable[tuple[str, str, float]]) -> Shape:
    """The figures of (customer, ISO day, amount) rows; amounts below zero are refunds of the same day."""
    days: dict[tuple[str, int], float] = {}
    for customer, day, amount in rows:
        key = (customer, date.fromisoformat(day).toordinal())
        days[key] = days.get(key, 0.0) + amount
    bought = sorted((customer, day, amount) for (customer, day), amount in days.items() if amount > 0)
    number: dict[str, int] = {}
    who = np.array([number.setdefault(customer, len(number)) for customer, _, _ in bought])
    days_bought = np.array([day for _, day, _ in bought])
    sums = np.array([amount for _, _, amount in bought], dtype=np.float64)
    count = np.bincount(who)
    return Shape(
        name=name,
        customers=len(number),
        purchases=len(bought),
        days=int(days_bought.max() - days_bought.min()) + 1,
        counts=tuple(float(np.mean((count >= low) & (count <= high))) for low, high in _edges()),
        repeat=_repeat(who, days_bought),
        money=_money(np.bincount(who, sums).astype(np.float64)),
        mean_basket=float(sums.mean()),
        median_basket=float(np.median(sums)),
    )


def _edges() -> list[tuple[int, int]]:
    edges = []
    for label in COUNTS:
        low, _, high = label.removesuffix("+").partition("-")
        edges.append((int(low), 1 << 30 if label.endswith("+") else int(high or low)))
    return edges


def _repeat(who: Ints, day: Ints) -> tuple[float | None, ...]:
    size = int(who.max()) + 1
    first = np.full(size, 1 << 30)
    np.minimum.at(first, who, day)
    second = np.full(size, 1 << 30)
    later = day > first[who]
    np.minimum.at(second, who[later], day[later])
    shares: list[float | None] = []
    for week in WEEKS:
        followed = first + 7 * week <= day.max()
        enough = int(followed.sum()) >= 30
        shares.append(float(np.mean(second[followed] <= first[followed] + 7 * week)) if enough else None)
    return tuple(shares)


def _money(revenue: Floats) -> tuple[float, ...]:
    best = np.sort(revenue)[::-1]
    running = np.concatenate([[0.0], np.cumsum(best)]) / best.sum()
    return tuple(float(running[round(best.size * share / 100)]) for share in SHARES)


def generated_rows(folder: Path) -> Iterable[tuple[str, str, float]]:
    """Orders of a clean folder by person, refunds taken off, cancelled ones left out."""
    with (folder / "truth" / "records.csv").open(encoding="utf-8", newline="") as file:
        people = {row["source_customer_id"]: row["person_id"] for row in csv.DictReader(file)}
    with next(folder.glob("shop_orders_*.csv")).open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["status"] in ("completed", "refunded"):
                yield people[row["customer_id"]], row["ordered_at"][:10], float(row["total"]) - float(row["refunded"])


def published_rows(text: str) -> Iterable[tuple[str, str, float]]:
    """Rows of a transaction set with the columns customer_id, order_date and amount."""
    for row in csv.DictReader(io.StringIO(text)):
        yield row["customer_id"], row["order_date"][:10], float(row["amount"])


def table(shapes: Sequence[Shape]) -> str:
    """The figures as a Markdown table, a column for each set."""
    rows = ["| | " + " | ".join(shape.name for shape in shapes) + " |", "|---|" + "---:|" * len(shapes)]

    def add(label: str, cells: Iterable[str]) -> None:
        rows.append(f"| {label} | " + " | ".join(cells) + " |")

    add("customers who bought", (f"{s.customers:,}" for s in shapes))
    add("purchases", (f"{s.purchases:,}" for s in shapes))
    add("days observed", (f"{s.days:,}" for s in shapes))
    add("purchases a customer", (f"{s.purchases / s.customers:.2f}" for s in shapes))
    for at, label in enumerate(COUNTS):
        add("bought once" if label == "1" else f"bought {label} times", (f"{s.counts[at]:.1%}" for s in shapes))
    for at, week in enumerate(WEEKS):
        add(
            f"bought again within {week} week{'s' * (week > 1)}",
            ("" if (share := s.repeat[at]) is None else f"{share:.1%}" for s in shapes),
        )
    for percent in (5, 10, 20, 50):
        add(f"revenue of the best {percent} %", (f"{s.best(percent):.1%}" for s in shapes))
    add("median basket", (f"{s.median_basket:.2f}" for s in shapes))
    add("mean basket", (f"{s.mean_basket:.2f}" for s in shapes))
    return "\n".join(rows)
