"""The CRM: customers as CSV with semicolons, Windows-1252, French headers, European dates; a full dump a day."""

from __future__ import annotations

from data_generators.systems.customers import records
from data_generators.systems.part import Part, View, part, quoted
from data_generators.world import World

COLUMNS = {
    "last_name": "nom",
    "first_name": "prenom",
    "gender": "sexe",
    "birth_date": "date_naissance",
    "email": "courriel",
    "phone": "telephone",
    "address": "adresse",
    "postcode": "code_postal",
    "city": "ville",
    "country": "pays",
    "created_at": "cree_le",
    "updated_at": "modifie_le",
}
HEADER = ";".join(["id_client", *COLUMNS.values()])
ENCODING = "cp1252"


def customer_file(view: View) -> str:
    """Name of the dump of a day."""
    return f"crm_customers_{view.date}.csv"


def export(world: World, view: View) -> list[Part]:
    """The dump."""
    told = records(world, "crm", View(view.day))
    ids = world.customer_ids("crm")[told.account].tolist()
    cells = [quoted(told.columns[field], ";") for field in COLUMNS]
    lines = list(map(";".join, zip(ids, *cells, strict=True)))
    return [part(customer_file(view), lines, told.found, ENCODING)]
