"""What landing would put into raw, written to a file instead: no database is touched."""

from __future__ import annotations

import base64
import csv
import json
import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from customer360.errors import Customer360Error
from customer360.sources import read_data_folder

from .content import UnreadableError, examine
from .dialect import Pins
from .find import feed_of
from .reading import TableFile, open_table, pins_of
from .records import Block, Reject, Tally, Wire

csv.field_size_limit(sys.maxsize)


@dataclass(frozen=True)
class DryRun:
    """What became of a file.

    Attributes:
        path, out: input and output; no output where the file is unreadable.
        error: why it is unreadable, or empty.
        tally: where the lines went.
        described: how it was read.
    """

    path: Path
    out: Path | None
    error: str = ""
    tally: Tally | None = None
    described: dict[str, Any] | None = None


def open_alone(path: Path) -> TableFile:
    """Opens a file as landing would: with the pins of the sources.yml beside it, where that speaks of it.

    Raises:
        UnreadableError: see its reason.
        Customer360Error: no file, no permission, or a sources.yml with mistakes.
    """
    feed = None
    if (path.parent / "sources.yml").exists():
        feed = feed_of(read_data_folder(path.parent), path.name)
    facts = examine(path, feed.encoding if feed else None)
    if facts.size == 0:
        raise UnreadableError("empty_file", "the file is empty")
    return open_table(path, facts, pins_of(feed) if feed else Pins())


def land_one(path: Path, out: Path) -> DryRun:
    """Writes the rows to ``out`` and the rejected records to ``<out>.rejected.jsonl``.

    The output is UTF-8, RFC 4180, all text, with the file's own header: a file without one gets none.
    """
    rejected = out.with_name(out.name + ".rejected.jsonl")
    part = out.with_name(f".{out.name}.{os.getpid()}.part")
    rejected_part = rejected.with_name(f".{rejected.name}.{os.getpid()}.part")
    try:
        table = open_alone(path)
        header: Sequence[str] = table.header
        # Names that were made up because the file has none are no header of the file.
        named = table.described().get("header", True) or any(n != f"column_{at}" for at, n in enumerate(header, 1))
        if table.grows:
            # Which columns there are is known at the end: it is read twice.
            for _ in table.blocks():
                continue
            header, table = tuple(table.header), open_alone(path)
        with (
            part.open("w", encoding="utf-8", newline="") as rows,
            rejected_part.open("w", encoding="utf-8", newline="\n") as rejects,
        ):
            _write(table, header if named else None, rows, rejects)
        part.replace(out)
        rejected_part.replace(rejected)
    except UnreadableError as error:
        for stale in (out, rejected):
            stale.unlink(missing_ok=True)
        return DryRun(path, None, f"{error.reason}: {error}")
    finally:
        part.unlink(missing_ok=True)
        rejected_part.unlink(missing_ok=True)
    return DryRun(path, out, tally=table.tally, described=table.described())


def land_folder(folder: Path, out: Path) -> Iterator[DryRun]:
    """``land_one`` for every file below a folder; names without .csv get it appended."""
    found = sorted(path for path in folder.rglob("*") if path.is_file() and path.name != "sources.yml")
    for path in found:
        name = path.relative_to(folder)
        target = out / (name if name.suffix.lower() == ".csv" else name.with_name(name.name + ".csv"))
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            yield land_one(path, target)
        except Customer360Error as error:
            yield DryRun(path, None, error.what)


def values(block: Block, wire: Wire) -> Iterator[list[str]]:
    """The rows of a block as lists of texts; nulls are empty."""
    texts = (row.decode(wire.encoding) for _, row in block.in_order())
    # A row may span lines, but each is one item: the reader never joins two.
    reader = csv.reader(texts, delimiter=wire.delimiter.decode(), quotechar=wire.quote.decode(), strict=True)
    for row in reader:
        yield row or [""]


def _write(table: TableFile, header: Sequence[str] | None, rows: Any, rejects: Any) -> None:
    width = len(header or table.columns)
    writer = csv.writer(rows, lineterminator="\r\n")
    if header is not None:
        writer.writerow(header)
    for block in table.blocks():
        for reject in block.rejects:
            rejects.write(json.dumps(_shown(reject), ensure_ascii=False) + "\n")
        padding = [""] * (width - len(block.columns))
        writer.writerows(_padded(values(block, table.wire), padding))


def _padded(rows: Iterator[list[str]], padding: Sequence[str]) -> Iterator[list[str]]:
    for row in rows:
        yield [*row, *padding] if padding else row


def _shown(reject: Reject) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "line": reject.line_number,
        "lines": reject.lines,
        "byte_offset": reject.byte_offset,
        "column": reject.column,
        "reason": reject.reason,
        "message": reject.message,
    }
    try:
        shown["content"] = reject.content.decode("utf-8")
    except UnicodeDecodeError:
        shown["content_base64"] = base64.b64encode(reject.content).decode("ascii")
    return shown
