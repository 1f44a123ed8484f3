"""All words of all countries, from Faker's lists, ready to be taken by index."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from faker import Faker

from data_generators.arrays import Rng, Texts, texts
from data_generators.words.countries import COUNTRIES, Country
from data_generators.words.grouped import Grouped, grouped, zipf

_HERE = Path(__file__).parent
_SEED = 360
_VILLAGES = 120
_STREETS = 400
_VILLAGE_SHARE = 0.3
_LETTERS = "ABDEFGHJLNPQRSTUWXYZ"


@dataclass(frozen=True)
class Lexicon:
    """Words in groups: one for each country, in the order of ``COUNTRIES`` (first names: country times 2, + 1 female).

    ``places`` holds cities; ``regions``, ``postcodes`` and ``landlines`` (area codes) go with them, index by index.
    """

    first_names: Grouped
    surnames: Grouped
    streets: Grouped
    places: Grouped
    regions: Texts
    postcodes: Texts
    landlines: Texts
    domains: Grouped
    mobiles: Grouped


@dataclass(frozen=True)
class _Place:
    city: str
    region: str
    postcode: str
    landline: str
    weight: float


@cache
def lexicon() -> Lexicon:
    """The same on every call and machine: Faker is seeded and asked in a fixed order."""
    rng = np.random.Generator(np.random.PCG64(_SEED))
    fakers = {country.locale: _faker(country.locale) for country in COUNTRIES}
    places = [_places(country, fakers[country.locale], rng) for country in COUNTRIES]
    flat = [place for group in places for place in group]
    return Lexicon(
        first_names=grouped(
            [
                _names(locale, fake, kind, rng)
                for locale, fake in fakers.items()
                for kind in ("first_names_male", "first_names_female")
            ]
        ),
        surnames=grouped([_names(locale, fake, "last_names", rng) for locale, fake in fakers.items()]),
        streets=grouped([_streets(fake) for fake in fakers.values()]),
        places=grouped([[(place.city, place.weight) for place in group] for group in places]),
        regions=texts([place.region for place in flat]),
        postcodes=texts([place.postcode for place in flat]),
        landlines=texts([place.landline for place in flat]),
        domains=grouped([country.domains for country in COUNTRIES]),
        mobiles=grouped([[(f"+{c.dial}{lead}|{digits}", 1.0) for lead, digits in c.mobiles] for c in COUNTRIES]),
    )


def _faker(locale: str) -> Faker:
    fake = Faker(locale, providers=["faker.providers.person", "faker.providers.address"])
    fake.seed_instance(_SEED)
    return fake


def _writable(word: str) -> bool:
    """Whether every system can write it: one of them knows Windows-1252 only."""
    return word == word.encode("cp1252", "ignore").decode("cp1252")


def _names(locale: str, fake: Faker, kind: str, rng: Rng) -> list[tuple[str, float]]:
    """Faker's list of names: by its weights where it has any, else by Zipf's law in the list's order.

    Lists in alphabetical order are shuffled first, behind the country's commonest names.
    """
    found: Mapping[str, float] | Sequence[str] = getattr(fake.provider("faker.providers.person"), kind)
    if isinstance(found, Mapping):
        return [(name, found[name]) for name in found if _writable(name)]
    with (_HERE / "common_names.csv").open(encoding="utf-8", newline="") as file:
        common = [
            row["names"].split() for row in csv.DictReader(file) if (row["locale"], row["kind"]) == (locale, kind)
        ]
    names = list(found)
    if common:
        names = [*common[0], *(names[at] for at in rng.permutation(len(names)))]
    return zipf([name for name in dict.fromkeys(names) if _writable(name)], 20 if kind == "last_names" else 6)


def _streets(fake: Faker) -> list[tuple[str, float]]:
    names = dict.fromkeys(" ".join(fake.street_name().split()) for _ in range(_STREETS))
    return [(name, 1.0) for name in names if _writable(name)]


def _places(country: Country, fake: Faker, rng: Rng) -> list[_Place]:
    """Large towns of the table with real postcodes, and villages that Faker invents."""
    with (_HERE / "towns.csv").open(encoding="utf-8", newline="") as file:
        towns = [row for row in csv.DictReader(file) if row["country"] == country.code]
    areas = [town["landline"] for town in towns]
    large = [
        _Place(town["city"], town["region"], code, town["landline"], float(town["weight"]) / len(codes))
        for town in towns
        for codes in [_postcodes(country, town["postcodes"].split(), rng)]
        for code in codes
    ]
    total = sum(place.weight for place in large) * _VILLAGE_SHARE / (1 - _VILLAGE_SHARE)
    villages = [
        _village(country, fake, areas[int(rng.integers(len(areas)))], total / _VILLAGES) for _ in range(_VILLAGES)
    ]
    return large + [place for place in villages if _writable(place.city)]


def _postcodes(country: Country, codes: list[str], rng: Rng) -> list[str]:
    if country.code != "GB":
        return codes
    return [
        f"{area}{district} {rng.integers(1, 10)}{_LETTERS[rng.integers(20)]}{_LETTERS[rng.integers(20)]}"
        for area in codes
        for district in range(1, 13 if len(codes) == 1 else 5)
    ]


def _village(country: Country, fake: Faker, area: str, weight: float) -> _Place:
    city = " ".join(fake.city().split())
    if country.code == "US":
        state = fake.state_abbr(include_territories=False, include_freely_associated_states=False)
        return _Place(city, state, fake.postcode_in_state(state), area, weight)
    return _Place(city, "", fake.postcode(), area, weight)
