"""Odd but possible input, with the results that docs/odd_input.md promises: one folder, looked at on three days."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import pytest

from tests.conftest import ROOT

# Who the customers are: one order alone; only refunds; zero; below zero; a purchase and what was given back of it on
# the same day, and on a later one; orders after the as-of date; orders before the record was made; three currencies.
CUSTOMERS = ("one", "refunds", "zero", "negative", "sameday", "later", "future", "early", "three")
NAMES = ("Ada", "Ben", "Cleo", "Dirk", "Eva", "Finn", "Gina", "Hugo", "Ines")
FILES = {
    "sources.yml": """\
version: 1
as_of_date: 2024-06-30
reporting_currency: EUR
sources:
  shop:
    customers:
      files: [customers.csv]
      columns: {customer_id: id, full_name: name, email: mail, created_at: created}
    orders:
      files: [orders.csv]
      columns:
        {order_id: id, customer_id: who, ordered_at: at, amount: sum, currency: cur, status: is, refunded_amount: back}
""",
    "customers.csv": "id,name,mail,created\n"
    + "".join(
        f"{who},{name} {name}son,{who}@shop.org,{'2023-01-01' if who == 'one' else '2024-05-01'}\n"
        for who, name in zip(CUSTOMERS, NAMES, strict=True)
    ),
    "orders.csv": """\
id,who,at,sum,cur,is,back
O1,one,2023-02-01,100,EUR,paid,
R1,refunds,2024-05-02,50,EUR,refunded,
R2,refunds,2024-05-03,80,EUR,paid,80
Z1,zero,2024-05-02,0,EUR,paid,
N1,negative,2024-05-02,-20,EUR,paid,
S1,sameday,2024-05-02,30,EUR,paid,
S2,sameday,2024-05-02,-30,EUR,paid,
L1,later,2024-05-02,30,EUR,paid,
L2,later,2024-05-09,-10,EUR,paid,
F1,future,2024-07-01,70,EUR,paid,
F2,future,2099-01-01,70,EUR,paid,
E1,early,2024-02-10,40,EUR,paid,
T1,three,2024-05-02,10,EUR,paid,
T2,three,2024-05-02,10,USD,paid,
T3,three,2024-05-03,10,GBP,paid,
T4,three,2024-05-04,10,XTS,paid,
""",
}
BOUGHT = {"one", "later", "early", "three"}


def build(project, as_of: str = "") -> None:
    """Every model and every test of the data; a law that odd input breaks fails here."""
    assert project.dbt("build", "--exclude-resource-type", "unit_test", as_of=as_of) == 0


@pytest.fixture(scope="module")
def project(landed) -> Iterator[object]:
    with landed(FILES) as project:
        build(project)
        yield project


def of_customers(project, columns: str, mart: str) -> dict[str, tuple[object, ...]]:
    """Columns of a mart with a row for each customer, by the customer's id."""
    records = "warehouse.customer_records join"
    query = f"select source_customer_id, {columns} from {records} warehouse.{mart} using (customer_key)"
    return {who: tuple(values) for who, *values in project.rows(query)}


def in_euros(currency: str) -> Decimal:
    """Ten units of a currency in 2024."""
    with (ROOT / "dbt_project" / "seeds" / "exchange_rates.csv").open(encoding="utf-8", newline="") as file:
        rates = {
            row["valid_from"]: row["units_per_euro"] for row in csv.DictReader(file) if row["currency"] == currency
        }
    newest = max(day for day in rates if day <= "2024-05-02")
    return (10 / Decimal(rates[newest])).quantize(Decimal("0.01"))


def test_only_days_with_money_are_purchases(project):
    three = 10 + in_euros("USD") + in_euros("GBP")
    assert of_customers(project, "frequency, monetary, last_purchase_date", "customer_rfm") == {
        "one": (1, 100, date(2023, 2, 1)),
        "refunds": (0, 0, None),
        "zero": (0, 0, None),
        "negative": (0, -20, None),
        "sameday": (0, 0, None),
        "later": (1, 20, date(2024, 5, 2)),
        "future": (0, 0, None),
        "early": (1, 40, date(2024, 2, 10)),
        "three": (2, three, date(2024, 5, 3)),
    }


def test_who_never_bought_is_a_class_of_their_own(project):
    segments = of_customers(project, "segment, rfm_cell", "customer_rfm")
    health = of_customers(project, "health_band, health_score, high_churn_risk", "customer_health")
    numbers = "p_alive, churn_probability, expected_orders_90d, expected_value_90d, predicted_next_order_date"
    predicted = of_customers(project, numbers, "customer_metrics_advanced")
    for who in CUSTOMERS:
        if who in BOUGHT:
            assert segments[who][0] != "No purchases"
            assert 0 <= health[who][1] <= 100
            alive, churn, orders, value, _ = predicted[who]
            assert 0 < alive <= 1
            assert 0 <= churn <= 1
            assert orders >= 0
            assert value >= 0
        else:
            assert segments[who] == ("No purchases", None)
            assert health[who] == ("No purchases", None, False)
            assert predicted[who] == (None,) * 5


def test_orders_stay_unless_they_are_later(project):
    orders = dict(project.rows("select order_id, revenue from warehouse.fct_orders"))
    later = {"F1", "F2"}
    assert set(orders) == {line.split(",")[0] for line in FILES["orders.csv"].splitlines()[1:]} - later
    assert (orders["R1"], orders["R2"], orders["Z1"], orders["N1"], orders["T4"]) == (0, 0, 0, -20, None)
    assert of_customers(project, "customer_since", "dim_customers")["early"] == (date(2024, 5, 1),)
    assert set(
        project.rows(
            "select field, rule, sum(faulty_records) from warehouse.data_quality_summary where entity = 'orders'"
            " and faulty_records > 0 group by 1, 2"
        )
    ) == {("amount", "negative", 3), ("currency", "unknown", 1)}


def test_one_customer(project):
    """On earlier days there is one customer, first without an order and then with one."""
    build(project, "2023-01-15")
    assert of_customers(project, "segment, frequency, monetary", "customer_rfm") == {"one": ("No purchases", 0, 0)}
    for mart in ("fct_orders", "cohort_retention"):
        assert project.rows(f"select count(*) from warehouse.{mart}") == [(0,)]
    build(project, "2023-02-01")
    assert of_customers(project, "frequency, monetary, recency_days, rfm_cell", "customer_rfm") == {
        "one": (1, 100, 0, 511)
    }
    assert project.rows(
        "select cohort_month, months_since, active_customers, revenue from warehouse.cohort_retention"
    ) == [(date(2023, 2, 1), 0, 1, 100)]
