"""The whole dbt project on a handful of rows, against values worked out by hand."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from customer360.fitting.health import factors_at, read_ties
from customer360.fitting.histories import histories_at
from customer360.fitting.prediction_model import predict
from customer360.fitting.predictions import read_customer_days
from customer360.warehouse import Role
from tests.fitting.models import shipped_model

FILES = {
    "sources.yml": """\
version: 1
as_of_date: 2024-06-30
sources:
  crm:
    customers:
      files: ["crm*.csv"]
      columns:
        {customer_id: id, first_name: first, last_name: last, email: mail, created_at: created, email_consent: ok}
    tickets:
      files: [tickets.csv]
      columns: {ticket_id: id, customer_id: client, opened_at: opened, closed_at: closed, satisfaction: stars}
  firms:
    customers:
      files: [firms.csv]
      entity: organisation
      columns: {customer_id: id, organisation_name: name, email: mail}
  shop:
    customers:
      files: [shop.csv]
      columns: {customer_id: id, full_name: name, email: mail, phone: tel, created_at: created, updated_at: changed}
    orders:
      files: ["orders*.csv"]
      columns:
        {order_id: id, customer_id: client, ordered_at: at, amount: total, currency: cur, status: state, email: mail}
    events:
      files: ["events*.csv"]
      columns: {event_id: id, occurred_at: at, type: what, customer_id: client, email: mail}
""",
    "crm.csv": """\
id,first,last,mail,created,ok
1,ANNA,o'neil, Anna@Shop.org ,2024-01-05,yes
2,Bob,Smith,bob@@x,2024-01-06,no
3,Carla,Diaz,carla@x.org,2024-03-01,
3,Carla,Diaz-Ruiz,CARLA@x.org,2024-03-01,
""",
    "tickets.csv": """\
id,client,opened,closed,stars
T1,3,2024-06-01,2024-07-05,4
T2,2,2024-06-02,,5
T3,3,2024-07-01,,1
""",
    "firms.csv": "id,name,mail\nF1,Neil & Co,anna@shop.org\n",
    "shop.csv": """\
id,name,mail,tel,created,changed
10,"Diaz, Carla",carla@x.org,+34 600 11 22 33,13/02/2024,14/02/2024
11,Later Person,later@x.org,,01/07/2024,
""",
    "orders.csv": """\
id,client,at,total,cur,state,mail
A1,10,2024-02-20 09:00,100,EUR,paid,
A2,10,2024-02-20 21:00,"50,00",EUR,Shipped,
A3,10,2024-05-01,60,USD,,
A4,10,2024-06-10,80,EUR,returned,
A5,99,2024-03-01,30,,delivered,
A6,,2024-06-30T23:59:59,20,€,paid,ANNA@shop.org
A7,,2024-04-01,7,EUR,paid,
A8,10,2024-07-01,1000,EUR,paid,
A9,10,2024-04-02,about 9,EUR,paid,
A10,10,2024-04-03,11,XTS,paid,
A11,10,2024-04-04,500,EUR,cancelled,
""",
    "events.csv": """\
id,at,what,client,mail
E1,2024-06-20T10:00:00Z,visit,10,
E2,2024-01-01T10:00:00Z,visit,,anna@shop.org
E3,2024-07-02T10:00:00Z,visit,10,
""",
}
# What comes in after the as-of date.
LATER_FILES = {
    "crm_july.csv": "id,first,last,mail,created,ok\n4,Dora,Late,dora@x.org,2024-07-02,yes\n",
    "orders_july.csv": """\
