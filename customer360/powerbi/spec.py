"""The words of the spec: tables, measures, pages and what stands on them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class TableSpec:
    """A table of the semantic model: which mart it shows, and under which names."""

    name: str
    mart: str
    names: Mapping[str, str] = field(default_factory=dict)
    """Names of columns, where the mart's in plain words would not do."""
    only: tuple[str, ...] = ()
    """The only columns that people see, where these are few."""
    hidden: tuple[str, ...] = ()
    """Columns that only measures need; keys are hidden by themselves."""
    shown: tuple[str, ...] = ()
    """Keys that people look at."""
    sorted_by: Mapping[str, str] = field(default_factory=dict)
    label: tuple[str, str] | None = None
    """A column made in Power Query: its name, and M over the other columns as text."""
    label_meaning: str = ""
    description: str = ""
    """Instead of the mart's, where only a part of it is shown."""
    is_dates: bool = False


@dataclass(frozen=True)
class Link:
    """A relationship from the many to the one; where both are one, filters go both ways."""

    from_table: str
    from_column: str
    to_table: str
    to_column: str
    is_one_to_one: bool = False
    is_active: bool = True


@dataclass(frozen=True)
class Measure:
    """A figure with its plain definition, in DAX and, where it is a single number, in SQL over the marts."""

    name: str
    table: str
    definition: str
    dax: str
    format: str
    folder: str
    sql: str = ""


@dataclass(frozen=True)
class Field:
    """A column or a measure as a visual names it."""

    table: str
    name: str
    is_measure: bool = False
    label: str = ""


@dataclass(frozen=True)
class Visual:
    """Something on a page: its kind in Power BI's words, its place in pixels, and the fields in its roles."""

    key: str
    kind: str
    title: str
    place: tuple[int, int, int, int]
    """Left, top, width, height."""
    roles: Mapping[str, tuple[Field, ...]] = field(default_factory=dict)
    alt: str = ""
    sort: tuple[Field, str] | None = None
    top: tuple[int, Field, Field] | None = None
    """So many values of a column by a measure."""
    heat: Field | None = None
    """The measure whose cells are coloured."""
    changes: Mapping[str, Field] = field(default_factory=dict)
    """What stands below the figures of a card, by their names."""
    text: str = ""
    sync: str = ""
    """Slicers of one name follow each other over the pages."""


@dataclass(frozen=True)
class Page:
    """A page and, where people can drill through to it, the column that says to whom."""

    key: str
    name: str
    height: int
    visuals: tuple[Visual, ...]
    drill_through: Field | None = None
