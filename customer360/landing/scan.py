"""Finds the records of a window of bytes with NumPy: well-formed lines in bulk, the others one by one."""

from __future__ import annotations

import codecs
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from .dialect import Layout
from .encoding import is_single_byte, undefined_bytes, why_no_text
from .mend import Mender, crosses_fields
from .parser import Dialect, MalformedError, MoreNeededError, RecordParser
from .records import Bulk, Reason, Reject, Wire

_DELIMITER, _LF, _CR, _QUOTE, _SUSPECT = 1, 2, 3, 4, 5
_LINES_AT_ONCE = 256
_OF_QUOTES = ("unclosed_quote", "text_after_quote")
_Bools = NDArray[np.bool_]
_Ints = NDArray[np.int64]


class _Fault(NamedTuple):
    """Why a record is rejected; the column as its number, counted from 1."""

    reason: Reason
    message: str
    column: str | None = None


@dataclass
class Scanned:
    """What became of a window.

    Attributes:
        consumed: bytes taken; the rest belongs to the next window.
        lines: line ends among them.
        bulk: the well-formed lines.
        rows, numbers: of the other records that land.
        header_lines: lines that are the header again.
        trimmed: rows without empty fields that they had too many, or with those that they left out.
        mended: line numbers of rows that broke the rules in a way with one explanation.
    """

    consumed: int = 0
    lines: int = 0
    bulk: Bulk | None = None
    rows: list[bytes] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    rejects: list[Reject] = field(default_factory=list)
    landed_lines: int = 0
    blank_lines: int = 0
    header_lines: int = 0
    trimmed: int = 0
    mended: list[int] = field(default_factory=list)

    @property
    def last_row(self) -> int:
        """The line number of the last row, or 0."""
        return max([*self.numbers[-1:], *(self.bulk.numbers[-1:].tolist() if self.bulk else ())], default=0)


@dataclass
class _Lines:
    """The lines of a window: where each starts, where its content ends, where the next one starts."""

    starts: _Ints
    ends: _Ints
    nexts: _Ints
    good: _Bools
    blank: _Bools


def _runs(window: bytes, lines: _Lines, taken: _Bools) -> bytes:
    """The lines that are taken, each ended by one LF; a line end within quotes is in none of them."""
    edges = np.flatnonzero(np.diff(taken, prepend=False, append=False))
    firsts, afters = edges[::2], edges[1::2]
    runs = zip(lines.starts[firsts].tolist(), lines.nexts[afters - 1].tolist(), strict=True)
    content = b"".join([window[start:end] for start, end in runs])
    if b"\r" in content:
        content = content.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    return content if content.endswith(b"\n") else content + b"\n"


