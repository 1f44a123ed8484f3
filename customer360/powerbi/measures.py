"""Every figure of the report, once: what it means in plain words, in DAX, and in SQL over the marts.

The SQL is PostgreSQL's and DuckDB's; it gives the figure of all customers and days, as a report without filters does.
"""

from __future__ import annotations

from customer360.definitions import definition_of
from customer360.powerbi.spec import Measure

_MONEY, _COUNT, _SHARE, _POINTS = "#,0.00", "#,0", "0.0%", "0.0"
_CHANGE = "+0.0%;-0.0%;0.0%"

_ACTIVE = """\
VAR PurchaseDays =
    FILTER (
        SUMMARIZE ( Orders, Orders[Customer Key], Orders[Date Key] ),
        [Revenue] > 0 && NOT ISBLANK ( Orders[Customer Key] )
    )
RETURN
    COUNTROWS ( SUMMARIZE ( PurchaseDays, Orders[Customer Key] ) )"""

_CUSTOMERS = (
    Measure(
        "Customer Count",
        "Customers",
        definition_of("customers"),
        "COUNTROWS ( Customers )",
        _COUNT,
        "Customers",
        "select count(*) from dim_customers",
    ),
    Measure(
        "Customers Who Bought",
        "Customers",
        definition_of("customers_who_bought"),
        "CALCULATE ( COUNTROWS ( 'Customer RFM' ), 'Customer RFM'[Frequency] > 0 )",
        _COUNT,
        "Customers",
        "select count(*) from customer_rfm where frequency > 0",
    ),
    Measure(
        "New Customers",
        "Customers",
        definition_of("new_customers"),
        "CALCULATE (\n"
        "    COUNTROWS ( 'Customer RFM' ),\n"
        "    KEEPFILTERS ( TREATAS ( VALUES ( Dates[Date] ), 'Customer RFM'[First Purchase Date] ) )\n"
        ")",
        _COUNT,
        "Customers",
        "select count(*) from customer_rfm where first_purchase_date is not null",
    ),
    Measure(
        "Active Customers",
        "Customers",
        definition_of("active_customers"),
        _ACTIVE,
        _COUNT,
        "Customers",
        "select count(distinct customer_key) from (select customer_key from fct_orders where customer_key is not null"
        " group by customer_key, date_key having sum(revenue) > 0) as purchase_days",
    ),
    Measure(
        "Records per Customer",
        "Customers",
        definition_of("records_per_customer"),
        "DIVIDE ( SUM ( Customers[Record Count] ), [Customer Count] )",
        "0.00",
        "Customers",
        "select avg(record_count) from dim_customers",
    ),
)

_SALES = (
    Measure(
        "Revenue",
        "Orders",
        definition_of("revenue"),
        "SUM ( Orders[Order Revenue] )",
        _MONEY,
        "Sales",
        "select sum(revenue) from fct_orders",
    ),
    Measure(
        "Gross Revenue",
        "Orders",
        definition_of("gross_revenue"),
        "SUM ( Orders[Order Gross Revenue] )",
        _MONEY,
        "Sales",
        "select sum(gross_revenue) from fct_orders",
    ),
    Measure(
        "Refunds",
        "Orders",
        definition_of("refunds"),
        "SUM ( Orders[Order Refunds] )",
        _MONEY,
        "Sales",
        "select sum(refunds) from fct_orders",
    ),
    Measure(
        "Refund Rate",
        "Orders",
        definition_of("refund_rate"),
        "DIVIDE ( [Refunds], [Gross Revenue] )",
        _SHARE,
        "Sales",
        "select sum(refunds) / sum(gross_revenue) from fct_orders",
    ),
    Measure(
        "Order Count",
        "Orders",
        definition_of("completed_orders"),
        'CALCULATE ( COUNTROWS ( Orders ), KEEPFILTERS ( Orders[Status] = "completed" ) )',
        _COUNT,
        "Sales",
        "select count(*) from fct_orders where status = 'completed'",
    ),
    Measure(
        "Average Order Value",
        "Orders",
        definition_of("average_order_value"),
        "DIVIDE ( [Revenue], [Order Count] )",
        _MONEY,
        "Sales",
        "select sum(revenue) / sum(case when status = 'completed' then 1 end) from fct_orders",
    ),
    Measure(
        "Revenue per Customer",
        "Orders",
        definition_of("revenue_per_customer"),
        "DIVIDE ( [Revenue], [Customer Count] )",
        _MONEY,
        "Sales",
        "select sum(revenue) / (select count(*) from dim_customers) from fct_orders",
    ),
)

