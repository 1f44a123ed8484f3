"""Applying faults: each cell suffers one at most, and each one that changed something is written down."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from data_generators.arrays import Floats, Rng

MOST = 0.95
"""Share of cells that may be hit by any fault, however high ``--mess`` is."""


Found = tuple[int, str]
"""A fault that happened: index of the row, and what it is as ``field,fault``."""


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


def spoil(columns: dict[str, list[str]], carte: Sequence[Menu], rng: Rng) -> list[Found]:
    """Spoils the columns in place, all of one length; returns what was changed."""
    found: list[Found] = []
    spoiled: dict[str, set[int]] = {}
    for menu in carte:
        if not set(menu.fields) <= set(columns):
            continue
        chance = rng.random(len(columns[menu.fields[0]]))
        rows = np.flatnonzero(chance < menu.chances[-1])
        chosen = np.searchsorted(menu.chances, chance[rows], side="right")
        dice = rng.integers(0, 1 << 62, rows.size)
        picks = list(zip(rows.tolist(), chosen.tolist(), dice.tolist(), strict=True))
        if menu.records:
            _spoil_records(columns, menu, picks, found)
            for field in menu.fields:
                spoiled.setdefault(field, set()).update(row for row, _ in found)
        else:
            field = menu.fields[0]
            if taken := spoiled.get(field):
                picks = [pick for pick in picks if pick[0] not in taken]
            _spoil_cells(columns[field], menu, picks, found)
    return found


def _spoil_cells(column: list[str], menu: Menu, picks: list[tuple[int, int, int]], found: list[Found]) -> None:
    field = menu.fields[0]
    spoilers = [fault.spoil for fault in menu.cells]
    marks = [f"{field},{fault.name}" for fault in menu.cells]
    for row, pick, dice in picks:
        old = column[row]
        new = spoilers[pick](old, dice)
        if new != old:
            column[row] = new
            found.append((row, marks[pick]))


def _spoil_records(
    columns: dict[str, list[str]], menu: Menu, picks: list[tuple[int, int, int]], found: list[Found]
) -> None:
    for row, pick, dice in picks:
        old = tuple(columns[field][row] for field in menu.fields)
        new = menu.records[pick].spoil(old, dice)
        if new != old:
            for field, value in zip(menu.fields, new, strict=True):
                columns[field][row] = value
            found.append((row, f"{menu.records[pick].field},{menu.records[pick].name}"))
