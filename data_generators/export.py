"""The files of a data folder, with the column names that each system uses."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path

from data_generators.config import GeneratorConfig
from data_generators.orders import Order
from data_generators.people import Person
from data_generators.records import Record

CRM_COLUMNS = {
    "gender": "sexe",
    "first_name": "prenom",
    "last_name": "nom",
    "email": "courriel",
    "phone": "telephone",
    "birth_date": "date_naissance",
    "address": "adresse",
    "postcode": "code_postal",
    "city": "ville",
    "country": "pays",
    "created_at": "cree_le",
    "updated_at": "modifie_le",
}
SHOP_COLUMNS = {
    "email": "email",
    "first_name": "first_name",
    "last_name": "last_name",
    "phone": "phone",
    "birth_date": "birth_date",
    "address": "address",
    "city": "city",
    "postcode": "postcode",
    "country": "country",
    "created_at": "created_at",
    "updated_at": "updated_at",
    "consent": "newsletter",
}


def write_systems(
    folder: Path, config: GeneratorConfig, people: list[Person], records: list[Record], orders: list[Order]
) -> dict[str, int]:
    """Writes the systems' files, ``sources.yml`` and ``truth/``; returns data rows per file (truth left out)."""
    files = {
        "crm_customers.csv": _customers(folder / "crm_customers.csv", "crm", "id_client", CRM_COLUMNS, records),
        "shop_customers.csv": _customers(folder / "shop_customers.csv", "shop", "customer_id", SHOP_COLUMNS, records),
        "shop_orders.csv": _write(
            folder / "shop_orders.csv",
            ["order_id", "customer_id", "ordered_at", "total", "currency", "status", "refunded", "channel"],
            (
                [
                    o.order_id,
                    o.customer_id,
                    o.ordered_at.isoformat(sep=" "),
                    f"{o.amount:.2f}",
                    o.currency,
                    o.status,
                    f"{o.refunded:.2f}",
                    o.channel,
                ]
                for o in orders
            ),
        ),
    }
    (folder / "sources.yml").write_text(SOURCES.format(as_of=config.as_of_date.isoformat()), "utf-8")
    truth = folder / "truth"
    truth.mkdir()
    _write(
        truth / "records.csv",
        ["source", "source_customer_id", "person_id"],
        ([r.source, r.source_customer_id, r.person.person_id] for r in records),
    )
    fields = list(Person.__dataclass_fields__)
    _write(truth / "people.csv", fields, ([str(getattr(p, name)) for name in fields] for p in people))
    return files


def _customers(path: Path, source: str, id_column: str, columns: dict[str, str], records: list[Record]) -> int:
    rows = ([r.source_customer_id, *(r.values[field] for field in columns)] for r in records if r.source == source)
    return _write(path, [id_column, *columns.values()], rows)


def _write(path: Path, header: Sequence[str], rows: Iterable[Sequence[str]]) -> int:
    count = 0
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        for row in rows:
            writer.writerow(row)
            count += 1
    return count


SOURCES = """\
# What this folder holds and what its columns mean. Written by the generator.
version: 1
as_of_date: {as_of}
horizons_days: [90, 180, 365]
reporting_currency: EUR
sources:
  crm:
    customers:
      files: ["crm_customers*.csv"]
      entity: person
      date_order: dmy
      mode: snapshot
      columns:
        customer_id: id_client
        first_name: prenom
        last_name: nom
        gender: sexe
        email: courriel
        phone: telephone
        birth_date: date_naissance
        address: adresse
        postcode: code_postal
        city: ville
        country: pays
        created_at: cree_le
        updated_at: modifie_le
  shop:
    customers:
      files: ["shop_customers*.csv"]
      entity: person
      date_order: mdy
      mode: snapshot
      columns:
        customer_id: customer_id
        first_name: first_name
        last_name: last_name
        email: email
        phone: phone
        birth_date: birth_date
        address: address
        city: city
        postcode: postcode
        country: country
        created_at: created_at
        updated_at: updated_at
        email_consent: newsletter
    orders:
      files: ["shop_orders*.csv"]
      mode: snapshot
      columns:
        order_id: order_id
        customer_id: customer_id
        ordered_at: ordered_at
        amount: total
        currency: currency
        status: status
        refunded_amount: refunded
        channel: channel
"""
