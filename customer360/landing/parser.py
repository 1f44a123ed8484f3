"""Parses one record at a time, strictly, and never lets an unclosed quote swallow the lines that follow it."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from .records import Reason

_MOST_LINES = 20_000
_MOST_BYTES = 16 << 20


@dataclass(frozen=True)
class Dialect:
    """How a delimited file is written; in the bytes of its encoding.

    Attributes:
        delimiter: one byte or more.
        quote: one byte, or empty: nothing is quoted.
        escape: one byte before a quote, a delimiter or itself; empty: quotes are doubled (which is always read).
        padded: blanks after a delimiter belong to it.
        lenient: a quote closes a field only before a delimiter or a line end, and is text elsewhere.
    """

    delimiter: bytes = b","
    quote: bytes = b'"'
    escape: bytes = b""
    padded: bool = False
    lenient: bool = False

    @property
    def is_plain(self) -> bool:
        """Whether well-formed lines can be copied as they are."""
        return len(self.delimiter) == 1 and not self.padded


class MoreNeededError(Exception):
    """The record goes on beyond the bytes at hand."""


class MalformedError(Exception):
    """The bytes are no record; the line it begins on is at fault."""

    def __init__(self, reason: Reason, message: str, field: int) -> None:
        super().__init__(message)
        self.reason = reason
        self.field = field


class RecordParser:
    """Reads the records of a window of lines.

    Args:
        dialect: how the file is written.
        window: bytes.
        ends: where the content of each line ends, ascending.
        final: whether nothing follows the last line.
        is_whole: tells whether any of the lines [from, to) is a well-formed record of its own; a record that
            would swallow such a line has lost its closing quote.
    """

    def __init__(
        self,
        dialect: Dialect,
        window: bytes,
        starts: Sequence[int],
        ends: Sequence[int],
        *,
        final: bool,
        is_whole: Callable[[int, int], bool] = lambda _from, _to: False,
    ) -> None:
        self._dialect = dialect
        self._window = window
        self._starts = starts
        self._ends = ends
        self._final = final
        self._is_whole = is_whole

    def parse(self, line: int) -> tuple[list[bytes], int]:
        """The fields of the record that starts on a line, and its last line.

        Raises:
            MalformedError: see its reason.
            MoreNeededError: not decidable without more bytes.
        """
        dialect, window = self._dialect, self._window
        position = self._starts[line]
        first = line
        fields: list[bytes] = []
        while True:
            end = self._ends[line]
            if dialect.padded and fields:
                while window[position : position + 1] == b" " and position < end:
                    position += 1
            if dialect.quote and window[position : position + 1] == dialect.quote and position < end:
                field, position = self._quoted(position + 1, first, len(fields))
                if position > end:
                    line = bisect_left(self._ends, position, line)
                    end = self._ends[line]
                if dialect.padded:
                    while window[position : position + 1] == b" " and position < end:
                        position += 1
                if position < end and not window.startswith(dialect.delimiter, position):
                    raise MalformedError(
                        "text_after_quote", f"text after the closing quote of field {len(fields) + 1}", len(fields)
                    )
            else:
                field, position = self._bare(position, end)
            fields.append(field)
            if position >= end:
                return fields, line
            position += len(dialect.delimiter)

    def _bare(self, start: int, end: int) -> tuple[bytes, int]:
        window, delimiter, escape = self._window, self._dialect.delimiter, self._dialect.escape
        stop = window.find(delimiter, start, end)
        stop = end if stop < 0 else stop
        if not escape or window.find(escape, start, stop) < 0:
            return window[start:stop], stop
        parts, position = [], start
        while True:
            stop = window.find(delimiter, position, end)
            stop = end if stop < 0 else stop
            at = window.find(escape, position, stop)
            if at < 0:
                parts.append(window[position:stop])
                return b"".join(parts), stop
            following = window[at + 1 : at + 2] if at + 1 < end else b""
            if window.startswith(delimiter, at + 1) and at + 1 < end:
                parts += [window[position:at], delimiter]
                position = at + 1 + len(delimiter)
            elif following in (self._dialect.quote, escape) and following:
                parts += [window[position:at], following]
                position = at + 2
            else:
                parts.append(window[position : at + 1])
                position = at + 1

    def _quoted(self, start: int, first: int, field: int) -> tuple[bytes, int]:
        window, quote, escape = self._window, self._dialect.quote, self._dialect.escape
        parts: list[bytes] = []
        position = start
        horizon = min(self._starts[first] + _MOST_BYTES, self._ends[-1])
        line = bisect_left(self._ends, start, first)
        while True:
            at = window.find(quote, position, horizon)
            if escape:
                escaped = window.find(escape, position, at if at >= 0 else horizon)
                if escaped >= 0:
                    following = window[escaped + 1 : escaped + 2]
                    keep = b"" if following in (quote, escape) else escape
                    parts += [window[position:escaped], keep, following]
                    position = escaped + 2
                    continue
            if at < 0:
                if not self._final and horizon == self._ends[-1] and not self._swallows(line, len(self._ends) - 1):
                    raise MoreNeededError
                raise MalformedError("unclosed_quote", f"the quote of field {field + 1} is never closed", field)
            if at > self._ends[line]:
                closing = bisect_left(self._ends, at, line)
                if closing - first > _MOST_LINES or self._swallows(line, closing):
                    raise MalformedError("unclosed_quote", f"the quote of field {field + 1} is not closed", field)
                line = closing
            if window[at + 1 : at + 2] == quote:
                parts.append(window[position : at + 1])
                position = at + 2
                continue
            if self._dialect.lenient and not self._closes(at + 1, line):
                parts.append(window[position : at + 1])
                position = at + 1
                continue
            parts.append(window[position:at])
            return b"".join(parts), at + 1

    def _closes(self, after: int, line: int) -> bool:
        return after >= self._ends[line] or self._window.startswith(self._dialect.delimiter, after)

    def _swallows(self, line: int, closing: int) -> bool:
        return closing > line and self._is_whole(line + 1, closing + 1)
