"""What a data folder declares, as frozen dataclasses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from .fields import ENTITIES, Entity

DEFAULT_HORIZONS_DAYS = (90, 180, 365)


@dataclass(frozen=True)
class FieldValue:
    """Where a canonical field's text comes from.

    Attributes:
        columns: columns of the file, joined when there are several; empty parts are left out.
        join: what stands between them.
        scale: what a plain number is multiplied with (0.01 for amounts in cents), or None.
    """

    columns: tuple[str, ...]
    join: str = " "
    scale: str | None = None


@dataclass(frozen=True)
class FieldContract:
    """What a source promises about a canonical field; broken promises are counted against a budget.

    Attributes:
        required: it has a value.
        unique: no two rows of one file share it.
        accepted: the values it may have.
        pattern: a regular expression (PostgreSQL's) that the whole value matches.
        budget: share of rows (0 to 1) that may break it before the run fails; None: it warns.
    """

    required: bool = False
    unique: bool = False
    accepted: tuple[str, ...] = ()
    pattern: str | None = None
    budget: float | None = None


@dataclass(frozen=True)
class Feed:
    """The files of one entity of one source, and what their columns mean.

    Attributes:
        files: glob patterns below the data folder.
        kind: ``person`` or ``organisation`` (customers only).
        mode: ``snapshot``: the newest file is the whole truth; ``delta``: the newest version of each id counts.
        date_order: ``dmy``, ``mdy`` or ``ymd`` for dates that the file itself leaves ambiguous, or None.
        customers_of: the source whose customer_id these rows carry.
        country: ISO code of the country in which phone numbers are dialled where a row names none, or None: the models
            find out.
        delimiter, quote, encoding, escape, header, skip_lines: pinned, or None: detected.
        mend: whether records with one possible reading are mended.
        decimal: ``,`` or ``.`` in amounts, or None: the models find out.
        null_values: texts that mean nothing, left out of the views.
        records: where the records stand in a JSON document, such as ``data.items``; None: detected.
        sheet: of a workbook; None: the first with content.
        max_rejected: share of records (0 to 1) in quarantine above which the run fails; None: it warns.
        vanished_columns: ``error`` or ``warn`` when a mapped column is missing from a file.
        contract: what is asked of canonical fields.
        origin: where to fetch the files from, when they do not lie in the folder.
    """

    source: str
    entity: Entity
    files: tuple[str, ...]
    columns: Mapping[str, FieldValue]
    customers_of: str
    kind: str = "person"
    mode: str = "delta"
    date_order: str | None = None
    country: str | None = None
    delimiter: str | None = None
    quote: str | None = None
    encoding: str | None = None
    escape: str | None = None
    header: bool | tuple[str, ...] | None = None
    skip_lines: int | None = None
    mend: bool = True
    null_values: tuple[str, ...] = ()
    decimal: str | None = None
    records: str | None = None
    sheet: str | None = None
    max_rejected: float | None = None
    vanished_columns: str = "error"
    contract: Mapping[str, FieldContract] = field(default_factory=dict)
    origin: Mapping[str, Any] | None = None

    @property
    def table(self) -> str:
        """Name of the raw table."""
        return f"{self.source}_{self.entity.name}"

    @property
    def label(self) -> str:
        """How messages name the feed."""
        return f"{self.source}.{self.entity.name}"


@dataclass(frozen=True)
class DataFolder:
    """A folder with files and a sources.yml.

    Attributes:
        zone: where extractors put the files of feeds that are fetched; their names begin with ``@``.
    """

    path: Path
    feeds: tuple[Feed, ...]
    as_of_date: date | None = None
    reporting_currency: str | None = None
    horizons_days: tuple[int, ...] = DEFAULT_HORIZONS_DAYS
    zone: Path | None = None

    @property
    def sources_file(self) -> Path:
        return self.path / "sources.yml"

    def path_of(self, file_name: str) -> Path:
        """Where a file lies: below the folder, or in the zone of fetched files."""
        if file_name.startswith("@") and self.zone is not None:
            return self.zone / file_name[1:]
        return self.path / file_name

    def feed(self, source: str, entity: str) -> Feed:
        """The feed of a source and an entity; KeyError when it is not declared."""
        for feed in self.feeds:
            if feed.source == source and feed.entity is ENTITIES[entity]:
                return feed
        raise KeyError(f"{source}.{entity}")
