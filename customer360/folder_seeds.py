"""Seeds that a data folder brings along: constants fitted on its data, and decisions that people made about it.

A fitted seed lies in ``<folder>/fitted/<seed>.csv``, a decided one in ``<folder>/<seed>.csv``; where the folder cannot
be written, in the state directory, which then counts before the folder. Every run loads them into ``raw.folder_seeds``,
where the dbt macro ``folder_seed`` finds them. They never land as data.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from customer360.errors import Customer360Error
from customer360.settings import Settings, database_for
from customer360.swap import replace_text

FITTED_FOLDER = "fitted"


@dataclass(frozen=True)
class FolderSeed:
    """A seed that a data folder may bring along.

    Attributes:
        name: of the file, without its ending, and of the shipped dbt seed with the same columns.
        fitted: whether ``make fit`` writes it, else people decide it.
    """

    name: str
    fitted: bool = True

    @property
    def path(self) -> str:
        """Where it lies below the data folder."""
        return f"{FITTED_FOLDER}/{self.name}.csv" if self.fitted else f"{self.name}.csv"


OVERRIDES = FolderSeed("identity_overrides", fitted=False)

SURVIVORSHIP = FolderSeed("survivorship", fitted=False)
SOURCE_PRIORITIES = FolderSeed("source_priorities", fitted=False)
IDENTITY_WEIGHTS = FolderSeed("identity_weights")
CUSTOMER_TYPES = FolderSeed("customer_types")
PREDICTION_WEIGHTS = FolderSeed("prediction_weights")
SPEND_PARAMETERS = FolderSeed("spend_parameters")
HEALTH_WEIGHTS = FolderSeed("health_weights")

SEEDS: tuple[FolderSeed, ...] = (
    OVERRIDES,
    SURVIVORSHIP,
    SOURCE_PRIORITIES,
    IDENTITY_WEIGHTS,
    CUSTOMER_TYPES,
    PREDICTION_WEIGHTS,
    SPEND_PARAMETERS,
    HEALTH_WEIGHTS,
)


def is_folder_seed(file_name: str) -> bool:
    """Whether a file of a data folder (path below it) is no data but one of its seeds."""
    return Path(file_name).parts[0] == FITTED_FOLDER or any(file_name == seed.path for seed in SEEDS)


def seed_columns(settings: Settings, seed: FolderSeed) -> list[str]:
    """The columns of the shipped seed, which the folder's own has too."""
    with (settings.root / "dbt_project" / "seeds" / f"{seed.name}.csv").open(encoding="utf-8", newline="") as file:
        return next(csv.reader(file))


def find_seed(settings: Settings, folder: Path, seed: FolderSeed) -> Path | None:
    """The file that counts for a data folder, or None where only the shipped seed does."""
    places = (_fallback(settings, folder) / seed.path, folder / seed.path)
    return next((place for place in places if place.is_file()), None)


def read_seed(settings: Settings, folder: Path, seed: FolderSeed) -> list[dict[str, str | None]]:
    """The folder's own rows of a seed, cells in the order of the shipped seed's columns and None where they are empty;
    none where it brings no such file.

    Raises:
        Customer360Error: the file is no UTF-8 CSV with the columns of the shipped seed.
    """
    path = find_seed(settings, folder, seed)
    if path is None:
        return []
    columns = seed_columns(settings, seed)
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            header, *rows = [row for row in csv.reader(file, strict=True) if row] or [[]]
    except (UnicodeDecodeError, csv.Error) as error:
        raise Customer360Error(f"not a CSV file in UTF-8: {error}", where=str(path), how=_how(seed)) from None
    if sorted(header) != sorted(columns):
        raise Customer360Error(
            f"the columns are {', '.join(header) or 'none'}; they have to be {', '.join(columns)}",
            where=str(path),
            how=_how(seed),
        )
    for number, row in enumerate(rows, start=1):
        if len(row) != len(header):
            raise Customer360Error(
                f"row {number} has {len(row)} cells, the header has {len(header)}", where=str(path), how=_how(seed)
            )
    cells = (dict(zip(header, row, strict=True)) for row in rows)
    return [{name: row[name] or None for name in columns} for row in cells]


def write_seed(settings: Settings, folder: Path, seed: FolderSeed, rows: Iterable[Sequence[Any]]) -> Path:
    """Writes the folder's own rows of a seed, whole or not at all.

    Args:
        settings: the installation.
        folder: the data folder.
        seed: which one.
        rows: cells in the order of the shipped seed's columns; None is an empty cell.

    Returns:
        Where it was written: in the folder, or in the state directory where the folder cannot be written.
    """
    columns = seed_columns(settings, seed)
    body = list(rows)
    fallback = _fallback(settings, folder) / seed.path
    try:
        path = _write(folder / seed.path, columns, body)
    except OSError:
        return _write(fallback, columns, body)
    fallback.unlink(missing_ok=True)
    return path


def load_folder_seeds(connection: Any, settings: Settings, folder: Path) -> dict[str, int]:
    """Puts what the folder brings along into raw.folder_seeds, in one transaction.

    Args:
        connection: psycopg2 connection as c360_loader; committed here.
        settings: the installation.
        folder: the data folder.

    Returns:
        Rows by seed, of the seeds that have any.
    """
    found = {seed.name: read_seed(settings, folder, seed) for seed in SEEDS}
    with connection, connection.cursor() as cursor:
        cursor.execute("delete from raw.folder_seeds")
        for name, rows in found.items():
            cursor.execute(
                "insert into raw.folder_seeds (seed, row_number, row_values)"
                " select %s, number, row_values from jsonb_array_elements(%s::jsonb)"
                " with ordinality as given (row_values, number)",
                (name, json.dumps(rows)),
            )
    return {name: len(rows) for name, rows in found.items() if rows}


def _fallback(settings: Settings, folder: Path) -> Path:
    return settings.state / "folder_seeds" / database_for(folder)


def _write(path: Path, columns: list[str], rows: list[Sequence[Any]]) -> Path:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    replace_text(path, text.getvalue())
    return path


def _how(seed: FolderSeed) -> str:
    return "run make fit again, or delete the file" if seed.fitted else "mend it or delete it; see docs/sources.md"
