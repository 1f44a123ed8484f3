"""Lands one file: one transaction that copies its rows, quarantines the rest and balances the books."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import IO, Any

from psycopg2 import errors

from customer360.errors import Customer360Error
from customer360.sources import DataFolder, Feed

from .ahead import Ahead, Piece, Stream
from .books import BatchResult, already_there, close_batch, open_batch, quarantine_file
from .content import FileFacts, UnreadableError, examine, stamp_of
from .reading import TableFile, open_table, pins_of
from .tables import check_columns, ensure_table, table_columns
from .wire import copy_statement, encoded_rows, reject_line

_REJECTS_IN_MEMORY = 16 << 20
_READ_AHEAD = 1 << 20  # smaller files are read before a thread has started


def land_file(connection: Any, folder: DataFolder, feed: Feed, file_name: str, run_id: str | None) -> BatchResult:
    """Lands a file unless its content is already there.

    Args:
        connection: psycopg2 connection as c360_loader, not in autocommit; committed or rolled back here.
        folder: the data folder.
        feed: what the file holds.
        file_name: path below the folder.
        run_id: a row of audit.runs, or None.

    Raises:
        Customer360Error: unreadable, a mapped column is missing, or the file changed while it was read.
    """
    path = folder.path_of(file_name)
    with connection, connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtextextended(%s, 0))", (f"land raw.{feed.table}",))
        facts = None
        try:
            facts = examine(path, feed.encoding)
            if note := already_there(cursor, feed, file_name, facts, run_id):
                return BatchResult(feed.source, feed.entity.name, file_name, "unchanged", note=note)
            if facts.size == 0:
                raise UnreadableError("empty_file", "the file is empty")
            return _land(cursor, path, feed, file_name, facts, run_id)
        except errors.DiskFull as error:
            raise Customer360Error(
                f"the warehouse's disk is full: {str(error).splitlines()[0]}",
                where=f"while landing {path}; nothing of it was committed",
                how="make room and run again: what has landed is skipped",
            ) from None
        except UnreadableError as error:
            connection.rollback()
            return quarantine_file(cursor, feed, file_name, facts, run_id, error.reason, str(error))


def _land(cursor: Any, path: Path, feed: Feed, file_name: str, facts: FileFacts, run_id: str | None) -> BatchResult:
    table = open_table(path, facts, pins_of(feed))
    known = table_columns(cursor, feed)
    batch_id = open_batch(cursor, feed, file_name, facts, run_id)
    # Rejected records wait in a file: the connection is busy copying, and there may be any number of them.
    with tempfile.SpooledTemporaryFile(_REJECTS_IN_MEMORY, mode="w+", encoding="utf-8", newline="") as rejects:
        pieces = _encoded(table, batch_id, rejects)
        with nullcontext(pieces) if facts.size < _READ_AHEAD else Ahead(pieces) as ahead:
            seen = _copy_all(cursor, table, feed, ahead, known, str(path))
        if table.tally.rows_quarantined:
            rejects.seek(0)
            cursor.copy_expert(
                "copy quarantine.rows (batch_id, line_number, lines, byte_offset, column_name, reason_code, message,"
                " content) from stdin",
                rejects,
            )
    if stamp_of(path) != facts.stamp:
        raise Customer360Error(
            "the file changed while it was read", where=str(path), how="run again once it is written completely"
        )
    tally = table.tally
    close_batch(cursor, batch_id, tally, table.described() | {"columns": list(seen)})
    drift = {"new": [name for name in seen if name not in known], "gone": [name for name in known if name not in seen]}
    return BatchResult(
        feed.source,
        feed.entity.name,
        file_name,
        "landed",
        rows_landed=tally.rows_landed,
        rows_quarantined=tally.rows_quarantined,
        lines_read=tally.lines_read,
        reasons=dict(tally.reasons),
        note=f"batch {batch_id}",
        drift=drift if known and any(drift.values()) else None,
    )


def _copy_all(
    cursor: Any, table: TableFile, feed: Feed, pieces: Iterator[Piece], known: list[str], where: str
) -> list[str]:
    """Copies every piece; one with other columns begins another COPY. Returns the columns seen."""
    seen: dict[str, None] = dict.fromkeys(table.columns)
    if table.columns or not table.grows:
        check_columns(feed, table.columns, where)
        ensure_table(cursor, feed, list(table.columns))
    piece = next(pieces, None)
    while piece is not None:
        columns = piece[0]
        if any(name not in seen for name in columns):
            ensure_table(cursor, feed, list(columns))
            seen.update(dict.fromkeys(columns))
        stream = Stream(piece, pieces)
        try:
            cursor.copy_expert(copy_statement(feed, columns, table.wire), stream, size=1 << 20)
        except Exception:
            if stream.error is not None:  # ours, which the driver has wrapped in its own
                raise stream.error from None
            raise
        piece = stream.next_piece
    if table.grows:
        check_columns(feed, [*seen, *known], where)
        ensure_table(cursor, feed, list(seen))
    return list(seen)


def _encoded(table: TableFile, batch_id: int, rejects: IO[str]) -> Iterator[Piece]:
    for block in table.blocks():
        for reject in block.rejects:
            rejects.write(reject_line(batch_id, reject))
        if block.count:
            yield block.columns, encoded_rows(block, table.wire, batch_id)
