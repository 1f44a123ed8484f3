"""Backups of a data folder's database: its raw rows, the memory of customer keys, the audit trail, the marts."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from customer360.errors import Customer360Error
from customer360.settings import Settings, database_for
from customer360.warehouse import Role, Warehouse


@dataclass(frozen=True)
class Restored:
    """What was restored: into which database, and of which data folder it was."""

    database: str
    data_folder: str


def back_up(settings: Settings, folder: Path, file: Path | None = None) -> Path:
    """Writes the database of a data folder to a file; it is of one moment.

    Args:
        settings: the installation, whose server runs.
        folder: the data folder.
        file: default: one named by database and time, in ``backups`` of the state directory.

    Returns:
        The file, readable by its owner only.

    Raises:
        Customer360Error: it cannot be written, or not be read again.
    """
    database = database_for(folder)
    warehouse = Warehouse(settings)
    if file is None:
        backups = settings.make_state() / "backups"
        backups.mkdir(mode=0o700, exist_ok=True)
        file = backups / f"{database}-{datetime.now(UTC):%Y%m%dT%H%M%SZ}.dump"
    try:
        warehouse.dump(database, file)
    except OSError as error:
        raise Customer360Error(
            f"the backup cannot be written: {error.strerror}", where=str(file), how="name another file: FILE=..."
        ) from None
    return file


def database_in(settings: Settings, file: Path, folder: Path | None = None) -> str:
    """The database that a backup would be restored into: of the data folder given, else the one that it was made of.

    Raises:
        Customer360Error: it is no backup of ours.
    """
    database = Warehouse(settings).read_dump(file).database
    if not database.startswith("c360_"):
        raise Customer360Error(f"this is a dump of the database {database}, not one of ours", where=str(file))
    return database_for(folder) if folder else database


def restore(settings: Settings, file: Path, folder: Path | None = None) -> Restored:
    """Puts what a backup holds in the place of a database; until that is complete, the database stays as it is.

    Args:
        settings: the installation, whose server runs.
        file: the backup.
        folder: the data folder that it is for, where that is not the one that it was made of.

    Raises:
        Customer360Error: it is no backup, or it cannot be restored; nothing was changed.
    """
    warehouse = Warehouse(settings)
    database = database_in(settings, file, folder)
    warehouse.restore(database, file)
    with closing(warehouse.login(Role.LOADER, database).connect()) as connection, connection.cursor() as cursor:
        cursor.execute("select path from raw.data_folder")
        (path,) = cursor.fetchone() or ("",)
    return Restored(database, str(folder or path))
