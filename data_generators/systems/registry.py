"""All systems: what they export, and the first line of each of their files."""

from __future__ import annotations

from data_generators.systems import crm, loyalty, shop, shop_orders, support, web
from data_generators.systems.part import Part, View
from data_generators.world import World

HEADERS = {
    "crm_customers": crm.HEADER,
    "shop_customers": shop.HEADER,
    "shop_orders": shop_orders.ORDER_HEADER,
    "shop_order_lines": shop_orders.LINE_HEADER,
}
"""First line of a file, by the beginning of its name; the others have none."""

SYSTEMS = (crm, shop, loyalty, support, web)


def export(world: World, view: View) -> list[Part]:
    """What the five systems export of one block."""
    return [part for system in SYSTEMS for part in system.export(world, view)]
