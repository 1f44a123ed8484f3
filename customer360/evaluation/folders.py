"""Data folders that are judged: copied, built and read, with the truth beside them."""

from __future__ import annotations

import csv
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from customer360 import pipeline
from customer360.errors import Customer360Error
from customer360.settings import Settings, database_for
from customer360.warehouse import Warehouse

Say = Callable[[str], None]
Found = TypeVar("Found")


@contextmanager
def copied(settings: Settings, data: Path) -> Iterator[Path]:
    """The folder's files under another name, and so with a database of its own, which is dropped at the end."""
    with tempfile.TemporaryDirectory(prefix="c360-evaluation-") as temporary:
        folder = Path(temporary).resolve() / "data"
        shutil.copytree(data, folder, copy_function=_link, ignore=shutil.ignore_patterns("fitted", "truth"))
        try:
            yield folder
        finally:
            Warehouse(settings).drop(database_for(folder))
            shutil.rmtree(settings.state / "dbt" / database_for(folder), ignore_errors=True)


def _link(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)


def built(
    settings: Settings,
    folder: Path,
    select: str,
    read: Callable[[Any], Found],
    *,
    as_of: str = "",
    say: Say = lambda _: None,
) -> Found:
    """Lands what is new in the folder, builds the models that a dbt selector names, and reads them."""
    with pipeline.opened(settings, str(folder), as_of, trigger="evaluate", say=say) as plan:
        pipeline.map_sources(settings, plan)
        pipeline.build_models(settings, plan, select)
        return pipeline.read_models(settings, plan, read)


def rows_of(path: Path) -> list[dict[str, str]]:
    """The rows of a CSV file of the truth."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def truth_of_folder(data: Path) -> dict[str, str]:
    """Entity by record of a folder with ``truth/records.csv`` (source, source_customer_id, person_id).

    Raises:
        Customer360Error: there is none.
    """
    path = data / "truth" / "records.csv"
    if not path.is_file():
        raise Customer360Error("the folder has no truth", where=str(path), how="see docs/identity.md")
    return {f"{row['source']}:{row['source_customer_id']}": row["person_id"] for row in rows_of(path)}
