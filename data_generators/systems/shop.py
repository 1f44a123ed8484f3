"""The shop: customers, orders and order lines as CSV; a full dump first, then what is new or changed each day."""

from __future__ import annotations

import numpy as np

from data_generators.systems.customers import records
from data_generators.systems.part import Part, View, part, quoted
from data_generators.systems.shop_orders import orders_and_lines
from data_generators.world import World

COLUMNS = {
    "email": "email",
    "first_name": "first_name",
    "last_name": "last_name",
    "phone": "phone",
    "birth_date": "birth_date",
    "address": "address",
    "address_2": "address2",
    "city": "city",
    "region": "state",
    "postcode": "postcode",
    "country": "country",
    "created_at": "created_at",
    "updated_at": "updated_at",
    "email_consent": "newsletter",
}
HEADER = ",".join(["customer_id", *COLUMNS.values(), "loyalty_card"])


def export(world: World, view: View) -> list[Part]:
    """The three files."""
    told = records(world, "shop", view)
    ids = world.shop_ids[told.account].tolist()
    who = world.accounts["shop"].who[told.account]
    cards = np.where(who % 3 == 0, world.cards[who], "").tolist()
    cells = [quoted(told.columns[field], ",") for field in COLUMNS]
    lines = list(map(",".join, zip(ids, *cells, cards, strict=True)))
    return [part(f"shop_customers_{view.date}.csv", lines, told.found), *orders_and_lines(world, view)]