id,client,at,total,cur,state,mail
B1,10,2024-07-03 09:00,40,EUR,paid,
B2,99,2024-07-04 09:00,500,USD,paid,
B3,,2024-07-05 09:00,60,EUR,paid,dora@x.org
""",
    "events_july.csv": "id,at,what,client,mail\nE4,2024-07-03T10:00:00Z,visit,99,\n",
}
buyer = st.tuples(st.integers(0, 400), st.integers(1, 30), st.integers(-5, 4000))
DOLLAR = 1 / Decimal("1.0824")  # euros for one dollar in 2024, by the seed
CARLA_REVENUE = Decimal(150) + (60 * DOLLAR).quantize(Decimal("0.01"))


def key(source: str, customer_id: str) -> int:
    """The key of a customer founded by this record."""
    return int(hashlib.md5(f"{source}-{customer_id}".encode()).hexdigest()[:14], 16) >> 3


ANNA, BOB, FIRM, UNKNOWN = key("crm", "1"), key("crm", "2"), key("firms", "F1"), key("shop", "99")
CARLA = key("shop", "10")  # older than her record in the crm


@pytest.fixture(scope="module")
def project(landed) -> Iterator[object]:
    with landed(FILES) as project:
        assert project.dbt("build") == 0, "a model, a data test or a unit test fails"
        yield project


def test_people_are_found(project):
    assert project.rows(
        "select customer_key, entity_kind, full_name, organisation_name, email, phone, email_consent, customer_since,"
        " record_count, source_count from warehouse.dim_customers order by customer_since, entity_kind"
    ) == [
        (ANNA, "person", "Anna O'Neil", None, "anna@shop.org", None, True, date(2024, 1, 5), 2, 2),
        (BOB, "person", "Bob Smith", None, None, None, False, date(2024, 1, 6), 1, 1),
        (CARLA, "person", "Carla Diaz-Ruiz", None, "carla@x.org", "+34600112233", None, date(2024, 2, 13), 2, 2),
        (UNKNOWN, "person", None, None, None, None, None, date(2024, 3, 1), 1, 1),
        (FIRM, "organisation", None, "Neil & Co", "anna@shop.org", None, None, None, 1, 1),
    ]


def test_each_attribute_names_the_record_that_gave_it(project):
    """Two names with a vote each: the newer one; what only one record has: that one."""
    lineage = (
        "select attribute, source, source_customer_id from warehouse.customer_golden_lineage where customer_key = {}"
    )
    assert set(project.rows(lineage.format(CARLA))) == {
        ("name", "crm", "3"),
        ("email", "crm", "3"),
        ("phone", "shop", "10"),
    }
    assert set(project.rows(lineage.format(FIRM))) == {("organisation_name", "firms", "F1"), ("email", "firms", "F1")}


def test_every_source_id_has_its_key_and_guests_have_none(project):
    assert set(project.rows("select source, source_customer_id, customer_key from warehouse.customer_records")) == {
        ("crm", "1", ANNA),
        ("crm", "2", BOB),
        ("crm", "3", CARLA),
        ("shop", "10", CARLA),
        ("shop", "99", UNKNOWN),
        ("firms", "F1", FIRM),
    }


def test_money(project):
    dollars = (60 * DOLLAR).quantize(Decimal("0.01"))
    assert project.rows(
        "select order_id, customer_key, status, currency, revenue from warehouse.fct_orders order by ordered_at"
    ) == [
        ("A1", CARLA, "completed", "EUR", 100),
        ("A2", CARLA, "completed", "EUR", 50),
        ("A5", UNKNOWN, "completed", "EUR", 30),
        ("A7", None, "completed", "EUR", 7),
        ("A10", CARLA, "completed", "XTS", None),
        ("A11", CARLA, "cancelled", "EUR", 0),
        ("A3", CARLA, "completed", "USD", dollars),
        ("A4", CARLA, "refunded", "EUR", 0),
        ("A6", ANNA, "completed", "EUR", 20),
    ]
    assert project.rows("select order_id, rejected_reason from staging.stg_orders where rejected_reason <> ''") == [
        ("A9", "amount_unreadable")
    ]


def test_faults_are_counted(project):
    """What the small folder has wrong, by field, rule and month; needs that nobody has are no faults."""
    faults = (
        "select entity, field, rule, month, faulty_records, records, filled_records"
        " from warehouse.data_quality_summary where faulty_records > 0 and source = '{}'"
    )
    assert set(project.rows(faults.format("shop"))) == {
        ("customers", "full_name", "last_name_first", "2024-02", 1, 1, 1),
        ("customers", "phone", "international", "2024-02", 1, 1, 1),
        ("orders", "amount", "decimal_comma", "2024-02", 1, 2, 2),
        ("orders", "amount", "unreadable", "2024-04", 1, 4, 4),
        ("orders", "currency", "unknown", "2024-04", 1, 4, 4),
        ("orders", "customer_id", "missing", "2024-04", 1, 4, 3),
        ("orders", "currency", "missing", "2024-03", 1, 1, 0),
        ("orders", "status", "missing", "2024-05", 1, 1, 0),
        ("orders", "status", "upper_case", "2024-02", 1, 2, 2),
    }
    assert set(project.rows(faults.format("crm"))) == {
        ("customers", "email", "unreadable", "2024-01", 1, 2, 2),
        ("customers", "email", "upper_case", "2024-01", 1, 2, 2),
        ("customers", "email", "upper_case", "2024-03", 1, 1, 1),
        ("customers", "email", "spaces", "2024-01", 1, 2, 2),
        ("customers", "first_name", "upper_case", "2024-01", 1, 2, 2),
        ("customers", "last_name", "lower_case", "2024-01", 1, 2, 2),
    }


def test_rfm(project):
    assert project.rows(
        "select customer_key, recency_days, frequency, monetary, rfm_cell, segment, segment_group"
        " from warehouse.customer_rfm order by monetary desc, customer_key"
    ) == [
        (CARLA, 60, 2, CARLA_REVENUE, 434, "Potential Loyalists", "Promising"),
        (UNKNOWN, 121, 1, 30, 212, "Hibernating", "Lost"),
        (ANNA, 0, 1, 20, 511, "New Customers", "New"),
        *((who, None, 0, 0, None, "No purchases", "No purchases") for who in sorted((BOB, FIRM))),
    ]


@pytest.fixture(scope="module")
def score(project) -> Iterator[object]:
    """Scores customers of one's own through the compiled model; what stands in the tables comes back."""
    dbt_folder = project.settings.state / "dbt" / project.database
    (compiled,) = dbt_folder.rglob("compiled/*/models/marts/customer_rfm.sql")
    model = compiled.read_text(encoding="utf-8")
    login = project.warehouse.login(Role.TRANSFORMER, project.database)
    with login.connect() as connection:

        def scored(buyers):
            with connection.cursor() as cursor:
                cursor.execute("delete from intermediate.int_customer_deduped")
                cursor.execute("delete from intermediate.int_customer_purchases")
                for key, (silent, purchases, revenue) in buyers:
                    last = date(2024, 6, 30) - timedelta(days=silent)
                    cursor.execute("insert into intermediate.int_customer_deduped (customer_key) values (%s)", (key,))
                    cursor.execute(
                        "insert into intermediate.int_customer_purchases"
                        " (customer_key, purchases, revenue, first_purchase_date, last_purchase_date)"
                        " values (%s, %s, %s, %s, %s)",
                        (key, purchases, revenue, last, last),
                    )
                cursor.execute(
                    f"select customer_key, recency_score, frequency_score, monetary_score, segment from ({model}) as m"
                )
                found = {row[0]: row[1:] for row in cursor.fetchall()}
            connection.rollback()
            return found

        yield scored


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(buyers=st.lists(buyer, min_size=1, max_size=25), shuffled=st.randoms(use_true_random=False))
def test_scores_are_fair(score, buyers, shuffled):
    """Equal inputs score equally, more never scores lower, everybody has one segment, the order of rows is nothing."""
    numbered = list(enumerate(buyers, start=1))
    found = score(numbered)
    assert set(found) == {key for key, _ in numbered}
    for key, (silent, purchases, revenue) in numbered:
        recency, frequency, monetary, segment = found[key]
        assert {recency, frequency, monetary} <= {1, 2, 3, 4, 5}
        assert segment not in (None, "No purchases")
        for other, (other_silent, other_purchases, other_revenue) in numbered:
            assert silent != other_silent or recency == found[other][0]
            assert silent > other_silent or recency >= found[other][0]
            assert purchases < other_purchases or frequency >= found[other][1]
            assert revenue < other_revenue or monetary >= found[other][2]
    again = list(numbered)
    shuffled.shuffle(again)
    assert score(again) == found
    (key, (silent, purchases, revenue)), *others = again
    more = score([(key, (silent, purchases + 1, revenue + 1)), *others])[key]
    assert all(now >= before for now, before in zip(more[:3], found[key][:3], strict=True)), (
        "one order more lowers a score"
    )


