"""``make guards``: what kept records apart that links or shared values would have joined, and what to look at."""

from __future__ import annotations

from typing import Any

from customer360.console import table

SHOWN = 20

_CROWDS = """
select field, value, records
from intermediate.int_identity_values
where meaning = 'crowd'
order by records desc, field, value collate "C"
"""
# A group is what links connect; average linkage may find several customers in it.
_CUT = """
with members as (
    select components.component, components.node, linkage.cluster
    from intermediate.int_identity_components as components
    join intermediate.int_identity_linkage as linkage on components.node = linkage.node
),
cut as (
    select component, count(*) as records, count(distinct cluster) as customers
    from members
    group by component
    having count(distinct cluster) > 1
)
select
    min(named.record_id),
    cut.records,
    cut.customers,
    max(pairs.weight) as strongest,
    avg(least(12, greatest(-4.5, pairs.weight))) as mean
from cut
join intermediate.int_identity_component_pairs as pairs on cut.component = pairs.component
join members as ones on pairs.node_no_1 = ones.node
join members as others on pairs.node_no_2 = others.node and ones.cluster <> others.cluster
join intermediate.int_identity_standardised as named on cut.component = named.node_no
group by cut.component, cut.records, cut.customers
order by max(pairs.weight) desc, min(named.record_id) collate "C"
"""
# Two birth dates are no slip where more than one digit differs and day and month are not swapped; two identifiers,
# where more than two characters do.
_CONTRADICTIONS = """
with said as (
    select identity.customer_key, field.name, field.value, min(identity.record_id) as record_id
    from intermediate.int_identity_standardised as records
    join intermediate.int_customer_identity as identity on records.record_id = identity.record_id
    cross join lateral (
        values
        ('birth date', records.birth),
        ('external_id_1', records.external_id_1),
        ('external_id_2', records.external_id_2),
        ('external_id_3', records.external_id_3)
    ) as field (name, value)
    where field.value is not null and identity.joined_by <> 'alone'
    group by identity.customer_key, field.name, field.value
)
select distinct on (ones.customer_key, ones.name)
    ones.customer_key::text, ones.name, ones.record_id, ones.value, others.record_id, others.value
from said as ones
join said as others
    on ones.customer_key = others.customer_key and ones.name = others.name and ones.value < others.value
where case ones.name
    when 'birth date' then levenshtein(ones.value, others.value) > 1
        and ones.value <> left(others.value, 4) || right(others.value, 2) || substr(others.value, 5, 2)
    else levenshtein(ones.value, others.value) > 2
end
order by ones.customer_key, ones.name, ones.record_id collate "C", others.record_id collate "C"
"""


def guards_of(connection: Any) -> str:
    """Values that stand for nobody, groups that were cut and customers that contradict themselves, as text.

    Args:
        connection: psycopg2 connection as c360_transformer, after a run.
    """
    parts = (
        ("Values that stand for nobody: too many share them", ("field", "value", "records"), _CROWDS),
        (
            "Groups that links connect and that are several customers all the same; bits between those",
            ("first record", "records that differ", "customers", "strongest", "on average"),
            _CUT,
        ),
        (
            "Customers that contradict themselves",
            ("customer", "in", "record", "says", "record", "says"),
            _CONTRADICTIONS,
        ),
    )
    lines = []
    with connection.cursor() as cursor:
        for title, headings, query in parts:
            cursor.execute(query)
            rows = cursor.fetchall()
            lines += ["", f"{title}: {len(rows) or 'none'}"]
            if rows:
                lines.append(table(headings, rows[:SHOWN]))
            if len(rows) > SHOWN:
                lines.append(f"  and {len(rows) - SHOWN:,} more")
    return "\n".join(lines[1:])
