"""What one block adds to one file."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from operator import itemgetter

from data_generators.dates import day_of
from data_generators.mess import Found


@dataclass(frozen=True)
class Part:
    """A block's share of a file; parts are put together in the order of their blocks.

    Attributes:
        file: path below the data folder.
        body: bytes of whole lines.
        rows: how many lines those are.
        fault_lines: lines that hold a fault, from 0 within the part, and what it is, as ``field,fault``.
    """

    file: str
    body: bytes
    rows: int
    fault_lines: list[int] = field(default_factory=list)
    fault_marks: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class View:
    """Which part of a world is exported.

    Attributes:
        day: the last day that the systems know, a day number.
        delta: only what is new or changed on that day, of systems that export changes.
    """

    day: int
    delta: bool = False

    @property
    def date(self) -> str:
        """The day as ``2026-06-30``."""
        return day_of(self.day).isoformat()


def part(file: str, lines: list[str], found: Iterable[Found] = (), encoding: str = "utf-8") -> Part:
    """Lines without their ends, and the faults in them."""
    body = "\n".join([*lines, ""]).encode(encoding, "replace")
    by_line = sorted(found, key=itemgetter(0))
    return Part(file, body, len(lines), [line for line, _ in by_line], [mark for _, mark in by_line])


def quoted(cells: list[str], delimiter: str) -> list[str]:
    """Cells as they stand in a delimited file: in quotes where they have to be."""
    everything = "".join(cells)
    if delimiter not in everything and '"' not in everything:
        return cells
    return [f'"{cell.replace(chr(34), chr(34) * 2)}"' if delimiter in cell or '"' in cell else cell for cell in cells]
