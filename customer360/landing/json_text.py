"""The text of a JSON document, read as far as it is needed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from .content import FileFacts, UnreadableError, scanned
from .json_values import BLANKS, DECODER

CHUNK = 2 << 20
LARGEST_RECORD = 64 << 20


class DocumentText:
    """The text of a document, read as far as it is needed."""

    def __init__(self, path: Path, facts: FileFacts) -> None:
        self._pieces = scanned(path, facts, CHUNK)
        self._buffer = ""
        self._rest = b""
        self._final = False

    def starts_with(self, character: str) -> bool:
        while not self._buffer.lstrip(BLANKS) and not self._final:
            self._more()
        return self._buffer.lstrip(BLANKS).startswith(character)

    def whole(self) -> Any:
        while not self._final:
            self._more()
            if len(self._buffer) > LARGEST_RECORD:
                raise UnreadableError("json", f"a document of more than {LARGEST_RECORD >> 20} MB that is no array")
        return DECODER.decode(self._buffer.strip(BLANKS))

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
                value, end = DECODER.raw_decode(self._buffer, position)
                complete = end < len(self._buffer) or self._final
            except json.JSONDecodeError:
                if self._final or len(self._buffer) - position > LARGEST_RECORD:
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
            if position > CHUNK:
                self._buffer, position = self._buffer[position:], 0
        self._expect_end(position + 1)

    def _again(self) -> bool:
        # The comma before this element has been taken already.
        self._buffer = "," + self._buffer
        return False

    def _skip(self, position: int) -> tuple[int, str]:
        while True:
            while position < len(self._buffer) and self._buffer[position] in BLANKS:
                position += 1
            if position < len(self._buffer):
                return position, self._buffer[position]
            if self._final:
                raise json.JSONDecodeError("the array is not closed", self._buffer, position)
            self._more()

    def _expect_end(self, position: int) -> None:
        while not self._final:
            self._more()
        if self._buffer[position:].strip(BLANKS):
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
