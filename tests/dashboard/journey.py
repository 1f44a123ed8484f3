"""One customer's journey in three pictures: the rows as they landed, what joins them, and the golden record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from html import escape
from itertools import accumulate
from pathlib import Path
from typing import Any

from customer360.dashboard.page import style
from customer360.identity.evidence import Evidence, Step, evidence_of
from customer360.pipeline import demo_folder
from customer360.settings import Settings, database_for
from customer360.sources import DataFolder, read_data_folder
from customer360.warehouse import Role, Warehouse

WIDTH = 840  # pixels, about as wide as a README is shown
Row = Mapping[str, Any]

# One record in each system, every two of them linked, and something in the golden record from each, none of it in
# capitals; among these the one whose records are written in the most ways, then the one with the most faults.
_CUSTOMER = """
with customers as (
    select customer_key
    from warehouse.customer_records
    group by customer_key
    having count(*) = (select count(distinct source) from warehouse.customer_records)
        and count(distinct source) = count(*)
), linked as (
    select customer_key from warehouse.identity_links group by customer_key having count(*) = 3
), golden as (
    select customer_key from warehouse.customer_golden_lineage group by customer_key having count(distinct source) = 3
)
select customer_key
from customers
inner join linked using (customer_key)
inner join golden using (customer_key)
inner join warehouse.dim_customers as d using (customer_key)
inner join warehouse.customer_records as k using (customer_key)
inner join raw.all_customers as r on r._source = k.source and r.customer_id = k.source_customer_id
inner join staging.stg_customers as s on s.source = k.source and s.customer_id = k.source_customer_id
where d.address <> upper(d.address) and d.city <> upper(d.city)
group by customer_key
having count(*) = 3
order by
    count(distinct r.email) + count(distinct r.phone) + count(distinct r.birth_date) + count(distinct r.address)
    + count(distinct r.city) + count(distinct r.postcode)
    + count(distinct coalesce(r.full_name, r.first_name || ' ' || r.last_name)) desc,
    sum(length(s.faults)) desc,
    customer_key
limit 1
"""
_RECORDS = """
select k.*, r._source_file, r._line_number, coalesce(s.faults, '') as faults
from warehouse.customer_records as k
inner join raw.all_customers as r on r._source = k.source and r.customer_id = k.source_customer_id
inner join staging.stg_customers as s on s.source = k.source and s.customer_id = k.source_customer_id
where k.customer_key = %s
order by k.source
"""
_GOLDEN = """
select d.*, r.segment, h.health_band, m.ltv_actual
from warehouse.dim_customers as d
inner join warehouse.customer_rfm as r using (customer_key)
inner join warehouse.customer_health as h using (customer_key)
inner join warehouse.customer_metrics_advanced as m using (customer_key)
where d.customer_key = %s
"""
# What stands in a row of the first picture: canonical fields, under the names that each system gives them.
_LANDED = (
    ("customer_id", "external_id_1"),
    ("first_name", "last_name", "full_name"),
    ("birth_date",),
    ("email",),
    ("phone",),
    ("address", "address_2"),
    ("postcode", "city"),
    ("created_at",),
)
# Attributes of the golden record, and which line of the lineage tells where each comes from.
_ATTRIBUTES = {
    "full_name": "name",
    "birth_date": "birth_date",
    "email": "email",
    "phone": "phone",
    "address": "address",
    "postcode": "address",
    "city": "address",
    "country": "address",
}
_STEPS = (
    "before looking",
    "given_name",
    "surname",
    "birth_date",
    "email",
    "phone",
    "address",
    "locality",
    "external_id_1",
    "external_id_2",
    "external_id_3",
    "gender",
    "rules",
    "household",
    "rarity",
)
_EMPTY = "\N{EN DASH}"


@dataclass(frozen=True)
class Journey:
    """What is known about one customer.

    Attributes:
        records: what each record says, once cleaned, with its file, line and faults.
        landed: for each record the columns and texts of its row as it landed, by canonical field.
        links: the evidence of each link, the strongest first.
        golden: the golden record, with segment, health and value.
        lineage: source by attribute.
    """

    records: Sequence[Row]
    landed: Sequence[Mapping[str, tuple[str, str | None]]]
    links: Sequence[Evidence]
    golden: Row
    lineage: Mapping[str, str]


def journey_pages() -> dict[str, str]:
    """The pages to take pictures of, by the names of the pictures; from the demo's warehouse."""
    settings = Settings.from_environment()
    folder = demo_folder(settings, 5000, 42, 1)
    declared = read_data_folder(folder)
    login = Warehouse(settings).login(Role.TRANSFORMER, database_for(folder))
    with closing(login.connect()) as connection, connection.cursor() as cursor:
        journey = _journey(cursor, declared)
    bodies = {"raw": _as_landed(journey), "links": _links(journey), "golden": _golden(journey)}
    look = style() + Path(__file__).with_suffix(".css").read_text(encoding="utf-8")
    head = f'<!doctype html><html lang="en" data-theme="auto"><meta charset="utf-8"><style>{look}</style>'
    frame = f'<div class="picture" style="width: {WIDTH}px; --columns: {len(journey.records)}">'
    return {f"journey-{name}": f"{head}{frame}{body}</div></html>" for name, body in bodies.items()}


