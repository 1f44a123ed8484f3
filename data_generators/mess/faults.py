"""Applying faults: each cell suffers one at most, and each one that changed something is written down."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from data_generators.arrays import Flags, Floats, Ints, Rng

MOST = 0.95
"""Share of cells that may be hit by any fault, however high ``--mess`` is."""


Found = tuple[str, Ints]
"""What happened, as ``field,fault``, and the rows that it happened to."""


class Column(Protocol):
    """Texts of one field, one for each row."""

    def __len__(self) -> int: ...
    def __getitem__(self, row: int) -> str: ...
    def __setitem__(self, row: int, text: str) -> None: ...


class LazyColumn:
    """A column whose texts are only made for the rows that are asked for.

    Args:
        size: how many rows there are.
        read: the text of a row.
    """

    def __init__(self, size: int, read: Callable[[int], str]) -> None:
        self._size, self._read = size, read
        self.changed: dict[int, str] = {}

    def __len__(self) -> int:
        return self._size

    def __getitem__(self, row: int) -> str:
        return self.changed[row] if row in self.changed else self._read(row)

    def __setitem__(self, row: int, text: str) -> None:
        self.changed[row] = text


@dataclass(frozen=True)
class CellFault:
    """A way to spoil one field of a record.

    Attributes:
        spoil: text and dice to text, pure; unchanged where it does not apply.
        rates: share of the records hit at ``--mess 1``, by system; left out: never.
    """

    name: str
    field: str
    spoil: Callable[[str, int], str]
    rates: dict[str, float]


@dataclass(frozen=True)
class RecordFault:
    """A way to spoil several fields of a record together; ``field`` is what the truth names."""

    name: str
    fields: tuple[str, ...]
    spoil: Callable[[tuple[str, ...], int], tuple[str, ...]]
    rates: dict[str, float]

    @property
    def field(self) -> str:
        return "+".join(self.fields)


@dataclass(frozen=True)
class Menu:
    """The faults that one field of one system may suffer, with their running chances."""

    cells: tuple[CellFault, ...]
    records: tuple[RecordFault, ...]
    fields: tuple[str, ...]
    chances: Floats


def menus(faults: Sequence[CellFault | RecordFault], system: str, mess: float) -> list[Menu]:
    """The menus of a system at a level of mess: faults of whole records first, then field by field."""
    hit = [(fault, fault.rates[system] * mess) for fault in faults if fault.rates.get(system) and mess]
    keys = dict.fromkeys((isinstance(fault, CellFault), fault.field) for fault, _ in hit)
    built = []
    for is_cell, field in sorted(keys, key=lambda key: key[0]):
        mine = [(f, rate) for f, rate in hit if (isinstance(f, CellFault), f.field) == (is_cell, field)]
        running = np.cumsum([rate for _, rate in mine])
        built.append(
            Menu(
                cells=tuple(f for f, _ in mine if isinstance(f, CellFault)),
                records=tuple(f for f, _ in mine if isinstance(f, RecordFault)),
                fields=tuple(field.split("+")),
                chances=running * min(1.0, MOST / running[-1]),
            )
        )
    return built


def spoil(columns: Mapping[str, Column], carte: Sequence[Menu], rng: Rng) -> list[Found]:
    """Spoils the columns in place, all of one length; returns what was changed."""
    found: list[Found] = []
    spoiled: dict[str, Flags] = {}
    for menu in carte:
        if not set(menu.fields) <= set(columns):
            continue
        chance = rng.random(len(columns[menu.fields[0]]))
        rows = np.flatnonzero(chance < menu.chances[-1])
        chosen = np.searchsorted(menu.chances, chance[rows], side="right")
        dice = rng.integers(0, 1 << 62, rows.size)
        if menu.records:
            _spoil_records(columns, menu, list(zip(rows.tolist(), chosen.tolist(), dice.tolist(), strict=True)), found)
            hit = np.zeros(chance.size, dtype=np.bool_)
            for _, at in found:
                hit[at] = True
            spoiled |= dict.fromkeys(menu.fields, hit)
            continue
        field = menu.fields[0]
        if field in spoiled:
            chosen[spoiled[field][rows]] = len(menu.cells)  # none of them: the cell has had its fault
        for number, fault in enumerate(menu.cells):
            mine = np.flatnonzero(chosen == number)
            _spoil_cells(columns[field], fault, rows[mine].tolist(), dice[mine].tolist(), found)
    return found


def _spoil_cells(column: Column, fault: CellFault, rows: list[int], dices: list[int], found: list[Found]) -> None:
    spoil, changed = fault.spoil, []
    for row, dice in zip(rows, dices, strict=True):
        old = column[row]
        new = spoil(old, dice)
        if new != old:
            column[row] = new
            changed.append(row)
    _note(f"{fault.field},{fault.name}", changed, found)


def _spoil_records(
    columns: Mapping[str, Column], menu: Menu, picks: list[tuple[int, int, int]], found: list[Found]
) -> None:
    hit: dict[str, list[int]] = {}
    for row, pick, dice in picks:
        old = tuple(columns[field][row] for field in menu.fields)
        new = menu.records[pick].spoil(old, dice)
        if new != old:
            for field, value in zip(menu.fields, new, strict=True):
                columns[field][row] = value
            hit.setdefault(f"{menu.records[pick].field},{menu.records[pick].name}", []).append(row)
    for mark, rows in hit.items():
        _note(mark, rows, found)


def _note(mark: str, rows: list[int], found: list[Found]) -> None:
    if rows:
        found.append((mark, np.array(rows, dtype=np.int64)))


def moved(found: Iterable[Found], rows: Ints, size: int, first: int = 0) -> list[Found]:
    """Faults of some of ``size`` rows, which stand one after the other from row ``first`` on now."""
    place = np.full(size, -1)
    place[rows] = np.arange(first, first + rows.size)
    there = ((mark, place[at]) for mark, at in found)
    return [(mark, at[at >= 0]) for mark, at in there]
