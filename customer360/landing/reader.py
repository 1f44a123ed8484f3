"""Reads a delimited text file record by record and accounts for every line of it."""

from __future__ import annotations

import codecs
import csv
import hashlib
import io
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from customer360.errors import Customer360Error
from customer360.sources import Feed

csv.field_size_limit(sys.maxsize)

_CHUNK = 1 << 20
_DELIMITERS = ",;\t|"


@dataclass(frozen=True)
class FileFacts:
    """What one pass over a file's bytes tells.

    Attributes:
        sha256: hex digest of the content.
        bytes: size.
        encoding: Python codec that decodes the whole content.
    """

    sha256: str
    bytes: int
    encoding: str


@dataclass(frozen=True)
class Record:
    """One record of a file.

    Attributes:
        line_number: its first line, counted from 1.
        lines: how many lines it spans.
        byte_offset: where it starts, counted from 0.
        fields: as many values as the header has columns, or empty when the record is rejected or blank.
        content: the record's bytes, line ending included; only when it is rejected.
        reason: code of the rejection, ``blank`` for a blank line, or empty.
        message: the rejection in words.
    """

    line_number: int
    lines: int
    byte_offset: int
    fields: list[str]
    content: bytes = b""
    reason: str = ""
    message: str = ""


def examine(path: Path, encoding: str | None = None) -> FileFacts:
    """Hashes a file and finds its encoding: the declared one, else UTF-8 (or UTF-16 by its mark), else Windows-1252.

    Raises:
        Customer360Error: a directory, no permission, or the file is gone.
    """
    digest = hashlib.sha256()
    size = 0
    fits = {name: codecs.getincrementaldecoder(name)() for name in ("utf-8", "windows-1252")}
    start = b""
    with open_source(path) as file:
        while chunk := file.read(_CHUNK):
            start = start or chunk[:4]
            digest.update(chunk)
            size += len(chunk)
            _drop_misfits(fits, chunk, final=False)
    _drop_misfits(fits, b"", final=True)
    if encoding is None:
        if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            encoding = "utf-16"
        else:
            encoding = next(iter(fits), "iso-8859-1")
    return FileFacts(digest.hexdigest(), size, encoding)


def _drop_misfits(fits: dict[str, codecs.IncrementalDecoder], chunk: bytes, *, final: bool) -> None:
    for name in list(fits):
        try:
            fits[name].decode(chunk, final)
        except UnicodeDecodeError:
            del fits[name]


def open_source(path: Path) -> BinaryIO:
    """Opens a file of a data folder; every failure is told in our words."""
    try:
        return path.open("rb")
    except IsADirectoryError:
        raise Customer360Error(
            "a directory stands where a file should be", where=str(path), how="narrow the pattern in sources.yml"
        ) from None
    except FileNotFoundError:
        raise Customer360Error("the file is gone", where=str(path), how="put it back, or run again") from None
    except PermissionError:
        raise Customer360Error(
            "no permission to read the file", where=str(path), how="let this user read it (chmod or chown)"
        ) from None


class DelimitedFile:
    """A CSV file (any delimiter) as a header and records.

    Attributes:
        header: column names as raw tables use them: trimmed, unique, never empty.
        header_lines: lines that the header spans (0 for an empty file).
        lines_read: lines consumed so far; all of them once ``records`` is exhausted.
        sha256: digest of what was really read, complete with the last record.
    """

    def __init__(self, path: Path, feed: Feed, facts: FileFacts) -> None:
        self._digest = hashlib.sha256()
        self._stream = open_source(path)
        self._encoding = facts.encoding
        self._taken: list[str] = []
        self._offset = 0
        text = io.TextIOWrapper(self._hashed(), encoding=facts.encoding, newline="")
        self._lines = iter(text)
        first = next(self._lines, "")
        if first.startswith("\ufeff"):
            first = first[1:]
            self._offset = len(codecs.BOM_UTF8)
        dialect = {"delimiter": feed.delimiter or _delimiter_of(first)}
        if feed.quote == "":
            reader = csv.reader(self._track(first), quoting=csv.QUOTE_NONE, **dialect)  # type: ignore[arg-type]
        else:
            reader = csv.reader(self._track(first), quotechar=feed.quote or '"', **dialect)  # type: ignore[arg-type]
        self._reader = reader
        self.header = column_names(next(reader, []))
        self.header_lines = reader.line_num
        self._take()

    @property
    def lines_read(self) -> int:
        """Physical lines consumed so far."""
        return int(self._reader.line_num)

    @property
    def sha256(self) -> str:
        """Digest of the bytes consumed so far."""
        return self._digest.hexdigest()

    def close(self) -> None:
        """Closes the file."""
        self._stream.close()

    def records(self) -> Iterator[Record]:
        """Every record after the header, in order; blank lines and rejected records included."""
        width = len(self.header)
        before = self._reader.line_num
        for fields in self._reader:
            lines, line_number, before = self._reader.line_num - before, before + 1, self._reader.line_num
            offset, content = self._take()
            if not fields:
                yield Record(line_number, lines, offset, [], reason="blank")
            elif len(fields) != width:
                message = f"{len(fields)} fields where the header has {width}"
                yield self._reject(line_number, lines, offset, content, "field_count", message)
            elif "\0" in content:
                yield self._reject(line_number, lines, offset, content, "nul_character", "text cannot hold NUL")
            else:
                yield Record(line_number, lines, offset, fields)

    def _reject(self, line_number: int, lines: int, offset: int, content: str, reason: str, message: str) -> Record:
        return Record(line_number, lines, offset, [], content.encode(self._encoding), reason, message)

    def _take(self) -> tuple[int, str]:
        content = "".join(self._taken)
        self._taken.clear()
        offset = self._offset
        self._offset += len(content.encode(self._encoding))
        return offset, content

    def _track(self, first: str) -> Iterator[str]:
        line = first
        while line:
            self._taken.append(line)
            yield line
            line = next(self._lines, "")

    def _hashed(self) -> io.BufferedReader:
        return io.BufferedReader(_HashingReader(self._stream, self._digest), _CHUNK)


class _HashingReader(io.RawIOBase):
    def __init__(self, stream: BinaryIO, digest: hashlib._Hash) -> None:
        self._stream = stream
        self._digest = digest

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        chunk = self._stream.read(len(buffer))
        self._digest.update(chunk)
        buffer[: len(chunk)] = chunk
        return len(chunk)


def column_names(header: list[str]) -> list[str]:
    """Names for raw columns: the file's own spelling, trimmed, unique, at most 63 bytes, none of our ``_`` names."""
    names: list[str] = []
    for position, original in enumerate(header, start=1):
        name = original.strip().replace("\0", "") or f"column_{position}"
        if name in ("_batch_id", "_source_file", "_line_number", "_loaded_at"):
            name = f"file{name}"
        if len(name.encode()) > 60:
            name = name.encode()[:50].decode(errors="ignore") + "_" + hashlib.sha256(name.encode()).hexdigest()[:8]
        unique, count = name, 1
        while unique in names:
            count += 1
            unique = f"{name}_{count}"
        names.append(unique)
    return names


def _delimiter_of(line: str) -> str:
    unquoted = "".join(line.split('"')[::2])
    return max(_DELIMITERS, key=unquoted.count) if any(d in unquoted for d in _DELIMITERS) else ","
