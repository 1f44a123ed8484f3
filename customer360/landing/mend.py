"""Mends a record that breaks the rules in a way with one explanation only; the file's sound records are the witnesses.

A reading of a broken line is taken when it keeps every byte of every value, has the header's number of fields, puts
into each column only what the sound records have there, and is the only such reading. Otherwise the line is rejected.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from .kinds import Profile
from .parser import Dialect, MalformedError, MoreNeededError, RecordParser

_LONGEST = 1 << 16
_MOST_STEPS = 2_000
_MOST_FAULTS = 3
_OTHER_DELIMITERS = (b",", b";", b"\t", b"|", b" ")


class Mender:
    """Mends the lines of one file.

    Args:
        dialect: how the file is written.
        width: fields of a record.
        encoding: of the bytes.
        profile: what the sound records hold; None: nothing is known, and only harmless faults are mended.
        trails: whether records commonly end with a delimiter too many.
    """

    def __init__(self, dialect: Dialect, width: int, encoding: str, profile: Profile | None, *, trails: bool) -> None:
        self._dialect = dialect
        self._width = width
        self._encoding = encoding
        self._profile = profile
        self._trails = trails

    def without_surplus(self, fields: list[bytes]) -> list[bytes] | None:
        """The record without the empty fields that it has too many, where it is certain which those are."""
        surplus = len(fields) - self._width
        if any(fields[self._width :]):
            trimmed = None
        else:
            trimmed = fields[: self._width]
            # Empty cells at the end, as spreadsheets leave them: nothing else could be surplus.
            if self._trails or surplus > 1 or all(fields[: self._width]):
                return trimmed
        if surplus > 1 or self._profile is None:
            return trimmed if trimmed is not None and _ends_in_values(trimmed) else None
        found: list[list[bytes]] = []
        for at, field in enumerate(fields):
            if field or (at and not fields[at - 1]):
                continue
            candidate = fields[:at] + fields[at + 1 :]
            if self._profile.fits(self._decoded(candidate)):
                found.append(candidate)
        return found[0] if len(found) == 1 else None

    def mended(self, line: bytes, *, next_is_whole: bool) -> list[bytes] | None:
        """The fields of a line whose quotes pair with nothing, or that is written with another delimiter.

        Args:
            line: without its end.
            next_is_whole: whether the next line is a record of its own, or there is none.
        """
        if self._profile is None or len(line) > _LONGEST:
            return None
        try:
            found = list(readings(line, self._dialect, self._width))
        except _TooManyError:
            return None
        fitting: list[tuple[int, int, list[bytes]]] = []
        for faults, first, fields in found:
            texts = self._decoded(fields)
            texts[first] = texts[first].strip(self._dialect.quote.decode(self._encoding))
            anchored = any(typed and texts[at] for at, typed in enumerate(self._profile.typed) if at > first)
            only = len(found) == 1 and fields[first] != line
            if (anchored or only or (first == self._width - 1 and next_is_whole)) and self._profile.fits(texts):
                fitting.append((faults, first, fields))
        fewest = min((faults for faults, _, _ in fitting), default=0)
        best = [fields for faults, _, fields in fitting if faults == fewest]
        return best[0] if len(best) == 1 else None

    def with_other_delimiter(self, line: bytes) -> list[bytes] | None:
        """The fields of a line that a different program has written."""
        if self._profile is None or not any(self._profile.typed):
            return None
        found = []
        for delimiter in _OTHER_DELIMITERS:
            if delimiter != self._dialect.delimiter and line.count(delimiter) >= self._width - 1:
                fields = parsed(line, replace(self._dialect, delimiter=delimiter, padded=False))
                if fields is not None and len(fields) == self._width and self._profile.fits(self._decoded(fields)):
                    found.append(fields)
        return found[0] if len(found) == 1 else None

    def _decoded(self, fields: list[bytes]) -> list[str]:
        return [field.decode(self._encoding, "replace") for field in fields]


def _ends_in_values(fields: list[bytes]) -> bool:
    """Whether no field is empty: a delimiter too many can then stand at the end only."""
    return all(fields)


def parsed(line: bytes, dialect: Dialect) -> list[bytes] | None:
    """The fields of a line that is a record by itself."""
    try:
        return RecordParser(dialect, line, [0], [len(line)], final=True).parse(0)[0]
    except (MalformedError, MoreNeededError):
        return None


def crosses_fields(line: bytes, dialect: Dialect) -> bool:
    """Whether a quote inside a bare field seems to open what closes in a later field.

    The delimiter before it is missing then, and delimiters behind it are text: ``3,Ann"Rome, Italy",x``.
    """
    quote, delimiter = dialect.quote, dialect.delimiter
    at = line.find(quote)
    while at >= 0:
        before = line[:at].rstrip(b" ") if dialect.padded else line[:at]
        inside = before and not before.endswith((delimiter, quote))
        closing = line.find(quote, at + 1)
        if closing < 0:
            return False
        after = closing + 1
        if line.startswith(quote, after):
            at = line.find(quote, after + 1)
            continue
        closes = after == len(line) or line.startswith(delimiter, after)
        if inside and closes and delimiter in line[at:closing] and not line.startswith((delimiter, quote), at + 1):
            return True
        at = line.find(quote, after)
    return False


class _TooManyError(Exception):
    """There are more ways to read the line than are worth trying."""


def readings(line: bytes, dialect: Dialect, width: int) -> Iterator[tuple[int, int, list[bytes]]]:
    """Every way to read a line as that many fields: (quotes that break the rules, the first field at fault, fields).

    A quote that opens a field closes it before any delimiter, or opens nothing at all.

    Raises:
        _TooManyError: the line has too many quotes.
    """
    delimiter, quote = dialect.delimiter, dialect.quote
    steps = 0

    def go(position: int, fields: list[bytes], faults: int, first: int) -> Iterator[tuple[int, int, list[bytes]]]:
        nonlocal steps
        steps += 1
        if steps > _MOST_STEPS:
            raise _TooManyError
        # Fields that no quote opens can be read in one way only.
        opening = line.find(quote, position) if quote else -1
        while not dialect.padded and opening != position:
            stop = line.find(delimiter, position)
            fields.append(line[position : stop if stop >= 0 else len(line)])
            if stop < 0:
                if len(fields) == width:
                    yield faults, max(first, 0), fields
                return
            position = stop + len(delimiter)
            if opening < position:
                opening = line.find(quote, position) if quote else -1
        if len(fields) >= width:
            return
        for value, stop, more in _fields_at(line, position, dialect):
            at = len(fields) if more and first < 0 else first
            if faults + more > _MOST_FAULTS:
                continue
            if stop < len(line):
                yield from go(stop + len(delimiter), [*fields, value], faults + more, at)
            elif len(fields) + 1 == width:
                yield faults + more, max(at, 0), [*fields, value]

    yield from go(0, [], 0, -1)


def _fields_at(line: bytes, start: int, dialect: Dialect) -> Iterator[tuple[bytes, int, int]]:
    """(value, where it stops, faults) of each field that may start at a place."""
    delimiter, quote = dialect.delimiter, dialect.quote
    if dialect.padded and start:
        while line[start : start + 1] == b" ":
            start += 1
    opens = bool(quote) and line.startswith(quote, start)
    if opens:
        at = line.find(quote, start + 1)
        while at >= 0:
            stop = at + 1
            while dialect.padded and line[stop : stop + 1] == b" ":
                stop += 1
            if stop == len(line) or line.startswith(delimiter, stop):
                value, faults = _unescaped(line[start + 1 : at], dialect)
                yield value, stop, faults
            at = line.find(quote, at + 1)
    stop = line.find(delimiter, start)
    stop = len(line) if stop < 0 else stop
    value = line[start:stop]
    yield value, stop, value.count(quote) if opens else 0


def _unescaped(inner: bytes, dialect: Dialect) -> tuple[bytes, int]:
    """What stands between two quotes, and how many quotes in it are not escaped."""
    quote, escape = dialect.quote, dialect.escape
    if quote not in inner and not (escape and escape in inner):
        return inner, 0
    if not escape:
        doubled = inner.replace(quote + quote, b"\0")  # no line with NUL comes here
        return doubled.replace(b"\0", quote), doubled.count(quote)
    value, faults, position = bytearray(), 0, 0
    while position < len(inner):
        two = inner[position : position + 2]
        if two == quote + quote or (escape and two in (escape + quote, escape + escape)):
            value += two[1:]
            position += 2
            continue
        faults += two[:1] == quote
        value += two[:1]
        position += 1
    return bytes(value), faults
