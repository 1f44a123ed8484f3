"""The truth that the systems hide: who is who, who they are, what they will do. No part of the pipeline reads it."""

from __future__ import annotations

from functools import cache

import numpy as np

from data_generators.arrays import Texts
from data_generators.behaviour.personas import PERSONAS
from data_generators.behaviour.purchases import STATUSES
from data_generators.systems.part import Part, quoted
from data_generators.systems.sheet import Bytes, Sheet, table
from data_generators.words import COUNTRIES, lexicon
from data_generators.world import ID_PREFIX, World

RECORDS = "truth/records.csv"
PEOPLE = "truth/people.csv"
FUTURE_ORDERS = "truth/future_orders.csv"
FAULTS = "truth/faults.csv"
HEADERS = {
    RECORDS: "source,source_customer_id,person_id",
    PEOPLE: "person_id,first_name,last_name,gender,birth_date,email,phone,landline,address,address_2,postcode,city,"
    "region,country,household_id,since,left_on,persona,hard_negative",
    FUTURE_ORDERS: "person_id,order_id,ordered_at,amount,currency,status,refunded",
    FAULTS: "file,line,field,fault",
}


def reveal(world: World, future: bool) -> list[Part]:
    """The truth about one block; ``future`` asks for the orders of the year after the as-of date, too."""
    parts = [_records(world), _people(world)]
    return [*parts, _future_orders(world)] if future else parts


def _records(world: World) -> Part:
    bodies, rows = [], 0
    for system, accounts in world.accounts.items():
        sheet = Sheet(accounts.who.size).text(f"{system},{ID_PREFIX[system]}").digits(accounts.number, 8)
        bodies.append(sheet.text(",P").digits(world.people.number[accounts.who], 8).text("\n").written())
        rows += accounts.who.size
    return Part(RECORDS, b"".join(bodies), rows)


def _people(world: World) -> Part:
    """Everybody as of the folder's as-of date; ``left_on`` is empty for those who are still customers."""
    people, lives, day = world.people, world.lives, world.as_of
    who = np.arange(people.size)
    homes, home = people.homes, people.homes.at(who, day)
    email, mobile = people.contacts.email.at(who, day), people.contacts.mobile.at(who, day)
    sheet = Sheet(people.size).text("P").digits(people.number, 8)
    sheet.text(",").take(_first_names(), people.names.given).text(",").rows(_cells(people.names.last.at(who, day)))
    sheet.text(",").take(table("MF"), people.female * 1).text(",").day(people.born)
    sheet.text(",").rows(_cells(email, mobile, homes.landline[home], homes.address[home], homes.flat[home]))
    sheet.text(",").take(_places(), homes.place[home])
    sheet.text(",").take(table([country.code for country in COUNTRIES]), people.households.country)
    sheet.text(",H").digits(people.number[people.households.head], 8)
    sheet.text(",").day(lives.since).text(",").day(np.where(lives.left <= day, lives.left, -1))
    sheet.text(",").take(table([type(persona).__name__ for persona in PERSONAS]), lives.persona)
    sheet.text(",").rows(_cells(people.hard_negatives())).text("\n")
    return Part(PEOPLE, sheet.written(), people.size)


def _cells(*columns: Texts) -> Bytes:
    """Columns side by side, as they stand in the file."""
    return table(list(map(",".join, zip(*(quoted(column.tolist(), ",") for column in columns), strict=True))))


@cache
def _first_names() -> Bytes:
    return _cells(lexicon().first_names.values)


@cache
def _places() -> Bytes:
    """Postcode, city and region."""
    return _cells(lexicon().postcodes, lexicon().places.values, lexicon().regions)


def _future_orders(world: World) -> Part:
    """What the people of the folder will buy in the 365 days after its as-of date, as it will end."""
    bought = world.purchases
    rows = np.flatnonzero(bought.day > world.as_of)
    country = world.people.households.country[bought.who[rows]]
    sheet = Sheet(rows.size).text("P").digits(world.people.number[bought.who[rows]], 8)
    sheet.text(f",{world.order_prefix}").digits(rows + 1, 6)
    sheet.text(",").moment(bought.day[rows], bought.second[rows], " ").text(",").money(bought.amount[rows])
    sheet.text(",").take(table([c.currency for c in COUNTRIES]), country)
    sheet.text(",").take(table(STATUSES), bought.outcome[rows]).text(",").money(bought.refund[rows]).text("\n")
    return Part(FUTURE_ORDERS, sheet.written(), rows.size)