def test_predictions_are_those_of_the_fitted_model(project):
    """SQL and Python say the same of the same constants, for every buyer, horizon and number."""
    with project.warehouse.login(Role.TRANSFORMER, project.database).connect() as connection:
        days, as_of = read_customer_days(connection)
    histories = histories_at(days, as_of)
    assert set(histories.customer) == {CARLA, ANNA, UNKNOWN}
    model, prior = shipped_model()
    baskets = {CARLA: float(CARLA_REVENUE) / 2, ANNA: 20.0, UNKNOWN: 30.0}
    everybody = sum(baskets.values()) / 3
    for horizon in (90, 180, 365):
        predicted = predict(model, histories, horizon)
        found = project.rows(
            f"select customer_key, p_alive, churn_probability, expected_orders_{horizon}d, expected_value_{horizon}d"
            " from intermediate.int_customer_predictions order by customer_key"
        )
        assert [row[0] for row in found] == list(histories.customer)
        for place, (who, p_alive, churn, orders, value) in enumerate(found):
            assert p_alive == pytest.approx(predicted.p_alive[place], abs=1e-9)
            assert orders == pytest.approx(predicted.orders[place], rel=1e-6)
            if horizon == 180:
                assert churn == pytest.approx(1 - predicted.buys[place], abs=1e-6)
            own = 2 if who == CARLA else 1
            assert value == pytest.approx(
                predicted.orders[place] * (own * baskets[who] + prior * everybody) / (own + prior), rel=1e-6
            )


