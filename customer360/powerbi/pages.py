"""The three pages of the report: what stands where, of which fields."""

from __future__ import annotations

from customer360.powerbi.measures import FACTORS
from customer360.powerbi.spec import Field, Page, Visual

WIDTH = 1280


def _column(table: str, name: str, label: str = "") -> Field:
    return Field(table, name, label=label)


def _measure(table: str, name: str, label: str = "") -> Field:
    return Field(table, name, is_measure=True, label=label)


_CUSTOMER = _column("Customers", "Customer")
_COUNTRY = _column("Customers", "Country")
_SEGMENT = _column("Segments", "Segment")
_BAND = _column("Customer Health", "Health Band")
_MONTH = _column("Dates", "Month Start", "Month")
_LAST_PURCHASE = _column("Customer RFM", "Last Purchase Date", "Last purchase")
_CUSTOMERS = _measure("Customers", "Customer Count", "Customers")
_REVENUE = _measure("Orders", "Revenue")
_ORDERS = _measure("Orders", "Order Count", "Orders")
_HEALTH = _measure("Customer Health", "Average Health Score", "Health score")
_VALUE = _measure("Customer Metrics", "Lifetime Value")
_AT_STAKE = _measure("At Risk", "Value at Stake", "Value at stake")
_MOVES = _measure("Segment Migration", "Segment Moves", "Moves")
_CHURN = _measure("Customer Metrics", "Average Churn Probability", "Churn probability")
_RETENTION = _measure("Cohorts", "Retention Rate", "Retention")


def _headed(key: str, title: str) -> tuple[Visual, ...]:
    """The page's name, and the slicers that all pages share."""
    slicers = {"segment": ("Segment", _SEGMENT), "health": ("Health band", _BAND), "country": ("Country", _COUNTRY)}
    return (
        Visual(f"{key}_title", "textbox", title, (20, 12, 600, 56), text=title),
        *(
            Visual(
                f"{key}_by_{name}",
                "slicer",
                words,
                (640 + 208 * place, 2, 200, 76),
                {"Values": (of,)},
                alt=f"Choose what to look at: {words.lower()}.",
                sync=name,
            )
            for place, (name, (words, of)) in enumerate(slicers.items())
        ),
    )


_KPIS = (
    ("Customers", "Customers"),
    ("Customers", "Active Customers"),
    ("Customers", "New Customers"),
    ("Orders", "Order Count"),
    ("Orders", "Revenue"),
    ("Orders", "Average Order Value"),
)

OVERVIEW = Page(
    "overview",
    "Executive Overview",
    720,
    (
        *_headed("overview", "Executive Overview"),
        Visual(
            "overview_kpis",
            "cardVisual",
            "Up to the as-of date, and the change against the period before",
            (20, 80, 1240, 128),
            {
                "Data": tuple(
                    _measure(table, f"{name} in Period", "Orders" if name == "Order Count" else name)
                    for table, name in _KPIS
                )
            },
            alt="The figures of the period and how they changed against the period before.",
            changes={f"{name} in Period": _measure(table, f"{name} Change") for table, name in _KPIS},
        ),
        Visual(
            "overview_customers_by_segment",
            "clusteredBarChart",
            "Customers by segment",
            (20, 216, 612, 240),
            {"Category": (_SEGMENT,), "Y": (_CUSTOMERS,)},
            alt="Bars: number of customers in each segment, the best segment first.",
            sort=(_SEGMENT, "Ascending"),
        ),
        Visual(
            "overview_revenue_by_segment",
            "clusteredBarChart",
            "Revenue by segment",
            (648, 216, 612, 240),
            {"Category": (_SEGMENT,), "Y": (_REVENUE,)},
            alt="Bars: revenue of each segment, the best segment first.",
            sort=(_SEGMENT, "Ascending"),
        ),
        Visual(
            "overview_revenue_by_month",
            "areaChart",
            "Revenue by month",
            (20, 464, 612, 240),
            {"Category": (_MONTH,), "Y": (_REVENUE,)},
            alt="Area: revenue of each month.",
            sort=(_MONTH, "Ascending"),
        ),
        Visual(
            "overview_new_customers_by_month",
            "clusteredColumnChart",
            "New customers by month",
            (648, 464, 612, 240),
            {"Category": (_MONTH,), "Y": (_measure("Customers", "New Customers"),)},
            alt="Columns: customers whose first purchase was in the month.",
            sort=(_MONTH, "Ascending"),
        ),
    ),
)

