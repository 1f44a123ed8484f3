"""What lies in quarantine, and trying it again after sources.yml was mended or a record was corrected."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from customer360.sources import DataFolder, Feed

from .content import is_narrow
from .documents import JsonReplay
from .load import land_file
from .parser import Dialect
from .records import Block, Wire
from .scan import Scanner
from .tables import ensure_table
from .wire import copy_statement, encoded_rows


@dataclass(frozen=True)
class Reason:
    """What one reason stands for in a feed: how many records, and some of them.

    Attributes:
        examples: (file, line, message, start of the record).
    """

    feed: str
    reason: str
    rows: int
    examples: list[tuple[str, int, str, str]]


def reasons(connection: Any, examples: int = 3) -> list[Reason]:
    """What is in quarantine now, by feed and reason, most frequent first."""
    with connection, connection.cursor() as cursor:
        cursor.execute(
            "select source || '.' || entity, reason_code, count(*) over (partition by source, entity, reason_code),"
            " file_name, line_number, message, substr(content, 1, 160) from quarantine.rows join audit.batches"
            " using (batch_id) where replayed_at is null"
            " order by 3 desc, 1, 2, batch_id, line_number"
        )
        found: dict[tuple[str, str], Reason] = {}
        for feed, reason, rows, file_name, line, message, content in cursor:
            entry = found.setdefault((feed, reason), Reason(feed, reason, rows, []))
            if len(entry.examples) < examples:
                shown = bytes(content).decode("utf-8", "backslashreplace").rstrip()
                entry.examples.append((file_name, line, message, shown))
    return list(found.values())


def files(connection: Any) -> list[tuple[str, str, str, str]]:
    """Files that could not be read and have not been landed since: feed, file, reason, message."""
    with connection, connection.cursor() as cursor:
        cursor.execute(
            "select source || '.' || entity, file_name, reason_code, message from quarantine.files f where not exists"
            " (select from audit.batches b where (b.source, b.entity, b.file_name) = (f.source, f.entity, f.file_name)"
            " and b.started_at > f.quarantined_at) order by quarantined_at"
        )
        found: list[tuple[str, str, str, str]] = cursor.fetchall()
    return found


def replay(connection: Any, folder: DataFolder) -> dict[str, tuple[int, int]]:
    """Tries every record in quarantine again, and every file; each record moves over once.

    Args:
        connection: psycopg2 connection as c360_loader; committed batch by batch.
        folder: the data folder, as sources.yml describes it now.

    Returns:
        For each feed: records landed now, and records that stay.
    """
    done: dict[str, tuple[int, int]] = {}
    for feed in folder.feeds:
        landed = stayed = 0
        with connection, connection.cursor() as cursor:
            cursor.execute(
                "select distinct batch_id from quarantine.rows join audit.batches using (batch_id)"
                " where (source, entity) = (%s, %s) and replayed_at is null order by 1",
                (feed.source, feed.entity.name),
            )
            batches = [batch for (batch,) in cursor.fetchall()]
        for batch in batches:
            now, still = _replay_batch(connection, feed, batch)
            landed, stayed = landed + now, stayed + still
        if landed or stayed:
            done[feed.label] = (landed, stayed)
    for label, file_name, _, _ in files(connection):
        found = next((feed for feed in folder.feeds if feed.label == label), None)
        if found is not None and folder.path_of(file_name).exists():
            result = land_file(connection, folder, found, file_name, None)
            before = done.get(label, (0, 0))
            done[label] = (before[0] + result.rows_landed, before[1] + result.rows_quarantined)
    return done


def _replay_batch(connection: Any, feed: Feed, batch_id: int) -> tuple[int, int]:
    with connection, connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtextextended(%s, 0))", (f"land raw.{feed.table}",))
        cursor.execute("select read_as from audit.batches where batch_id = %s", (batch_id,))
        (read_as,) = cursor.fetchone()
        cursor.execute(
            "select line_number, lines, content, corrected from quarantine.rows where batch_id = %s"
            " and replayed_at is null order by line_number for update",
            (batch_id,),
        )
        waiting = [
            (line, span, bytes(content), None if corrected is None else bytes(corrected))
            for line, span, content, corrected in cursor
        ]
        attempt = _reader(feed, read_as)
        moved: list[int] = []
        lines = 0
        for line_number, span, content, corrected in waiting:
            found = attempt(content, corrected, line_number)
            if found is None:
                continue
            block, wire = found
            ensure_table(cursor, feed, list(block.columns))
            data = encoded_rows(block, wire, batch_id)
            cursor.copy_expert(copy_statement(feed, block.columns, wire), io.BytesIO(data))
            moved.append(line_number)
            lines += span
        cursor.execute(
            "update quarantine.rows set replayed_at = clock_timestamp() where batch_id = %s and line_number = any(%s)",
            (batch_id, moved),
        )
        cursor.execute(
            "update audit.batches set rows_landed = rows_landed + %s, rows_quarantined = rows_quarantined - %s,"
            " landed_lines = landed_lines + %s, quarantined_lines = quarantined_lines - %s where batch_id = %s",
            (len(moved), len(moved), lines, lines, batch_id),
        )
    return len(moved), len(waiting) - len(moved)


def _reader(feed: Feed, read_as: dict[str, Any]) -> Any:
    """A function that reads one record again: (content, corrected, line) -> (block, wire) or None."""
    kind = read_as.get("format", "")
    columns = tuple(read_as.get("columns", ()))
    if kind.startswith("json"):
        return lambda content, corrected, line: _as_json(corrected or content, line)
    encoding = feed.encoding or read_as.get("encoding", "utf-8")
    narrow = encoding if is_narrow(encoding) else "utf-8"
    delimited = kind == "delimited"

    def pinned(name: str, pin: str | None, default: str = "") -> bytes:
        return (pin if pin is not None else str(read_as.get(name, default))).encode(narrow)

    dialect = Dialect(
        pinned("delimiter", feed.delimiter, ",") if delimited else b",",
        pinned("quote", feed.quote) if delimited else b'"',
        pinned("escape", feed.escape) if delimited else b"",
        bool(read_as.get("blank after delimiter", False)),
    )

    def attempt(content: bytes, corrected: bytes | None, line: int) -> tuple[Block, Wire] | None:
        if corrected is not None:
            content = corrected.decode("utf-8").encode(narrow)
        elif narrow != encoding:
            content = content.decode(encoding).encode("utf-8")
        scanner = Scanner(dialect, len(columns), narrow)
        found = scanner.scan(content, line, 0, final=True)
        block = Block(columns, found.rows, found.numbers, bulk=found.bulk)
        if block.count != 1 or found.rejects or found.blank_lines:
            return None
        wire = scanner.wire if delimited else replace(scanner.wire, nulls=True)
        return block, wire

    return attempt


def _as_json(content: bytes, line: int) -> tuple[Block, Wire] | None:
    block = JsonReplay().block(content, line)
    return None if block is None else (block, JsonReplay.wire)


def listing(found: list[Reason], unread: list[tuple[str, str, str, str]]) -> Iterator[str]:
    """The contents of the quarantine as lines for people."""
    for feed, file_name, reason, message in unread:
        yield f"{feed}: {file_name} was not read ({reason}): {message}"
    for entry in found:
        yield f"{entry.feed}: {entry.rows:,} records, {entry.reason}"
        for file_name, line, message, shown in entry.examples:
            yield f"    {file_name}, line {line}: {message}"
            yield f"        {json.dumps(shown, ensure_ascii=False)}"
    if not found and not unread:
        yield "nothing is in quarantine"
