"""The dashboard in the system's Chromium, and what SQL says its figures are."""

from __future__ import annotations

import base64
import gzip
import json
import re
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

from customer360.powerbi.measures import MEASURES

BLANK, MINUS = "\N{EN DASH}", "\N{MINUS SIGN}"
PAGES = ("overview", "marketing", "deep_dive", "operations")
# Those of the Power BI report, about customers; they are filtered.
FILTERED_PAGES = PAGES[:3]
_FLAGS = ["--no-sandbox", "--disable-background-networking"]


@contextmanager
def chromium() -> Iterator[Browser]:
    """The system's browser; skips where there is none."""
    program = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if program is None:
        pytest.skip("no Chromium: the dashboard was not looked at")
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=program, args=_FLAGS)
        yield browser
        browser.close()


@dataclass
class Dashboard:
    """The file, opened; what should never happen is noted in `faults`."""

    page: Page
    file: Path
    faults: list[str] = field(default_factory=list)

    @classmethod
    def opened(cls, browser: Browser, file: Path, **options: Any) -> Dashboard:
        dashboard = cls(browser.new_page(**{"viewport": {"width": 1280, "height": 900}, **options}), file)
        faults, page = dashboard.faults, dashboard.page
        page.on("console", lambda message: faults.append(f"{message.type}: {message.text}"))
        page.on("pageerror", lambda error: faults.append(f"error: {error}"))
        page.on("dialog", lambda dialog: (faults.append(f"dialog: {dialog.message}"), dialog.dismiss()))
        page.on("request", lambda it: faults.append(f"request: {it.url}") if it.url != file.as_uri() else None)
        page.goto(file.as_uri())
        page.wait_for_selector("[data-visual]")
        return dashboard

    def go(self, path: str, chosen: Choice | None = None) -> None:
        """Shows a page, or a customer, with filters, as its address says."""
        query = urlencode(chosen.parameters, doseq=True) if chosen else ""
        address = f"#/{path}?{query}" if query else f"#/{path}"
        self.page.evaluate("address => { location.hash = address }", address)
        self.page.wait_for_function("() => document.documentElement.dataset.shown === location.hash")

    def wait_for_charts(self) -> None:
        self.page.wait_for_function(
            "() => [...document.querySelectorAll('.plot')].every(it => it.querySelector('svg'))"
        )

    def texts(self, attribute: str) -> dict[str, str]:
        """The text of every element with an attribute, by its value."""
        found = f"all => all.map(it => [it.getAttribute('{attribute}'), it.textContent])"
        return dict(self.page.eval_on_selector_all(f"[{attribute}]", found))

    def table(self, visual: str, part: str = "tbody") -> list[list[str]]:
        """The body, or the head, of the table of a visual."""
        rows = "all => all.map(row => [...row.cells].map(cell => cell.textContent))"
        found: list[list[str]] = self.page.eval_on_selector_all(f'[data-visual="{visual}"] {part} tr', rows)
        return found

    def data(self) -> dict[str, Any]:
        """What the page's scripts get."""
        packed = self.page.locator("#data").text_content() or ""
        found: dict[str, Any] = json.loads(gzip.decompress(base64.b64decode(packed)))
        return found


@dataclass(frozen=True)
class Choice:
    """Filters: values by segment, health and country; a value may be None. Days are both included."""

    segment: tuple[str | None, ...] = ()
    health: tuple[str | None, ...] = ()
    country: tuple[str | None, ...] = ()
    days: tuple[date, date] | None = None

    @property
    def parameters(self) -> dict[str, Any]:
        of = {"segment": self.segment, "health": self.health, "country": self.country}
        named = {name: [value or "" for value in values] for name, values in of.items() if values}
        return named | ({"from": self.days[0], "to": self.days[1]} if self.days else {})

    @property
    def is_of_customers(self) -> bool:
        return bool(self.segment or self.health or self.country)


