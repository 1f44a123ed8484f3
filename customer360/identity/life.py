"""``make who``: the life of a customer key, and whose it is now."""

from __future__ import annotations

import re
from typing import Any

from customer360.console import table
from customer360.errors import Customer360Error

_EVENTS = """
select h.change_number, c.as_of_date::text, h.event, h.customer_key::text, h.other_customer_key::text, h.records,
    h.reason, c.run_id
from identity.history as h
join identity.changes as c on c.change_number = h.change_number
where h.customer_key = %(key)s or h.other_customer_key = %(key)s
order by h.change_number, h.event_number
"""
_RECORDS = """
select k.record_id, r.full_name, r.email, r.phone, r.birth_date::text, r.city, k.from_change
from identity.record_keys as k
left join intermediate.int_customer_records as r on r.record_id = k.record_id
where k.customer_key = %s and k.until_change is null
order by k.record_id collate "C"
"""
# A look back at a day before the first run gives keys that nobody remembers; they are made from their oldest record.
_MADE_FROM = """
select r.record_id, k.customer_key
from intermediate.int_customer_records as r
left join identity.record_keys as k on k.record_id = r.record_id and k.until_change is null
where (('x' || left(md5(r.source || '-' || r.customer_id), 14))::bit(56)::bigint >> 3) = %s
"""


def life_of(connection: Any, asked_for: str) -> str:
    """Events, redirects and present records of a key, as text.

    Args:
        connection: psycopg2 connection as c360_transformer.
        asked_for: a customer key, or a record as ``source:id``, whose key is then told.

    Raises:
        Customer360Error: there is no such key and no such record.
    """
    with connection.cursor() as cursor:
        key = _key(cursor, asked_for.strip())
        cursor.execute(
            "select founding_record_id, founded_at::date::text from identity.keys where customer_key = %s", (key,)
        )
        founded = cursor.fetchone()
        if founded is None:
            return _of_a_look_back(cursor, key)
        cursor.execute(_EVENTS, {"key": key})
        events = cursor.fetchall()
        cursor.execute(_RECORDS, (key,))
        records = cursor.fetchall()
        cursor.execute(
            "select redirected_to, event from warehouse.customer_key_redirects where customer_key = %s", (key,)
        )
        redirect = cursor.fetchone()
        cursor.execute("select customer_key from warehouse.customer_key_redirects where redirected_to = %s", (key,))
        earlier = [str(one) for (one,) in cursor.fetchall()]
    day = f", known since {founded[1]}" if founded[1] else ""
    lines = [f"customer {key}, a key made from the record {founded[0]}{day}"]
    if records:
        lines.append(f"is a customer with {len(records)} records")
    elif redirect and redirect[0] is not None:
        lines.append(f"is no customer any more ({redirect[1]}): what it was is now customer {redirect[0]}")
    else:
        lines.append("is no customer any more: none of its records is left")
    if earlier:
        lines.append(f"stands for the earlier keys {', '.join(earlier)}")
    told = ("run", "as of", "what", "key", "other key", "records", "why", "run id")
    lines += ["", "What happened", table(told, events)]
    if records:
        shown = ("record", "name", "e-mail", "phone", "born", "city", "since run")
        lines += ["", "Records now", table(shown, records)]
    return "\n".join(lines)


def _key(cursor: Any, asked_for: str) -> int:
    if re.fullmatch(r"[0-9]{1,16}", asked_for):
        return int(asked_for)
    cursor.execute(
        "select customer_key from identity.record_keys where record_id = %s order by from_change desc", (asked_for,)
    )
    if (found := cursor.fetchone()) is None:
        raise Customer360Error(
            f"{asked_for!r} is neither a customer key nor a known record",
            where="KEY",
            how="give a whole number from any export, or a record as source:id, such as KEY=crm:123",
        )
    return int(found[0])


def _of_a_look_back(cursor: Any, key: int) -> str:
    cursor.execute(_MADE_FROM, (key,))
    if (found := cursor.fetchone()) is None:
        raise Customer360Error(
            f"no customer of this data folder ever had the key {key}",
            where="KEY",
            how="keys belong to one data folder: add DATA=folder where it is another than the last run's",
        )
    now = f", which is now of customer {found[1]}" if found[1] is not None else ""
    return f"{key} is only given by runs of a day before the first run; it is made from the record {found[0]}{now}"