def _journey(cursor: Any, declared: DataFolder) -> Journey:
    (chosen,) = _rows(cursor, _CUSTOMER)
    key = chosen["customer_key"]
    records = _rows(cursor, _RECORDS, key)
    pairs = _rows(
        cursor,
        "select source_1 || ':' || source_customer_id_1 as one, source_2 || ':' || source_customer_id_2 as other"
        " from warehouse.identity_links where customer_key = %s order by weight_bits desc",
        key,
    )
    (golden,) = _rows(cursor, _GOLDEN, key)
    lineage = _rows(cursor, "select * from warehouse.customer_golden_lineage where customer_key = %s", key)
    return Journey(
        records,
        [_landed(cursor, declared, record) for record in records],
        [evidence_of(cursor, pair["one"], pair["other"]) for pair in pairs],
        golden,
        {row["attribute"]: row["source"] for row in lineage},
    )


def _landed(cursor: Any, declared: DataFolder, record: Row) -> dict[str, tuple[str, str | None]]:
    feed = declared.feed(record["source"], "customers")
    columns = {field: value.columns[0] for field, value in feed.columns.items()}
    (row,) = _rows(
        cursor,
        f'select * from raw."{feed.table}_rows" where "{columns["customer_id"]}" = %s and _line_number = %s',
        record["source_customer_id"],
        record["_line_number"],
    )
    return {field: (column, row[column]) for field, column in columns.items()}


