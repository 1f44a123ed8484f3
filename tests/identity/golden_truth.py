"""How often each golden attribute is right, by survivorship criteria, beside the best single source.

On a made-up folder that has been run: ``python -m tests.identity.golden_truth FOLDER``. Records are grouped by the
truth, so that survivorship is judged and not identity, or (``--customers``) as the customers that were found.
"""

from __future__ import annotations

import argparse
import csv
import itertools
import re
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

from customer360 import console
from customer360.settings import Settings, database_for
from customer360.transform import Dbt
from customer360.warehouse import Role, Warehouse

CANDIDATES = {
    "name": ("vote", "completeness", "recency", "validity"),
    "birth_date": ("vote", "validity", "recency"),
    "gender": ("vote", "recency"),
    "email": ("recency", "vote", "source_priority"),
    "phone": ("recency", "vote", "source_priority", "completeness"),
    "address": ("recency", "completeness", "vote", "validity"),
}
_COLUMNS = ("first_name", "last_name", "birth_date", "gender", "email", "phone", "address", "postcode", "city")


def right(attribute: str, said: dict[str, Any], truth: dict[str, str]) -> bool:
    """Whether what a record says of an attribute is the truth, but for capitals and how phones are written."""
    if attribute == "phone":
        return said["phone"] is not None and _digits(said["phone"]) in (
            _digits(truth["phone"]),
            _digits(truth["landline"]),
        )
    parts = {"name": ("first_name", "last_name"), "address": ("address", "postcode", "city")}.get(
        attribute, (attribute,)
    )
    return all(_plain(said[part])[: 1 if part == "gender" else None] == _plain(truth[part]) for part in parts)


def _digits(text: str) -> str:
    return re.sub(r"\D", "", text)[-9:]


def _plain(value: Any) -> str:
    return " ".join(str(value or "").casefold().split())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--customers", action="store_true", help="as the customers that were found")
    parser.add_argument("--try", dest="tried", action="store_true", help="all orders of criteria, not only the shipped")
    options = parser.parse_args()
    settings = Settings.from_environment()
    warehouse, database = Warehouse(settings), database_for(options.folder)
    warehouse.start()
    dbt = Dbt(settings, warehouse, database, target="local")
    assert dbt.run(["compile", "--quiet", "--select", "int_customer_golden"]) == 0
    query = next(
        (settings.state / "dbt" / database / "target" / "compiled").rglob("int_customer_golden.sql")
    ).read_text()
    with (options.folder / "truth" / "records.csv").open(encoding="utf-8", newline="") as file:
        person_of = {f"{row['source']}:{row['source_customer_id']}": row["person_id"] for row in csv.DictReader(file)}
    with (options.folder / "truth" / "people.csv").open(encoding="utf-8", newline="") as file:
        people = {row["person_id"]: row for row in csv.DictReader(file)}
    connection = warehouse.login(Role.TRANSFORMER, database).connect(autocommit=True)
    with connection.cursor() as cursor:
        cursor.execute(f"select record_id, source, {', '.join(_COLUMNS)} from intermediate.int_customer_records")
        records = {row[0]: dict(zip(("source", *_COLUMNS), row[1:], strict=True)) for row in cursor.fetchall()}
        cursor.execute("select record_id, customer_key from intermediate.int_customer_identity")
        key_of = dict(cursor.fetchall())
        numbers: dict[str, int] = {}
        known = {record for record in records if record in person_of}
        group_of = key_of if options.customers else {r: numbers.setdefault(person_of[r], len(numbers)) for r in known}
        cursor.execute("create temp table judged_identity (record_id text, customer_key bigint)")
        for record, group in group_of.items():
            cursor.execute("insert into judged_identity values (%s, %s)", (record, group))
        cursor.execute("create temp table judged_survivorship as table staging.survivorship")
        votes: dict[int, Counter[str]] = defaultdict(Counter)
        for record in known:
            votes[group_of[record]][person_of[record]] += 1
        person_in = {group: counts.most_common(1)[0][0] for group, counts in votes.items()}
        query = re.sub(r'"\w+"\."intermediate"\."int_customer_identity"', "judged_identity", query)
        query = re.sub(r'"\w+"\."staging"\."survivorship"', "judged_survivorship", query)
        query = re.sub(r"not exists \(select \* from [^)]*\)", "true", query)

        def winners() -> dict[tuple[int, str], str]:
            cursor.execute(query)
            return {(key, attribute): record for key, attribute, record, *_ in cursor.fetchall()}

        shipped = winners()
        rows = []
        for attribute in CANDIDATES:
            golden = {
                g: right(attribute, records[r], people[person_in[g]])
                for (g, a), r in shipped.items()
                if a == attribute and g in person_in
            }
            every = len(person_in)
            sources: dict[str, dict[int, bool]] = defaultdict(dict)
            for record in known:
                group = group_of[record]
                source = records[record]["source"]
                ok = right(attribute, records[record], people[person_in[group]])
                sources[source][group] = ok
            best = max(sources, key=lambda s: sum(sources[s].values()) / len(sources[s]))
            same = sources[best]
            rows.append(
                (
                    attribute,
                    every,
                    f"{sum(golden.values()) / every:.1%}",
                    best,
                    len(same),
                    f"{sum(same.values()) / len(same):.1%}",
                    f"{sum(golden.get(g, False) for g in same) / len(same):.1%}",
                )
            )
        console.say(
            console.table(
                (
                    "attribute",
                    "customers",
                    "golden right",
                    "best source",
                    "its customers",
                    "it is right",
                    "golden right there",
                ),
                rows,
            )
        )
        if options.tried:
            for attribute, criteria in CANDIDATES.items():
                found = []
                for count in range(1, min(4, len(criteria) + 1)):
                    for order in itertools.permutations(criteria, count):
                        cursor.execute(
                            "update judged_survivorship set criterion_1 = %s, criterion_2 = %s, criterion_3 = %s,"
                            " criterion_4 = null, criterion_5 = null where attribute = %s",
                            (*order, *[None] * (3 - count), attribute),
                        )
                        won = {g: r for (g, a), r in winners().items() if a == attribute and g in person_in}
                        found.append(
                            (sum(right(attribute, records[r], people[person_in[g]]) for g, r in won.items()), order)
                        )
                for count, order in sorted(found, reverse=True)[:6]:
                    console.say(f"{attribute}: {count / len(person_in):.2%} {' > '.join(order)}")


if __name__ == "__main__":
    main()