_VALUE = (
    Measure(
        "Lifetime Value",
        "Customer Metrics",
        definition_of("lifetime_value"),
        "SUM ( 'Customer Metrics'[LTV Actual] )",
        _MONEY,
        "Value and risk",
        "select sum(ltv_actual) from customer_metrics_advanced",
    ),
    Measure(
        "Predicted Lifetime Value",
        "Customer Metrics",
        definition_of("predicted_lifetime_value"),
        "SUM ( 'Customer Metrics'[LTV Predicted] )",
        _MONEY,
        "Value and risk",
        "select sum(ltv_predicted) from customer_metrics_advanced",
    ),
    Measure(
        "Average Churn Probability",
        "Customer Metrics",
        definition_of("churn_probability"),
        "AVERAGE ( 'Customer Metrics'[Probability of Churn] )",
        _SHARE,
        "Value and risk",
        "select avg(churn_probability) from customer_metrics_advanced",
    ),
    Measure(
        "High Churn Risk Customers",
        "Customer Health",
        definition_of("high_churn_risk_customers"),
        "CALCULATE ( COUNTROWS ( 'Customer Health' ), KEEPFILTERS ( 'Customer Health'[High Churn Risk] = TRUE () ) )",
        _COUNT,
        "Value and risk",
        "select count(*) from customer_health where high_churn_risk",
    ),
    Measure(
        "Lifetime Value at Risk",
        "Customer Health",
        definition_of("lifetime_value_at_risk"),
        "CALCULATE ( [Lifetime Value], KEEPFILTERS ( 'Customer Health'[High Churn Risk] = TRUE () ) )",
        _MONEY,
        "Value and risk",
        "select sum(ltv_actual) from customer_metrics_advanced"
        " inner join customer_health using (customer_key) where high_churn_risk",
    ),
    Measure(
        "Value at Stake",
        "At Risk",
        definition_of("value_at_stake"),
        "SUM ( 'At Risk'[Stake] )",
        _MONEY,
        "Value and risk",
        "select sum(value_at_stake) from at_risk_customers",
    ),
    Measure(
        "Segment Moves",
        "Segment Migration",
        definition_of("segment_moves"),
        "CALCULATE (\n"
        "    SUM ( 'Segment Migration'[Customers] ),\n"
        "    FILTER (\n"
        "        'Segment Migration',\n"
        "        'Segment Migration'[From Segment] <> 'Segment Migration'[To Segment]\n"
        "    )\n"
        ")",
        _COUNT,
        "Segments",
        "select sum(customers) from segment_migration where from_segment <> to_segment",
    ),
    Measure(
        "Average Health Score",
        "Customer Health",
        definition_of("health_score"),
        "AVERAGE ( 'Customer Health'[Health Score] )",
        _POINTS,
        "Health",
        "select avg(health_score) from customer_health",
    ),
)


def _points(factor: str) -> Measure:
    return Measure(
        f"Average {factor} Points",
        "Customer Health",
        f"Points of the health score for {factor.lower()}, the mean of customers who ever bought.",
        f"AVERAGE ( 'Customer Health'[{factor} Points] )",
        _POINTS,
        "Health",
        f"select avg({factor.lower().replace(' ', '_')}_points) from customer_health",
    )


FACTORS = ("Recency", "Frequency", "Monetary", "Basket Trend", "Engagement")
_HEALTH = tuple(map(_points, FACTORS))

_COHORTS = (
    Measure(
        "Retention Rate",
        "Cohorts",
        definition_of("retention_rate"),
        "CALCULATE (\n"
        "    DIVIDE ( SUM ( Cohorts[Active Customers] ), SUM ( Cohorts[Cohort Customers] ) ),\n"
        "    KEEPFILTERS ( Cohorts[Is Month Complete] = TRUE () )\n"
        ")",
        "0%",
        "Cohorts",
        "select sum(active_customers) / cast(sum(cohort_customers) as numeric(18, 6)) from cohort_retention"
        " where is_complete",
    ),
    Measure(
        "Cohort Revenue per Customer",
        "Cohorts",
        definition_of("cohort_revenue_per_customer"),
        "CALCULATE (\n"
        "    DIVIDE ( SUM ( Cohorts[Revenue] ), SUM ( Cohorts[Cohort Customers] ) ),\n"
        "    KEEPFILTERS ( Cohorts[Is Month Complete] = TRUE () )\n"
        ")",
        _MONEY,
        "Cohorts",
        "select sum(revenue) / sum(cohort_customers) from cohort_retention where is_complete",
    ),
)

_LAST_DAY = "(select max(last_purchase_date + recency_days) from customer_rfm)"
PERIOD_DAYS = 30
_DAYS = str(PERIOD_DAYS)
_PERIOD = (
    Measure(
        "As-of Date",
        "Customer RFM",
        "The last day that the data is about.",
        "MAXX ( ALL ( 'Customer RFM' ), 'Customer RFM'[Last Purchase Date] + 'Customer RFM'[Recency Days] )",
        "yyyy-mm-dd",
        "Period",
        f"select {_LAST_DAY}",
    ),
    Measure(
        "Period Days",
        "Customer RFM",
        "How many days up to the as-of date are compared with as many before.",
        _DAYS,
        _COUNT,
        "Period",
        f"select {_DAYS}",
    ),
)


