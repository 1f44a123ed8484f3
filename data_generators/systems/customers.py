"""Customer records as fields of text: as they are true, and as the system that holds them has spoiled them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from data_generators.arrays import NEVER, Ints, Rng, stream, texts
from data_generators.dates import european_days, iso_days
from data_generators.mess import Found, menus, moved, spoil
from data_generators.mess.rates import DUPLICATED_ROWS, FAULTS, LATE_CORRECTIONS
from data_generators.systems.part import View
from data_generators.words import COUNTRIES, lexicon
from data_generators.world import World

_CODES = texts([country.code for country in COUNTRIES])
_GENDERS = texts(["M", "F"])
_NO_OR_YES = texts(["no", "yes"])


@dataclass(frozen=True)
class Records:
    """Rows of a customer file in its order.

    Attributes:
        account: index of the account behind each row.
        columns: canonical field to texts, one for each row.
        found: faults in them.
    """

    account: Ints
    columns: dict[str, list[str]]
    found: list[Found]

    def take(self, rows: Ints) -> Records:
        """Some of the rows, in the order given."""
        at = rows.tolist()
        columns = {name: [column[row] for row in at] for name, column in self.columns.items()}
        return Records(self.account[rows], columns, moved(self.found, rows, self.account.size))

    def then(self, other: Records) -> Records:
        """These rows and then those of ``other``; the lists of these grow and are not copied."""
        for name, column in self.columns.items():
            column.extend(other.columns[name])
        found = [*self.found, *((mark, rows + self.account.size) for mark, rows in other.found)]
        return Records(np.concatenate([self.account, other.account]), self.columns, found)


def records(world: World, system: str, view: View) -> Records:
    """What a system knows at the end of a day, or only what is new or changed on it."""
    accounts = world.accounts[system]
    everyone = np.arange(accounts.who.size)
    first = _spoiled(world, system, everyone, accounts.refreshed, "mess")
    if view.day == world.as_of and not view.delta:
        return _with_repeats(world, system, first)
    changed = np.flatnonzero(accounts.updates < NEVER)
    second = _spoiled(world, system, changed, accounts.updates[changed], "mess again")
    if view.delta:
        new, renewed = accounts.created == view.day, accounts.updates[changed] == view.day
    else:
        new = (accounts.updates > view.day) & (accounts.deleted > view.day)
        renewed = (accounts.updates[changed] <= view.day) & (accounts.deleted[changed] > view.day)
    return first.take(np.flatnonzero(new)).then(second.take(np.flatnonzero(renewed)))


def true_records(world: World, system: str, rows: Ints, days: Ints) -> Records:
    """Records of some accounts without any fault, as they would be told on the days given."""
    accounts = world.accounts[system].some(rows)
    people, lives, words, who = world.people, world.lives, lexicon(), accounts.who
    home = people.homes.at(who, days)
    place = people.homes.place[home]
    dates = european_days() if system == "crm" else iso_days()
    agrees = lives.consent[who] & ~(lives.withdrawn[who] & (lives.left[who] <= days))
    given, family = people.names.first[who], people.names.last.at(who, days)
    columns: dict[str, Any] = {"first_name": given, "last_name": family}
    if system == "loyalty":
        columns = {"full_name": given + " " + family}
    columns |= {
        "gender": _GENDERS[people.female[who] * 1],
        "birth_date": dates[people.born[who]],
        "email": accounts.emails(people, days),
        "phone": accounts.phones(people, days),
        "address": people.homes.address[home],
        "address_2": people.homes.flat[home],
        "postcode": words.postcodes[place],
        "city": words.places.values[place],
        "region": words.regions[place],
        "country": _CODES[people.households.country[who]],
        "created_at": dates[accounts.created],
        "updated_at": dates[days],
        "email_consent": _NO_OR_YES[agrees * 1],
    }
    return Records(rows, {name: column.tolist() for name, column in columns.items()}, [])


def _spoiled(world: World, system: str, rows: Ints, days: Ints, topic: str) -> Records:
    told = true_records(world, system, rows, days)
    carte = menus(FAULTS, system, world.config.mess)
    found = spoil(told.columns, carte, stream(world.config.seed, world.block.index, f"{system} {topic}"))
    return Records(told.account, told.columns, found)


def _with_repeats(world: World, system: str, told: Records) -> Records:
    """The file with some rows twice, and with some that come again at its end, put right."""
    rng = stream(world.config.seed, world.block.index, f"{system} repeats")
    size, mess, refreshed = told.account.size, world.config.mess, world.accounts[system].refreshed
    twice = _sample(np.arange(size), size * DUPLICATED_ROWS[system] * mess, rng)
    again = twice[:0]
    if wanted := size * LATE_CORRECTIONS.get(system, 0) * mess:
        wrong = np.zeros(size, dtype=np.bool_)
        for _, rows in told.found:
            wrong[rows] = True
        again = _sample(np.flatnonzero(wrong & (refreshed < world.as_of - 20)), wanted, rng)
    days = refreshed[again] + rng.integers(1, 20, again.size)
    repeats = told.take(twice).then(true_records(world, system, again, days))
    repeats.found.append(("*,duplicated_row", np.arange(twice.size)))
    repeats.found.append(("*,late_correction", twice.size + np.arange(again.size)))
    return told.then(repeats)


def _sample(rows: Ints, wanted: float, rng: Rng) -> Ints:
    """Some of the rows, in their order; a fraction is decided by chance."""
    count = min(rows.size, int(wanted + rng.random()))
    return np.sort(rng.choice(rows, size=count, replace=False)) if count else rows[:0]
