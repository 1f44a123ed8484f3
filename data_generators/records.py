"""Who is known to which system, under which id, and how the record looks there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from data_generators.config import GeneratorConfig
from data_generators.mess import spoil, written_date
from data_generators.people import Person, ascii_word

CRM_DATES = ("%d/%m/%Y", "%Y-%m-%d", "%Y/%m/%d %H:%M:%S")
SHOP_DATES = ("%Y-%m-%d", "%m-%d-%Y", "%Y/%m/%d %H:%M:%S")
ONLY_CRM = 0.18


@dataclass(frozen=True)
class Record:
    """One row of a system about one person; ``values`` are what the file says."""

    source: str
    source_customer_id: str
    person: Person
    values: dict[str, str]


def make_records(people: list[Person], config: GeneratorConfig, rng: np.random.Generator) -> list[Record]:
    """One record for each person, then more for some (the other system, or twice in one) up to ``config.customers``."""
    records = [_record(person, "crm" if rng.random() < ONLY_CRM else "shop", config, rng) for person in people]
    for again in rng.integers(len(people), size=config.customers - len(people)):
        first = records[int(again)]
        source = first.source if rng.random() < 0.25 else {"crm": "shop", "shop": "crm"}[first.source]
        records.append(_record(first.person, source, config, rng))
    order = rng.permutation(len(records))
    numbers = {"crm": 100_000, "shop": 0}
    done = []
    for at in order:
        record = records[int(at)]
        numbers[record.source] += 1
        number = numbers[record.source]
        key = f"C{number}" if record.source == "crm" else f"{number:06d}"
        done.append(Record(record.source, key, record.person, record.values))
    return done


def _record(person: Person, source: str, config: GeneratorConfig, rng: np.random.Generator) -> Record:
    formats = CRM_DATES if source == "crm" else SHOP_DATES
    created = person.since + timedelta(days=int(rng.integers(0, 30)) if source == "crm" else 0)
    created = min(created, config.as_of_date)
    updated = created + timedelta(days=int(rng.integers(0, (config.as_of_date - created).days + 1)))
    email = person.email
    if config.mess and rng.random() < 0.12 * config.mess:
        email = f"{ascii_word(person.first_name)[:1]}{ascii_word(person.last_name)}{person.birth_date:%y}@gmail.com"
    values = {
        "first_name": person.first_name,
        "last_name": person.last_name,
        "gender": person.gender,
        "email": email,
        "phone": person.phone,
        "birth_date": _birth_date(person.birth_date, source),
        "address": person.address,
        "city": person.city,
        "postcode": person.postcode,
        "country": person.country,
        "created_at": written_date(created, formats, config.mess, rng),
        "updated_at": written_date(updated, formats[:1], 0, rng),
        "consent": "yes" if rng.random() < 0.6 else "no",
    }
    return Record(source, "", person, spoil(values, config.mess, rng))


def _birth_date(day: date, source: str) -> str:
    return day.strftime("%d/%m/%Y" if source == "crm" else "%Y-%m-%d")
