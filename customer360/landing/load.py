"""Lands one file: one transaction that copies its rows, quarantines the rest and balances the books."""

from __future__ import annotations

import io
import json
import queue
import re
import tempfile
import threading
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from itertools import chain
from pathlib import Path
from typing import IO, Any

import numpy as np
from psycopg2 import errors, sql

from customer360.errors import Customer360Error
from customer360.sources import DataFolder, Feed, nearest

from .content import FileFacts, UnreadableError, examine, stamp_of
from .reading import TableFile, open_table, pins_of
from .records import Block, Bulk, Reject, Tally, Wire

_ESCAPES = str.maketrans({"\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"})
_LF, _ZERO = 10, 48
_REJECTS_IN_MEMORY = 16 << 20


@dataclass(frozen=True)
class BatchResult:
    """What became of one file.

    Attributes:
        outcome: ``landed``, ``unchanged`` (this content is already there), or ``quarantined`` (not one row readable).
        rows_landed, rows_quarantined, lines_read: 0 unless landed now.
        reasons: rejections by reason code.
        note: a sentence for the log.
        drift: columns that are new or gone compared with what the feed had before.
    """

    source: str
    entity: str
    file_name: str
    outcome: str
    rows_landed: int = 0
    rows_quarantined: int = 0
    lines_read: int = 0
    reasons: dict[str, int] | None = None
    note: str = ""
    drift: dict[str, list[str]] | None = None

    def as_json(self) -> dict[str, Any]:
        """For logs, XCom and audit."""
        return asdict(self)


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
            if note := _already_there(cursor, feed, file_name, facts, run_id):
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
            return _quarantine_file(cursor, feed, file_name, facts, run_id, error.reason, str(error))


def file_sort_key(file_name: str) -> str:
    """The name with its numbers padded, so that text order is natural order."""
    return re.sub(r"\d+", lambda digits: digits.group().zfill(20), file_name)


def _already_there(cursor: Any, feed: Feed, file_name: str, facts: FileFacts, run_id: str | None) -> str:
    cursor.execute(
        "select batch_id, file_name from audit.batches"
        " where source = %s and entity = %s and sha256 = %s and same_as is null",
        (feed.source, feed.entity.name, facts.sha256),
    )
    found = cursor.fetchone()
    if found is None:
        return ""
    batch_id, landed_as = found
    cursor.execute(
        "select sha256 from audit.batches where source = %s and entity = %s and file_name = %s"
        " order by batch_id desc limit 1",
        (feed.source, feed.entity.name, file_name),
    )
    newest = cursor.fetchone()
    if newest is None or newest[0] != facts.sha256:
        # A copy under another name, or a file that went back to an earlier content: remembered, not landed again.
        _open_batch(cursor, feed, file_name, facts, run_id, same_as=batch_id)
        return f"same content as {landed_as}, landed in batch {batch_id}"
    return f"already landed in batch {batch_id}"


def _open_batch(
    cursor: Any, feed: Feed, file_name: str, facts: FileFacts, run_id: str | None, same_as: int | None = None
) -> int:
    cursor.execute(
        "insert into audit.batches (run_id, source, entity, file_name, file_sort_key, sha256, bytes, same_as,"
        " lines_read, header_lines, blank_lines, landed_lines, quarantined_lines, rows_landed, rows_quarantined,"
        " started_at) values (%s, %s, %s, %s, %s, %s, %s, %s, 0, 0, 0, 0, 0, 0, 0, clock_timestamp())"
        " returning batch_id",
        (
            run_id,
            feed.source,
            feed.entity.name,
            file_name,
            file_sort_key(file_name),
            facts.sha256,
            facts.size,
            same_as,
        ),
    )
    return int(cursor.fetchone()[0])


def _land(cursor: Any, path: Path, feed: Feed, file_name: str, facts: FileFacts, run_id: str | None) -> BatchResult:
    table = open_table(path, facts, pins_of(feed))
    known = table_columns(cursor, feed)
    batch_id = _open_batch(cursor, feed, file_name, facts, run_id)
    # Rejected records wait in a file: the connection is busy copying, and there may be any number of them.
    with tempfile.SpooledTemporaryFile(_REJECTS_IN_MEMORY, mode="w+", encoding="utf-8", newline="") as rejects:
        seen = _copy_all(cursor, table, feed, batch_id, file_name, rejects, known, str(path))
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
    _close_batch(cursor, batch_id, tally, table.described() | {"columns": list(seen)})
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


