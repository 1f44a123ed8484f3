"""The semantic model: which marts become tables, and what relates them beyond the tests of relationships."""

from __future__ import annotations

from customer360.powerbi.spec import Link, TableSpec

# Made before anything is typed: the key is still the text that the file holds.
_CUSTOMER_LABEL = (
    "(if [full_name] <> null then [full_name] else if [organisation_name] <> null then [organisation_name]"
    ' else "unknown") & " #" & [customer_key]'
)

TABLES = (
    TableSpec(
        "Customers",
        "dim_customers",
        names={"email": "E-mail", "address_2": "Address Line 2"},
        hidden=("record_count", "source_count"),
        label=("Customer", _CUSTOMER_LABEL),
        label_meaning="Name and key of the customer, so that two people of one name stay two.",
    ),
    TableSpec(
        "Customer RFM",
        "customer_rfm",
        names={"rfm_cell": "RFM Cell"},
        hidden=("frequency", "monetary", "segment"),
    ),
    TableSpec(
        "Customer Health",
        "customer_health",
        hidden=(
            "recency_points",
            "frequency_points",
            "monetary_points",
            "basket_trend_points",
            "engagement_points",
        ),
    ),
    TableSpec(
        "Customer Metrics",
        "customer_metrics_advanced",
        names={
            "p_alive": "Probability Alive",
            "churn_probability": "Probability of Churn",
            "ltv_actual": "LTV Actual",
            "ltv_predicted": "LTV Predicted",
        },
        hidden=(
            "purchases",
            "orders",
            "expected_orders_90d",
            "expected_value_90d",
            "expected_orders_180d",
            "expected_value_180d",
            "expected_orders_365d",
            "expected_value_365d",
            "ltv_actual",
            "ltv_predicted",
        ),
    ),
    TableSpec(
        "Orders",
        "fct_orders",
        names={
            "order_id": "Order ID",
            "revenue": "Order Revenue",
            "gross_revenue": "Order Gross Revenue",
            "refunds": "Order Refunds",
            "amount": "Order Amount",
        },
        hidden=("gross_revenue", "refunds", "revenue", "amount", "refunded_amount", "exchange_rate", "order_key"),
    ),
    TableSpec(
        "Dates",
        "dim_date",
        names={
            "date_day": "Date",
            "year_number": "Year",
            "quarter_number": "Quarter",
            "iso_year": "ISO Year",
            "iso_week": "ISO Week",
        },
        hidden=("month_number", "day_of_week"),
        sorted_by={"month_name": "month_number", "day_name": "day_of_week"},
        is_dates=True,
    ),
    TableSpec(
        "Segments",
        "segment_summary",
        only=("segment", "meaning"),
        sorted_by={"segment": "sort_order"},
        description="The segments in their order, and what they mean; their figures are measures. One row per segment.",
    ),
    TableSpec(
        "Cohorts",
        "cohort_retention",
        names={"is_complete": "Is Month Complete", "retention_rate": "Retention Rate of Cohort"},
        hidden=(
            "cohort_customers",
            "active_customers",
            "orders",
            "revenue",
            "retention_rate",
            "revenue_per_customer",
            "cumulative_revenue_per_customer",
        ),
        shown=("cohort_month", "months_since"),
    ),
    TableSpec(
        "At Risk",
        "at_risk_customers",
        names={"value_at_stake": "Stake"},
        only=("last_year_revenue", "weakest_factor"),
    ),
    TableSpec(
        "Segment Migration",
        "segment_migration",
        hidden=("customers", "revenue"),
        shown=("from_segment",),
    ),
    TableSpec(
        "Source Records",
        "customer_records",
        names={"source_customer_id": "Source Customer ID", "email": "E-mail"},
        shown=("source", "source_customer_id"),
    ),
    TableSpec(
        "Golden Record",
        "customer_golden_lineage",
        names={"source_customer_id": "Source Customer ID"},
        shown=("attribute",),
    ),
    TableSpec(
        "Identity Links",
        "identity_links",
        names={"source_customer_id_1": "Source Customer ID 1", "source_customer_id_2": "Source Customer ID 2"},
        shown=("source_1", "source_customer_id_1", "source_2", "source_customer_id_2"),
    ),
)

# By marts and columns, as the tests of relationships say it; these are not tested, since the marts make them true.
LINKS = (
    Link("Customer RFM", "segment", "Segments", "segment"),
    Link("Cohorts", "cohort_month", "Dates", "date_day"),
    Link("Segment Migration", "month_end", "Dates", "date_day"),
    Link("Segment Migration", "to_segment", "Segments", "segment"),
    Link("Golden Record", "customer_key", "Customers", "customer_key"),
    Link("Identity Links", "customer_key", "Customers", "customer_key"),
)
