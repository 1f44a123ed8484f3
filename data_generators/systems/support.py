"""The help desk: tickets as its REST API returns them, in pages; changed ones come again in the pages of the day."""

from __future__ import annotations

from functools import cache

import numpy as np

from data_generators.behaviour.tickets import TOPICS
from data_generators.dates import iso_days
from data_generators.systems.part import Part, View
from data_generators.systems.sheet import Bytes, Sheet, table
from data_generators.world import World

COLUMNS = {
    "ticket_id": "id",
    "customer_id": "customer_id",
    "opened_at": "created_at",
    "closed_at": "closed_at",
    "topic": "topic",
    "satisfaction": "satisfaction",
}


def export(world: World, view: View) -> list[Part]:
    """Tickets of people who have an account in the shop, one a line; pages are cut when parts are put together."""
    tickets = world.tickets
    wanted = tickets.changed_on(view.day) if view.delta else tickets.opened <= view.day
    rows = np.flatnonzero(wanted)
    account = world.accounts["shop"].number[world.shop_account[tickets.who[rows]]]
    closed = np.where(tickets.closed[rows] <= view.day, tickets.closed[rows], 0)
    sheet = Sheet(rows.size).text(f'{{"id":"T{world.block.index:04d}-').digits(rows + 1, 6)
    sheet.text('","customer_id":"').digits(account, 8)
    sheet.text('","created_at":"').moment(tickets.opened[rows], tickets.second[rows], "T")
    sheet.text('Z","closed_at":').take(_ends(), closed)
    sheet.text(',"topic":"').take(table(TOPICS), tickets.topic[rows])
    sheet.text('","satisfaction":').take(table(["null", *"12345"]), tickets.satisfaction[rows]).text("}\n")
    return [Part(f"support_tickets_{view.date}.json", sheet.written(), rows.size)]


@cache
def _ends() -> Bytes:
    """The evening of a day in JSON, by day number; null for day 0."""
    return table(["null", *(f'"{day}T23:00:00Z"' for day in iso_days()[1:])])
