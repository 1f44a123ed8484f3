"""The books: one row of audit.batches for each content of a file, and what stands in quarantine.files."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass
from typing import Any

from customer360.sources import Feed

from .content import FileFacts
from .records import Tally


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


def file_sort_key(file_name: str) -> str:
    """The name with its numbers padded, so that text order is natural order."""
    return re.sub(r"\d+", lambda digits: digits.group().zfill(20), file_name)


def already_there(cursor: Any, feed: Feed, file_name: str, facts: FileFacts, run_id: str | None) -> str:
    """A sentence when this content has landed for this feed, whatever its name was then; else empty."""
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
        open_batch(cursor, feed, file_name, facts, run_id, same_as=batch_id)
        return f"same content as {landed_as}, landed in batch {batch_id}"
    return f"already landed in batch {batch_id}"


def open_batch(
    cursor: Any, feed: Feed, file_name: str, facts: FileFacts, run_id: str | None, same_as: int | None = None
) -> int:
    """Begins the row of a file, with its sums still at zero; returns its id."""
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


def close_batch(cursor: Any, batch_id: int, tally: Tally, read_as: dict[str, Any]) -> None:
    """Writes the sums, which the database checks."""
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


def quarantine_file(
    cursor: Any, feed: Feed, file_name: str, facts: FileFacts | None, run_id: str | None, reason: str, message: str
) -> BatchResult:
    """Notes, once for each content, a file of which nothing could be read."""
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
