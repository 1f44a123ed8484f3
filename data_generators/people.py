"""Who the customers really are: one row per person, names, address and phone of one country."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from data_generators.config import GeneratorConfig
from data_generators.lexicon import Lexicon, country_weights, lexicons


@dataclass(frozen=True)
class Person:
    """The truth about one person."""

    person_id: str
    first_name: str
    last_name: str
    gender: str
    birth_date: date
    email: str
    phone: str
    address: str
    city: str
    postcode: str
    country: str
    since: date


def ascii_word(text: str) -> str:
    """Lower case, without accents and anything but letters and digits: as in the user part of an e-mail."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]", "", plain.lower())


def make_people(config: GeneratorConfig, rng: np.random.Generator) -> list[Person]:
    """``config.people`` people who became customers in the three years up to the as-of date."""
    words = lexicons()
    homes = rng.choice(len(words), size=config.people, p=country_weights())
    return [_person(i, words[home], config, rng) for i, home in enumerate(homes)]


def _person(index: int, words: Lexicon, config: GeneratorConfig, rng: np.random.Generator) -> Person:
    gender = "F" if rng.random() < 0.54 else "M"
    first = _pick(words.female if gender == "F" else words.male, rng)
    last = _pick(words.surnames, rng)
    city, postcode = words.towns[_zipf(len(words.towns), rng)]
    street, number = words.streets[int(rng.integers(len(words.streets)))], int(rng.integers(1, 180))
    lead = words.mobile[int(rng.integers(len(words.mobile)))]
    digits = "".join(str(d) for d in rng.integers(0, 10, size=words.phone_digits - len(lead)))
    user = f"{ascii_word(first)}{'._'[int(rng.integers(2))] if rng.random() < 0.8 else ''}{ascii_word(last)}"
    if rng.random() < 0.6:
        user += str(int(rng.integers(1, 999)))
    return Person(
        person_id=f"P{index + 1:07d}",
        first_name=first,
        last_name=last,
        gender=gender,
        birth_date=config.as_of_date - timedelta(days=int(rng.integers(18 * 365, 82 * 365))),
        email=f"{user}@{words.domains[int(rng.integers(len(words.domains)))]}",
        phone=f"+{words.dial}{lead}{digits}",
        address=f"{street} {number}" if words.country in {"DE", "ES"} else f"{number} {street}",
        city=city,
        postcode=postcode,
        country=words.country,
        since=config.as_of_date - timedelta(days=int(rng.integers(0, 3 * 365))),
    )


def _pick(words: tuple[str, ...], rng: np.random.Generator) -> str:
    return words[_zipf(len(words), rng)]


def _zipf(size: int, rng: np.random.Generator) -> int:
    """An index below ``size``; the first ones are far more frequent, as names and towns are."""
    return int((size + 1) ** rng.random() - 1) % size if rng.random() < 0.5 else int(rng.integers(size))