_VIEWS = """
create temporary table chosen as
select customer_key
from warehouse.dim_customers
inner join warehouse.customer_rfm using (customer_key)
inner join warehouse.customer_health using (customer_key)
where {people};
create temporary view dim_customers as select * from warehouse.dim_customers where customer_key in (table chosen);
create temporary view customer_health as select * from warehouse.customer_health where customer_key in (table chosen);
create temporary view customer_metrics_advanced as
select * from warehouse.customer_metrics_advanced where customer_key in (table chosen);
create temporary view customer_rfm as
select
    customer_key, recency_days, frequency, monetary, segment, last_purchase_date,
    case when first_purchase_date between {first} and {last} then first_purchase_date end as first_purchase_date
from warehouse.customer_rfm where customer_key in (table chosen);
create temporary view fct_orders as
select * from warehouse.fct_orders where ({everybody} or customer_key in (table chosen))
    and order_date between {first} and {last};
create temporary view at_risk_customers as
select * from warehouse.at_risk_customers where customer_key in (table chosen);
create temporary view segment_migration as
select month_end, previous_segment as from_segment, history.segment as to_segment, count(*) as customers
from warehouse.customer_segment_history as history
inner join warehouse.dim_customers using (customer_key)
inner join warehouse.customer_health using (customer_key)
where month_end between {first} and {last} and {moved}
group by 1, 2, 3;
create temporary view months as
select generate_series(date_trunc('month', min(order_date)), max(order_date), interval '1 month')::date as month
from warehouse.fct_orders
where order_date between {first} and {last} and (revenue is not null or status = 'completed');
create temporary view cohort_retention as
with days as (
    select customer_key, order_date, sum(revenue) as revenue, sum(revenue) > 0 as is_purchase
    from warehouse.fct_orders where customer_key in (table chosen) group by customer_key, order_date
), members as (
    select customer_key, date_trunc('month', first_purchase_date)::date as cohort_month
    from warehouse.customer_rfm where first_purchase_date is not null and customer_key in (table chosen)
), cells as (
    select cohort_month, cohort_customers, month::date as month
    from (select cohort_month, count(*) as cohort_customers from members group by 1) as cohorts
    cross join lateral generate_series(cohort_month, {as_of}::date, interval '1 month') as month
)
select
    cohort_month, cohort_customers, month, coalesce(sum(revenue), 0) as revenue,
    count(distinct days.customer_key) filter (where is_purchase) as active_customers,
    (month + interval '1 month' - interval '1 day')::date <= {as_of}::date as is_complete
from cells
left join members using (cohort_month)
left join days
    on members.customer_key = days.customer_key and greatest(date_trunc('month', order_date), cohort_month) = month
where cohort_month between {first} and {last}
group by cohort_month, cohort_customers, month
"""


@contextmanager
def looking_at(connection: Any, choice: Choice, as_of: date) -> Iterator[Any]:
    """A cursor that sees, under the names of the marts, only what is chosen; the spec's SQL runs on it as it stands."""
    with connection.cursor() as cursor:
        columns = {"segment": choice.segment, "health_band": choice.health, "country": choice.country}
        tests = [
            f"({column} = any(%({column})s) or {column} is null and array_position(%({column})s, null) is not null)"
            for column, values in columns.items()
            if values
        ]
        first, last = choice.days or (date(1900, 1, 1), date(2200, 1, 1))
        people = " and ".join(tests) or "true"
        # who moved is filtered by the segment that they came into
        words = {
            "people": people,
            "moved": re.sub(r"(?<!\()\bsegment\b(?!\))", "history.segment", people),
            "everybody": str(not choice.is_of_customers).lower(),
        }
        words |= {"first": "%(first)s::date", "last": "%(last)s::date", "as_of": "%(as_of)s"}
        values = {name: list(chosen) for name, chosen in columns.items()}
        cursor.execute(_VIEWS.format(**words), values | {"first": first, "last": last, "as_of": as_of})
        yield cursor
    connection.rollback()


