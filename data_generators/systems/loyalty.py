"""The loyalty programme: members as mongoexport writes them, JSON lines in relaxed extended JSON; a full dump a day."""

from __future__ import annotations

from functools import cache
from json.encoder import encode_basestring as json_text

from data_generators.dates import extended_json_days, iso_days
from data_generators.systems.customers import records
from data_generators.systems.part import Part, View, part
from data_generators.world import World

COLUMNS = {
    "customer_id": "card",
    "full_name": "member.name",
    "gender": "member.gender",
    "birth_date": "born",
    "email": "contact.email",
    "phone": "contact.phone",
    "address": "address.street",
    "city": "address.city",
    "postcode": "address.postcode",
    "country": "address.country",
    "created_at": "joined",
    "updated_at": "updated",
    "email_consent": "consent",
    "external_id_1": "card",
}
_LINE = (
    '{"_id":{"$oid":"%s"},"card":"%s","member":{"name":%s,"gender":"%s"},"born":%s,"contact":{"email":%s,"phone":%s},'
    '"address":{"street":%s,"city":%s,"postcode":%s,"country":%s},"joined":%s,"updated":%s,"points":%s,"consent":%s}'
)
_ORDER = (
    *("oid", "card", "full_name", "gender", "birth_date", "email", "phone", "address", "city", "postcode", "country"),
    *("created_at", "updated_at", "points", "email_consent"),
)
_TEXTS = ("full_name", "email", "phone", "address", "city", "postcode", "country")
_DATES = ("birth_date", "created_at", "updated_at")


@cache
def _dates() -> dict[str, str]:
    return dict(zip(iso_days().tolist(), extended_json_days().tolist(), strict=True)) | {"": "null"}


def export(world: World, view: View) -> list[Part]:
    """The dump."""
    told = records(world, "loyalty", View(view.day))
    ready = {field: [json_text(text) if text else "null" for text in told.columns[field]] for field in _TEXTS}
    ready |= {field: [_dates()[text] for text in told.columns[field]] for field in _DATES}
    ready["gender"] = told.columns["gender"]
    ready["email_consent"] = ["true" if text == "yes" else "false" for text in told.columns["email_consent"]]
    ready["card"] = world.customer_ids("loyalty")[told.account].tolist()
    numbers = world.accounts["loyalty"].number[told.account].tolist()
    ready["oid"] = [f"65a0{number:020x}" for number in numbers]
    ready["points"] = [str(number * 37 % 4000) for number in numbers]
    lines = [_LINE % row for row in zip(*(ready[name] for name in _ORDER), strict=True)]
    return [part(f"loyalty_members_{view.date}.jsonl", lines, told.found)]
