"""What the tests of every folder share: one running warehouse, and a database of one's own in it."""

from __future__ import annotations

import contextlib
import os
import shutil
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from customer360.landing import find_files, land_file, map_sources
from customer360.settings import Settings
from customer360.sources import read_data_folder
from customer360.warehouse import Role, Warehouse

ROOT = Path(__file__).resolve().parent.parent

# A developer's own settings must not reach the tests, nor the tests a developer's warehouse.
_KEPT = (
    "C360_COMPOSE_SCHEMA",
    "C360_CORPORA",
    "C360_PBIP_CHECK",
    "C360_PBIP_SCHEMAS",
    "C360_PRIVILEGE_DROP",
    "C360_TEST_MONGO_URI",
)
for _name in [name for name in os.environ if name.startswith(("PG", "C360_")) and name not in _KEPT]:
    del os.environ[_name]


def settings_in(folder: Path) -> Settings:
    """The settings of this clone with its state and its exports in another folder."""
    return Settings(root=ROOT, state=folder / "state", exports=folder / "exports", env_file=folder / ".env")


def land_all(warehouse: Warehouse, database: str, folder: Path) -> None:
    """Lands every file of a data folder in a prepared database, and makes the views that dbt reads."""
    declared = read_data_folder(folder)
    with contextlib.closing(warehouse.login(Role.LOADER, database).connect()) as connection:
        for file in find_files(declared, frozenset()):
            land_file(connection, declared, declared.feed(file.source, file.entity), file.file_name, None)
        map_sources(connection, declared)


@pytest.fixture(scope="session")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warehouse]:
    """A running embedded warehouse in a state directory of its own, one for the whole session."""
    running = Warehouse(settings_in(tmp_path_factory.mktemp("warehouse")))
    with contextlib.ExitStack() as stack:
        stack.callback(shutil.rmtree, running.settings.state, ignore_errors=True)  # pytest would keep three of them
        stack.callback(running.stop)
        running.start()
        yield running


@pytest.fixture
def database(warehouse: Warehouse) -> Iterator[str]:
    """The name of a database that is prepared for this test and dropped after it."""
    name = f"c360_test_{uuid.uuid4().hex[:12]}"
    try:
        warehouse.prepare(name)
        yield name
    finally:
        warehouse.drop(name)
