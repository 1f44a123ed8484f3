"""Names of people: common and rare ones as in life, passed on in families, changed by marriage."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from data_generators.arrays import NEVER, Flags, Ints, Rng, Texts
from data_generators.people.households import Households
from data_generators.people.versions import Versions, change_days, versions
from data_generators.words import COUNTRIES, lexicon

_DOUBLE = 0.04
_MARRIES = 0.12
_SPAIN = [country.code for country in COUNTRIES].index("ES")


@dataclass(frozen=True)
class Names:
    """Given and family name of each person.

    Attributes:
        given, family, later_family: indices into the lexicon's first names and surnames; of a double name the first
            part; ``later_family`` after a marriage.
        last: family names in full.
    """

    given: Ints
    family: Ints
    later_family: Ints
    last: Versions

    @property
    def first(self) -> Texts:
        """Given names."""
        return lexicon().first_names.values[self.given]


def name_everyone(homes: Households, female: Flags, born: Ints, window: tuple[int, int], rng: Rng) -> Names:
    """Names by country and gender; ``window`` is the time in which people may take another family name."""
    size = homes.of.size
    group = homes.country * 2 + female
    given = lexicon().first_names.draw(group, rng)
    heirs = homes.follows("namesakes")
    given[heirs] = given[homes.head[heirs]]
    _name_twins(given, homes, group, rng)
    _tell_apart(given, homes, group)

    family, last = _family_names(homes.country, rng)
    same = homes.follows("family", "parent_and_child", "namesakes", "twins")
    same |= homes.follows("couple") & (rng.random(size) < 0.7)
    last[same], family[same] = last[homes.head[same]], family[homes.head[same]]

    age = (window[1] - born) / 365.25
    bride = female & (age > 24) & (age < 45) & ~homes.follows("family", "twins") & (rng.random(size) < _MARRIES)
    brides = np.flatnonzero(bride)
    later, married = family.copy(), last.copy()
    later[brides], married[brides] = _family_names(homes.country[brides], rng)
    couple = bride & homes.follows("couple")
    married[couple], later[couple] = last[homes.head[couple]], family[homes.head[couple]]
    changed = np.where(bride & (married != last), change_days(1.0, window, size, rng), NEVER)
    return Names(given, family, later, versions(last, married, changed))


def _family_names(country: Ints, rng: Rng) -> tuple[Ints, Texts]:
    """One family name for each entry; two in Spain, and sometimes a double one elsewhere."""
    surnames = lexicon().surnames
    index = surnames.draw(country, rng)
    name = surnames.values[index]
    dice = rng.random(country.size)
    for mark, wanted in ((" ", (country == _SPAIN) & (dice < 0.75)), ("-", (country != _SPAIN) & (dice < _DOUBLE))):
        at = np.flatnonzero(wanted)
        name[at] = name[at] + mark + surnames.values[surnames.draw(country[at], rng)]
    return index, name


def _name_twins(given: Ints, homes: Households, group: Ints, rng: Rng) -> None:
    """Twins bear different names, often with one initial: the hardest case for any matcher."""
    names = lexicon().first_names.values
    for at in np.flatnonzero(homes.follows("twins")).tolist():
        other = names[given[homes.head[at]]]
        alike = [index for index in _beginning_with(int(group[at]), other[0]) if names[index] != other]
        if alike and rng.random() < 0.25:
            given[at] = alike[int(rng.integers(len(alike)))]
        elif names[given[at]] == other:
            given[at] = next(index for index in _beginning_with(int(group[at]), "") if names[index] != other)


@cache
def _beginning_with(group: int, initial: str) -> tuple[int, ...]:
    """Indices of a group's first names with an initial."""
    names = lexicon().first_names
    start = int(names.ends[group - 1]) if group else 0
    return tuple(at for at in range(start, int(names.ends[group])) if names.values[at].startswith(initial))


def _tell_apart(given: Ints, homes: Households, group: Ints) -> None:
    """Nobody but a namesake bears the given name of somebody at home: they get the next one of the list."""
    ends = lexicon().first_names.ends
    starts = np.concatenate([[0], ends[:-1]])
    for distance in (1, 2, 1):
        other = np.maximum(homes.head, np.arange(given.size) - distance)
        same = (homes.position >= distance) & (given == given[other]) & ~homes.follows("namesakes")
        following = given + 1
        wrapped = np.where(following == ends[group], starts[group], following)
        given[same] = wrapped[same]
