"""Words of one country: names, streets, towns, phone and postcode shapes, drawn from Faker's lists once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np
from faker import Faker
from faker.generator import random as faker_random

POOL = 400


@dataclass(frozen=True)
class Lexicon:
    """One country's words.

    Attributes:
        country: ISO 3166 alpha-2.
        dial: the country's dialling code.
        mobile: digits that mobile numbers begin with, after the dialling code.
        phone_digits: digits of a number after the dialling code.
    """

    country: str
    male: tuple[str, ...]
    female: tuple[str, ...]
    surnames: tuple[str, ...]
    streets: tuple[str, ...]
    towns: tuple[tuple[str, str], ...]
    domains: tuple[str, ...]
    dial: str
    mobile: tuple[str, ...]
    phone_digits: int


@dataclass(frozen=True)
class Country:
    """Where customers live: share of people, and the shapes of its phones and mailboxes."""

    code: str
    locale: str
    share: float
    dial: str
    trunk: str
    mobile: tuple[str, ...]
    phone_digits: int
    domains: tuple[str, ...]


COUNTRIES = (
    Country("FR", "fr_FR", 0.40, "33", "0", ("6", "7"), 9, ("orange.fr", "free.fr", "laposte.net")),
    Country("US", "en_US", 0.20, "1", "", ("212", "415", "617"), 10, ("yahoo.com", "aol.com", "comcast.net")),
    Country("GB", "en_GB", 0.15, "44", "0", ("74", "77", "79"), 10, ("btinternet.com", "sky.com", "yahoo.co.uk")),
    Country("DE", "de_DE", 0.15, "49", "0", ("151", "160", "171"), 11, ("web.de", "gmx.de", "t-online.de")),
    Country("ES", "es_ES", 0.10, "34", "", ("6", "7"), 9, ("telefonica.net", "yahoo.es", "hotmail.es")),
)
WORLD_DOMAINS = ("gmail.com", "gmail.com", "outlook.com", "hotmail.com", "icloud.com")


@cache
def lexicons() -> tuple[Lexicon, ...]:
    """The countries' words in the order of ``COUNTRIES``; the same on every call and machine."""
    return tuple(_lexicon(country) for country in COUNTRIES)


def country_weights() -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Share of people per country, in the order of ``lexicons()``."""
    return np.array([country.share for country in COUNTRIES])


def _lexicon(country: Country) -> Lexicon:
    fake = Faker(country.locale)
    fake.seed_instance(360)
    faker_random.seed(360)

    def pool(draw: Callable[[], object], size: int = POOL) -> tuple[str, ...]:
        return tuple(dict.fromkeys(" ".join(str(draw()).split()) for _ in range(size)))

    return Lexicon(
        country=country.code,
        male=pool(fake.first_name_male),
        female=pool(fake.first_name_female),
        surnames=pool(fake.last_name, 2000),
        streets=pool(fake.street_name, 1500),
        towns=tuple((" ".join(fake.city().split()), fake.postcode()) for _ in range(300)),
        domains=country.domains + WORLD_DOMAINS,
        dial=country.dial,
        mobile=country.mobile,
        phone_digits=country.phone_digits,
    )
