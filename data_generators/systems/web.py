"""The web site: events as JSON lines in gzip, a file a day; older days lie together in one archive."""

from __future__ import annotations

from functools import cache
from itertools import pairwise
from json.encoder import encode_basestring as json_text

import numpy as np

from data_generators.arrays import Texts, texts
from data_generators.behaviour.visits import EVENTS, Visits
from data_generators.dates import clock_times, day_of, iso_days
from data_generators.systems.part import Part, View, part
from data_generators.world import World

COLUMNS = {
    "event_id": "id",
    "occurred_at": "ts",
    "type": "type",
    "customer_id": "customer_id",
    "anonymous_id": "visitor",
    "email": "email",
}
HISTORY_DAYS = 90
_NEWSLETTER = EVENTS.index("newsletter_open")


def export(world: World, view: View) -> list[Part]:
    """The events of the day; before the first delta those of the last 90 days, the newest ``config.days`` by day."""
    if view.delta:
        return [part(_daily(view.day), _lines(world, world.visits(view.day, view.day), view))]
    seen = world.visits(view.day - HISTORY_DAYS + 1, view.day)
    lines = _lines(world, seen, view)
    archived = view.day - world.config.days
    edges = np.searchsorted(seen.day, np.arange(archived, view.day + 1), side="right").tolist()
    days = range(archived + 1, view.day + 1)
    daily = [part(_daily(day), lines[start:end]) for day, (start, end) in zip(days, pairwise(edges), strict=True)]
    return [part(f"web_events_until_{day_of(archived)}.jsonl.gz", lines[: edges[0]]), *daily]


def _daily(day: int) -> str:
    return f"web_events_{day_of(day)}.jsonl.gz"


def _lines(world: World, seen: Visits, view: View) -> list[str]:
    days, clocks = iso_days()[seen.day].tolist(), clock_times()[seen.second].tolist()
    kinds = texts(EVENTS)[seen.kind].tolist()
    mail = seen.kind >= _NEWSLETTER
    customers = np.where(seen.known & ~mail, _customers(world)[seen.who], "null").tolist()
    emails = np.where(mail, _emails(world)[seen.who], "null").tolist()
    visitors = _visitors(world)[seen.who].tolist()
    head = f'{{"id":"e{world.block.index:04d}-{view.day}-'
    cells = zip(range(1, seen.who.size + 1), days, clocks, kinds, visitors, customers, emails, strict=True)
    return [
        f'{head}{at}","ts":"{day}T{clock}Z","type":"{kind}",{visitor},"customer_id":{customer},"email":{email}}}'
        for at, day, clock, kind, visitor, customer, email in cells
    ]


def _customers(world: World) -> Texts:
    """What a logged-in visitor is known as, in JSON."""
    return texts([f'"{name}"' for name in world.shop_ids[world.shop_account].tolist()])


def _emails(world: World) -> Texts:
    """Where the newsletter of each person goes, in JSON."""
    return texts([json_text(email) for email in world.people.contacts.email.before(world.everyone).tolist()])


def _visitors(world: World) -> Texts:
    """The cookie of each person, as a member of a JSON object."""
    cookies = world.people.number * 2_654_435_761 & 0xFFFFFFFF
    written: Texts = '"visitor":"v' + _hexadecimal()[cookies >> 16] + _hexadecimal()[cookies & 0xFFFF] + '"'
    return written


@cache
def _hexadecimal() -> Texts:
    return texts([f"{number:04x}" for number in range(1 << 16)])
