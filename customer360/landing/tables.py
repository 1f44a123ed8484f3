"""The raw tables of feeds: made when their first file lands, widened when a column is new.

``raw.<feed>_rows`` holds the lines, each with its batch and its line number. ``raw.<feed>`` is a view of it that also
tells the file and the time, which are the same for all lines of a batch and stand once, in audit.batches.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from psycopg2 import sql

from customer360.errors import Customer360Error
from customer360.sources import Feed, nearest

# _source_file and _loaded_at were stored with each line once; databases of that time keep them, unused.
_OURS = ("_batch_id", "_source_file", "_line_number", "_loaded_at")


def rows_table(feed: Feed) -> sql.Composable:
    """The table of a feed's lines."""
    return sql.Identifier("raw", f"{feed.table}_rows")


def check_columns(feed: Feed, header: Iterable[str], where: str) -> None:
    """Every mapped column has to be in the file, unless the feed allows columns to vanish.

    Raises:
        Customer360Error: names the file, the column and the nearest header.
    """
    header = list(header)
    if feed.vanished_columns == "warn":
        return
    for field, value in feed.columns.items():
        for column in value.columns:
            if column not in header:
                meant = nearest(column, header)
                raise Customer360Error(
                    f"the file lacks the column {column!r}, mapped to {field} of {feed.label}",
                    where=where,
                    how=(f"did you mean {meant!r}? " if meant else "")
                    + f"mend sources.yml; the file has: {', '.join(header)}",
                )


def table_columns(cursor: Any, feed: Feed) -> list[str]:
    """The file columns of a feed's raw table; empty when there is none yet."""
    return [name for name in _columns(cursor, feed)[0] if name not in _OURS]


def ensure_table(cursor: Any, feed: Feed, header: list[str]) -> None:
    """Creates the raw table of a feed and its view, or adds the columns that they do not have yet."""
    shown, stored = _columns(cursor, feed)
    known = [name for name in shown if name not in _OURS]
    if not stored and shown:
        _adopt(cursor, feed)
        shown = []
    elif not stored:
        _create(cursor, feed, header)
    elif all(name in stored for name in header):
        return
    else:
        added = [name for name in header if name not in stored]
        columns = [sql.SQL("add column {} text").format(sql.Identifier(name)) for name in added]
        cursor.execute(sql.SQL("alter table {} {}").format(rows_table(feed), sql.SQL(", ").join(columns)))
    _show(cursor, feed, shown, [*known, *(name for name in header if name not in known)])


def _create(cursor: Any, feed: Feed, header: list[str]) -> None:
    # Columns of fixed width first: they need no padding, and are found without reading the texts before them.
    columns = sql.SQL(", ").join(sql.SQL("{} text").format(sql.Identifier(name)) for name in header)
    cursor.execute(
        sql.SQL("create table {} (_line_number bigint not null, _batch_id integer not null, {})").format(
            rows_table(feed), columns
        )
    )
    cursor.execute(
        sql.SQL("comment on table {} is {}").format(
            rows_table(feed), sql.Literal(f"Lines of {feed.label} as landed, append-only: what raw.{feed.table} shows.")
        )
    )


def _adopt(cursor: Any, feed: Feed) -> None:
    """Takes over a table of an earlier version, which stored file and time with each line; no line is touched."""
    view = sql.Identifier("raw", feed.table)
    for statement in (
        "alter table {view} alter column _source_file drop not null, alter column _loaded_at drop not null,"
        " alter column _loaded_at drop default",
        "alter table {view} rename to {name}",
    ):
        cursor.execute(sql.SQL(statement).format(view=view, name=sql.Identifier(f"{feed.table}_rows")))


def _show(cursor: Any, feed: Feed, shown: list[str], names: list[str]) -> None:
    """The view: the file's own columns as they came, ours in between; a view can only grow at its end."""
    order = shown + [name for name in (*names, *_OURS) if name not in shown] if shown else [*names, *_OURS]
    ours = {
        "_batch_id": sql.SQL("b.batch_id as _batch_id"),
        "_source_file": sql.SQL("b.file_name as _source_file"),
        "_line_number": sql.SQL("r._line_number"),
        "_loaded_at": sql.SQL("b.started_at as _loaded_at"),
    }
    columns = sql.SQL(", ").join(ours.get(name) or sql.SQL("r.{}").format(sql.Identifier(name)) for name in order)
    view = sql.Identifier("raw", feed.table)
    cursor.execute(
        sql.SQL(
            "create or replace view {} as select {} from {} r join audit.batches b on b.batch_id = r._batch_id"
        ).format(view, columns, rows_table(feed))
    )
    about = f"Lines of {feed.label} as landed: the files' own columns as text, with batch, file, line and time."
    cursor.execute(sql.SQL("comment on view {} is {}").format(view, sql.Literal(about)))


def _columns(cursor: Any, feed: Feed) -> tuple[list[str], list[str]]:
    """The columns of a feed's view and of its table, in order; empty where there is none."""
    names = (f'raw."{feed.table}"', f'raw."{feed.table}_rows"')
    cursor.execute(
        "select attrelid = to_regclass(%s), attname from pg_attribute where attrelid in (to_regclass(%s),"
        " to_regclass(%s)) and attnum > 0 and not attisdropped order by attnum",
        (names[0], *names),
    )
    found = cursor.fetchall()
    return [name for is_view, name in found if is_view], [name for is_view, name in found if not is_view]
