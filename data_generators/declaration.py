"""The ``sources.yml`` of a generated folder: what its files hold and what their columns mean."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from data_generators.systems import crm, loyalty, shop, support, web

_HEAD = """\
# What this folder holds and what its columns mean. Written by the generator.
version: 1
as_of_date: {as_of}
horizons_days: [90, 180, 365]
reporting_currency: EUR
sources:
"""
_ORDERS = {
    "order_id": "order_id",
    "customer_id": "customer_id",
    "ordered_at": "ordered_at",
    "amount": "total",
    "currency": "currency",
    "status": "status",
    "refunded_amount": "refunded",
    "channel": "channel",
}
_ORDER_LINES = {
    "order_id": "order_id",
    "line_id": "line",
    "product_id": "sku",
    "product_name": "product",
    "category": "category",
    "quantity": "quantity",
    "amount": "amount",
}


@dataclass(frozen=True)
class Feed:
    """One entity of one system.

    Attributes:
        options: further lines of the entity, such as ``date_order: dmy``.
        dump: whether each file is all that the system knows; the others export changes once there are any.
    """

    source: str
    entity: str
    files: str
    columns: Mapping[str, str]
    options: tuple[str, ...] = ()
    dump: bool | None = False


FEEDS = (
    Feed(
        "crm",
        "customers",
        "crm_customers_*.csv",
        {"customer_id": "id_client"} | crm.COLUMNS,
        ("entity: person", "date_order: dmy", 'delimiter: ";"', "encoding: cp1252"),
        dump=True,
    ),
    Feed(
        "shop",
        "customers",
        "shop_customers_*.csv",
        {"customer_id": "customer_id"} | shop.COLUMNS | {"external_id_1": "loyalty_card"},
        ("entity: person", "date_order: mdy"),
    ),
    Feed("shop", "orders", "shop_orders_*.csv", _ORDERS, ("date_order: ymd",)),
    Feed("shop", "order_lines", "shop_order_lines_*.csv", _ORDER_LINES),
    Feed("loyalty", "customers", "loyalty_members_*.jsonl", loyalty.COLUMNS, ("entity: person",), dump=True),
    Feed("support", "tickets", "support_tickets_*.json", support.COLUMNS, ("customers_of: shop",), dump=None),
    Feed("web", "events", "web_events_*.jsonl.gz", web.COLUMNS, ("customers_of: shop",), dump=None),
)


def declare(folder: Path, as_of: date, changes: bool) -> None:
    """Writes the declaration.

    Args:
        folder: the data folder.
        as_of: the last day that its files know.
        changes: whether there are files that hold the changes of a day. As long as there are none, the newest
            file of the shop is the whole truth, and a folder made again replaces what was landed before.
    """
    text = _HEAD.format(as_of=as_of.isoformat())
    source = ""
    for feed in FEEDS:
        if feed.source != source:
            source = feed.source
            text += f"  {source}:\n"
        snapshot = feed.dump or (feed.dump is False and not changes)
        text += f'    {feed.entity}:\n      files: ["{feed.files}"]\n'
        text += "".join(f"      {option}\n" for option in feed.options)
        text += f"      mode: {'snapshot' if snapshot else 'delta'}\n      columns:\n"
        text += "".join(f"        {field}: {column}\n" for field, column in feed.columns.items())
    (folder / "sources.yml").write_text(text, "utf-8")
