"""A delimited text file as blocks of rows, with every line accounted for."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from .content import FileFacts, UnreadableError, is_narrow, mark_bytes, restore, scanned
from .dialect import Layout, Pins, detect
from .encoding import is_single_byte
from .records import Block, Reject, Tally, Wire
from .scan import Scanned, Scanner

_CHUNK = 1 << 20  # what fits into a processor's cache
_SAMPLE = 1 << 18
_MOST_COLUMNS = 1_500  # PostgreSQL allows 1,600 in a table
_FOOTER = re.compile(rb"\W*(?:grand )?(?:total|sum|rows?|records?|count|end|eof|source|generated|exported)\b", re.I)
_FOOTERS = 10


class DelimitedFile:
    """Reads a file once, from start to end.

    Attributes:
        columns: names as raw tables use them.
        header: names as they stand in the file, or made up where it has none.
        wire: how rows of blocks are written.
        tally: where its lines went; complete after the last block.
    """

    grows = False

    def __init__(self, path: Path, facts: FileFacts, pins: Pins) -> None:
        self._facts = facts
        self._narrow = is_narrow(facts.encoding)
        self._pieces = scanned(path, facts, _CHUNK)
        self._start = b"".join(self._first_pieces())
        self._encoding = facts.encoding if is_single_byte(facts.encoding) else "utf-8"
        complete = len(self._start) < _SAMPLE
        self.layout: Layout = detect(_whole_lines(self._start), self._encoding, pins, complete=complete)
        self._notes: dict[str, list[str]] = {}
        width = self.layout.width
        if width == 0:
            raise UnreadableError("empty_file", "the file holds no records")
        if width > _MOST_COLUMNS:
            raise UnreadableError("too_many_columns", f"{width} columns; a table holds {_MOST_COLUMNS}")
        names = self.layout.header
        self.header = list(names) if names is not None else [f"column_{at + 1}" for at in range(width)]
        self.columns = tuple(column_names(self.header))
        self._has_header_line = names is not None and not isinstance(pins.header, tuple)
        self._scanner = Scanner(self.layout.dialect, width, self._encoding, self.layout, self._header_line())
        self.wire: Wire = self._scanner.wire
        self.tally = Tally(lines_read=facts.lines)

    def blocks(self) -> Iterator[Block]:
        """Every row and every reject, in order."""
        window, number, offset = self._skip_head(self._start, 1, mark_bytes(self._facts))
        last_row = 0
        while True:
            piece = next(self._pieces, None)
            found = self._scanner.scan(window, number, offset if self._narrow else 0, final=piece is None)
            if piece is None:
                self._set_footers_apart(found, last_row)
            if found.consumed:
                if not self._narrow:
                    self._place(found, window, offset)
                yield self._block(found)
                last_row = max(last_row, found.last_row)
                number += found.lines
                offset += self._own_length(window[: found.consumed])
            if piece is None:
                return
            window = window[found.consumed :] + piece

    def described(self) -> dict[str, Any]:
        """How the file was read, for audit.batches and for people."""
        dialect = self.layout.dialect
        shown = {
            "format": "delimited",
            "compression": self._facts.compression,
            "encoding": self._facts.encoding,
            "evidence": self._facts.evidence,
            "delimiter": dialect.delimiter.decode(self._encoding),
            "quote": dialect.quote.decode(self._encoding),
            "escape": dialect.escape.decode(self._encoding),
            "blank after delimiter": dialect.padded,
            "header": self._has_header_line,
            "score": round(self.layout.score, 3),
            "trimmed rows": self.tally.rows_trimmed,
            "mended rows": self.tally.rows_mended,
            "width": self.layout.width,
        }
        return {key: value for key, value in (shown | self._notes).items() if value or key == "header"}

    def _first_pieces(self) -> Iterator[bytes]:
        size = 0
        for piece in self._pieces:
            yield piece
            size += len(piece)
            if size >= _SAMPLE:
                return

    def _skip_head(self, window: bytes, number: int, offset: int) -> tuple[bytes, int, int]:
        position = 0
        head: list[str] = []
        for _ in range(self.layout.preamble):
            end, after = _line(window, position)
            if end > position:
                self.tally.preamble += 1
                head.append(window[position:end].decode(self._encoding, "replace")[:200])
            else:
                self.tally.blank += 1
            position, number = after, number + 1
        if head:
            self._notes["preamble"] = head[:10]
        if self._has_header_line:
            while (bounds := _line(window, position))[0] == position and bounds[1] > position:
                self.tally.blank += 1
                position, number = bounds[1], number + 1
            for _ in range(self.layout.header_rows):
                spanned = self._header_lines(window, position)
                for _ in range(spanned):
                    position = _line(window, position)[1]
                self.tally.header += spanned
                number += spanned
        return window[position:], number, offset + self._own_length(window[:position])

    def _header_lines(self, window: bytes, position: int) -> int:
        from .dialect import line_bounds
        from .parser import MalformedError, MoreNeededError, RecordParser

        rest = window[position:]
        starts, ends = line_bounds(rest, 100)
        try:
            _, last = RecordParser(self.layout.dialect, rest, starts, ends, final=True).parse(0)
        except (MalformedError, MoreNeededError):
            return 1
        return last + 1

    def _header_line(self) -> bytes:
        """The line that is recognised as the header when it comes again; empty: names alone could be data."""
        if not (self._has_header_line and self.layout.proven) or self.layout.width < 3 or self.layout.header_rows > 1:
            return b""
        position = 0
        for _ in range(self.layout.preamble):
            position = _line(self._start, position)[1]
        while (bounds := _line(self._start, position))[0] == position and bounds[1] > position:
            position = bounds[1]
        return self._start[position : bounds[0]] if self._header_lines(self._start, position) == 1 else b""

    def _block(self, found: Scanned) -> Block:
        tally = self.tally
        tally.header += found.header_lines
        tally.rows_mended += len(found.mended)
        if found.mended:
            self._notes["mended lines"] = (self._notes.get("mended lines", []) + [str(n) for n in found.mended])[:20]
        tally.landed += found.landed_lines
        tally.blank += found.blank_lines
        tally.rows_trimmed += found.trimmed
        rejects = []
        for reject in found.rejects:
            tally.reject(reject)
            rejects.append(self._named(reject))
        block = Block(self.columns, found.rows, found.numbers, rejects, found.bulk)
        tally.rows_landed += block.count
        return block

    def _named(self, reject: Reject) -> Reject:
        """With the column's name instead of its position, and the file's own bytes."""
        if self._narrow and reject.column is None:
            return reject
        column = None
        if reject.column is not None:
            at = int(reject.column) - 1
            column = self.columns[at] if at < len(self.columns) else None
        content = restore(reject.content, self._facts.encoding)
        return replace(reject, content=content, column=column)

    def _place(self, found: Scanned, window: bytes, offset: int) -> None:
        """Turns the rejects' places in the window into places in the file."""
        before = 0
        for at, reject in enumerate(found.rejects):
            offset += self._own_length(window[before : reject.byte_offset])
            before = reject.byte_offset
            found.rejects[at] = replace(reject, byte_offset=offset)

    def _own_length(self, piece: bytes) -> int:
        return len(piece) if self._narrow else len(restore(piece, self._facts.encoding))

    def _set_footers_apart(self, found: Scanned, last_row: int) -> None:
        last_row = max(last_row, found.last_row)
        trailing = [reject for reject in found.rejects if reject.line_number > last_row]
        if not 1 <= len(trailing) <= _FOOTERS or not last_row:
            return
        if any(reject.reason != "field_count" or reject.lines != 1 for reject in trailing):
            return
        apart = trailing[0].line_number > last_row + 1 and found.blank_lines > 0
        # Text alone does not make a footer: what might be a spoilt row belongs into quarantine.
        if not all(_FOOTER.match(reject.content) for reject in (trailing[:1] if apart else trailing)):
            return
        if not all(len(reject.content.split(self.layout.dialect.delimiter)) < self.layout.width for reject in trailing):
            return
        found.rejects = [reject for reject in found.rejects if reject.line_number <= last_row]
        self.tally.footer = len(trailing)
        self._notes["footers"] = [r.content.decode(self._encoding, "replace").rstrip()[:200] for r in trailing]