_MONTHS_SINCE = _column("Cohorts", "Months Since", "Months since first purchase")
_COHORT_YEAR = _column("Dates", "Year", "Year of first purchase")

MARKETING = Page(
    "marketing",
    "Marketing Insights",
    1710,
    (
        *_headed("marketing", "Marketing Insights"),
        Visual(
            "marketing_segments",
            "treemap",
            "Customers by segment",
            (20, 80, 404, 270),
            {"Group": (_SEGMENT,), "Values": (_CUSTOMERS,)},
            alt="Areas: the share of each segment in all customers.",
        ),
        Visual(
            "marketing_value",
            "lineClusteredColumnComboChart",
            "Revenue by segment, and revenue per customer",
            (436, 80, 408, 270),
            {
                "Category": (_SEGMENT,),
                "Y": (_REVENUE,),
                "Y2": (_measure("Orders", "Revenue per Customer"),),
            },
            alt="Columns: revenue of each segment; line: revenue per customer.",
            sort=(_SEGMENT, "Ascending"),
        ),
        Visual(
            "marketing_health",
            "clusteredColumnChart",
            "Customers by health band",
            (856, 80, 404, 270),
            {"Category": (_BAND,), "Y": (_CUSTOMERS,), "Tooltips": (_HEALTH,)},
            alt="Columns: number of customers in each health band, the healthiest first.",
            sort=(_HEALTH, "Descending"),
        ),
        Visual(
            "marketing_at_risk",
            "tableEx",
            "The 20 customers at high churn risk with the most at stake",
            (20, 360, 1240, 330),
            {
                "Values": (
                    _CUSTOMER,
                    _SEGMENT,
                    _BAND,
                    _COUNTRY,
                    _LAST_PURCHASE,
                    _column("At Risk", "Weakest Factor", "Weakest factor"),
                    _CHURN,
                    _VALUE,
                    _AT_STAKE,
                )
            },
            alt="Table: the customers at high churn risk with the most at stake; right-click for their details.",
            sort=(_AT_STAKE, "Descending"),
            top=(20, _CUSTOMER, _AT_STAKE),
        ),
        Visual(
            "marketing_retention",
            "pivotTable",
            "Retention: who bought again, by month of the first purchase",
            (20, 700, 1240, 330),
            {
                "Rows": (_column("Cohorts", "Cohort Month", "Cohort"),),
                "Columns": (_MONTHS_SINCE,),
                "Values": (_RETENTION,),
            },
            alt="Heat map: the share of each monthly cohort that bought in each month after the first purchase.",
            heat=_RETENTION,
        ),
        Visual(
            "marketing_retention_curves",
            "lineChart",
            "Retention curves",
            (20, 1040, 612, 280),
            {"Category": (_MONTHS_SINCE,), "Y": (_RETENTION,), "Series": (_COHORT_YEAR,)},
            alt="Lines: retention by months since the first purchase, one line for each year of first purchases.",
            sort=(_MONTHS_SINCE, "Ascending"),
        ),
        Visual(
            "marketing_migration",
            "pivotTable",
            "Who moved: from the segment at the end of the month before",
            (20, 1330, 1240, 360),
            {
                "Rows": (_column("Segment Migration", "From Segment", "From"),),
                "Columns": (_SEGMENT,),
                "Values": (_MOVES,),
            },
            alt="Heat map: customers who went from the segment of the row to that of the column, all months together.",
            heat=_MOVES,
        ),
        Visual(
            "marketing_cohort_revenue",
            "lineChart",
            "Revenue per customer of the cohort",
            (648, 1040, 612, 280),
            {
                "Category": (_MONTHS_SINCE,),
                "Y": (_measure("Cohorts", "Cohort Revenue per Customer"),),
                "Series": (_COHORT_YEAR,),
            },
            alt="Lines: monthly revenue per customer by months since the first purchase, one line a year.",
            sort=(_MONTHS_SINCE, "Ascending"),
        ),
    ),
)