def _rows(cursor: Any, query: str, *values: Any) -> list[Row]:
    cursor.execute(query, values or None)
    names = [column.name for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _as_landed(journey: Journey) -> str:
    cards = [
        f'<div class="stack" style="grid-column: {number}"><header><b>{escape(record["source"])}</b>'
        f"<span>line {record['_line_number']:,}</span><span>{escape(record['_source_file'])}</span></header>"
        + "".join(_fields(fields, landed, record["faults"]) for fields in _LANDED)
        + "</div>"
        for number, (record, landed) in enumerate(zip(journey.records, journey.landed, strict=True), 1)
    ]
    return f'<div class="across" style="grid-template-rows: repeat({len(_LANDED) + 1}, auto)">{"".join(cards)}</div>'


def _fields(fields: Sequence[str], landed: Mapping[str, tuple[str, str | None]], faults: str) -> str:
    """What stands in some columns, and the faults in it; of empty columns those that should hold something."""
    named = [fault.partition(":") for fault in faults.split("|")]
    missing = {landed[field][0] for field, _, rule in named if rule == "missing" and field in landed}
    others = dict.fromkeys(rule for field, _, rule in named if rule != "missing" and field in fields)
    columns = dict.fromkeys(landed[field] for field in fields if field in landed)  # one column may be two fields
    pairs = "".join(
        f"<div><dt>{escape(column)}</dt><dd>{escape(text) if text else _fault('missing')}</dd></div>"
        for column, text in columns
        if text or column in missing
    )
    return f'<dl class="pairs">{pairs}{"".join(map(_fault, others))}</dl>'


def _fault(rule: str) -> str:
    return f'<span class="fault">{escape(_words(rule).lower())}</span>'


def _links(journey: Journey) -> str:
    steps = [_grouped(link) for link in journey.links]
    ends = [list(accumulate(step.bits for step in each.values())) for each in steps]
    low, high = min(0.0, *map(min, ends)), max(map(max, ends))
    starts = [dict(zip(each, [0.0, *end], strict=False)) for each, end in zip(steps, ends, strict=True)]

    def at(bits: float) -> str:
        return f"{(bits - low) / (high - low):.1%}"

    def bar(step: Step | None, start: float) -> str:
        if step is None:
            return f'<div class="step">{_EMPTY}</div>'
        places = f"--from: {at(min(start, start + step.bits))}; --long: {at(low + abs(step.bits))}; --zero: {at(0)}"
        return (
            f'<div class="step {"for" if step.bits > 0 else "against"}" style="{places}">'
            f"<span>{escape(step.finding)}</span><b>{_bits(step.bits)}</b><i></i></div>"
        )

    cells = ["<div></div>"]
    for link in journey.links:
        one, other = (pair.partition(":")[0] for pair in link.pair)
        cells.append(f'<header><b>{escape(one)} <em class="joined">⟷</em> {escape(other)}</b></header>')
    for what in sorted({what for each in steps for what in each}, key=_STEPS.index):
        cells.append(f'<div class="what">{escape(_words(what))}</div>')
        cells += [bar(each.get(what), start.get(what, 0.0)) for each, start in zip(steps, starts, strict=True)]
    cells.append('<div class="what">Together</div>')
    for link in journey.links:
        weight = link.weight or 0
        cells.append(f'<div class="weight"><b>{_bits(weight)} bits</b><span>{_odds(weight)}</span></div>')
    return f'<div class="sheet weights">{"".join(cells)}</div>'


def _grouped(link: Evidence) -> dict[str, Step]:
    """What adds bits, in the order of the picture, the rules together."""
    steps = {step.what: step for step in link.steps if step.bits and not step.what.startswith("rule ")}
    if rules := [step for step in link.steps if step.what.startswith("rule ")]:
        named = "; ".join(rule.what.removeprefix("rule ").replace("_", " ") for rule in rules)
        steps["rules"] = Step("rules", named, ("", ""), sum(rule.bits for rule in rules))
    return {what: steps[what] for what in _STEPS if what in steps}


def _golden(journey: Journey) -> str:
    golden, sources = journey.golden, [record["source"] for record in journey.records]
    heads = "".join(f"<th>{escape(text)}</th>" for text in ("", "Golden record", *sources))
    rows = "".join(_attribute(journey, name) for name in _ATTRIBUTES if golden[name] is not None)
    chips = (golden["segment"], f"Health: {golden['health_band']}", f"€{golden['ltv_actual']:,.2f} so far")
    return (
        f'<div class="sheet"><h1>{escape(golden["full_name"])}</h1><p class="chips">'
        + "".join(f'<span class="chip">{escape(chip)}</span>' for chip in chips)
        + f'<span class="key">#{golden["customer_key"]}</span></p>'
        f"<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div>"
    )


def _attribute(journey: Journey, name: str) -> str:
    source = journey.lineage[_ATTRIBUTES[name]]
    said = "".join(
        f'<td class="said{" taken" if record["source"] == source else ""}">{escape(_shown(record[name]))}</td>'
        for record in journey.records
    )
    return f"<tr><th>{_words(name)}</th><td>{escape(_shown(journey.golden[name]))}</td>{said}</tr>"


def _shown(value: Any) -> str:
    return _EMPTY if value is None else str(value)


def _bits(bits: float) -> str:
    return f"{bits:+.1f}".replace("-", "\N{MINUS SIGN}")


def _odds(bits: float) -> str:
    """To two figures: 40,000,000 to 1."""
    return f"{float(f'{2**bits:.1e}'):,.0f} to 1"


def _words(name: str) -> str:
    return name.replace("_", " ").removesuffix(" 1").capitalize()
