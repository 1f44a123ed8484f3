"""What people buy: each at an own rate until they drop out, many of them only once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

import numpy as np

from data_generators.config import GeneratorConfig
from data_generators.records import Record

CURRENCY = {"US": "USD", "GB": "GBP"}
STATUSES = (("completed", 0.90), ("refunded", 0.04), ("cancelled", 0.04), ("pending", 0.02))


@dataclass(frozen=True)
class Order:
    """One order row of the shop; amounts in the currency's own unit."""

    order_id: str
    customer_id: str
    ordered_at: datetime
    amount: float
    currency: str
    status: str
    refunded: float
    channel: str


def make_orders(records: list[Record], config: GeneratorConfig, rng: np.random.Generator) -> list[Order]:
    """The orders of everyone with a record in the shop, in the order of time."""
    accounts: dict[str, list[Record]] = defaultdict(list)
    for record in records:
        if record.source == "shop":
            accounts[record.person.person_id].append(record)
    drafts = [(moment, amount, mine) for mine in accounts.values() for moment, amount in _life(mine[0], config, rng)]
    drafts.sort(key=lambda draft: (draft[0], draft[2][0].source_customer_id))
    return [_order(number, *draft, rng) for number, draft in enumerate(drafts, start=1)]


def _life(record: Record, config: GeneratorConfig, rng: np.random.Generator) -> Iterator[tuple[datetime, float]]:
    """Purchases of one person: the first on the day of joining, then at a gamma-distributed rate while alive."""
    mean_gap = 365 / max(0.15, rng.gamma(0.9, 6.0))
    death = rng.exponential(220) if rng.random() < 0.75 else float("inf")
    spend = rng.lognormal(3.6, 0.55)
    day: date = record.person.since
    gone = 0.0
    while day <= config.as_of_date and gone <= death:
        clock = time(int(rng.integers(8, 23)), int(rng.integers(60)), int(rng.integers(60)))
        yield datetime.combine(day, clock), round(float(spend * rng.lognormal(0, 0.45)), 2)
        gap = max(1.0, float(rng.exponential(mean_gap)))
        gone += gap
        day = record.person.since + timedelta(days=int(gone)) if gone < 4000 else date.max


def _order(number: int, moment: datetime, amount: float, mine: list[Record], rng: np.random.Generator) -> Order:
    record = mine[int(rng.integers(len(mine)))]
    status = str(rng.choice([name for name, _ in STATUSES], p=[share for _, share in STATUSES]))
    refunded = amount if status == "refunded" else 0.0
    if status == "completed" and rng.random() < 0.02:
        refunded = round(amount * 0.5, 2)
    return Order(
        order_id=f"O{number:08d}",
        customer_id=record.source_customer_id,
        ordered_at=moment,
        amount=amount,
        currency=CURRENCY.get(record.person.country, "EUR"),
        status=status,
        refunded=refunded,
        channel=("web", "app", "store")[int(rng.choice(3, p=[0.6, 0.3, 0.1]))],
    )