class Scanner:
    """Splits windows of one file into rows and rejects.

    Args:
        dialect: how the file is written.
        width: fields of a record.
        encoding: Python codec; UTF-8 or one byte a character.
        layout: what the sample told about records that break the rules; None: they are rejected.
        header: the header's line, which may come again where files were joined; empty: it is not looked for.
    """

    def __init__(
        self, dialect: Dialect, width: int, encoding: str, layout: Layout | None = None, header: bytes = b""
    ) -> None:
        self._dialect = dialect
        self._ragged = layout is not None and layout.ragged
        self._mender = Mender(
            dialect, width, encoding, layout.profile if layout else None, trails=layout is not None and layout.trails
        )
        self._header = header
        self._width = width
        self._encoding = "utf-8" if not is_single_byte(encoding) else encoding
        self._is_utf8 = self._encoding == "utf-8" or codecs.lookup(encoding).name == "ascii"
        plain = dialect.is_plain and dialect.delimiter < b"\x80"
        # A file without quotes still needs a quote on the wire, for the fields that the slow path writes.
        quote = dialect.quote or next(byte for byte in (b'"', b"\x01") if byte != dialect.delimiter)
        self.wire = Wire(dialect.delimiter, quote, encoding) if plain else Wire(encoding=encoding)
        self._plain = plain
        # A line without a quote is its fields between delimiters, and nothing else.
        self._simple = plain and bool(dialect.quote) and not dialect.escape
        table = bytearray(256)
        for byte in (0, *(b"" if self._is_utf8 else undefined_bytes(self._encoding))):
            table[byte] = _SUSPECT
        for byte in (*dialect.escape, *(b"" if dialect.quote else quote)):
            table[byte] = _SUSPECT
        if plain:
            table[dialect.delimiter[0]] = _DELIMITER
        table[0x0A], table[0x0D] = _LF, _CR
        if dialect.quote:
            table[dialect.quote[0]] = _QUOTE
        self._table = bytes(table)
        # What may stand before an opening and after a closing quote.
        beside = np.zeros(256, dtype=np.bool_)
        beside[list(dialect.delimiter[:1] + b"\r\n" + dialect.quote)] = True
        self._beside = beside

    def scan(self, window: bytes, line_number: int, offset: int, *, final: bool) -> Scanned:
        """Takes as many whole records from the start of a window as can be decided.

        Args:
            window: bytes from the start of a record.
            line_number: of its first line.
            offset: of its first byte in the file.
            final: whether the file ends with it.
        """
        out = Scanned()
        raw: NDArray[np.uint8] = np.frombuffer(window, dtype=np.uint8)
        places, kinds = self._specials(window)
        lines, first_special = self._lines(window, raw, places, kinds, final=final)
        if lines is None:
            return out
        self._judge(window, raw, places, kinds, lines, first_special)
        self._collect(window, lines, line_number, offset, out, final=final)
        return out

    def _specials(self, window: bytes) -> tuple[_Ints, NDArray[np.uint8]]:
        classes = np.frombuffer(window.translate(self._table), dtype=np.uint8)
        places = np.flatnonzero(classes != 0)
        return places, classes[places]

    def _lines(
        self, window: bytes, raw: NDArray[np.uint8], places: _Ints, kinds: NDArray[np.uint8], *, final: bool
    ) -> tuple[_Lines | None, _Ints]:
        is_end = kinds == _LF
        if b"\r" in window:
            carriage = np.flatnonzero(kinds == _CR)
            at = places[carriage]
            followed = np.zeros(len(at), dtype=np.bool_)
            inner = at < len(raw) - 1
            followed[inner] = raw[at[inner] + 1] == 0x0A
            lone = ~followed
            if not final and len(at) and at[-1] == len(raw) - 1:
                lone[-1] = False  # its LF may be the first byte of what follows
            is_end[carriage[lone]] = True
        end_index = np.flatnonzero(is_end)
        ends = places[end_index]
        nexts = ends + 1
        if final and (nexts[-1] if len(nexts) else 0) < len(raw):
            ends, nexts = np.append(ends, len(raw)), np.append(nexts, len(raw))
            end_index = np.append(end_index, len(places))
        if not len(ends):
            return None, end_index
        starts = np.concatenate((np.zeros(1, dtype=np.int64), nexts[:-1]))
        if b"\r\n" in window:
            inside = (ends > starts) & (ends < len(raw))
            crlf = np.zeros(len(ends), dtype=np.bool_)
            crlf[inside] = (raw[ends[inside]] == 0x0A) & (raw[ends[inside] - 1] == 0x0D)
            ends = ends - crlf
        none = np.zeros(len(ends), dtype=np.bool_)
        return _Lines(starts, ends, nexts, none, none), end_index

    def _judge(
        self,
        window: bytes,
        raw: NDArray[np.uint8],
        places: _Ints,
        kinds: NDArray[np.uint8],
        lines: _Lines,
        end_index: _Ints,
    ) -> None:
        """Marks the lines that are well-formed records by themselves."""
        count = len(lines.ends)
        lines.blank = lines.ends == lines.starts
        if not self._plain:
            lines.good = np.zeros(count, dtype=np.bool_)
            return
        before = np.concatenate((np.full(1, -1, dtype=np.int64), end_index[:-1]))  # the special before each line's own
        has_quotes = bool(self._dialect.quote) and self._dialect.quote in window
        if has_quotes:
            quoted = kinds == _QUOTE
            inside = np.bitwise_xor.accumulate(quoted.view(np.uint8))  # quotes up to here: 1 = an odd number
            at_start = np.concatenate((np.zeros(1, dtype=np.uint8), inside))[before + 1]
            if at_start.any():
                own = np.diff(np.append(before, len(kinds) - 1))
                inside ^= np.repeat(at_start, own)
            odd = inside.view(np.bool_)  # within each line
            fields = self._between((kinds == _DELIMITER) & ~odd, before, end_index)
        elif len(kinds) and kinds.max() <= _LF:
            fields = end_index - before
        else:
            fields = self._between(kinds == _DELIMITER, before, end_index)
        lines.good = (fields == self._width) & ~lines.blank
        if has_quotes:
            # A last line without an end may have no special byte at all.
            unended = odd[-1] and before[-1] < len(kinds) - 1
            lines.good &= ~np.append(odd, unended)[end_index]
            self._check_quotes(raw, places, quoted, odd, lines)
        suspects = np.flatnonzero(kinds == _SUSPECT)
        if len(suspects):
            self._spoil(lines, places[suspects])
        if self._is_utf8:
            self._check_utf8(window, lines)
        if self._header:
            at = window.find(self._header)
            while at >= 0:
                line = int(np.searchsorted(lines.nexts, at, side="right"))
                lines.good[line : line + 1] = False  # none where the window ends within the line
                at = window.find(self._header, at + len(self._header))

    @staticmethod
    def _between(delimiters: _Bools, before: _Ints, end_index: _Ints) -> NDArray[np.int32]:
        """The fields of each line."""
        so_far = np.zeros(len(delimiters) + 1, dtype=np.int32)
        np.cumsum(delimiters, out=so_far[1:])
        return so_far[end_index] - so_far[before + 1] + np.int32(1)

    def _check_quotes(self, raw: NDArray[np.uint8], places: _Ints, quoted: _Bools, odd: _Bools, lines: _Lines) -> None:
        index = np.flatnonzero(quoted)
        at = places[index]
        opening = odd[index]
        beside_at = np.where(opening, at - 1, at + 1)
        edge = (beside_at < 0) | (beside_at >= len(raw))
        fine = edge | self._beside[raw[np.clip(beside_at, 0, len(raw) - 1)]]
        # An opening quote beside a quote is a doubled one only when that quote has just closed.
        self._spoil(lines, at[~fine])

    @staticmethod
    def _spoil(lines: _Lines, places: _Ints) -> None:
        at = np.searchsorted(lines.nexts, places, side="right")
        lines.good[at[at < len(lines.good)]] = False

    def _check_utf8(self, window: bytes, lines: _Lines) -> None:
        if window.isascii():
            return
        view = memoryview(window)
        # In steps: each failure costs a decoding of all that follows in its step.
        for first in range(0, len(lines.nexts), _LINES_AT_ONCE):
            position = int(lines.starts[first])
            stop = int(lines.nexts[min(first + _LINES_AT_ONCE, len(lines.nexts)) - 1])
            while position < stop:
                try:
                    codecs.utf_8_decode(view[position:stop], "strict", True)
                except UnicodeDecodeError as error:
                    line = int(np.searchsorted(lines.nexts, position + error.start, side="right"))
                    lines.good[line] = False
                    position = int(lines.nexts[line])
                else:
                    break

    def _collect(
        self, window: bytes, lines: _Lines, line_number: int, offset: int, out: Scanned, *, final: bool
    ) -> None:
        count = len(lines.ends)
        bad = np.flatnonzero(~lines.good & ~lines.blank).tolist()
        slow: dict[int, bytes] = {}
        if bad:
            starts, ends, nexts = lines.starts.tolist(), lines.ends.tolist(), lines.nexts.tolist()
            good, blank = lines.good, lines.blank
            running = np.concatenate((np.zeros(1, dtype=np.int64), np.cumsum(good)))

            def is_whole(from_line: int, to_line: int) -> bool:
                return self._width > 2 and bool(running[to_line] > running[from_line])

            parser = RecordParser(self._dialect, window, starts, ends, final=final, is_whole=is_whole)
            resume = 0
            for line in bad:
                if line < resume:
                    continue
                try:
                    found, resume = self._slow(parser, window, lines, line, line_number + line, out)
                except MoreNeededError:
                    count = line
                    break
                if isinstance(found, _Fault):
                    number, span, start = line_number + line, resume - line, starts[line]
                    content = window[start : nexts[resume - 1]]
                    out.rejects.append(Reject(number, span, offset + start, content, *found))
                elif found is not None:
                    slow[line] = found
                    out.landed_lines += resume - line
                good[line:resume] = False
                blank[line:resume] = False
        taken = lines.good[:count]
        out.landed_lines += int(np.count_nonzero(taken))
        out.blank_lines = int(np.count_nonzero(lines.blank[:count]))
        out.consumed, out.lines = int(lines.nexts[count - 1]) if count else 0, count
        out.rows = list(slow.values())
        out.numbers = [line + line_number for line in slow]
        if taken.any():
            out.bulk = Bulk(_runs(window, lines, taken), np.flatnonzero(taken) + line_number)

    def _slow(
        self, parser: RecordParser, window: bytes, lines: _Lines, line: int, number: int, out: Scanned
    ) -> tuple[bytes | _Fault | None, int]:
        """The row, why it is rejected, or None: the header again; and the line after it."""
        own = window[int(lines.starts[line]) : int(lines.ends[line])]
        if self._header and own == self._header:
            out.header_lines += 1
            return None, line + 1
        fields, after = self._parsed(parser, window, lines, line)
        if isinstance(fields, _Fault):
            whole = line + 1 >= len(lines.good) or bool(lines.good[line + 1])
            mended = self._mender.mended(own, next_is_whole=whole) if fields.reason in _OF_QUOTES else None
            if mended is None:
                return fields, after
            out.mended.append(number)
            return self.render(mended), line + 1
        record = window[int(lines.starts[line]) : int(lines.ends[after - 1])]
        if len(fields) == self._width:
            return self._unless_crossed(fields, record), after
        joined = self._across_stray_end(window, lines, line)
        if joined is not None:
            return self.render(joined), line + 2
        found = self._of_another_width(fields, record, number, out)
        fault = _Fault("field_count", f"{len(fields)} fields where there should be {self._width}")
        return fault if found is None else self.render(found), after

    def _parsed(
        self, parser: RecordParser, window: bytes, lines: _Lines, line: int
    ) -> tuple[list[bytes] | _Fault, int]:
        """The fields of the record that starts on a line, or why there is none, and the line after it."""
        start, end, last = int(lines.starts[line]), int(lines.ends[line]), line
        record = window[start:end]
        if self._simple and self._dialect.quote not in record:
            fields = record.split(self._dialect.delimiter)
        else:
            try:
                fields, last = parser.parse(line)
            except MalformedError as error:
                fault = why_no_text(record, self._encoding)
                if fault:
                    return _Fault(fault[0], fault[1]), line + 1
                return _Fault(error.reason, str(error), str(error.field + 1)), line + 1
            record = window[start : int(lines.ends[last])]
        fault = why_no_text(record, self._encoding)
        if fault:
            column = record[: fault[2]].count(self._dialect.delimiter) + 1
            return _Fault(fault[0], fault[1], str(column)), last + 1
        return fields, last + 1

    def _unless_crossed(self, fields: list[bytes], record: bytes) -> bytes | _Fault:
        if self._dialect.quote and self._dialect.quote in record and crosses_fields(record, self._dialect):
            return _Fault("text_before_quote", "text before a quote that opens a field: a delimiter may be missing")
        return self.render(fields)

    def _of_another_width(self, fields: list[bytes], record: bytes, number: int, out: Scanned) -> list[bytes] | None:
        """A record of too many or too few fields, where these are empty or it is certain what was meant."""
        if len(fields) > self._width:
            trimmed = self._mender.without_surplus(fields)
            out.trimmed += trimmed is not None
            return trimmed
        if self._ragged:
            out.trimmed += 1
            return fields + [b""] * (self._width - len(fields))
        mended = self._mender.with_other_delimiter(record) if len(fields) == 1 else None
        if mended is not None:
            out.mended.append(number)
        return mended

    def _across_stray_end(self, window: bytes, lines: _Lines, line: int) -> list[bytes] | None:
        """The fields of a line that was broken by a lone CR among lines that end otherwise, which is then data."""
        end = int(lines.ends[line])
        if line + 1 >= len(lines.ends) or window[end : end + 1] != b"\r" or window[end + 1 : end + 2] == b"\n":
            return None
        if b"\n" not in window[:end] + window[end + 1 : end + 4096] or lines.good[line + 1]:
            return None
        record = window[int(lines.starts[line]) : int(lines.ends[line + 1])]
        if (self._dialect.quote and self._dialect.quote in record) or why_no_text(record, self._encoding):
            return None
        fields = record.split(self._dialect.delimiter)
        return fields if len(fields) == self._width else None

    def render(self, fields: list[bytes]) -> bytes:
        """The fields as a row on the wire."""
        delimiter, quote = self.wire.delimiter, self.wire.quote
        out = []
        for value in fields:
            if quote in value or delimiter in value or b"\n" in value or b"\r" in value:
                out.append(quote + value.replace(quote, quote + quote) + quote)
            else:
                out.append(value)
        # A lone empty field would be an empty line.
        return delimiter.join(out)