def test_rhythm_of_a_customer(project):
    ((gap, next_date, overdue, trend),) = project.rows(
        "select usual_gap_days, predicted_next_order_date, is_overdue, spending_trend"
        f" from warehouse.customer_metrics_advanced where customer_key = {CARLA}"
    )
    assert float(gap) == (71 + 71) / 2  # her own gap and one of everybody's
    assert (next_date, overdue) == (date(2024, 7, 11), False)
    assert float(trend) == pytest.approx(float(CARLA_REVENUE - 150) / 150 - 1, abs=1e-4)


def test_health_adds_up(project):
    """Points are those of the factors that weights are fitted on, and make the score."""
    with project.warehouse.login(Role.TRANSFORMER, project.database).connect() as connection:
        days, as_of = read_customer_days(connection)
        ties = read_ties(connection)
    customers, factors = factors_at(days, ties, as_of, shipped_model()[0].types)
    carla, anna = (list(customers).index(who) for who in (CARLA, ANNA))
    # engagement: an event in the last 45 days and four stars of five; consent and an event
    assert factors[carla, 1:] == pytest.approx([5 / 6, 5 / 6, float(1 - 150 / CARLA_REVENUE), 0.9])
    assert factors[anna, 1:] == pytest.approx([1 / 3, 1 / 6, 0.5, 0.5])
    rows = {
        row[0]: [None if cell is None else float(cell) for cell in row[1:]]
        for row in project.rows(
            "select customer_key, recency_points, frequency_points, monetary_points, basket_trend_points,"
            " engagement_points, health_score from warehouse.customer_health"
        )
    }
    weights = np.array(
        [
            float(points)
            for (points,) in project.rows(
                "select points from staging.health_weights order by array_position("
                "array['recency', 'frequency', 'monetary', 'basket_trend', 'engagement'], factor)"
            )
        ]
    )
    for who, theirs in zip(customers, factors, strict=True):
        assert rows[who][:5] == pytest.approx(list(weights * theirs), abs=0.0051)
        assert rows[who][5] == pytest.approx(sum(rows[who][:5]))
    assert rows[BOB] == [None] * 6


def test_cohorts_are_whole(project):
    assert project.rows(
        "select cohort_month::text, months_since, cohort_customers, active_customers, orders, revenue, is_complete"
        " from warehouse.cohort_retention order by 1, 2"
    ) == [
        ("2024-02-01", 0, 1, 1, 2, 150, True),
        ("2024-02-01", 1, 1, 0, 0, 0, True),
        ("2024-02-01", 2, 1, 0, 1, 0, True),
        ("2024-02-01", 3, 1, 1, 1, CARLA_REVENUE - 150, True),
        ("2024-02-01", 4, 1, 0, 0, 0, True),
        ("2024-03-01", 0, 1, 1, 1, 30, True),
        ("2024-03-01", 1, 1, 0, 0, 0, True),
        ("2024-03-01", 2, 1, 0, 0, 0, True),
        ("2024-03-01", 3, 1, 0, 0, 0, True),
        ("2024-06-01", 0, 1, 1, 1, 20, True),
    ]


