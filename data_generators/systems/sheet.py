"""Rows of text as a matrix of bytes: a million rows without a million strings.

Each column is as wide as its widest text and filled up with zero bytes, which vanish when the rows are written.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np
import numpy.typing as npt

from data_generators.arrays import Flags, Ints
from data_generators.dates import clock_times, iso_days

Bytes = npt.NDArray[np.uint8]


def table(values: Sequence[str] | npt.NDArray[np.object_]) -> Bytes:
    """One row of bytes for each text, in UTF-8."""
    encoded = np.array([value.encode() for value in values], dtype=np.bytes_)
    return encoded.view(np.uint8).reshape(len(values), encoded.itemsize)


@cache
def _padded(width: int) -> Bytes:
    return table([f"{number:0{width}d}" for number in range(10**width)])


@cache
def _numbers() -> Bytes:
    """Up to four digits: without leading zeros for the first 10,000, with them for the second."""
    return np.concatenate([table([f"{number}".rjust(4, "\0") for number in range(10_000)]), _padded(4)])


@cache
def _days() -> Bytes:
    return table([*iso_days(), ""])


@cache
def _clocks() -> Bytes:
    return table(clock_times())


@cache
def _cents() -> Bytes:
    return table([f".{number:02d}" for number in range(100)])


def _whole(numbers: Ints) -> list[Bytes]:
    """Columns of whole numbers from 0 below 100 million, without leading zeros."""
    high = numbers // 10_000
    if not high.any():
        return [_numbers().take(numbers, axis=0)]
    large = high > 0
    first = _numbers().take(high, axis=0)
    first[~large] = 0
    return [first, _numbers().take(numbers - 10_000 * high + 10_000 * large, axis=0)]


class Sheet:
    """Rows that grow column by column; ``cells`` overwrites some of a column that was given a name and room."""

    def __init__(self, rows: int) -> None:
        self._rows = rows
        self._columns: list[Bytes | bytes] = []
        self._named: dict[str, Bytes] = {}

    def text(self, text: str) -> Sheet:
        """The same text in every row."""
        self._columns.append(text.encode())
        return self

    def take(self, values: Bytes, at: Ints, name: str = "", room: int = 0) -> Sheet:
        """Row ``at[i]`` of a table in row i."""
        return self._add([values.take(at, axis=0)], name, room)

    def rows(self, values: Bytes) -> Sheet:
        """A table with a row for each row."""
        return self._add([values])

    def day(self, days: Ints) -> Sheet:
        """``2026-06-30``, and nothing for -1."""
        return self.take(_days(), days)

    def digits(self, numbers: Ints, width: int, name: str = "", room: int = 0) -> Sheet:
        """Numbers with leading zeros; ``width`` is 3 to 8, and more digits are not written."""
        parts = [_padded(min(width, 4)).take(numbers % 10_000, axis=0)]
        if width > 4:
            parts.insert(0, _padded(width - 4).take(numbers // 10_000, axis=0))
        return self._add(parts, name, room)

    def digits_or_null(self, numbers: Ints, width: int, filled: Flags) -> Sheet:
        """Numbers with leading zeros as a text in JSON, and null where they are not to be filled in."""
        head = table(["null", '"']).take(filled, axis=0)
        parts = [_padded(width - 4).take(numbers // 10_000, axis=0), _padded(4).take(numbers % 10_000, axis=0)]
        for part in parts:
            part[~filled] = 0
        return self._add([head, *parts, table(["", '"']).take(filled, axis=0)])

    def number(self, numbers: Ints) -> Sheet:
        """Whole numbers from 0 below 100 million, without leading zeros."""
        return self._add(_whole(numbers))

    def money(self, cents: Ints, name: str = "", room: int = 0) -> Sheet:
        """``12.50`` for 1250."""
        units = cents // 100
        return self._add([*_whole(units), _cents().take(cents - 100 * units, axis=0)], name, room)

    def moment(self, days: Ints, seconds: Ints, mark: str) -> Sheet:
        """``2026-06-30 13:05:59`` with the mark between the two."""
        return self.take(_days(), days).text(mark).take(_clocks(), seconds)

    def cells(self, rows: Sequence[int] | Ints, name: str, values: Sequence[str]) -> None:
        """Overwrites a text in each of the rows; OverflowError when there is no room for one of them."""
        column, encoded = self._named[name], table(values)
        width = encoded.shape[1]
        if width > column.shape[1]:
            raise OverflowError(f"{width} bytes do not fit into the column {name}")
        column[rows, :width], column[rows, width:] = encoded, 0

    def written(self, again: Ints | None = None) -> bytearray:
        """The rows, and some of them again at the end."""
        matrix = self._matrix()
        rows = matrix.translate(None, b"\0")
        if again is not None and again.size:
            rows += self._by_row(matrix)[again].tobytes().translate(None, b"\0")
        return rows

    def slices(self, edges: Sequence[int]) -> list[bytearray]:
        """The rows up to the first edge, from there to the second, and so on."""
        matrix = self._by_row(self._matrix())
        starts = [0, *edges[:-1]]
        return [bytearray(matrix[a:b]).translate(None, b"\0") for a, b in zip(starts, edges, strict=True)]

    def _add(self, columns: list[Bytes], name: str = "", room: int = 0) -> Sheet:
        if name:
            spare = room - sum(column.shape[1] for column in columns)
            if spare > 0:
                columns.append(np.zeros((self._rows, spare), dtype=np.uint8))
            self._named[name] = np.concatenate(columns, axis=1)
            columns = [self._named[name]]
        self._columns += columns
        return self

    def _matrix(self) -> bytearray:
        """All rows: one with the texts alone, as often as there are rows, and the other columns put into its gaps.

        A cell is copied as one value, which is twice as fast as byte by byte.
        """
        row = b"".join(column if isinstance(column, bytes) else bytes(column.shape[1]) for column in self._columns)
        matrix, end = bytearray(row) * self._rows, 0
        by_row = self._by_row(matrix)
        for column in self._columns:
            start, end = end, end + (len(column) if isinstance(column, bytes) else column.shape[1])
            if not isinstance(column, bytes):
                cell = np.dtype((np.void, end - start))
                by_row[:, start:end].view(cell)[:] = column.view(cell)
        return matrix

    def _by_row(self, matrix: bytearray) -> Bytes:
        return np.frombuffer(matrix, dtype=np.uint8).reshape(self._rows, len(matrix) // max(1, self._rows))
