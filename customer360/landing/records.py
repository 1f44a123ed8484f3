"""What readers of all formats hand to the loader: blocks of rows, rejected records, and the tally of lines."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Reason = Literal[
    "field_count",
    "unclosed_quote",
    "text_after_quote",
    "text_before_quote",
    "nul_character",
    "encoding",
    "field_length",
    "json",
    "not_an_object",
    "duplicate_key",
    "too_many_columns",
    "required",
    "accepted",
    "pattern",
]


@dataclass(frozen=True)
class Reject:
    """A record that cannot be landed.

    Attributes:
        line_number: its first line (or record, in formats without lines), counted from 1.
        lines: how many it spans.
        byte_offset: where it starts in the decompressed content, counted from 0.
        content: its bytes, line end included.
        column: the column at fault, where there is one.
    """

    line_number: int
    lines: int
    byte_offset: int
    content: bytes
    reason: Reason
    message: str
    column: str | None = None


@dataclass(frozen=True)
class Bulk:
    """Lines of a file that are rows as they stand.

    Attributes:
        content: the lines, each ended by one LF; there are no others.
        numbers: int64, one for each line.
    """

    content: bytes
    numbers: NDArray[np.int64]


@dataclass
class Block:
    """Rows that can be landed, as pieces of CSV in the wire dialect and the encoding of the file.

    Attributes:
        columns: of each row.
        rows: without line ends.
        line_numbers: one for each of ``rows``.
        bulk: further rows.
    """

    columns: tuple[str, ...]
    rows: list[bytes]
    line_numbers: list[int]
    rejects: list[Reject] = field(default_factory=list)
    bulk: Bulk | None = None

    @property
    def count(self) -> int:
        return len(self.rows) + (len(self.bulk.numbers) if self.bulk else 0)

    def in_order(self) -> Iterator[tuple[int, bytes]]:
        """Every row with its line number, in the order of the file."""
        rows = zip(self.line_numbers, self.rows, strict=True)
        if self.bulk is None:
            return rows
        lines = zip(self.bulk.numbers.tolist(), self.bulk.content.split(b"\n"), strict=False)
        return heapq.merge(lines, rows) if self.rows else lines


@dataclass(frozen=True)
class Wire:
    """How rows of blocks are written.

    Attributes:
        delimiter, quote: one byte each; quotes inside quotes are doubled.
        encoding: Python codec.
        nulls: an unquoted empty field is null; otherwise it is an empty text.
    """

    delimiter: bytes = b","
    quote: bytes = b'"'
    encoding: str = "utf-8"
    nulls: bool = False


@dataclass
class Tally:
    """Where the lines of a file went; ``lines_read`` is counted on its own, before parsing."""

    lines_read: int = 0
    preamble: int = 0
    header: int = 0
    blank: int = 0
    footer: int = 0
    landed: int = 0
    quarantined: int = 0
    rows_landed: int = 0
    rows_quarantined: int = 0
    rows_trimmed: int = 0
    rows_mended: int = 0
    reasons: Counter[str] = field(default_factory=Counter)

    @property
    def accounted(self) -> int:
        return self.preamble + self.header + self.blank + self.footer + self.landed + self.quarantined

    def reject(self, reject: Reject) -> None:
        self.quarantined += reject.lines
        self.rows_quarantined += 1
        self.reasons[reject.reason] += 1


def nullable_row(values: Sequence[str | None]) -> bytes:
    """Values as a row on the wire with nulls.

    Raises:
        UnicodeEncodeError: half of a surrogate pair among them.
    """
    if "" not in values:
        row = ",".join(["" if value is None else value for value in values])
        if '"' not in row and "\n" not in row and "\r" not in row and row.count(",") == len(values) - 1:
            return row.encode()
    out = []
    for value in values:
        if value is None:
            out.append("")
        elif not value or '"' in value or "," in value or "\n" in value or "\r" in value:
            out.append('"' + value.replace('"', '""') + '"')
        else:
            out.append(value)
    return ",".join(out).encode()
