"""JSON lines, JSON arrays and paged JSON: the keys become columns, nested objects dotted ones, and texts stay exact."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from .content import FileFacts, UnreadableError, is_narrow, mark_bytes, restore, scanned
from .delimited import column_names
from .dialect import Pins
from .json_text import DocumentText
from .json_values import BLANKS, DECODER, RejectedError, scalar, to_json, why
from .records import Block, Reject, Tally, Wire, nullable_row

_CHUNK = 1 << 20
_MOST_COLUMNS = 1_500
_LINES_TRIED = 20


class JsonFile:
    """Records of a JSON file as blocks; new keys become new columns as they come.

    Attributes: as TableFile.
    """

    grows = True
    wire = Wire(nulls=True)

    def __init__(self, path: Path, facts: FileFacts, pins: Pins) -> None:
        self._path = path
        self._facts = facts
        self._pins = pins
        self.header: list[str] = []
        self.columns: tuple[str, ...] = ()
        self.tally = Tally()
        self._names: dict[str, str] = {}
        self._taken: list[str] = []

    def blocks(self) -> Iterator[Block]:
        raise NotImplementedError

    def described(self) -> dict[str, Any]:
        """How the file was read."""
        shown = {"format": self.format, "compression": self._facts.compression, "encoding": self._facts.encoding}
        return {key: value for key, value in shown.items() if value}

    format = "json"

    def _column(self, key: str) -> str:
        name = self._names.get(key)
        if name is None:
            if len(self._taken) >= _MOST_COLUMNS:
                raise RejectedError("too_many_columns", f"the file has more than {_MOST_COLUMNS} different keys")
            name = column_names([*self._taken, key])[-1]
            self._taken.append(name)
            self._names[key] = name
            self.header.append(key)
        return name

    def _row(self, record: Any) -> bytes:
        """A record as a row on the wire, with the columns known by now; later ones are null in it.

        Raises:
            RejectedError: it cannot be a row.
        """
        if not isinstance(record, dict) or not record:
            raise RejectedError("not_an_object", "an object with keys is wanted")
        row: dict[str, str | None] = {}
        self._fill(row, record, "")
        columns = self._taken
        values = list(row.values()) if list(row) == columns else list(map(row.get, columns))
        try:
            rendered = nullable_row(values)
        except UnicodeEncodeError:
            column = next(name for name, text in row.items() if text and not _encodes(text))
            raise RejectedError("encoding", "half of a surrogate pair is no text", column) from None
        if b"\0" in rendered:
            column = next(name for name, text in row.items() if text and "\0" in text)
            raise RejectedError("nul_character", "text cannot hold NUL", column)
        return rendered

    def _fill(self, row: dict[str, str | None], record: dict[str, Any], prefix: str) -> None:
        for name, value in record.items():
            key = prefix + name
            text: str | None
            if value is None or isinstance(value, str):
                text = value
            elif isinstance(value, dict) and value:
                text = scalar(value)
                if text is None:
                    self._fill(row, value, f"{key}.")
                    continue
            else:
                text = to_json(value)
            column = self._names.get(key) or self._column(key)
            if column in row:
                raise RejectedError("duplicate_key", f"{key!r} is given twice", column)
            row[column] = text

    def _block(self, rows: list[tuple[bytes, int]], numbers: list[int], rejects: list[Reject]) -> Block:
        """Rows, each with the number of columns that it was made with."""
        columns = tuple(self._taken)
        for reject in rejects:
            self.tally.reject(reject)
        self.tally.landed += len(rows)
        self.tally.rows_landed += len(rows)
        return Block(columns, [row + b"," * (len(columns) - width) for row, width in rows], numbers, rejects)


class JsonLines(JsonFile):
    """One object a line."""

    format = "json lines"

    def __init__(self, path: Path, facts: FileFacts, pins: Pins) -> None:
        super().__init__(path, facts, pins)
        self.tally.lines_read = facts.lines

    def blocks(self) -> Iterator[Block]:
        """Every row and every reject, in order."""
        number, offset, rest = 1, mark_bytes(self._facts), b""
        for piece in scanned(self._path, self._facts, _CHUNK):
            window = rest + piece
            # A CR at the end may be half of a line end.
            cut = max(window.rfind(b"\n"), window.rfind(b"\r", 0, -1)) + 1
            if cut:
                yield self._lines(window[:cut], number, offset)
                number += len(window[:cut].splitlines())
                offset += len(restore(window[:cut], self._facts.encoding))
            rest = window[cut:]
        if rest:
            yield self._lines(rest, number, offset)

    def _lines(self, window: bytes, number: int, offset: int) -> Block:
        rows, numbers, rejects = [], [], []
        narrow = is_narrow(self._facts.encoding)
        for line in window.splitlines(keepends=True):
            own = line if narrow else restore(line, self._facts.encoding)
            if not line.strip():
                self.tally.blank += 1
            else:
                try:
                    row = self._row(_decoded(line))
                    rows.append((row, len(self._taken)))
                    numbers.append(number)
                except (RejectedError, UnicodeDecodeError, json.JSONDecodeError, RecursionError) as error:
                    reason, message, column = why(error)
                    rejects.append(Reject(number, 1, offset, own, reason, message, column))
            number += 1
            offset += len(own)
        return self._block(rows, numbers, rejects)


class JsonReplay(JsonFile):
    """One record again, out of quarantine."""

    def __init__(self) -> None:
        self.header = []
        self.columns = ()
        self.tally = Tally()
        self._names = {}
        self._taken = []

    def block(self, content: bytes, number: int) -> Block | None:
        """The record as a block, or None when it still cannot be landed."""
        try:
            row = self._row(_decoded(content))
        except (RejectedError, UnicodeDecodeError, json.JSONDecodeError, RecursionError):
            return None
        return self._block([(row, len(self._taken))], [number], [])


class JsonDocument(JsonFile):
    """One array of objects, or a document that holds one somewhere, as paged interfaces return it.

    Lines mean nothing here: ``lines_read`` and line numbers count records.
    """

    format = "json document"

    def blocks(self) -> Iterator[Block]:
        """Every row and every reject, in order."""
        rows: list[tuple[bytes, int]] = []
        numbers: list[int] = []
        rejects: list[Reject] = []
        size = 0
        for number, (record, content) in enumerate(self._records(), start=1):
            self.tally.lines_read += 1
            try:
                row = self._row(record)
                rows.append((row, len(self._taken)))
                numbers.append(number)
            except RejectedError as error:
                text = content or to_json(record)
                raw = text.encode("utf-8", "surrogatepass")
                rejects.append(Reject(number, 1, 0, raw, error.reason, str(error), error.column))
            size += len(content) or 200
            if size > _CHUNK:
                yield self._block(rows, numbers, rejects)
                rows, numbers, rejects, size = [], [], [], 0
        yield self._block(rows, numbers, rejects)

    def _records(self) -> Iterator[tuple[Any, str]]:
        try:
            text = DocumentText(self._path, self._facts)
            if self._pins.records is None and text.starts_with("["):
                yield from text.elements()
                return
            document = text.whole()
        except (json.JSONDecodeError, UnicodeDecodeError, RecursionError, RejectedError) as error:
            raise UnreadableError("json", f"not readable as JSON: {error}") from None
        for record in find_records(document, self._pins.records):
            yield record, ""


def open_documents(path: Path, facts: FileFacts, pins: Pins) -> JsonFile:
    """Lines where most of the first lines are whole objects, else one document."""
    if facts.size == 0:
        raise UnreadableError("empty_file", "the file is empty")
    start = b""
    for piece in scanned(path, facts, _CHUNK):
        start = piece
        break
    lines = [line for line in start.splitlines()[: _LINES_TRIED * 2] if line.strip()][:_LINES_TRIED]
    whole = sum(map(_is_object, lines))
    if len(lines) == 1 and facts.lines <= 1 and whole:
        records = list(find_records(_decoded(lines[0]), pins.records))
        return JsonDocument(path, facts, pins) if len(records) != 1 or pins.records else JsonLines(path, facts, pins)
    if lines and whole * 2 >= len(lines) and pins.records is None:
        return JsonLines(path, facts, pins)
    return JsonDocument(path, facts, pins)


def _is_object(line: bytes) -> bool:
    try:
        return isinstance(_decoded(line), dict)
    except RejectedError:
        return True
    except (ValueError, RecursionError):
        return False


def find_records(document: Any, path: str | None) -> Iterator[Any]:
    """The records of a document: at the path that is declared, else the longest array of objects, else itself."""
    if path is not None:
        found = document
        for key in path.split("."):
            if not isinstance(found, dict) or key not in found:
                raise UnreadableError("json", f"nothing stands at {path!r}")
            found = found[key]
    else:
        arrays = sorted(_arrays(document, 0), key=len)
        found = arrays[-1] if arrays else document
    yield from found if isinstance(found, list) else [found]


def _arrays(value: Any, depth: int) -> Iterator[list[Any]]:
    if isinstance(value, list):
        if not value or any(isinstance(item, dict) for item in value):
            yield value
    elif isinstance(value, dict) and depth < 3:
        for inner in value.values():
            yield from _arrays(inner, depth + 1)


def _decoded(line: bytes) -> Any:
    text = line.decode("utf-8").strip(BLANKS)
    value, end = DECODER.raw_decode(text)
    return value if end == len(text) else DECODER.decode(text)  # which tells what is wrong with the rest


def _encodes(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