def _line(window: bytes, position: int) -> tuple[int, int]:
    """Where the line's content ends and where the next line starts."""
    match = re.compile(rb"\r\n|\n|\r").search(window, position)
    return (match.start(), match.end()) if match else (len(window), len(window))


def _whole_lines(start: bytes) -> bytes:
    if len(start) < _SAMPLE:
        return start
    last = max(start.rfind(b"\n"), start.rfind(b"\r"))
    return start[: last + 1] if last > 0 else start


def column_names(header: list[str]) -> list[str]:
    """Names for raw columns: the file's own spelling, trimmed, unique, at most 63 bytes, none of our ``_`` names."""
    names: list[str] = []
    taken: set[str] = set()
    for position, original in enumerate(header, start=1):
        name = original.strip().replace("\0", "") or f"column_{position}"
        if name in ("_batch_id", "_source_file", "_line_number", "_loaded_at"):
            name = f"file{name}"
        if len(name.encode(errors="replace")) > 60:
            digest = hashlib.sha256(name.encode(errors="replace")).hexdigest()[:8]
            name = name.encode(errors="replace")[:50].decode(errors="ignore") + "_" + digest
        unique, count = name, 1
        while unique in taken:
            count += 1
            unique = f"{name}_{count}"
        taken.add(unique)
        names.append(unique)
    return names