def _compared(name: str, table: str, base: str, format: str, definition: str, sql: str) -> tuple[Measure, ...]:
    """A figure of the period, of the one before, and the change; ``sql`` has the places {first} and {last}."""
    dax = (
        "VAR LastDay = [As-of Date]{before}\n"
        "VAR FirstDay = LastDay - [Period Days] + 1\n"
        "RETURN\n"
        "    CALCULATE (\n"
        f"        {base},\n"
        "        FILTER ( ALL ( Dates ), Dates[Date] >= FirstDay && Dates[Date] <= LastDay )\n"
        "    )"
    )
    this = sql.format(first=f"{_LAST_DAY} - {_DAYS} + 1", last=_LAST_DAY)
    that = sql.format(first=f"{_LAST_DAY} - 2 * {_DAYS} + 1", last=f"{_LAST_DAY} - {_DAYS}")
    return _with_change(
        name,
        Measure(
            f"{name} in Period",
            table,
            f"{definition} Of the days up to the as-of date.",
            dax.replace("{before}", ""),
            format,
            "Period",
            this,
        ),
        Measure(
            f"{name} in Previous Period",
            table,
            f"{definition} Of as many days before.",
            dax.replace("{before}", " - [Period Days]"),
            format,
            "Period",
            that,
        ),
    )


def _with_change(name: str, this: Measure, that: Measure) -> tuple[Measure, ...]:
    change = Measure(
        f"{name} Change",
        this.table,
        f"{this.name} over {that.name}, minus one; blank where there was nothing before.",
        f"VAR Previous = [{that.name}]\nRETURN\n    DIVIDE ( [{this.name}] - Previous, Previous )",
        _CHANGE,
        "Period",
        f"select ({this.sql}) / cast(nullif(({that.sql}), 0) as numeric(18, 4)) - 1",
    )
    return this, that, change


def _known(name: str, when: str, dax_day: str, sql_day: str) -> Measure:
    return Measure(
        name,
        "Customers",
        f"Customers who were known {when}; who has no day of birth as a customer was always there.",
        f"VAR LastDay = {dax_day}\n"
        "RETURN\n"
        "    CALCULATE (\n"
        "        [Customer Count],\n"
        "        KEEPFILTERS ( FILTER ( ALL ( Customers[Customer Since] ), Customers[Customer Since] <= LastDay ) )\n"
        "    )",
        _COUNT,
        "Period",
        f"select count(*) from dim_customers where customer_since is null or customer_since <= {sql_day}",
    )


_ON_DAYS = "order_date between {first} and {last}"
_COMPARED = (
    *_with_change(
        "Customers",
        _known("Customers in Period", "on the as-of date", "[As-of Date]", _LAST_DAY),
        _known(
            "Customers in Previous Period",
            "at the end of the period before",
            "[As-of Date] - [Period Days]",
            f"{_LAST_DAY} - {_DAYS}",
        ),
    ),
    *_compared(
        "Active Customers",
        "Customers",
        "[Active Customers]",
        _COUNT,
        "Customers with a purchase.",
        "select count(distinct customer_key) from (select customer_key from fct_orders where customer_key is not null"
        f" and {_ON_DAYS} group by customer_key, date_key having sum(revenue) > 0) as purchase_days",
    ),
    *_compared(
        "New Customers",
        "Customers",
        "[New Customers]",
        _COUNT,
        "Customers with their first purchase.",
        "select count(*) from customer_rfm where first_purchase_date between {first} and {last}",
    ),
    *_compared(
        "Order Count",
        "Orders",
        "[Order Count]",
        _COUNT,
        "Completed orders.",
        f"select count(*) from fct_orders where status = 'completed' and {_ON_DAYS}",
    ),
    *_compared(
        "Revenue",
        "Orders",
        "[Revenue]",
        _MONEY,
        "Completed orders minus refunds, in the reporting currency.",
        f"select sum(revenue) from fct_orders where {_ON_DAYS}",
    ),
    *_compared(
        "Average Order Value",
        "Orders",
        "[Average Order Value]",
        _MONEY,
        "Revenue over completed orders, in the reporting currency.",
        f"select sum(revenue) / sum(case when status = 'completed' then 1 end) from fct_orders where {_ON_DAYS}",
    ),
)

MEASURES = (*_CUSTOMERS, *_SALES, *_VALUE, *_HEALTH, *_COHORTS, *_PERIOD, *_COMPARED)
