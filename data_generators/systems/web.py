"""The web site: events as JSON lines in gzip, a file a day; older days lie together in one archive."""

from __future__ import annotations

import numpy as np

from data_generators.arrays import Texts
from data_generators.behaviour.visits import EVENTS, Visits
from data_generators.dates import day_of
from data_generators.systems.part import Part, View
from data_generators.systems.sheet import Bytes, Sheet, table
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
        seen = world.visits(view.day, view.day)
        return [Part(_daily(view.day), _sheet(world, seen, view).written(), seen.who.size)]
    seen = world.visits(view.day - HISTORY_DAYS + 1, view.day)
    archived = view.day - world.config.days
    days = range(archived + 1, view.day + 1)
    edges = np.searchsorted(seen.day, [archived, *days], side="right").tolist()
    names = [f"web_events_until_{day_of(archived)}.jsonl.gz", *map(_daily, days)]
    sizes = np.diff(edges, prepend=0).tolist()
    bodies = _sheet(world, seen, view).slices(edges)
    return [Part(name, body, size) for name, body, size in zip(names, bodies, sizes, strict=True)]


def _daily(day: int) -> str:
    return f"web_events_{day_of(day)}.jsonl.gz"


def _sheet(world: World, seen: Visits, view: View) -> Sheet:
    mail = seen.kind >= _NEWSLETTER
    reads = np.zeros(world.people.size, dtype=np.bool_)
    reads[seen.who[mail]] = True
    readers = np.flatnonzero(reads)
    receiver = np.where(mail, (np.cumsum(reads) - 1)[seen.who], readers.size)
    sheet = Sheet(seen.who.size).text(f'{{"id":"e{world.block.index:04d}-{view.day}-')
    sheet.number(np.arange(1, seen.who.size + 1)).text('","ts":"').moment(seen.day, seen.second, "T")
    sheet.text('Z","type":"').take(table(EVENTS), seen.kind).text('","visitor":"v').take(_cookies(world), seen.who)
    account = world.accounts["shop"].number[world.shop_account[seen.who]]
    sheet.text('","customer_id":').digits_or_null(account, 8, seen.known & ~mail)
    emails = world.people.contacts.email.before(readers)
    return sheet.text(',"email":').take(_or_null(emails), receiver).text("}\n")


def _or_null(values: Texts) -> Bytes:
    """Plain texts as JSON, and null behind them."""
    return table([*('"' + values + '"'), "null"])


def _cookies(world: World) -> Bytes:
    """What the site knows each visitor by: eight hexadecimal digits."""
    numbers = (world.people.number * 2_654_435_761 & 0xFFFFFFFF).astype(">u4")
    digits = np.frombuffer(numbers.tobytes().hex().encode(), dtype=np.uint8)
    return digits.reshape(numbers.size, 8)
