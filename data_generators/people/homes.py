"""Where people live, and where they move to."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from data_generators.arrays import NEVER, Ints, Rng, Texts, numerals, texts
from data_generators.people.households import Households
from data_generators.people.versions import change_days
from data_generators.words import COUNTRIES, lexicon

_MOVES = 0.18
_LEAVES = 0.35
_SON_LEAVES = 0.92
_ALWAYS_APART = 0.92
_FLATS = 0.16
_FLAT_WORDS = {"FR": "Appt", "US": "Apt", "GB": "Flat", "DE": "Whg.", "ES": "Piso"}


@dataclass(frozen=True)
class Homes:
    """Every home that anybody of the block ever lives in, and who lives where.

    Attributes:
        address, flat, landline: by home; ``flat`` is mostly empty, ``landline`` is in E.164.
        place: by home, index into the lexicon's places.
        first, second: home of each person before and after ``moved``, a day number or ``NEVER``.
    """

    address: Texts
    flat: Texts
    landline: Texts
    place: Ints
    first: Ints
    second: Ints
    moved: Ints

    def at(self, who: Ints, days: Ints | int) -> Ints:
        """The home of person ``who[i]`` on day ``days[i]``."""
        return np.where(self.moved[who] <= days, self.second[who], self.first[who])


def settle(households: Households, window: tuple[int, int], rng: Rng) -> Homes:
    """Homes for all; households move as a whole, grown children leave alone."""
    of, count, size = households.of, households.count, households.of.size
    moves = change_days(_MOVES, window, count, rng)
    movers = np.flatnonzero(moves < NEVER)
    moved, second = moves[of], of.copy()
    second[moved < NEVER] = count + np.searchsorted(movers, of[moved < NEVER])
    child = households.follows("family", "parent_and_child", "namesakes")
    namesake = households.follows("namesakes")
    leavers = np.flatnonzero(child & (rng.random(size) < np.where(namesake, _SON_LEAVES, _LEAVES)))
    moved[leavers] = change_days(1.0, window, leavers.size, rng)
    second[leavers] = count + movers.size + np.arange(leavers.size)
    first = of.copy()
    apart = leavers[namesake[leavers] & (rng.random(leavers.size) < _ALWAYS_APART)]
    first[apart] = second[apart]
    country = np.concatenate(
        [households.country[households.position == 0], households.country[households.head[leavers]]]
    )
    of_movers = households.country[households.position == 0][movers]
    country = np.concatenate([country[:count], of_movers, country[count:]])
    return Homes(*_build(country, rng), first=first, second=second, moved=moved)


def _build(country: Ints, rng: Rng) -> tuple[Texts, Texts, Texts, Ints]:
    """Address, flat, landline and place of one home for each country given."""
    words, size = lexicon(), country.size
    place = words.places.draw(country, rng)
    streets = words.streets.values[words.streets.draw(country, rng)]
    low = rng.random(size) < 0.8
    numbers = numerals()[np.where(low, rng.integers(1, 100, size), rng.integers(100, 400, size))]
    last = np.array([c.number_last for c in COUNTRIES])[country]
    address: Texts = np.where(last, streets, numbers + " ") + np.where(last, " " + numbers, streets)
    flat = np.full(size, "", dtype=object)
    flats = np.flatnonzero(rng.random(size) < _FLATS)
    flat[flats] = texts([f"{_FLAT_WORDS[c.code]} " for c in COUNTRIES])[country[flats]]
    flat[flats] += numerals()[rng.integers(1, 60, flats.size)]
    return address, flat, _landlines(place, rng), place


def _landlines(place: Ints, rng: Rng) -> Texts:
    """A landline number for each place: the area code, filled up to the country's length, in ranges that are in use."""
    leads, missing = _areas()
    head = rng.integers(200, 899, place.size)
    head += (head % 100 == 11) | (head == 555)
    nine = (head * 10_000 + rng.integers(0, 10_000, place.size)) * 100 + rng.integers(0, 100, place.size)
    wanted = nine // 10 ** (9 - missing[place])
    number: Texts = leads[place] + texts([str(digits) for digits in wanted.tolist()])
    return number


@cache
def _areas() -> tuple[Texts, Ints]:
    """What landline numbers begin with, and how many digits follow, by place."""
    words = lexicon()
    country = np.searchsorted(words.places.ends, np.arange(words.landlines.size), side="right")
    leads, missing = [], []
    for where, area in zip((COUNTRIES[at] for at in country), words.landlines.tolist(), strict=True):
        lead = {"20": "207", "29": "2920"}.get(area, area) if where.code == "GB" else area
        leads.append(f"+{where.dial}{lead}")
        missing.append(where.landline_digits - len(lead))
    return texts(leads), np.array(missing)