def _close_batch(cursor: Any, batch_id: int, tally: Tally, read_as: dict[str, Any]) -> None:
    cursor.execute(
        "update audit.batches set lines_read = %s, preamble_lines = %s, header_lines = %s, blank_lines = %s,"
        " footer_lines = %s, landed_lines = %s, quarantined_lines = %s, rows_landed = %s, rows_quarantined = %s,"
        " read_as = %s, finished_at = clock_timestamp() where batch_id = %s",
        (
            tally.lines_read,
            tally.preamble,
            tally.header,
            tally.blank,
            tally.footer,
            tally.landed,
            tally.quarantined,
            tally.rows_landed,
            tally.rows_quarantined,
            json.dumps(read_as).replace("\\u0000", "\\ufffd"),
            batch_id,
        ),
    )


def _copy_all(
    cursor: Any,
    table: TableFile,
    feed: Feed,
    batch_id: int,
    file_name: str,
    rejects: IO[str],
    known: list[str],
    where: str,
) -> list[str]:
    """Copies every block; a block with other columns begins another COPY. Returns the columns seen."""
    seen: dict[str, None] = dict.fromkeys(table.columns)
    if table.columns or not table.grows:
        check_columns(feed, table.columns, where)
        ensure_table(cursor, feed, list(table.columns))
    with _Ahead(_encoded(table, batch_id, file_name, rejects)) as pieces:
        piece = next(pieces, None)
        while piece is not None:
            columns = piece[0]
            if any(name not in seen for name in columns):
                ensure_table(cursor, feed, list(columns))
                seen.update(dict.fromkeys(columns))
            stream = _Stream(piece, pieces)
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


def copy_statement(feed: Feed, columns: Iterable[str], wire: Wire) -> sql.Composable:
    """COPY of rows as ``encoded_rows`` writes them."""
    names = [*columns, "_line_number", "_batch_id", "_source_file"]
    options = sql.SQL("format csv, encoding 'UTF8', delimiter {}, quote {}").format(
        sql.Literal(wire.delimiter.decode()), sql.Literal(wire.quote.decode())
    )
    if not wire.nulls:
        # Every text is kept as it is: an empty field is an empty text, and no spelling means null.
        options += sql.SQL(", force_not_null *")
    return sql.SQL("copy raw.{} ({}) from stdin ({})").format(
        sql.Identifier(feed.table), sql.SQL(", ").join(map(sql.Identifier, names)), options
    )


_Piece = tuple[tuple[str, ...], bytes]


def _encoded(table: TableFile, batch_id: int, file_name: str, rejects: IO[str]) -> Iterator[_Piece]:
    for block in table.blocks():
        for reject in block.rejects:
            rejects.write(_reject_line(batch_id, reject))
        if block.count:
            yield block.columns, encoded_rows(block, table.wire, batch_id, file_name)


def encoded_rows(block: Block, wire: Wire, batch_id: int, file_name: str) -> bytes:
    """Rows as bytes for COPY, in UTF-8: each followed by its line number, its batch and its file."""
    delimiter, quote = wire.delimiter.decode(), wire.quote.decode()
    same = wire.encoding.lower() in ("utf-8", "ascii")
    # Between the file's bytes, the name stands in the file's encoding; both are recoded together.
    if not same and not _encodes(file_name, wire.encoding):
        file_name = file_name.encode("ascii", "replace").decode()
    name = quote + file_name.replace(quote, quote * 2) + quote
    tail = f"{delimiter}{batch_id}{delimiter}{name}\n".encode(wire.encoding)
    template = delimiter.encode() + b"%d" + tail.replace(b"%", b"%%")
    tails = [template % number for number in block.line_numbers]
    data = b"".join(chain.from_iterable(zip(block.rows, tails, strict=True)))
    if block.bulk is not None:
        data += _bulk_rows(block.bulk, delimiter.encode(), tail)
    return data if same else data.decode(wire.encoding).encode()


def _bulk_rows(bulk: Bulk, delimiter: bytes, tail: bytes) -> bytes:
    """The lines of a bulk with delimiter, line number and tail before each line end.

    All of them get a tail with a number of the same width at once, then the digits are written into their places,
    column by column: no line is touched by Python itself.
    """
    width = len(str(int(bulk.numbers[-1])))
    full = delimiter + b"0" * width + tail
    ends = np.flatnonzero(np.frombuffer(bulk.content, dtype=np.uint8) == _LF)
    out = bytearray(bulk.content.replace(b"\n", full))
    view = np.frombuffer(out, dtype=np.uint8)
    places = ends + np.arange(len(ends)) * (len(full) - 1) + len(delimiter)
    rest = bulk.numbers
    for digit in range(width - 1, -1, -1):
        rest, unit = np.divmod(rest, 10)
        view[places + digit] = unit + _ZERO
    return bytes(out)


def _encodes(text: str, encoding: str) -> bool:
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


