"""Workbooks (XLSX, XLS, ODS): one sheet as blocks, every value as the text that a CSV would hold."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time
from itertools import chain, islice
from pathlib import Path
from typing import Any

from .content import UnreadableError
from .delimited import column_names
from .dialect import Pins, table_layout
from .records import Block, Reject, Tally, Wire, nullable_row

_ROWS = 5_000
_SAMPLE = 300


class Workbook:
    """A sheet of a workbook as blocks; lines are its rows.

    Attributes: as TableFile.
    """

    grows = False
    wire = Wire(nulls=True)

    def __init__(self, path: Path, pins: Pins) -> None:
        from python_calamine import CalamineError, CalamineWorkbook

        try:
            book = CalamineWorkbook.from_path(str(path))
            self._sheet, sheet = _choose(book, pins.sheet)
        except (CalamineError, OSError, ValueError, IndexError) as error:
            raise UnreadableError("workbook", f"not readable as a workbook: {error}") from None
        if sheet is None:
            raise UnreadableError("empty_file", "the workbook holds no values")
        rows = _rows(sheet)
        skipped = pins.skip_lines or 0
        start = list(islice(rows, skipped + _SAMPLE))
        self._rows = chain(start, rows)
        sample = [
            (at, ["" if text is None else text for text in _texts(row)])
            for at, row in enumerate(start[skipped:])
            if any(value not in ("", None) for value in row)
        ]
        layout = table_layout(sample, skipped, pins)
        self._start = layout.preamble
        self.header = (
            list(layout.header) if layout.header is not None else [f"column_{n + 1}" for n in range(len(start[0]))]
        )
        self._has_header = layout.header is not None and not isinstance(pins.header, tuple)
        self.columns = tuple(column_names(self.header))
        self.tally = Tally(lines_read=sheet.end[0] + 1)

    def blocks(self) -> Iterator[Block]:
        """Every row and every reject, in order."""
        for row in islice(self._rows, self._start):
            if any(value not in ("", None) for value in row):
                self.tally.preamble += 1
            else:
                self.tally.blank += 1
        number = self._start + 1
        if self._has_header:
            self.tally.header = len(list(islice(self._rows, 1)))
            number += 1
        while rows := list(islice(self._rows, _ROWS)):
            yield self._block(rows, number)
            number += len(rows)

    def described(self) -> dict[str, Any]:
        """How the file was read."""
        return {"format": "workbook", "sheet": self._sheet, "header": self._has_header}

    def _block(self, rows: Sequence[Sequence[Any]], number: int) -> Block:
        block = Block(self.columns, [], [])
        width = len(self.columns)
        for row in rows:
            texts = _texts(row)
            while len(texts) > width and texts[-1] is None:
                texts.pop()
            texts += [None] * (width - len(texts))
            if not any(text is not None for text in texts):
                self.tally.blank += 1
            elif len(texts) != width or any(text and "\0" in text for text in texts):
                reason = "nul_character" if len(texts) == width else "field_count"
                message = f"{len(texts)} values where there should be {width}"
                reject = Reject(number, 1, 0, nullable_row(texts), reason, message)  # type: ignore[arg-type]
                block.rejects.append(reject)
                self.tally.reject(reject)
            else:
                block.rows.append(nullable_row(texts))
                block.line_numbers.append(number)
            number += 1
        self.tally.landed += len(block.rows)
        self.tally.rows_landed += len(block.rows)
        return block


def _choose(book: Any, wanted: str | None) -> tuple[str, Any]:
    """The sheet that is wanted, else the first with content; None: there is nothing in it."""
    if wanted is not None and wanted not in book.sheet_names:
        raise ValueError(f"no sheet {wanted!r}; there are {', '.join(book.sheet_names)}")
    for name in [wanted] if wanted is not None else book.sheet_names:
        sheet = book.get_sheet_by_name(name)
        if sheet.end is not None:
            return name, sheet
    return "", None


def _rows(sheet: Any) -> Iterator[list[Any]]:
    """The rows from the sheet's first one on; Python holds one at a time, the library the whole sheet."""
    left_empty = [""] * sheet.start[1]
    for row in sheet.iter_rows():
        yield left_empty + row


def _texts(row: Sequence[Any]) -> list[str | None]:
    return [_text(value) for value in row]


def _text(value: Any) -> str | None:
    if value is None or value == "":
        return None
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, (date, time)):
        return value.isoformat(sep=" ") if isinstance(value, datetime) else value.isoformat()
    return str(value)
