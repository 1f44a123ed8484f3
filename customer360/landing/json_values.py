"""The values of JSON as texts, exactly as they are written."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from json.encoder import encode_basestring
from typing import Any

from .records import Reason

BLANKS = " \t\r\n"
# MongoDB's extended JSON: objects of one key that stand for a value.
_SCALARS = frozenset(
    ("$oid", "$numberInt", "$numberLong", "$numberDouble", "$numberDecimal", "$symbol", "$uuid", "$date")
)


class _Number(str):
    """A number as it is written: 1.10 must not become 1.1, nor a long id lose its last digits."""

    __slots__ = ()


class RejectedError(Exception):
    """A record that cannot be a row: its reason code, and the column at fault where there is one."""

    def __init__(self, reason: Reason, message: str, column: str | None = None) -> None:
        super().__init__(message)
        self.reason: Reason = reason
        self.column = column


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        seen: set[str] = set()
        twice = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
        raise RejectedError("duplicate_key", f"the key {twice!r} is given twice")
    return found


DECODER = json.JSONDecoder(
    parse_float=_Number, parse_int=_Number, parse_constant=_Number, object_pairs_hook=_object, strict=False
)


def decode(text: str) -> Any:
    """A JSON document with its numbers as they are written.

    Raises:
        ValueError: no JSON, or a key given twice.
    """
    try:
        return DECODER.decode(text.strip(BLANKS))
    except (RejectedError, RecursionError) as error:
        raise ValueError(str(error)) from None


def scalar(value: dict[str, Any]) -> str | None:
    """The value that an object of MongoDB's extended JSON stands for."""
    if len(value) != 1:
        return None
    ((key, inner),) = value.items()
    if key not in _SCALARS:
        return None
    if key == "$date" and isinstance(inner, (dict, _Number)):
        milliseconds = inner if isinstance(inner, _Number) else scalar(inner)
        return None if milliseconds is None else _moment(milliseconds)
    return inner if isinstance(inner, str) else None


def _moment(milliseconds: str) -> str | None:
    try:
        moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=int(milliseconds))
    except (ValueError, OverflowError):
        return None
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def to_json(value: Any) -> str:
    """A decoded value as JSON again."""
    if isinstance(value, _Number):
        return str(value)
    if isinstance(value, str):
        return encode_basestring(value)
    if isinstance(value, dict):
        return "{" + ", ".join([f"{encode_basestring(key)}: {to_json(inner)}" for key, inner in value.items()]) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(to_json, value)) + "]"
    return {True: "true", False: "false", None: "null"}[value]


def why(error: Exception) -> tuple[Reason, str, str | None]:
    """Reason code, message and column of what reading a record has raised."""
    if isinstance(error, RejectedError):
        return error.reason, str(error), error.column
    if isinstance(error, UnicodeDecodeError):
        return "encoding", f"byte 0x{error.object[error.start]:02x} is no UTF-8", None
    return "json", f"no JSON: {error}", None
