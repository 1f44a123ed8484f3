"""``make why``: how two records came to be one customer, or what is missing."""

from __future__ import annotations

import re
from collections import defaultdict, deque
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

from customer360.console import table
from customer360.errors import Customer360Error

from .evidence import Evidence, evidence_of
from .waterfall import bars, picture


def explain(connection: Any, one: str, other: str, pictures: Path) -> Iterator[str]:
    """Lines that tell how the two are connected; a picture of each link is written beside.

    Args:
        connection: psycopg2 connection as c360_transformer.
        one: a record, as ``source:id``.
        other: another one.
        pictures: folder for SVG files, made when it is missing.

    Raises:
        Customer360Error: a record is not known, or both are the same.
    """
    with connection.cursor() as cursor:
        keys = {record: _customer(cursor, record) for record in (one, other)}
        if one == other:
            raise Customer360Error("A and B are the same record", where=one, how="name two")
        if keys[one] == keys[other]:
            chain = shortest_path(_links(cursor, keys[one]), one, other)
            yield f"{one} and {other} are one customer, {keys[one]}" + (
                f", by the links {' - '.join(chain)}" if chain else ", but no link leads from one to the other"
            )
            pairs = list(pairwise(chain))
        else:
            yield f"{one} (customer {keys[one]}) and {other} (customer {keys[other]}) are not one customer"
            cursor.execute(
                "select decision, decided_by, reason from intermediate.int_identity_overrides"
                " where least(record_id_1, record_id_2) = least(%s, %s)"
                " and greatest(record_id_1, record_id_2) = greatest(%s, %s)",
                (one, other, one, other),
            )
            for decision, decided_by, reason in cursor.fetchall():
                yield f"a person decided so: {decision} by {decided_by or 'somebody'} ({reason or 'no reason given'})"
            pairs = [(one, other)]
        for pair in pairs:
            found = evidence_of(cursor, *pair)
            yield ""
            yield from told(found)
            if found.steps:
                pictures.mkdir(parents=True, exist_ok=True)
                path = pictures / (re.sub(r"[^A-Za-z0-9.-]+", "_", "__".join(found.pair)) + ".svg")
                path.write_text(picture(found), encoding="utf-8")
                yield f"  picture: {path}"


def told(found: Evidence) -> Iterator[str]:
    """The evidence of a pair as a table with bars."""
    how = f"linked by {found.kind}" + (f" {found.rule}" if found.rule else "") if found.kind else "not linked"
    if found.probability is not None:
        how += f", {found.weight:+.1f} bits, probability {found.probability:.4f}"
    yield f"{found.pair[0]} and {found.pair[1]}: {how}"
    if found.steps:
        rows = [
            (step.what, step.values[0], step.values[1], step.finding, f"{step.bits:+.1f}", bar)
            for step, bar in zip(found.steps, bars(found), strict=True)
        ]
        yield table(("compared", found.pair[0], found.pair[1], "finding", "bits", "from far apart to one"), rows)
    if not found.kind and found.weight is not None:
        yield (
            f"  missing for a link: {max(0.0, -found.weight):.1f} bits"
            if found.weight < 0
            else ("  enough for these two alone: a decision or the other records of the two customers speak against it")
        )


def shortest_path(links: list[tuple[str, str, float]], start: str, end: str) -> list[str]:
    """Records from one to the other by the fewest links, the strongest first; empty where there is no way."""
    neighbours: dict[str, list[tuple[float, str]]] = defaultdict(list)
    for first, second, weight in links:
        neighbours[first].append((-weight, second))
        neighbours[second].append((-weight, first))
    came_from = {start: start}
    waiting = deque([start])
    while waiting and end not in came_from:
        here = waiting.popleft()
        for _, there in sorted(neighbours[here]):
            if there not in came_from:
                came_from[there] = here
                waiting.append(there)
    if end not in came_from:
        return []
    chain = [end]
    while chain[-1] != start:
        chain.append(came_from[chain[-1]])
    return chain[::-1]


def _customer(cursor: Any, record: str) -> int:
    cursor.execute("select customer_key from intermediate.int_customer_identity where record_id = %s", (record,))
    if (found := cursor.fetchone()) is None:
        raise Customer360Error(
            f"there is no record {record!r} on the as-of date",
            where="A and B",
            how="name records as source:id, such as A=crm:123 B=shop:9; another data folder with DATA=",
        )
    return int(found[0])


def _links(cursor: Any, key: int) -> list[tuple[str, str, float]]:
    cursor.execute(
        "select l.record_id_1, l.record_id_2, coalesce(l.weight, 100) from intermediate.int_identity_links as l"
        " join intermediate.int_customer_identity as i on i.record_id = l.record_id_1"
        " join intermediate.int_customer_identity as j on j.record_id = l.record_id_2"
        " where i.customer_key = %s and j.customer_key = %s and l.decision = 'link'",
        (key, key),
    )
    return [(first, second, float(weight)) for first, second, weight in cursor.fetchall()]
