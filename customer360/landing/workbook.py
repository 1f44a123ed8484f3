"""Workbooks (XLSX, XLS, ODS): one sheet as blocks, every value as the text that a CSV would hold."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from .content import UnreadableError
from .delimited import column_names
from .dialect import Pins, table_layout
from .records import Block, Reject, Tally, Wire, nullable_row

_ROWS = 5_000


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
            self._sheet, rows = _choose(book, pins.sheet)
        except (CalamineError, OSError, ValueError, IndexError) as error:
            raise UnreadableError("workbook", f"not readable as a workbook: {error}") from None
        if not rows:
            raise UnreadableError("empty_file", "the workbook holds no values")
        self._rows = rows
        skipped = pins.skip_lines or 0
        sample = [
            (at, ["" if text is None else text for text in _texts(row)])
            for at, row in enumerate(rows[skipped : skipped + 300])
            if any(value not in ("", None) for value in row)
        ]
        layout = table_layout(sample, skipped, pins)
        self._start = layout.preamble
        self.header = (
            list(layout.header) if layout.header is not None else [f"column_{n + 1}" for n in range(len(rows[0]))]
        )
        self._has_header = layout.header is not None and not isinstance(pins.header, tuple)
        self.columns = tuple(column_names(self.header))
        self.tally = Tally(lines_read=len(rows))

    def blocks(self) -> Iterator[Block]:
        """Every row and every reject, in order."""
        for row in self._rows[: self._start]:
            if any(value not in ("", None) for value in row):
                self.tally.preamble += 1
            else:
                self.tally.blank += 1
        first = self._start + self._has_header
        self.tally.header = int(self._has_header)
        for at in range(first, len(self._rows), _ROWS):
            yield self._block(self._rows[at : at + _ROWS], at + 1)

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


def _choose(book: Any, wanted: str | None) -> tuple[str, list[list[Any]]]:
    if wanted is not None and wanted not in book.sheet_names:
        raise ValueError(f"no sheet {wanted!r}; there are {', '.join(book.sheet_names)}")
    for name in [wanted] if wanted is not None else book.sheet_names:
        rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
        if rows:
            return name, rows
    return "", []


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
