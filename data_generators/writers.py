"""Puts the parts of the blocks together into files: plain ones, gzip, and pages of JSON."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO, Protocol

import numpy as np

from data_generators.systems.part import Part
from data_generators.systems.registry import HEADERS
from data_generators.systems.sheet import Sheet, table
from data_generators.truth import FAULTS
from data_generators.truth import HEADERS as TRUTH_HEADERS

_GZIP_HEAD = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"
_STORED = 0xFFFF


class Sink(Protocol):
    """A file, or several, that grow part by part."""

    def add(self, part: Part) -> None:
        """Appends a part."""

    def close(self) -> dict[str, int]:
        """Finishes; returns rows by file."""


class PlainFile:
    """Lines of text below a first line."""

    def __init__(self, folder: Path, name: str) -> None:
        self._name, self.rows = name, 0
        self._file: BinaryIO = (folder / name).open("ab")
        head = TRUTH_HEADERS.get(name) or HEADERS.get(name.rpartition("_")[0])
        self.first_line = 2 if head else 1
        if head and not self._file.tell():
            self._file.write(f"{head}\n".encode())

    def add(self, part: Part) -> None:
        """Appends a part."""
        self._file.write(part.body)
        self.rows += part.rows

    def close(self) -> dict[str, int]:
        """Closes the file."""
        self._file.close()
        return {self._name: self.rows}


class GzipFile(PlainFile):
    """Lines in gzip, one member for each part, stored and not deflated.

    zlib and its faster descendants squeeze the same text into different bytes, and a seed promises the same bytes on
    every machine.
    """

    def add(self, part: Part) -> None:
        """Appends a part as a member of its own."""
        self._file.write(_GZIP_HEAD)
        body = memoryview(part.body)
        for start in range(0, max(1, len(body)), _STORED):
            chunk = body[start : start + _STORED]
            last = start + _STORED >= len(body)
            self._file.write(struct.pack("<BHH", last, len(chunk), len(chunk) ^ 0xFFFF))
            self._file.write(chunk)
        self._file.write(struct.pack("<II", zlib.crc32(body), len(body) & 0xFFFFFFFF))
        self.rows += part.rows


class Pages:
    """Tickets in pages as a REST API returns them, each naming the next."""

    def __init__(self, folder: Path, name: str, size: int) -> None:
        self._folder, self._name, self._size = folder, name, size
        self._waiting: list[bytes] = []
        self._rows: dict[str, int] = {}

    def add(self, part: Part) -> None:
        """Appends a part; pages that are full are written."""
        self._waiting += bytes(part.body).splitlines()
        while len(self._waiting) > self._size:
            self._write(self._waiting[: self._size], last=False)
            self._waiting = self._waiting[self._size :]

    def close(self) -> dict[str, int]:
        """Writes the last page, even an empty one."""
        self._write(self._waiting, last=True)
        return self._rows

    def _write(self, lines: Sequence[bytes], last: bool) -> None:
        page = len(self._rows) + 1
        follows = "null" if last else f'"/api/v2/tickets?page={page + 1}"'
        name = f"{self._name.removesuffix('.json')}_page_{page:03d}.json"
        head = f'{{"page":{page},"count":{len(lines)},"next_page":{follows},"tickets":[\n'.encode()
        (self._folder / name).write_bytes(head + b",\n".join(lines) + b"\n]}\n")
        self._rows[name] = len(lines)


def _faults(part: Part, first: int) -> Part:
    """The faults of a part whose first row stands on line ``first`` of its file, in the order of lines."""
    rows = np.concatenate([at for _, at in part.found])
    kinds = np.repeat(np.arange(len(part.found)), [at.size for _, at in part.found])
    order = np.argsort(rows, kind="stable")
    sheet = Sheet(rows.size).text(f"{part.file},").number(rows[order] + first).text(",")
    body = sheet.take(table([mark for mark, _ in part.found]), kinds[order]).text("\n").written()
    return Part(FAULTS, body, rows.size)


class Writers:
    """All files of a folder, opened as parts for them come.

    Args:
        folder: where they go.
        page_size: tickets a page.
    """

    def __init__(self, folder: Path, page_size: int) -> None:
        self._folder, self._page_size = folder, page_size
        self._sinks: dict[str, Sink] = {}
        self._faults = PlainFile(folder, FAULTS)

    def add(self, part: Part) -> None:
        """Appends a part to its file, and its faults to the truth."""
        sink = self._sinks.get(part.file)
        if sink is None:
            sink = self._sinks[part.file] = self._open(part.file)
        if part.found and isinstance(sink, PlainFile):
            self._faults.add(_faults(part, sink.rows + sink.first_line))
        sink.add(part)

    def close(self) -> dict[str, int]:
        """Finishes all files; returns rows by file, ``truth/`` left out."""
        self._faults.close()
        rows: dict[str, int] = {}
        for sink in self._sinks.values():
            rows |= sink.close()
        return {name: count for name, count in sorted(rows.items()) if not name.startswith("truth/")}

    def _open(self, name: str) -> Sink:
        if name.endswith(".gz"):
            return GzipFile(self._folder, name)
        if name.endswith(".json"):
            return Pages(self._folder, name, self._page_size)
        return PlainFile(self._folder, name)
