"""The help desk: tickets as its REST API returns them, in pages; changed ones come again in the pages of the day."""

from __future__ import annotations

import numpy as np

from data_generators.behaviour.tickets import TOPICS
from data_generators.dates import iso_days, moments
from data_generators.systems.part import Part, View, part
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
    customers = world.shop_ids[world.shop_account[tickets.who[rows]]].tolist()
    opened = moments(tickets.opened[rows], tickets.second[rows], "T")
    closed = [f'"{iso_days()[day]}T23:00:00Z"' if day <= view.day else "null" for day in tickets.closed[rows].tolist()]
    scores = [str(score) if score else "null" for score in tickets.satisfaction[rows].tolist()]
    topics = [TOPICS[topic] for topic in tickets.topic[rows].tolist()]
    cells = zip(rows.tolist(), customers, opened, closed, topics, scores, strict=True)
    lines = [
        f'{{"id":"T{world.block.index:04d}-{row + 1:06d}","customer_id":"{customer}","created_at":"{begin}Z",'
        f'"closed_at":{end},"topic":"{topic}","satisfaction":{score}}}'
        for row, customer, begin, end, topic, score in cells
    ]
    return [part(f"support_tickets_{view.date}.json", lines)]
