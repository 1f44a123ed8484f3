"""JSON lines, JSON arrays and paged JSON: the keys become columns, nested objects dotted ones, and texts stay exact."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from .content import FileFacts, UnreadableError, mark_bytes, restore, scanned
from .delimited import column_names
from .dialect import Pins
from .records import Block, Reason, Reject, Tally, Wire

_CHUNK = 2 << 20
_LARGEST_RECORD = 64 << 20
_MOST_COLUMNS = 1_500
_LINES_TRIED = 20
_BLANKS = " \t\r\n"
# MongoDB's extended JSON: objects of one key that stand for a value.
_SCALARS = ("$oid", "$numberInt", "$numberLong", "$numberDouble", "$numberDecimal", "$symbol", "$uuid", "$date")


class _Number(str):
    """A number as it is written: 1.10 must not become 1.1, nor a long id lose its last digits."""

    __slots__ = ()


class _RejectedError(Exception):
    def __init__(self, reason: Reason, message: str, column: str | None = None) -> None:
        super().__init__(message)
        self.reason: Reason = reason
        self.column = column


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        seen: set[str] = set()
        twice = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
        raise _RejectedError("duplicate_key", f"the key {twice!r} is given twice")
    return found


_DECODER = json.JSONDecoder(
    parse_float=_Number, parse_int=_Number, parse_constant=_Number, object_pairs_hook=_object, strict=False
)


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
                raise _RejectedError("too_many_columns", f"the file has more than {_MOST_COLUMNS} different keys")
            name = column_names([*self._taken, key])[-1]
            self._taken.append(name)
            self._names[key] = name
            self.header.append(key)
        return name

    def _row(self, record: Any) -> dict[str, str | None]:
        """A record as texts by column.

        Raises:
            _RejectedError: it cannot be a row.
        """
        if not isinstance(record, dict):
            raise _RejectedError("not_an_object", "an object with keys is wanted")
        row: dict[str, str | None] = {}
        for key, value in _flat(record, ""):
            text = None if value is None else _text(value)
            column = self._column(key)
            if column in row:
                raise _RejectedError("duplicate_key", f"{key!r} is given twice", column)
            if text and "\0" in text:
                raise _RejectedError("nul_character", "text cannot hold NUL", column)
            if text and not text.isascii():
                try:
                    text.encode()
                except UnicodeEncodeError:
                    raise _RejectedError("encoding", "half of a surrogate pair is no text", column) from None
            row[column] = text
        return row

    def _block(self, rows: list[dict[str, str | None]], numbers: list[int], rejects: list[Reject]) -> Block:
        columns = tuple(self._taken)
        for reject in rejects:
            self.tally.reject(reject)
        self.tally.landed += len(rows)
        self.tally.rows_landed += len(rows)
        return Block(columns, [render(row.get(name) for name in columns) for row in rows], numbers, rejects)


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
        for line in window.splitlines(keepends=True):
            if not line.strip():
                self.tally.blank += 1
            else:
                try:
                    rows.append(self._row(_DECODER.decode(line.decode("utf-8").strip(_BLANKS))))
                    numbers.append(number)
                except (_RejectedError, UnicodeDecodeError, json.JSONDecodeError, RecursionError) as error:
                    reason, message, column = _why(error)
                    content = restore(line, self._facts.encoding)
                    rejects.append(Reject(number, 1, offset, content, reason, message, column))
            number += 1
            offset += len(line)
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
            row = self._row(_DECODER.decode(content.decode("utf-8").strip(_BLANKS)))
        except (_RejectedError, UnicodeDecodeError, json.JSONDecodeError, RecursionError):
            return None
        return self._block([row], [number], [])


class JsonDocument(JsonFile):
    """One array of objects, or a document that holds one somewhere, as paged interfaces return it.

    Lines mean nothing here: ``lines_read`` and line numbers count records.
    """

    format = "json document"

    def blocks(self) -> Iterator[Block]:
        """Every row and every reject, in order."""
        rows: list[dict[str, str | None]] = []
        numbers: list[int] = []
        rejects: list[Reject] = []
        size = 0
        for number, (record, content) in enumerate(self._records(), start=1):
            self.tally.lines_read += 1
            try:
                rows.append(self._row(record))
                numbers.append(number)
            except _RejectedError as error:
                text = content or _text(record)
                raw = text.encode("utf-8", "surrogatepass")
                rejects.append(Reject(number, 1, 0, raw, error.reason, str(error), error.column))
            size += len(content) or 200
            if size > _CHUNK:
                yield self._block(rows, numbers, rejects)
                rows, numbers, rejects, size = [], [], [], 0
        yield self._block(rows, numbers, rejects)

    def _records(self) -> Iterator[tuple[Any, str]]:
        try:
            text = _Text(self._path, self._facts)
            if self._pins.records is None and text.starts_with("["):
                yield from text.elements()
                return
            document = text.whole()
        except (json.JSONDecodeError, UnicodeDecodeError, RecursionError, _RejectedError) as error:
            raise UnreadableError("json", f"not readable as JSON: {error}") from None
        for record in find_records(document, self._pins.records):
            yield record, ""


class _Text:
    """The text of a document, read as far as it is needed."""

    def __init__(self, path: Path, facts: FileFacts) -> None:
        self._pieces = scanned(path, facts, _CHUNK)
        self._buffer = ""
        self._rest = b""
        self._final = False

    def starts_with(self, character: str) -> bool:
        while not self._buffer.lstrip(_BLANKS) and not self._final:
            self._more()
        return self._buffer.lstrip(_BLANKS).startswith(character)

    def whole(self) -> Any:
        while not self._final:
            self._more()
            if len(self._buffer) > _LARGEST_RECORD:
                raise UnreadableError("json", f"a document of more than {_LARGEST_RECORD >> 20} MB that is no array")
        return _DECODER.decode(self._buffer.strip(_BLANKS))

    def elements(self) -> Iterator[tuple[Any, str]]:
        """The elements of the top-level array, each with its text; constant memory."""
        position = self._buffer.index("[") + 1
        first = True
        while True:
            position, character = self._skip(position)
            if character == "]":
                break
            if not first:
                if character != ",":
                    raise json.JSONDecodeError("',' or ']' expected", self._buffer, position)
                position, _ = self._skip(position + 1)
            try:
                value, end = _DECODER.raw_decode(self._buffer, position)
                complete = end < len(self._buffer) or self._final
            except json.JSONDecodeError:
                if self._final or len(self._buffer) - position > _LARGEST_RECORD:
                    raise
                complete = False
            except RecursionError:
                raise json.JSONDecodeError("nested too deeply", self._buffer, position) from None
            if not complete:
                self._buffer, position = self._buffer[position:], 0
                self._more()
                first = True if first else self._again()
                continue
            yield value, self._buffer[position:end]
            position, first = end, False
            if position > _CHUNK:
                self._buffer, position = self._buffer[position:], 0
        self._expect_end(position + 1)

    def _again(self) -> bool:
        # The comma before this element has been taken already.
        self._buffer = "," + self._buffer
        return False

    def _skip(self, position: int) -> tuple[int, str]:
        while True:
            while position < len(self._buffer) and self._buffer[position] in _BLANKS:
                position += 1
            if position < len(self._buffer):
                return position, self._buffer[position]
            if self._final:
                raise json.JSONDecodeError("the array is not closed", self._buffer, position)
            self._more()

    def _expect_end(self, position: int) -> None:
        while not self._final:
            self._more()
        if self._buffer[position:].strip(_BLANKS):
            raise json.JSONDecodeError("text after the array", self._buffer, position)

    def _more(self) -> None:
        piece = next(self._pieces, None)
        self._final = piece is None
        window = self._rest + (piece or b"")
        cut = len(window)
        while not self._final and cut and window[cut - 1] >= 0x80 and cut > len(window) - 4:
            cut -= 1  # a character may be cut in two
        self._buffer += window[:cut].decode("utf-8")
        self._rest = window[cut:]


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
        records = list(find_records(_DECODER.decode(lines[0].decode("utf-8").strip(_BLANKS)), pins.records))
        return JsonDocument(path, facts, pins) if len(records) != 1 or pins.records else JsonLines(path, facts, pins)
    if lines and whole * 2 >= len(lines) and pins.records is None:
        return JsonLines(path, facts, pins)
    return JsonDocument(path, facts, pins)


def _is_object(line: bytes) -> bool:
    try:
        return isinstance(_DECODER.decode(line.decode("utf-8").strip(_BLANKS)), dict)
    except _RejectedError:
        return True
    except (ValueError, RecursionError):
        return False


def decode(text: str) -> Any:
    """A JSON document with its numbers as they are written.

    Raises:
        ValueError: no JSON, or a key given twice.
    """
    try:
        return _DECODER.decode(text.strip(_BLANKS))
    except (_RejectedError, RecursionError) as error:
        raise ValueError(str(error)) from None


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


def _flat(record: dict[str, Any], prefix: str) -> Iterator[tuple[str, Any]]:
    for key, value in record.items():
        name = prefix + key
        if isinstance(value, dict) and value and _scalar(value) is None:
            yield from _flat(value, f"{name}.")
        else:
            yield name, value


def _scalar(value: dict[str, Any]) -> str | None:
    """The value that an object of MongoDB's extended JSON stands for."""
    if len(value) != 1:
        return None
    ((key, inner),) = value.items()
    if key not in _SCALARS:
        return None
    if key == "$date" and isinstance(inner, (dict, _Number)):
        milliseconds = inner if isinstance(inner, _Number) else _scalar(inner)
        return None if milliseconds is None else _moment(milliseconds)
    return inner if isinstance(inner, str) else None