def test_cohorts_of_weeks(project):
    """The variable names the columns and their keys; everything else is as in the contract."""
    select = ("run", "--select", "cohort_retention")
    assert project.dbt(*select, "--vars", "{cohort_period: week}") == 0
    weeks = project.rows(
        "select cohort_week::text, count(*), sum(orders), sum(revenue), bool_and(is_complete)"
        " from warehouse.cohort_retention group by 1 order by 1"
    )
    assert project.dbt(*select) == 0
    assert weeks == [
        ("2024-02-19", 19, 4, CARLA_REVENUE, True),
        ("2024-02-26", 18, 1, 30, True),
        ("2024-06-24", 1, 1, 20, True),
    ]
    assert project.dbt(*select, "--vars", "{cohort_period: year}") != 0


def test_segments_and_dates_are_whole(project):
    segments = project.rows("select segment, customers, revenue from warehouse.segment_summary order by sort_order")
    assert len(segments) == 12
    assert sum(customers for _, customers, _ in segments) == 5
    assert sum(revenue for _, _, revenue in segments) == CARLA_REVENUE + 50
    assert project.rows("select min(date_day), max(date_day), count(*) from warehouse.dim_date") == [
        (date(2024, 1, 1), date(2024, 12, 31), 366)
    ]


def test_segments_at_month_ends(project):
    """From the month on in which somebody is known; fifths of those who had bought by then; the last month is today."""
    history = "select month_end::text, previous_segment, segment, revenue from warehouse.customer_segment_history"
    assert project.rows(f"{history} where customer_key = {CARLA} order by month_end") == [
        ("2024-02-29", "Not yet known", "New Customers", 150),
        ("2024-03-31", "New Customers", "Potential Loyalists", 0),
        ("2024-04-30", "Potential Loyalists", "About To Sleep", 0),
        ("2024-05-31", "About To Sleep", "Potential Loyalists", CARLA_REVENUE - 150),
        ("2024-06-30", "Potential Loyalists", "Potential Loyalists", 0),
    ]
    assert project.rows(f"{history} where customer_key = {FIRM} order by month_end limit 2") == [
        ("2024-01-31", "Not yet known", "No purchases", 0),  # since nobody knows when: from the first year on
        ("2024-02-29", "No purchases", "No purchases", 0),
    ]
    assert project.rows(
        "select month_end::text, from_segment, to_segment, customers, revenue from warehouse.segment_migration"
        " where month_end >= '2024-06-01' order by customers desc, to_segment"
    ) == [
        ("2024-06-30", "No purchases", "No purchases", 2, 0),
        ("2024-06-30", "Hibernating", "Hibernating", 1, 0),
        ("2024-06-30", "No purchases", "New Customers", 1, 20),
        ("2024-06-30", "Potential Loyalists", "Potential Loyalists", 1, 0),
    ]


def test_key_figures(project):
    """June, and the thirty days before it, in which nobody bought: the order of 1 May is older."""
    figures = {
        name: (this, previous)
        for name, this, previous in project.rows("select kpi, this_period, previous_period from warehouse.kpi_summary")
    }
    assert figures == {
        "Revenue": (20, 0),
        "Gross Revenue": (100, 0),
        "Refunds": (80, 0),
        "Refund Rate": (Decimal("0.8"), None),
        "Order Count": (1, 0),
        "Average Order Value": (20, None),
        "Customers": (5, 5),
        "Current Customers": (3, 2),
        "Active Customers": (1, 0),
        "New Customers": (1, 0),
        "Returning Customers": (0, 0),
        "Returning Share": (0, None),
        "Revenue per Active Customer": (20, None),
    }
    assert project.rows(
        "select absolute_change, relative_change from warehouse.kpi_summary where kpi = 'Current Customers'"
    ) == [(1, Decimal("0.5"))]


def test_where_revenue_comes_from(project):
    assert project.rows(
        "select acquisition_channel, customers, purchases, revenue, repeat_rate, active_rate"
        " from warehouse.channel_quality order by 1"
    ) == [
        ("No purchases", 2, 0, 0, 0, 0),
        ("Unknown", 3, 4, CARLA_REVENUE + 50, Decimal("0.333333"), 1),
    ]
    tenths = "select decile, members, revenue from warehouse.revenue_concentration where ranked_by = '{}' order by 1"
    assert project.rows(tenths.format("customers")) == [(1, 1, CARLA_REVENUE), (2, 1, 30), (3, 1, 20)]
    assert project.rows(tenths.format("baskets")) == [
        (1, 1, 150),
        (2, 1, CARLA_REVENUE - 150),
        (3, 1, 30),
        (4, 1, 20),
    ]


