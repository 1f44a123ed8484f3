"""Lands one file: one transaction that copies its rows, quarantines the rest and balances the books."""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import psycopg2
from psycopg2 import sql

from customer360.errors import Customer360Error
from customer360.sources import DataFolder, Feed, nearest

from .reader import DelimitedFile, FileFacts, Record, examine

_ROWS_PER_COPY = 20_000
_TABULAR_SUFFIXES = {".csv", ".tsv", ".txt", ".psv", ".dat", ""}
_ESCAPES = str.maketrans({"\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"})


@dataclass(frozen=True)
class BatchResult:
    """What became of one file.

    Attributes:
        outcome: ``landed``, ``unchanged`` (this content is already there), or ``quarantined`` (not one row readable).
        rows_landed, rows_quarantined, lines_read: 0 unless landed now.
        reasons: rejections by reason code.
        note: a sentence for the log.
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
    path = folder.path / file_name
    with connection, connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtextextended(%s, 0))", (f"land raw.{feed.table}",))
        if path.suffix.lower() not in _TABULAR_SUFFIXES:
            message = f"{path.suffix} files cannot be landed yet"
            return _quarantine_file(cursor, feed, file_name, None, run_id, "unsupported_format", message)
        facts = examine(path, feed.encoding)
        if note := _already_there(cursor, feed, file_name, facts, run_id):
            return BatchResult(feed.source, feed.entity.name, file_name, "unchanged", note=note)
        if facts.bytes == 0:
            return _quarantine_file(cursor, feed, file_name, facts, run_id, "empty_file", "the file is empty")
        return _land(cursor, path, feed, file_name, facts, run_id)


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
            facts.bytes,
            same_as,
        ),
    )
    return int(cursor.fetchone()[0])


def _land(cursor: Any, path: Path, feed: Feed, file_name: str, facts: FileFacts, run_id: str | None) -> BatchResult:
    try:
        file = DelimitedFile(path, feed, facts)
    except (UnicodeError, LookupError) as error:
        message = f"not readable as {facts.encoding}: {error}"
        return _quarantine_file(cursor, feed, file_name, facts, run_id, "encoding", message)
    try:
        check_columns(feed, file.header, str(path))
        ensure_table(cursor, feed, file.header)
        batch_id = _open_batch(cursor, feed, file_name, facts, run_id)
        copy = _Copy(cursor, feed, file.header, batch_id, file_name)
        lines: Counter[str] = Counter()
        reasons: Counter[str] = Counter()
        for record in file.records():
            if record.fields:
                copy.add(record)
                lines["landed"] += record.lines
            elif record.reason == "blank":
                lines["blank"] += record.lines
            else:
                _quarantine_row(cursor, batch_id, record)
                reasons[record.reason] += 1
                lines["quarantined"] += record.lines
        copy.flush()
        lines_read, sha256 = file.lines_read, file.sha256
    except UnicodeError as error:
        raise Customer360Error(
            f"the file is not {facts.encoding}: {error}", where=str(path), how="mend 'encoding' in sources.yml"
        ) from None
    finally:
        file.close()
    if sha256 != facts.sha256:
        raise Customer360Error(
            "the file changed while it was read", where=str(path), how="run again once it is written completely"
        )
    cursor.execute(
        "update audit.batches set lines_read = %s, header_lines = %s, blank_lines = %s, landed_lines = %s,"
        " quarantined_lines = %s, rows_landed = %s, rows_quarantined = %s, finished_at = clock_timestamp()"
        " where batch_id = %s",
        (
            lines_read,
            file.header_lines,
            lines["blank"],
            lines["landed"],
            lines["quarantined"],
            copy.rows,
            reasons.total(),
            batch_id,
        ),
    )
    return BatchResult(
        feed.source,
        feed.entity.name,
        file_name,
        "landed",
        rows_landed=copy.rows,
        rows_quarantined=reasons.total(),
        lines_read=lines_read,
        reasons=dict(reasons),
        note=f"batch {batch_id}",
    )


class _Copy:
    """Collects rows and copies them a few thousand at a time."""

    def __init__(self, cursor: Any, feed: Feed, header: list[str], batch_id: int, file_name: str) -> None:
        columns = [*header, "_line_number", "_batch_id", "_source_file"]
        self._statement = sql.SQL("copy raw.{} ({}) from stdin").format(
            sql.Identifier(feed.table), sql.SQL(", ").join(map(sql.Identifier, columns))
        )
        self._cursor = cursor
        self._tail = f"\t{batch_id}\t{file_name.translate(_ESCAPES)}\n"
        self._buffer: list[str] = []
        self.rows = 0

    def add(self, record: Record) -> None:
        fields = "\t".join([field.translate(_ESCAPES) for field in record.fields])
        self._buffer.append(f"{fields}\t{record.line_number}{self._tail}")
        self.rows += 1
        if len(self._buffer) >= _ROWS_PER_COPY:
            self.flush()

    def flush(self) -> None:
        if self._buffer:
            self._cursor.copy_expert(self._statement, io.StringIO("".join(self._buffer)))
            self._buffer.clear()


def check_columns(feed: Feed, header: Iterable[str], where: str) -> None:
    """Every mapped column has to be in the file.

    Raises:
        Customer360Error: names the file, the column and the nearest header.
    """
    header = list(header)
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


def _quarantine_row(cursor: Any, batch_id: int, record: Record) -> None:
    cursor.execute(
        "insert into quarantine.rows (batch_id, line_number, byte_offset, reason_code, message, content)"
        " values (%s, %s, %s, %s, %s, %s)",
        (
            batch_id,
            record.line_number,
            record.byte_offset,
            record.reason,
            record.message,
            psycopg2.Binary(record.content),
        ),
    )


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
            facts and facts.bytes,
            reason,
            message,
        ),
    )
    return BatchResult(feed.source, feed.entity.name, file_name, "quarantined", reasons={reason: 1}, note=message)
