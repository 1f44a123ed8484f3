"""Orders and order lines of the shop as rows of CSV."""

from __future__ import annotations

from functools import cache

import numpy as np

from data_generators.arrays import Flags, Ints, stream
from data_generators.behaviour.baskets import Lines
from data_generators.behaviour.catalogue import catalogue
from data_generators.behaviour.lives import CHANNELS
from data_generators.behaviour.purchases import STATUSES
from data_generators.mess import LazyColumn, menus, spoil
from data_generators.mess.rates import DUPLICATED_ROWS, FAULTS, ORPHAN_ORDERS
from data_generators.systems.part import Part, View, quoted
from data_generators.systems.sheet import Bytes, Sheet, table
from data_generators.words import COUNTRIES
from data_generators.world import World

ORDER_HEADER = "order_id,customer_id,ordered_at,total,currency,status,refunded,channel"
LINE_HEADER = "order_id,line,sku,product,category,quantity,amount"
_ORPHANS_FROM = 91_000_000
_CURRENCIES = [country.currency for country in COUNTRIES]


def orders_and_lines(world: World, view: View) -> list[Part]:
    """Orders known at the end of a day with their lines, or those that are new or changed on it."""
    purchases = world.purchases
    wanted: Flags = purchases.changed_on(view.day) if view.delta else purchases.day <= view.day
    new = purchases.day == view.day if view.delta else wanted
    return [_orders(world, view, np.flatnonzero(wanted)), _lines(world, view, purchases.lines, new)]


def _orders(world: World, view: View, rows: Ints) -> Part:
    purchases, config, block = world.purchases, world.config, world.block.index
    who = purchases.who[rows]
    status, country = purchases.status(view.day)[rows], world.people.households.country[who]
    account = world.accounts["shop"].number[_accounts(world, who, purchases.day[rows])]
    amount = purchases.amount[rows]
    sheet = Sheet(rows.size).text(world.order_prefix).digits(rows + 1, 6)
    sheet.text(",").digits(account, 8, "customer_id")
    sheet.text(",").moment(purchases.day[rows], purchases.second[rows], " ")
    sheet.text(",").money(amount, "amount", 14)
    sheet.text(",").take(table(_CURRENCIES), country, "currency")
    sheet.text(",").take(table(STATUSES), status, "status", 14)
    sheet.text(",").money(purchases.refund_known(view.day)[rows])
    sheet.text(",").take(table(CHANNELS), purchases.channel[rows]).text("\n")
    columns = {
        "amount": LazyColumn(rows.size, lambda row: f"{amount[row] // 100}.{amount[row] % 100:02d}"),
        "currency": LazyColumn(rows.size, lambda row: _CURRENCIES[country[row]]),
        "status": LazyColumn(rows.size, lambda row: STATUSES[status[row]]),
    }
    rng = stream(config.seed, block, f"orders mess {view.day if view.delta else ''}")
    found = spoil(columns, menus(FAULTS, "orders", config.mess), rng)
    for field, column in columns.items():
        sheet.cells(list(column.changed), field, quoted(list(column.changed.values()), ","))
    orphans = np.flatnonzero(rng.random(rows.size) < ORPHAN_ORDERS * config.mess)
    strangers = _ORPHANS_FROM + (block * 1000 + np.arange(orphans.size)) % 9_000_000
    sheet.cells(orphans, "customer_id", [str(number) for number in strangers])
    found.append(("customer_id,orphan_order", orphans))
    twice = np.flatnonzero(rng.random(rows.size) < DUPLICATED_ROWS["orders"] * config.mess)
    return Part(f"shop_orders_{view.date}.csv", sheet.written(twice), rows.size + twice.size, found).repeated(twice)


def _accounts(world: World, who: Ints, days: Ints) -> Ints:
    """The account that an order went through: the person's first one, or half of the time the last one."""
    chosen = world.shop_account.take(who)
    later = world.later_account.take(who)
    rows = np.flatnonzero(later >= 0)
    rows = rows[(rows % 2 == 0) & (days[rows] >= world.accounts["shop"].created[later[rows]])]
    chosen[rows] = later[rows]
    return chosen


def _lines(world: World, view: View, lines: Lines, wanted: Flags) -> Part:
    at = np.flatnonzero(wanted.take(lines.order))
    sheet = Sheet(at.size).text(world.order_prefix).digits(lines.order[at] + 1, 6)
    article, quantity = lines.article[at], lines.quantity[at]
    goods = _goods(int(quantity.max(initial=0)))
    sheet.text(",").number(lines.position[at]).text(",").take(goods, quantity * catalogue().rows.size + article)
    return Part(f"shop_order_lines_{view.date}.csv", sheet.written(), at.size)


@cache
def _goods(most: int) -> Bytes:
    """The end of a line for each article, once for each quantity up to ``most``."""
    goods = list(zip(catalogue().rows.tolist(), catalogue().cents.tolist(), strict=True))
    ends = (f"{row},{n},{n * cents // 100}.{n * cents % 100:02d}\n" for n in range(most + 1) for row, cents in goods)
    return table(list(ends))
