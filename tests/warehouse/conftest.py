"""Installations of their own for tests that start, kill and damage servers."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from customer360.settings import Settings
from customer360.warehouse import Role, Warehouse
from tests.conftest import ROOT, settings_in

CopyTo = Callable[[Path], Settings]


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """An installation that ran once and was stopped: copying it is faster than making another."""
    settings = settings_in(tmp_path_factory.mktemp("template"))
    warehouse = Warehouse(settings)
    warehouse.start()
    assert warehouse.stop()
    yield settings
    remove(settings)


def copy_installation(template: Settings, folder: Path) -> Settings:
    shutil.copytree(template.state, folder / "state")
    (folder / "state" / "port").unlink()
    return settings_in(folder)


@pytest.fixture
def copy_to(template: Settings) -> Iterator[CopyTo]:
    """Makes stopped installations in given folders, stopped again at the end whatever the test did to them."""
    made: list[Settings] = []

    def copy(folder: Path) -> Settings:
        made.append(copy_installation(template, folder))
        return made[-1]

    yield copy
    for settings in made:
        Warehouse(settings).stop()
        remove(settings)


@pytest.fixture
def installation(copy_to: CopyTo, tmp_path: Path) -> Settings:
    """A stopped installation of the test's own."""
    return copy_to(tmp_path)


def remove(settings: Settings) -> None:
    """Pytest would keep it for three runs: 60 MB for each test."""
    shutil.rmtree(settings.state, ignore_errors=True)


def query(warehouse: Warehouse, text: str, *, role: Role = Role.ADMIN, database: str = "postgres") -> Any:
    """The first value that a query gives."""
    login = warehouse.login(role, database)
    with closing(login.connect(autocommit=True)) as connection, connection.cursor() as cursor:
        cursor.execute(text)
        row = cursor.fetchone()
        return row[0] if row else None


def python(code: str, settings: Settings, *, before: Sequence[str] = (), **environment: str) -> subprocess.Popen[str]:
    """Another process with `w`, a Warehouse of these settings, that runs the code."""
    prelude = "from customer360.settings import Settings\nfrom customer360.warehouse import Warehouse\n"
    prelude += "w = Warehouse(Settings.from_environment())\n"
    paths = {"C360_STATE_DIR": str(settings.state), "C360_EXPORTS_DIR": str(settings.exports)}
    return subprocess.Popen(
        [*before, sys.executable, "-c", prelude + code],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env={**os.environ, **paths, **environment},
    )


def pid_of(warehouse: Warehouse) -> int:
    pid = warehouse.status().pid
    assert pid is not None
    return pid


def kill(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)