def expected_measures(connection: Any, choice: Choice, as_of: date) -> dict[str, str]:
    """Every measure of the spec by its SQL, in words; those of a period take no notice of chosen days."""
    found = {}
    always = Choice(choice.segment, choice.health, choice.country)
    for chosen, folder_is_period in ((choice, False), (always, True)):
        with looking_at(connection, chosen, as_of) as cursor:
            for measure in MEASURES:
                if (measure.folder == "Period") == folder_is_period:
                    cursor.execute(measure.sql)
                    (value,) = cursor.fetchone()
                    found[measure.name] = in_words(as_of if measure.name == "As-of Date" else value, measure.format)
    return found


def known_figures(connection: Any, choice: Choice, as_of: date) -> dict[str, Decimal]:
    """The figures of the cards on chosen days: customers who were known on the last, and measures of the spec."""
    names = ("Active Customers", "New Customers", "Order Count", "Revenue", "Average Order Value")
    queries = {measure.name: measure.sql for measure in MEASURES if measure.name in names}
    queries["Customers"] = (
        "select count(*) from dim_customers where customer_since is null"
        f" or customer_since <= date '{choice.days[1] if choice.days else as_of}'"
    )
    found = {}
    with looking_at(connection, choice, as_of) as cursor:
        for name, query in queries.items():
            cursor.execute(query)
            (value,) = cursor.fetchone()
            found[name] = Decimal(value)
    return found


def in_words(value: Any, format: str) -> str:
    """A figure by a format of the spec, as the page writes it for euros."""
    if value is None:
        return BLANK
    if isinstance(value, date):
        return value.isoformat()
    pattern = format.partition(";")[0]
    value, percent = Decimal(value), pattern.endswith("%")
    places = len(pattern.rstrip("%").partition(".")[2])
    shown = (value * (100 if percent else 1)).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    sign = MINUS if shown < 0 else "+" if shown > 0 and pattern.startswith("+") else ""
    money = "€" if format == "#,0.00" else ""
    return f"{sign}{money}{abs(shown):,.{places}f}{'%' if percent else ''}"


def rows_in_words(cursor: Any, query: str, formats: Mapping[int, str]) -> list[list[str]]:
    """The rows of a query, with the figures in these places in words."""
    cursor.execute(query)
    return [
        [in_words(cell, formats[place]) if place in formats else str(cell) for place, cell in enumerate(row)]
        for row in cursor.fetchall()
    ]


def revenue_by_channel(cursor: Any) -> list[list[str]]:
    """The table of revenue by month and channel, with its heads: the channel with the most revenue first."""
    cursor.execute(
        "select channel from fct_orders group by channel having sum(revenue) is not null order by sum(revenue) desc"
    )
    channels = [channel for (channel,) in cursor.fetchall()]
    columns = ", ".join("sum(revenue) filter (where channel is not distinct from %s)" for _ in channels)
    query = _MONTHS.format(columns, "fct_orders on date_trunc('month', order_date) = month")
    cursor.execute(query, channels)
    rows = [[month, *(in_words(value, MONEY) for value in values)] for month, *values in cursor.fetchall()]
    return [["Month", *(channel or "unknown" for channel in channels)], *rows]


def retention_map(cursor: Any) -> list[list[str]]:
    """The table of cohorts, with its heads: customers, and the share that bought again, by whole months since."""
    cursor.execute(
        f"select {_MONTH_IN_WORDS.format('cohort_month')}, cohort_customers, active_customers::numeric"
        f" / cohort_customers from cohort_retention where is_complete order by cohort_month, month"
    )
    cohorts: dict[tuple[str, str], list[str]] = {}
    for month, customers, share in cursor.fetchall():
        cohorts.setdefault((month, in_words(customers, COUNT)), []).append(in_words(share, "0%"))
    last = max(map(len, cohorts.values()), default=0)
    rows = [[*cohort, *shares, *[""] * (last - len(shares))] for cohort, shares in cohorts.items()]
    return [["Cohort", "Customers", *map(str, range(last))], *rows]


def without_blanks(rows: list[list[str]]) -> list[list[str]]:
    """The rows without columns that are blank in all of them, such as years without a cohort."""
    filled = [place for place, cells in enumerate(zip(*rows, strict=True)) if set(cells) != {BLANK}]
    return [[row[place] for place in filled] for row in rows]


