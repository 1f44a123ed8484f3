"""The work cut into blocks, each with fixed numbers of people and records, so that any process can make any block.

Ids and line numbers follow from the plan alone: no block has to wait for another to know its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from data_generators.config import GeneratorConfig

BLOCK_RECORDS = 20_000
CUSTOMER_SYSTEMS = ("shop", "crm", "loyalty")


@dataclass(frozen=True)
class Quota:
    """Records of one system in one block.

    Attributes:
        base: records of people who are first known to this system.
        extra: further records of people who have one already, here or elsewhere.
        first: how many records the system has in earlier blocks.
    """

    base: int
    extra: int
    first: int

    @property
    def records(self) -> int:
        return self.base + self.extra


@dataclass(frozen=True)
class Block:
    """A share of the people.

    Attributes:
        first_person: how many people there are in earlier blocks.
        quotas: by system.
    """

    index: int
    people: int
    first_person: int
    quotas: dict[str, Quota]


def plan(config: GeneratorConfig) -> list[Block]:
    """The blocks in order."""
    edges = [*range(0, config.customers, BLOCK_RECORDS), config.customers]
    return [_block(index, before, after) for index, (before, after) in enumerate(pairwise(edges))]


def people_of(records: int) -> int:
    """How many people so many records are of: 85 in 100, rounded, at least one."""
    return max(1, (records * 17 + 10) // 20) if records else 0


def _block(index: int, before: int, after: int) -> Block:
    people = people_of(after) - people_of(before)
    totals = {s: _records_of(s, after) - _records_of(s, before) for s in CUSTOMER_SYSTEMS}
    spare = after - before - people
    extras = {"loyalty": min(totals["loyalty"], spare * 35 // 100), "crm": min(totals["crm"], spare * 45 // 100)}
    extras["shop"] = spare - sum(extras.values())
    quotas = {s: Quota(totals[s] - extras[s], extras[s], _records_of(s, before)) for s in CUSTOMER_SYSTEMS}
    return Block(index, people, people_of(before), quotas)


def _records_of(system: str, records: int) -> int:
    """How many of the first so many records belong to a system."""
    if system == "shop":
        return -(-records * 72 // 100)
    if system == "crm":
        return records * 17 // 100
    return records - _records_of("shop", records) - _records_of("crm", records)


def page_size(config: GeneratorConfig) -> int:
    """Tickets a page: 1,000, or more for large folders, which would be in thousands of files."""
    return max(1000, config.customers // 20)