def test_customers_at_risk(project):
    """Who is likely to leave and bought in the last year, the most at stake first."""
    expected = project.rows(
        "select customer_key, round(churn_probability * ltv_actual, 2) from warehouse.customer_metrics_advanced"
        " join warehouse.customer_health using (customer_key) where high_churn_risk order by 2 desc"
    )
    assert expected
    listed = "select customer_key, value_at_stake from warehouse.at_risk_customers order by place"
    assert project.rows(listed) == expected


def test_tickets_and_events_of_later_days_are_unknown(project):
    assert project.rows("select ticket_id, closed_at from staging.stg_tickets order by 1") == [
        ("T1", None),
        ("T2", None),
    ]
    assert project.rows("select event_id, occurred_at from staging.stg_events order by 1") == [
        ("E1", datetime(2024, 6, 20, 10)),
        ("E2", datetime(2024, 1, 1, 10)),
    ]


def test_a_past_day_can_be_rebuilt(project):
    """An earlier as-of date sees no later row; a law that is broken is told and its rows are kept; the same date again
    gives the same marts, also when later rows have come in and were built since."""
    before = project.fingerprints()
    segments_then = "select customer_key, segment from warehouse.{} where {} order by 1"
    remembered = project.rows(segments_then.format("customer_segment_history", "month_end = '2024-03-31'"))

    tested = ("build", "--exclude-resource-type", "unit_test", "seed")
    assert project.dbt(*tested, as_of="2024-03-31", horizons_days=(30,)) == 0
    assert project.rows("select order_id from warehouse.fct_orders order by ordered_at") == [("A1",), ("A2",), ("A5",)]
    assert project.rows(
        f"select record_count, full_name, last_purchase_date from warehouse.dim_customers"
        f" join warehouse.customer_rfm using (customer_key) where customer_key in ({ANNA}, {CARLA}) order by 1"
    ) == [(1, "Anna O'Neil", None), (2, "Carla Diaz-Ruiz", date(2024, 2, 20))]
    assert project.rows("select max(cohort_month), max(months_since) from warehouse.cohort_retention") == [
        (date(2024, 3, 1), 1)
    ]
    assert project.rows(segments_then.format("customer_rfm", "true")) == remembered
    columns = {
        name
        for (name,) in project.rows(
            "select column_name from information_schema.columns"
            " where table_schema = 'warehouse' and table_name = 'customer_metrics_advanced'"
        )
    }
    assert {"expected_orders_30d", "expected_value_30d"} <= columns
    assert "expected_orders_90d" not in columns

    project.rows(f"delete from warehouse.dim_customers where customer_key = {BOB}")
    assert project.dbt("test", "--select", "law_of_people", as_of="2024-03-31", horizons_days=(30,)) == 1
    assert project.rows("select who from audit.law_of_people") == [(str(BOB),)]

    project.land(LATER_FILES)
    layers = ("build", "--select", "staging", "intermediate", "marts", "law_of_people", "--indirect-selection", "empty")
    layers += ("--exclude-resource-type", "unit_test")
    assert project.dbt(*layers, as_of="2024-07-31") == 0
    later = project.fingerprints()
    assert {mart for mart in before if later[mart] == before[mart]} <= {
        "customer_key_redirects",
        "dim_date",
        "identity_review",
    }

    assert project.dbt(*layers, as_of="2024-06-30") == 0
    assert project.fingerprints() == before
    assert project.rows("select to_regclass('audit.law_of_people')") == [(None,)]


def test_nothing_at_all(landed):
    """Files with a header only: every mart is there, and every test passes."""
    files = {name: text if name == "sources.yml" else text.splitlines()[0] + "\n" for name, text in FILES.items()}
    files["sources.yml"] = files["sources.yml"].replace("as_of_date: 2024-06-30\n", "")
    with landed(files) as project:
        assert project.dbt("build", "--exclude-resource-type", "unit_test") == 0
        rows = {mart: project.rows(f"select count(*) from warehouse.{mart}")[0][0] for mart in project.fingerprints()}
        assert rows.pop("segment_summary") == 12
        assert rows.pop("kpi_summary") == 13
        assert rows.pop("dim_date") in (365, 366)  # the year of landing
        assert set(rows.values()) == {0}