_FACTOR_POINTS = tuple(_measure("Customer Health", f"Average {factor} Points", factor) for factor in FACTORS)

DEEP_DIVE = Page(
    "deep_dive",
    "Customer Deep Dive",
    1310,
    (
        *_headed("deep_dive", "Customer Deep Dive"),
        Visual(
            "deep_dive_scatter",
            "scatterChart",
            "Value against engagement",
            (20, 80, 540, 310),
            {
                "Category": (_CUSTOMER,),
                "Series": (_SEGMENT,),
                "X": (_measure("Customer Health", "Average Engagement Points", "Engagement points"),),
                "Y": (_VALUE,),
                "Size": (_ORDERS,),
            },
            alt="Points: lifetime value of each customer against the points for engagement.",
        ),
        Visual(
            "deep_dive_points",
            "barChart",
            "What makes the health score",
            (572, 80, 340, 310),
            {"Category": (_SEGMENT,), "Y": _FACTOR_POINTS},
            alt="Stacked bars: the points of the five factors of the health score.",
            sort=(_SEGMENT, "Ascending"),
        ),
        Visual(
            "deep_dive_revenue",
            "columnChart",
            "Revenue by month and channel",
            (924, 80, 336, 310),
            {"Category": (_MONTH,), "Y": (_REVENUE,), "Series": (_column("Orders", "Channel"),)},
            alt="Stacked columns: revenue of each month by sales channel.",
            sort=(_MONTH, "Ascending"),
        ),
        Visual(
            "deep_dive_customers",
            "tableEx",
            "Customers: choose one to see the records below, or drill through to it from any table",
            (20, 400, 1240, 330),
            {
                "Values": (
                    _CUSTOMER,
                    _column("Customers", "E-mail"),
                    _column("Customers", "City"),
                    _COUNTRY,
                    _SEGMENT,
                    _BAND,
                    _LAST_PURCHASE,
                    _ORDERS,
                    _HEALTH,
                    _CHURN,
                    _VALUE,
                )
            },
            alt="Table: customers with segment, health, orders and value.",
            sort=(_VALUE, "Descending"),
        ),
        Visual(
            "deep_dive_records",
            "tableEx",
            "Source records",
            (20, 740, 1240, 240),
            {
                "Values": (
                    _CUSTOMER,
                    _column("Source Records", "Source"),
                    _column("Source Records", "Source Customer ID", "ID"),
                    _column("Source Records", "Full Name", "Name"),
                    _column("Source Records", "E-mail"),
                    _column("Source Records", "Phone"),
                    _column("Source Records", "Birth Date", "Born"),
                    _column("Source Records", "Address"),
                    _column("Source Records", "City"),
                    _column("Source Records", "Changed On", "Changed"),
                )
            },
            alt="Table: the source records that are one customer.",
            sort=(_CUSTOMER, "Ascending"),
        ),
        Visual(
            "deep_dive_golden",
            "tableEx",
            "Which record gives what",
            (20, 990, 500, 300),
            {
                "Values": (
                    _CUSTOMER,
                    _column("Golden Record", "Attribute"),
                    _column("Golden Record", "Source"),
                    _column("Golden Record", "Source Customer ID", "ID"),
                )
            },
            alt="Table: the source record of each attribute of the customer.",
            sort=(_CUSTOMER, "Ascending"),
        ),
        Visual(
            "deep_dive_links",
            "tableEx",
            "Why they are one customer",
            (532, 990, 728, 300),
            {
                "Values": (
                    _CUSTOMER,
                    _column("Identity Links", "Source Customer ID 1", "ID"),
                    _column("Identity Links", "Source Customer ID 2", "Other ID"),
                    _column("Identity Links", "Probability"),
                    _column("Identity Links", "Evidence"),
                )
            },
            alt="Table: the pairs of records that were linked, with the evidence.",
            sort=(_CUSTOMER, "Ascending"),
        ),
    ),
    drill_through=_CUSTOMER,
)

PAGES = (OVERVIEW, MARKETING, DEEP_DIVE)
