"""One block of the simulated world: people, their lives, their accounts, what they bought, said and looked at."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from data_generators.arrays import Flags, Ints, Texts, eight_digits, stream
from data_generators.behaviour.lives import Lives, live
from data_generators.behaviour.purchases import Purchases, shop_for
from data_generators.behaviour.tickets import Tickets, complain
from data_generators.behaviour.visits import Visits, look_around
from data_generators.config import GeneratorConfig
from data_generators.dates import day_number
from data_generators.people import Population, populate
from data_generators.plan import Block
from data_generators.systems.accounts import Accounts, register

HISTORY_DAYS = 1095
FUTURE_DAYS = 365
ID_PREFIX = {"crm": "C", "shop": "", "loyalty": "LC"}
"""What the customer ids of each system begin with; eight digits follow."""


@dataclass(frozen=True)
class World:
    """A block, simulated to the end of the year after the as-of date: what is exported is only ever a part of it."""

    config: GeneratorConfig
    block: Block
    people: Population
    lives: Lives
    accounts: dict[str, Accounts]
    purchases: Purchases
    tickets: Tickets

    @property
    def as_of(self) -> int:
        """Day number of the folder's as-of date."""
        return day_number(self.config.as_of_date)

    @cached_property
    def everyone(self) -> Ints:
        """The index of every person."""
        return np.arange(self.people.size)

    @cached_property
    def shop_account(self) -> Ints:
        """Index of the first shop account of each person, or -1."""
        found = np.full(self.people.size, -1)
        who = self.accounts["shop"].who[::-1]
        found[who] = np.arange(who.size)[::-1]
        return found

    def customer_ids(self, system: str) -> Texts:
        """The ids that a system gives to its accounts."""
        ids: Texts = ID_PREFIX[system] + eight_digits(self.accounts[system].number)
        return ids

    @cached_property
    def later_account(self) -> Ints:
        """Index of the last shop account of each person who has several, or -1."""
        found = np.full(self.people.size, -1)
        who = self.accounts["shop"].who
        found[who] = np.arange(who.size)
        found[found == self.shop_account] = -1
        return found

    @cached_property
    def shop_ids(self) -> Texts:
        """The shop's customer ids, by account."""
        return self.customer_ids("shop")

    @property
    def order_prefix(self) -> str:
        """What the order ids of the block begin with; six digits follow, from 000001, in the order of time."""
        return f"O{self.block.index:04d}-"

    @cached_property
    def cards(self) -> Texts:
        """The loyalty card of each person, or an empty text."""
        found = np.full(self.people.size, "", dtype=object)
        found[self.accounts["loyalty"].who] = self.customer_ids("loyalty")
        return found

    def visits(self, first: int, last: int) -> Visits:
        """What people with an account looked at between two days, inclusive."""
        fans: Flags = self.shop_account >= 0
        return look_around(self.lives, fans, first, last, self.config.seed, self.block.index)


def build(config: GeneratorConfig, block: Block, blocks: int, joined: tuple[int, int] | None = None) -> World:
    """Simulates one block.

    Args:
        config: of the folder.
        block: which people.
        blocks: how many blocks there are.
        joined: first and last day on which they become customers; default: the three years of history.
    """
    as_of = day_number(config.as_of_date)
    start, end = as_of - HISTORY_DAYS, as_of + FUTURE_DAYS
    first, last = joined or (start, as_of)
    people = populate(config.seed, block.index, blocks, block.people, block.first_person, (start, end), as_of)
    lives = live(block.people, first, last, stream(config.seed, block.index, "lives"))
    accounts = register(people, lives, block, last, stream(config.seed, block.index, "accounts"))
    buyers = np.zeros(block.people, dtype=np.bool_)
    buyers[accounts["shop"].who] = True
    purchases = shop_for(lives, buyers, end, config.seed, block.index)
    tickets = complain(lives, purchases, end, config.seed, block.index)
    return World(config, block, people, lives, accounts, purchases, tickets)