def _reject_line(batch_id: int, reject: Reject) -> str:
    column = "\\N" if reject.column is None else reject.column.translate(_ESCAPES)
    message = reject.message.replace("\0", "\ufffd").encode(errors="replace").decode().translate(_ESCAPES)
    return (
        f"{batch_id}\t{reject.line_number}\t{reject.lines}\t{reject.byte_offset}\t{column}\t{reject.reason}\t{message}"
        f"\t\\\\x{reject.content.hex()}\n"
    )


class _Ahead:
    """Runs an iterator in a thread, a few items ahead, so that scanning and the server's work overlap."""

    def __init__(self, items: Iterator[_Piece], depth: int = 3) -> None:
        self._items = items
        self._queue: queue.Queue[_Piece | BaseException | None] = queue.Queue(depth)
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._work, name="scan", daemon=True)

    def __enter__(self) -> Iterator[_Piece]:
        self._thread.start()
        return iter(self._take, None)

    def __exit__(self, *error: object) -> None:
        self._stopped.set()
        while self._thread.is_alive():
            try:
                self._queue.get(timeout=0.05)
            except queue.Empty:
                continue

    def _take(self) -> _Piece | None:
        item = self._queue.get()
        if isinstance(item, BaseException):
            raise item
        return item

    def _work(self) -> None:
        try:
            for item in self._items:
                if self._stopped.is_set():
                    return
                self._queue.put(item)
            self._queue.put(None)
        except BaseException as error:
            self._queue.put(error)


class _Stream(io.RawIOBase):
    """Pieces of the same columns as one file for COPY; keeps the first piece of other columns."""

    def __init__(self, first: _Piece, pieces: Iterator[_Piece]) -> None:
        self._columns = first[0]
        self._data = memoryview(first[1])
        self._pieces = pieces
        self.next_piece: _Piece | None = None
        self._ended = False
        self.error: Exception | None = None

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        if not self._data and not self._ended:
            try:
                piece = next(self._pieces, None)
            except Exception as error:
                self.error = error
                raise
            if piece is None or piece[0] != self._columns:
                self.next_piece, self._ended = piece, True
                return b""
            self._data = memoryview(piece[1])
        if self._ended:
            return b""
        taken, self._data = self._data[:size], self._data[size:]
        return bytes(taken)


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


def ensure_table(cursor: Any, feed: Feed, header: list[str]) -> None:
    """Creates the raw table of a feed, or adds the columns that it does not have yet."""
    table = sql.Identifier(feed.table)
    cursor.execute("select to_regclass(%s) is not null", (f'raw."{feed.table}"',))
    if not cursor.fetchone()[0]:
        cursor.execute(
            sql.SQL(
                "create table raw.{} ({}, _batch_id bigint not null, _source_file text not null,"
                " _line_number bigint not null, _loaded_at timestamptz not null default now())"
            ).format(table, sql.SQL(", ").join(sql.SQL("{} text").format(sql.Identifier(name)) for name in header))
        )
        cursor.execute(
            sql.SQL("comment on table raw.{} is {}").format(
                table, sql.Literal(f"Lines of {feed.label} as landed: the files' own columns as text, append-only.")
            )
        )
        return
    known = table_columns(cursor, feed)
    for name in header:
        if name not in known:
            cursor.execute(sql.SQL("alter table raw.{} add column {} text").format(table, sql.Identifier(name)))


def table_columns(cursor: Any, feed: Feed) -> list[str]:
    """The file columns of a feed's raw table; empty when there is none yet."""
    cursor.execute(
        "select attname from pg_attribute where attrelid = to_regclass(%s) and attnum > 0 and not attisdropped"
        " and attname not in ('_batch_id', '_source_file', '_line_number', '_loaded_at') order by attnum",
        (f'raw."{feed.table}"',),
    )
    return [name for (name,) in cursor.fetchall()]


def _quarantine_file(
    cursor: Any, feed: Feed, file_name: str, facts: FileFacts | None, run_id: str | None, reason: str, message: str
) -> BatchResult:
    cursor.execute(
        "insert into quarantine.files (run_id, source, entity, file_name, sha256, bytes, reason_code, message)"
        " select * from (values (%s, %s, %s, %s, %s, %s::bigint, %s, %s)) as f (run_id, source, entity, file_name,"
        " sha256, bytes, reason_code, message) where not exists (select from quarantine.files q where"
        " (q.source, q.entity, q.file_name) = (f.source, f.entity, f.file_name)"
        " and q.sha256 is not distinct from f.sha256)",
        (
            run_id,
            feed.source,
            feed.entity.name,
            file_name,
            facts and facts.sha256,
            facts and facts.size,
            reason,
            message,
        ),
    )
    return BatchResult(feed.source, feed.entity.name, file_name, "quarantined", reasons={reason: 1}, note=message)
