"""What the dashboard shows, read from the published marts in one snapshot."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from psycopg2 import sql

from customer360.dashboard.columns import packed_table
from customer360.export import Pii
from customer360.marts import Mart
from customer360.powerbi.measures import PERIOD_DAYS

_FOLDER = Path(__file__).with_name("sql")
_CUBES = ("customer_cells", "sales", "activity", "arrivals", "cohorts", "moves", "at_risk")
_DETAILS = ("orders", "golden", "links")


@dataclass(frozen=True)
class Limits:
    """How much of single customers goes into the file; totals are over all of them, whatever is here.

    Attributes:
        customers: the most valuable ones; those who are listed as being at risk come on top.
        orders: the newest of each customer.
        days: above so many orders totals are kept by month instead of by day.
    """

    customers: int = 10_000
    orders: int = 100
    days: int = 100_000


@dataclass(frozen=True)
class Content:
    """The packed tables, and what is to be said about them."""

    tables: dict[str, Any]
    grain: str
    customers: int


def read_tables(connection: Any, marts: Mapping[str, Mart], as_of: str, pii: Pii, limits: Limits) -> Content:
    """Reads everything that goes into the page.

    Args:
        connection: psycopg2 connection as c360_reader, or as c360_analyst_pii to keep personal data.
        marts: the published ones, by name.
        as_of: the as-of date of what is published.
        pii: what becomes of its columns with personal data.
        limits: how much of single customers.
    """
    connection.set_session(isolation_level="REPEATABLE READ", readonly=True)
    with connection, connection.cursor() as cursor:
        cursor.execute("select count(*) from warehouse.fct_orders")
        grain = "day" if cursor.fetchone()[0] <= limits.days else "month"
        cursor.execute("select count(*) from warehouse.dim_customers")
        (customers,) = cursor.fetchone()
        known = {"as_of": as_of, "period": PERIOD_DAYS, "grain": grain}
        known |= {"customers": limits.customers, "orders": limits.orders}
        names = ("segments", "health_bands", *_CUBES)
        tables = {name: _table(cursor, _query(name), known) for name in names}
        tables["customers"] = _table(cursor, _query("customers").format(**_shown(marts["dim_customers"], pii)), known)
        known["keys"] = tables["customers"]["columns"]["customer_key"]["v"]
        tables["records"] = _table(cursor, _query("records").format(**_shown(marts["customer_records"], pii)), known)
        tables |= {name: _table(cursor, _query(name), known) for name in _DETAILS}
    return Content(tables, grain, customers)


@cache
def _query(name: str) -> sql.SQL:
    members = (_FOLDER / "members.sql").read_text(encoding="utf-8")
    return sql.SQL((_FOLDER / f"{name}.sql").read_text(encoding="utf-8").replace("{members}", members))


def _table(cursor: Any, query: sql.Composable, parameters: Mapping[str, Any]) -> dict[str, Any]:
    cursor.execute(query, parameters)
    return packed_table([column.name for column in cursor.description], cursor.fetchall())


def _shown(mart: Mart, pii: Pii) -> dict[str, sql.Composable]:
    """What holds a mart with personal data as it may be shown, and its columns but the customer's key."""
    names = [name for name, column in mart.columns.items() if pii is not Pii.OMIT or not column.is_pii]
    columns = sql.SQL(", ").join(sql.Identifier("shown", name) for name in names if name != "customer_key")
    return {"mart": sql.Identifier("warehouse", mart.masked if pii is Pii.MASK else mart.name), "columns": columns}
