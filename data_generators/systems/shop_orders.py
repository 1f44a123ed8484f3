"""Orders and order lines of the shop as rows of CSV."""

from __future__ import annotations

import numpy as np

from data_generators.arrays import Flags, Ints, stream, texts
from data_generators.behaviour.baskets import Lines
from data_generators.behaviour.catalogue import catalogue
from data_generators.behaviour.lives import CHANNELS
from data_generators.behaviour.purchases import STATUSES
from data_generators.dates import moments
from data_generators.mess import Found, menus, spoil
from data_generators.mess.rates import DUPLICATED_ROWS, FAULTS, ORPHAN_ORDERS
from data_generators.systems.money import decimals
from data_generators.systems.part import Part, View, part, quoted
from data_generators.words import COUNTRIES
from data_generators.world import World

ORDER_HEADER = "order_id,customer_id,ordered_at,total,currency,status,refunded,channel"
LINE_HEADER = "order_id,line,sku,product,category,quantity,amount"
_ORPHANS_FROM = 900_000_000
_SMALL = texts([str(number) for number in range(100)])


def orders_and_lines(world: World, view: View) -> list[Part]:
    """Orders known at the end of a day with their lines, or those that are new or changed on it."""
    purchases = world.purchases
    wanted: Flags = purchases.changed_on(view.day) if view.delta else purchases.day <= view.day
    new = purchases.day == view.day if view.delta else wanted
    return [
        _orders(world, view, np.flatnonzero(wanted)),
        part(f"shop_order_lines_{view.date}.csv", _lines(world, purchases.lines, new)),
    ]


def _orders(world: World, view: View, rows: Ints) -> Part:
    purchases = world.purchases
    columns, found = _spoiled(world, rows, view)
    cells = zip(
        world.order_ids[rows].tolist(),
        columns["customer_id"],
        moments(purchases.day[rows], purchases.second[rows], " "),
        quoted(columns["amount"], ","),
        columns["currency"],
        columns["status"],
        decimals(purchases.refund_known(view.day)[rows]),
        texts(CHANNELS)[purchases.channel[rows]].tolist(),
        strict=True,
    )
    lines = list(map(",".join, cells))
    return part(f"shop_orders_{view.date}.csv", *_with_repeats(world, view, lines, found))


def _with_repeats(world: World, view: View, lines: list[str], found: list[Found]) -> tuple[list[str], list[Found]]:
    """Some orders stand in the file twice, with what is wrong with them."""
    rng = stream(world.config.seed, world.block.index, f"order repeats {view.day}")
    twice = np.flatnonzero(rng.random(len(lines)) < DUPLICATED_ROWS["orders"] * world.config.mess).tolist()
    again = dict(zip(twice, range(len(lines), len(lines) + len(twice)), strict=True))
    copies = [(again[row], mark) for row, mark in found if row in again]
    marks = [(row, "*,duplicated_row") for row in again.values()]
    return lines + [lines[row] for row in twice], found + copies + marks


def _spoiled(world: World, rows: Ints, view: View) -> tuple[dict[str, list[str]], list[Found]]:
    """Customer, amount, currency and status of some orders, with the faults of a shop system."""
    purchases = world.purchases
    who = purchases.who[rows]
    country = world.people.households.country[who]
    columns = {
        "customer_id": world.shop_ids[_accounts(world, who, purchases.day[rows])].tolist(),
        "amount": decimals(purchases.amount[rows]),
        "currency": texts([c.currency for c in COUNTRIES])[country].tolist(),
        "status": texts(STATUSES)[purchases.status(view.day)[rows]].tolist(),
    }
    rng = stream(world.config.seed, world.block.index, f"orders mess {view.day if view.delta else ''}")
    found = spoil(columns, menus(FAULTS, "orders", world.config.mess), rng)
    for row in np.flatnonzero(rng.random(rows.size) < ORPHAN_ORDERS * world.config.mess).tolist():
        columns["customer_id"][row] = str(_ORPHANS_FROM + world.block.index * 100_000 + row)
        found.append((row, "customer_id,orphan_order"))
    return columns, found


def _accounts(world: World, who: Ints, days: Ints) -> Ints:
    """The account that an order went through: the person's first one, or half of the time a later one."""
    shop = world.accounts["shop"]
    chosen = world.shop_account[who]
    first = np.zeros(shop.who.size, dtype=np.bool_)
    first[world.shop_account[world.shop_account >= 0]] = True
    for account in np.flatnonzero(~first).tolist():
        mine = np.flatnonzero(who == shop.who[account])
        mine = mine[(days[mine] >= shop.created[account]) & (mine % 2 == 0)]
        chosen[mine] = account
    return chosen


def _lines(world: World, lines: Lines, wanted: Flags) -> list[str]:
    at = np.flatnonzero(wanted[lines.order])
    order = lines.order[at]
    first = np.searchsorted(lines.order, order)
    cells = zip(
        world.order_ids[order].tolist(),
        _SMALL[at - first + 1].tolist(),
        catalogue().rows[lines.article[at]].tolist(),
        [str(pieces) for pieces in lines.quantity[at].tolist()],
        decimals(lines.cents[at]),
        strict=True,
    )
    return list(map(",".join, cells))
