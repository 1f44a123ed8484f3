"""Killed processes, two loaders at once, a full disk: every line is there once, or nothing of its file is."""

import contextlib
import os
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from customer360.errors import Customer360Error
from customer360.landing import find_files, land_file
from customer360.sources import read_data_folder
from customer360.warehouse import Role
from tests.conftest import ROOT

SOURCES = """\
version: 1
sources:
  shop:
    orders:
      files: ["orders*.csv"]
      columns: {order_id: id, customer_id: client, ordered_at: date, amount: amount}
"""
ROWS = 60_000
FILES = 3


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "sources.yml").write_text(SOURCES)
    for file in range(FILES):
        lines = [f"{file}-{n},C{n},2024-01-01,{n}.50\n" for n in range(ROWS)]
        lines[77] = "spoilt\n"
        (tmp_path / f"orders{file}.csv").write_text("id,client,date,amount\n" + "".join(lines))
    return tmp_path


def start(warehouse, database: str, folder: Path) -> "subprocess.Popen[str]":
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.landing.landing_process", warehouse.settings.state.parent, database, folder],
        cwd=ROOT, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


def check_all_there_once(warehouse, database: str) -> None:
    with contextlib.closing(warehouse.login(Role.LOADER, database).connect()) as connection:
        cursor = connection.cursor()
        cursor.execute("select count(*), count(distinct id) from raw.shop_orders")
        assert cursor.fetchone() == (FILES * (ROWS - 1), FILES * (ROWS - 1))
        cursor.execute("select count(*), sum(rows_landed), sum(rows_quarantined) from audit.batches")
        assert cursor.fetchone() == (FILES, FILES * (ROWS - 1), FILES)
        cursor.execute("select count(*) from quarantine.rows")
        assert cursor.fetchone() == (FILES,)


@pytest.mark.long
def test_killed_at_ten_moments(warehouse, folder):
    rng = random.Random(5)
    for attempt in range(10):
        database = f"c360_test_killed_{attempt}"
        warehouse.prepare(database)
        try:
            process = start(warehouse, database, folder)
            time.sleep(rng.uniform(0, 1.2))
            process.kill()
            process.wait()
            assert start(warehouse, database, folder).wait() == 0
            check_all_there_once(warehouse, database)
        finally:
            warehouse.drop(database)


def test_two_loaders_at_once(warehouse, database, folder):
    processes = [start(warehouse, database, folder) for _ in range(2)]
    assert [process.wait() for process in processes] == [0, 0]
    check_all_there_once(warehouse, database)


def test_a_full_disk(warehouse, database, folder, tmp_path_factory):
    small = tmp_path_factory.mktemp("small")
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=12m", "none", small], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("mounting a small disk needs root")
    try:
        owner = (warehouse.settings.state / "postgres").stat()
        os.chown(small, owner.st_uid, owner.st_gid)
        admin = warehouse.login(Role.ADMIN, database).connect(autocommit=True)
        admin.cursor().execute(f"create tablespace small_{database} location '{small}'")
        admin.cursor().execute(f"grant create on tablespace small_{database} to c360_loader")
        connection = warehouse.login(Role.LOADER, database).connect()
        with connection:
            connection.cursor().execute(f"set default_tablespace = small_{database}")
        data = read_data_folder(folder)
        files = [file.file_name for file in find_files(data, frozenset())]
        landed = 0
        with pytest.raises(Customer360Error, match="the warehouse's disk is full"):
            for name in files:
                land_file(connection, data, data.feeds[0], name, None)
                landed += 1
        cursor = connection.cursor()
        cursor.execute("select (select count(*) from audit.batches), count(*) from quarantine.rows")
        assert cursor.fetchone() == (landed, landed)
        connection.commit()
        subprocess.run(["mount", "-o", "remount,size=200m", small], check=True)
        for name in files:
            land_file(connection, data, data.feeds[0], name, None)
        connection.close()
        check_all_there_once(warehouse, database)
        admin.cursor().execute("drop table raw.shop_orders_rows cascade")
        admin.cursor().execute(f"drop tablespace small_{database}")
        admin.close()
    finally:
        subprocess.run(["umount", "-l", small], check=False)