def _moment(milliseconds: str) -> str | None:
    from datetime import UTC, datetime, timedelta

    try:
        moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=int(milliseconds))
    except (ValueError, OverflowError):
        return None
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _text(value: Any) -> str:
    """A value as it is written; arrays and empty objects as JSON."""
    if isinstance(value, str):
        return value
    if isinstance(value, dict):
        scalar = _scalar(value)
        if scalar is not None:
            return scalar
    return to_json(value)


def to_json(value: Any) -> str:
    """A decoded value as JSON again."""
    if isinstance(value, _Number):
        return str(value)
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(k, ensure_ascii=False)}: {to_json(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(to_json, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


def render(values: Iterator[str | None]) -> bytes:
    """Values as a row on the wire with nulls."""
    out = []
    for value in values:
        if value is None:
            out.append("")
        elif not value or '"' in value or "," in value or "\n" in value or "\r" in value:
            out.append('"' + value.replace('"', '""') + '"')
        else:
            out.append(value)
    return ",".join(out).encode()


def _why(error: Exception) -> tuple[Reason, str, str | None]:
    if isinstance(error, _RejectedError):
        return error.reason, str(error), error.column
    if isinstance(error, UnicodeDecodeError):
        return "encoding", f"byte 0x{error.object[error.start]:02x} is no UTF-8", None
    return "json", f"no JSON: {error}", None
