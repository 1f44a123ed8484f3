"""What a data folder declares, as frozen dataclasses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

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
class Feed:
    """The files of one entity of one source, and what their columns mean.

    Attributes:
        files: glob patterns below the data folder.
        kind: ``person`` or ``organisation`` (customers only).
        mode: ``snapshot``: the newest file is the whole truth; ``delta``: the newest version of each id counts.
        date_order: ``dmy``, ``mdy`` or ``ymd`` for dates that the file itself leaves ambiguous, or None.
        customers_of: the source whose customer_id these rows carry.
        delimiter, quote, encoding: pinned, or None: detected.
    """

    source: str
    entity: Entity
    files: tuple[str, ...]
    columns: Mapping[str, FieldValue]
    customers_of: str
    kind: str = "person"
    mode: str = "delta"
    date_order: str | None = None
    delimiter: str | None = None
    quote: str | None = None
    encoding: str | None = None

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
    """A folder with files and a sources.yml."""

    path: Path
    feeds: tuple[Feed, ...]
    as_of_date: date | None = None
    reporting_currency: str | None = None
    horizons_days: tuple[int, ...] = DEFAULT_HORIZONS_DAYS

    @property
    def sources_file(self) -> Path:
        return self.path / "sources.yml"

    def feed(self, source: str, entity: str) -> Feed:
        """The feed of a source and an entity; KeyError when it is not declared."""
        for feed in self.feeds:
            if feed.source == source and feed.entity is ENTITIES[entity]:
                return feed
        raise KeyError(f"{source}.{entity}")
