"""The budgets of sources.yml: how much of a feed may be in quarantine, and what its fields promise.

They judge what counts now, not what a run did: a file that is too bad stays too bad in the next run, until it, the
declaration or the budget is mended.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from psycopg2 import sql

from customer360.sources import DataFolder, Feed, FieldContract


@dataclass(frozen=True)
class BrokenPromise:
    """What a feed did not keep.

    Attributes:
        feed: its label.
        words: a sentence.
        rows: how many break it.
        beyond: the budget is exceeded; otherwise it is a warning.
    """

    feed: str
    words: str
    rows: int
    beyond: bool

    def as_json(self) -> dict[str, Any]:
        """For audit.stages."""
        return asdict(self)


def check_budgets(connection: Any, folder: DataFolder) -> list[BrokenPromise]:
    """Every broken promise of every feed; the views have to be there.

    Args:
        connection: psycopg2 connection as c360_loader.
        folder: the data folder.
    """
    found: list[BrokenPromise] = []
    with connection, connection.cursor() as cursor:
        for feed in folder.feeds:
            if feed.max_rejected is not None:
                found += _rejected(cursor, feed, feed.max_rejected)
            for field, terms in feed.contract.items():
                found += _broken(cursor, feed, field, terms)
    return found


def _rejected(cursor: Any, feed: Feed, most: float) -> Iterator[BrokenPromise]:
    cursor.execute(
        "select b.file_name, b.rows_landed, b.rows_quarantined"
        " from audit.batches b join audit.file_versions v using (batch_id)"
        " where v.source = %s and v.entity = %s and (v.is_newest or %s) order by b.batch_id",
        (feed.source, feed.entity.name, feed.mode == "delta"),
    )
    for file_name, landed, rejected in cursor.fetchall():
        if rejected > most * (landed + rejected):
            share = rejected / (landed + rejected)
            words = f"{feed.label}: {share:.1%} of {file_name} is in quarantine, more than the {most:.1%} allowed"
            yield BrokenPromise(feed.label, words, rejected, beyond=True)
    cursor.execute(
        "select f.file_name, f.message from quarantine.files f where f.source = %s and f.entity = %s and not exists"
        " (select from audit.batches b where (b.source, b.entity, b.file_name) = (f.source, f.entity, f.file_name)"
        " and b.started_at > f.quarantined_at)",
        (feed.source, feed.entity.name),
    )
    for file_name, message in cursor.fetchall():
        yield BrokenPromise(feed.label, f"{feed.label}: {file_name} was not landed: {message}", 0, beyond=True)


def _broken(cursor: Any, feed: Feed, field: str, terms: FieldContract) -> Iterator[BrokenPromise]:
    column = sql.Identifier(field)
    filled = sql.SQL("nullif(btrim({}), '')").format(column)
    counts = {}
    if terms.required:
        counts["has no value"] = sql.SQL("count(*) filter (where {} is null)").format(filled)
    if terms.unique:
        counts["is not unique"] = sql.SQL(
            "count({f}) - count(distinct (_batch_id, {f})) filter (where {f} is not null)"
        ).format(f=filled)
    if terms.accepted:
        counts["has a value that is not accepted"] = sql.SQL("count(*) filter (where {} not in ({}))").format(
            filled, sql.SQL(", ").join(map(sql.Literal, terms.accepted))
        )
    if terms.pattern is not None:
        counts["does not match its pattern"] = sql.SQL("count(*) filter (where {} !~ {})").format(
            filled, sql.Literal(f"^(?:{terms.pattern})$")
        )
    if not counts:
        return
    cursor.execute(
        sql.SQL("select count(*), {} from raw.{} where _source = %s").format(
            sql.SQL(", ").join(counts.values()), sql.Identifier(f"all_{feed.entity.name}")
        ),
        (feed.source,),
    )
    rows, *broken = cursor.fetchone()
    for words, count in zip(counts, broken, strict=True):
        if count:
            beyond = terms.budget is not None and count > terms.budget * rows
            told = f"{feed.label}: {field} {words} in {count:,} of {rows:,} rows"
            if beyond:
                told += f", more than the {terms.budget:.1%} allowed"
            yield BrokenPromise(feed.label, told, count, beyond)
