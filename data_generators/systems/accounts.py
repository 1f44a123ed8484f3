"""Who is known to which system, since when, and what the system was told."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from data_generators.arrays import NEVER, Ints, Rng, Texts, uniform_days
from data_generators.behaviour.lives import Lives
from data_generators.people import Population
from data_generators.plan import CUSTOMER_SYSTEMS, Block, Quota

_STALE = {"shop": 0.45, "crm": 0.6, "loyalty": 0.7}
_LANDLINE = {"shop": 0.05, "crm": 0.16, "loyalty": 0.08}
_SECOND_MAILBOX = {"shop": 0.06, "crm": 0.22, "loyalty": 0.16}
_COMMON_MAILBOX = 0.4
_REFRESHED_A_YEAR = 0.12
_DELETED_A_YEAR = 0.02


@dataclass(frozen=True)
class Accounts:
    """The records of one system in one block, in the order of their ids.

    Attributes:
        who: index of the person.
        number: from 1, over all blocks.
        created, refreshed: days; what the record says was true when it was refreshed.
        updates: the day in the coming year on which it is refreshed again, or ``NEVER``.
        deleted: the day in the coming year on which it disappears, or ``NEVER``.
        mailbox: 0 own, 1 second, 2 common.
        landline: 1 where the landline was given.
    """

    system: str
    who: Ints
    number: Ints
    created: Ints
    refreshed: Ints
    updates: Ints
    deleted: Ints
    mailbox: Ints
    landline: Ints

    def some(self, rows: Ints) -> Accounts:
        """Some of the accounts."""
        arrays = {f.name: getattr(self, f.name)[rows] for f in fields(self) if f.name != "system"}
        return Accounts(system=self.system, **arrays)

    def emails(self, people: Population, days: Ints) -> Texts:
        """The mailbox that each record gives on the days."""
        own = people.contacts.email.at(self.who, days)
        second, common = people.contacts.second[self.who], people.contacts.common[self.who]
        return np.where(
            (self.mailbox == 2) & (common != ""), common, np.where((self.mailbox == 1) & (second != ""), second, own)
        )

    def phones(self, people: Population, days: Ints) -> Texts:
        """The number that each record gives on the days."""
        fixed = people.homes.landline[people.homes.at(self.who, days)]
        return np.where(self.landline == 1, fixed, people.contacts.mobile.at(self.who, days))


def register(people: Population, lives: Lives, block: Block, as_of: int, rng: Rng) -> dict[str, Accounts]:
    """The accounts of everyone in one block: one at least for each person, as many for each system as planned."""
    holders = _holders(people.size, block, rng)
    return {
        system: _open(system, holders[system], people, lives, block.quotas[system], as_of, rng)
        for system in CUSTOMER_SYSTEMS
    }


def _holders(size: int, block: Block, rng: Rng) -> dict[str, Ints]:
    """Person indices for each system: first one account for everybody, then further ones."""
    shuffled, at = rng.permutation(size), 0
    holders = {}
    for system in CUSTOMER_SYSTEMS:
        holders[system] = shuffled[at : at + block.quotas[system].base]
        at += block.quotas[system].base
    for system in CUSTOMER_SYSTEMS:
        extra = block.quotas[system].extra
        again = extra * 2 // 3 if system == "shop" else extra // 12
        strange = np.ones(size, dtype=np.bool_)
        strange[holders[system]] = False
        strangers = np.flatnonzero(strange)
        again = max(again, extra - strangers.size)
        twice = rng.choice(holders[system] if holders[system].size else shuffled, size=again)
        once = rng.choice(strangers, size=extra - again, replace=False)
        holders[system] = np.concatenate([holders[system], once, twice])
    return holders


def _open(system: str, who: Ints, people: Population, lives: Lives, quota: Quota, as_of: int, rng: Rng) -> Accounts:
    size, everyone = who.size, np.arange(who.size)
    first = np.zeros(people.size, dtype=np.int64)
    first[who[::-1]] = everyone[::-1]
    first_time = first[who] == everyone
    since = lives.since[who]
    lag = {"shop": 0, "crm": 60, "loyalty": 240}[system]
    created = np.where(
        first_time,
        uniform_days(since, np.minimum(since + lag, as_of), rng, size),
        uniform_days(np.minimum(since + 20, as_of), as_of, rng, size),
    )
    order = np.argsort(created, kind="stable")
    who, created, first_time = who[order], created[order], first_time[order]
    refreshed = uniform_days(created, as_of, rng, size)
    refreshed = np.where(rng.random(size) < _STALE[system], created, refreshed)
    shares = people.contacts.family | people.contacts.role
    dice = rng.random(size)
    mailbox = np.where(
        shares[who] & (dice < _COMMON_MAILBOX),
        2,
        (rng.random(size) < np.where(first_time, _SECOND_MAILBOX[system], 0.5)) * 1,
    )
    landline = (rng.random(size) < _LANDLINE[system]) | people.contacts.one_phone[who]
    return Accounts(
        system=system,
        who=who,
        number=quota.first + 1 + np.arange(size),
        created=created,
        refreshed=refreshed,
        updates=_some_day(_REFRESHED_A_YEAR, as_of, size, rng),
        deleted=_some_day(_DELETED_A_YEAR, as_of, size, rng) if system == "crm" else np.full(size, NEVER),
        mailbox=mailbox,
        landline=landline.astype(np.int64),
    )


def _some_day(chance: float, as_of: int, size: int, rng: Rng) -> Ints:
    """A day of the coming year for some, ``NEVER`` for the others."""
    return np.where(rng.random(size) < chance, uniform_days(as_of + 1, as_of + 365, rng, size), NEVER)
