"""Scores and segments of every customer of a published set, against pandas."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest

from tests.fitting.models import CORPORA

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(not CORPORA.is_dir(), reason="C360_CORPORA names no folder"),
]
SOURCES = """\
version: 1
reporting_currency: GBP
as_of_date: 2011-12-09
sources:
  shop:
    orders:
      files: ["transactions.csv"]
      columns: {order_id: order_id, customer_id: customer_id, ordered_at: order_date, amount: amount}
"""
AS_OF = date(2011, 12, 9)


@pytest.fixture(scope="module")
def project(landed) -> Iterator[object]:
    text = (CORPORA / "online_retail" / "transactions.csv").read_text(encoding="utf-8")
    with landed({"sources.yml": SOURCES, "transactions.csv": text}) as project:
        selected = ("build", "--select", "+customer_rfm", "--exclude-resource-type", "test", "unit_test")
        assert project.dbt(*selected) == 0
        yield project


def test_every_customer_of_online_retail(project):
    """The same scores from pandas, which knows neither our SQL nor its order of steps."""
    orders = pd.read_csv(CORPORA / "online_retail" / "transactions.csv", dtype={"customer_id": str, "amount": str})
    orders["day"] = pd.to_datetime(orders["order_date"]).dt.normalize()
    orders["cents"] = [int((Decimal(text) * 100).to_integral_value()) for text in orders["amount"]]
    days = orders.groupby(["customer_id", "day"], as_index=False)["cents"].sum()
    bought = days[days["cents"] > 0].groupby("customer_id")["day"].agg(["max", "count"])
    expected = bought.rename(columns={"max": "last", "count": "frequency"})
    expected["monetary"] = days.groupby("customer_id")["cents"].sum().reindex(expected.index) / 100
    expected["recency"] = (pd.Timestamp(AS_OF) - expected["last"]).dt.days
    expected["r"] = pd.cut(expected["recency"], [-1, 30, 60, 90, 180, np.inf], labels=[5, 4, 3, 2, 1]).astype(int)
    for source, target in (("frequency", "f"), ("monetary", "m")):
        values = np.sort(expected[source].unique())
        fifth = {value: 1 + 5 * place // len(values) for place, value in enumerate(values)}
        expected[target] = expected[source].map(fifth)
    found = pd.DataFrame(
        project.rows(
            "select r.customer_id, f.recency_days, f.frequency, f.monetary::float8, f.recency_score, f.frequency_score,"
            " f.monetary_score from warehouse.customer_rfm f join intermediate.int_customer_identity r"
            " using (customer_key) where f.frequency > 0"
        ),
        columns=["customer_id", "recency", "frequency", "monetary", "r", "f", "m"],
    ).set_index("customer_id")
    columns = ["recency", "frequency", "monetary", "r", "f", "m"]
    pd.testing.assert_frame_equal(
        found.sort_index()[columns], expected.sort_index()[columns], check_dtype=False, check_names=False
    )
    assert len(found) == 4334