def serious_faults(page: Page) -> list[str]:
    """What axe-core finds serious or critical."""
    found = Axe().run(page).response["violations"]
    return [f"{it['id']}: {it['nodes'][0]['html']}" for it in found if it["impact"] in ("serious", "critical")]


COUNT, MONEY, SHARE, POINTS, CHANGE = "#,0", "#,0.00", "0.0%", "0.0", "+0.0%;-0.0%;0.0%"
# Segments and health bands in their order, the empty ones too; months from the first to the last with sales.
_SEGMENTS = """
from warehouse.segment_summary as s left join customer_rfm as r using (segment) {}
group by s.segment, s.sort_order order by s.sort_order
"""
_ORDERS, _HEALTH = "left join {} as o using (customer_key)", "left join customer_health as h using (customer_key)"
_MONEY_OF = "(select customer_key, sum(revenue) as revenue from fct_orders group by customer_key)"
_BY_SEGMENT = _SEGMENTS.format(_ORDERS.format(_MONEY_OF))
_MONTH_IN_WORDS = "replace(to_char({}, 'FMMon YYYY'), 'Sep ', 'Sept ')"
_MONTHS = f"""
select {_MONTH_IN_WORDS.format("month")}, {{}} from months left join {{}} group by month order by month
"""
_FACTORS = ("recency", "frequency", "monetary", "basket_trend", "engagement")
_COHORTS = """
select extract(year from age(month, cohort_month)) * 12 + extract(month from age(month, cohort_month)) as since, {}
from cohort_retention where is_complete group by since order by since
"""


def _of_years(part: str) -> str:
    """A column for each year of first purchases."""
    return ", ".join(
        f"sum({part}) filter (where extract(year from cohort_month) = {year})::numeric"
        f" / sum(cohort_customers) filter (where extract(year from cohort_month) = {year})"
        for year in range(2023, 2027)
    )


CHARTS: dict[str, dict[str, tuple[str, dict[int, str]]]] = {
    "overview": {
        "overview_customers_by_segment": (f"select s.segment, count(r.customer_key) {_BY_SEGMENT}", {1: COUNT}),
        "overview_revenue_by_segment": (f"select s.segment, sum(o.revenue) {_BY_SEGMENT}", {1: MONEY}),
        "overview_revenue_by_month": (
            _MONTHS.format("sum(revenue)", "fct_orders on date_trunc('month', order_date) = month"),
            {1: MONEY},
        ),
        "overview_new_customers_by_month": (
            _MONTHS.format("count(customer_key)", "customer_rfm on date_trunc('month', first_purchase_date) = month"),
            {1: COUNT},
        ),
    },
    "marketing": {
        "marketing_segments": (
            f"select s.segment, count(r.customer_key), count(r.customer_key) / sum(count(r.customer_key)) over ()"
            f" {_BY_SEGMENT}",
            {1: COUNT, 2: SHARE},
        ),
        "marketing_value": (
            f"select s.segment, sum(o.revenue), sum(o.revenue) / nullif(count(r.customer_key), 0) {_BY_SEGMENT}",
            {1: MONEY, 2: MONEY},
        ),
        "marketing_health": (
            "select b.health_band, count(h.customer_key), avg(h.health_score) from (select health_band,"
            " avg(health_score) as score from warehouse.customer_health group by 1) as b"
            " left join customer_health as h using (health_band) group by 1, score order by score desc nulls last",
            {1: COUNT, 2: POINTS},
        ),
        "marketing_retention_curves": (
            _COHORTS.format(_of_years("active_customers")),
            dict.fromkeys(range(1, 5), "0%"),
        ),
        "marketing_cohort_revenue": (_COHORTS.format(_of_years("revenue")), dict.fromkeys(range(1, 5), MONEY)),
    },
    "deep_dive": {
        "deep_dive_points": (
            f"select s.segment, {', '.join(f'avg(h.{factor}_points)' for factor in _FACTORS)}"
            f" {_SEGMENTS.format(_HEALTH)}",
            dict.fromkeys(range(1, 6), POINTS),
        ),
    },
}
