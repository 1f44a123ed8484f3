"""Chooses the reader of a file by its content, whatever its name says."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol

from customer360.sources import Feed

from .content import FileFacts
from .delimited import DelimitedFile
from .dialect import Pins
from .records import Block, Tally, Wire


class TableFile(Protocol):
    """A file as blocks of rows.

    Attributes:
        columns: known before the first block; a file that ``grows`` may add more with any block.
        header: the columns' names as the file spells them.
    """

    header: list[str]
    columns: tuple[str, ...]
    wire: Wire
    tally: Tally

    @property
    def grows(self) -> bool:
        """Whether blocks may bring columns that were not known before."""

    def blocks(self) -> Iterator[Block]:
        """Every row and every reject, in order."""

    def described(self) -> dict[str, Any]:
        """How the file was read."""


def pins_of(feed: Feed) -> Pins:
    """What the feed declares about its files."""
    return Pins(
        delimiter=feed.delimiter,
        quote=feed.quote,
        escape=feed.escape,
        header=feed.header,
        skip_lines=feed.skip_lines,
        mend=feed.mend,
        records=feed.records,
        sheet=feed.sheet,
        mapped=frozenset(name for value in feed.columns.values() for name in value.columns),
    )


def open_table(path: Path, facts: FileFacts, pins: Pins) -> TableFile:
    """The reader for a file.

    Raises:
        UnreadableError: nothing in it can be read as records.
    """
    if facts.magic.startswith(b"PAR1"):
        from .parquet import ParquetFile

        return ParquetFile(path)
    if facts.magic.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        from .workbook import Workbook

        return Workbook(path, pins)
    if _looks_like_json(path, facts, pins):
        from .documents import open_documents

        return open_documents(path, facts, pins)
    return DelimitedFile(path, facts, pins)


def _looks_like_json(path: Path, facts: FileFacts, pins: Pins) -> bool:
    if pins.delimiter is not None:
        return False
    start = facts.magic.removeprefix(b"\xef\xbb\xbf").replace(b"\0", b"").lstrip(b"\xff\xfe \t\r\n")
    if pins.records is not None or {".json", ".jsonl", ".ndjson"} & set(path.suffixes):
        return start[:1] in (b"{", b"[") or bool({".json", ".jsonl", ".ndjson"} & set(path.suffixes))
    return (start[:1] == b"{" and start[1:].lstrip()[:1] in (b'"', b"}")) or (
        start[:1] == b"[" and start[1:].lstrip()[:1] in (b"{", b"]")
    )
