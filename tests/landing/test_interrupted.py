"""Killed processes, two loaders at once, a full disk: every line is there once, or nothing of its file is."""

import contextlib
import gzip
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import duckdb
import pytest

from customer360.errors import Customer360Error
from customer360.landing import FileToLand, find_files, land_file
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
  web:
    events:
      files: ["events*.jsonl.gz"]
      columns: {event_id: id, occurred_at: at, type: kind}
  crm:
    customers:
      files: ["customers*.parquet"]
      columns: {customer_id: id, email: email}
"""
ROWS = 20_000
FILES = 2
FEEDS = ("shop_orders", "web_events", "crm_customers")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """For each format that has a reader of its own, files with one faulty record each."""
    path = tmp_path_factory.mktemp("interrupted")
    (path / "sources.yml").write_text(SOURCES)
    for file in range(FILES):
        lines = [f"{file}-{n},C{n},2024-01-01,{n}.50\n" for n in range(ROWS)]
        lines[77] = "spoilt\n"
        (path / f"orders{file}.csv").write_text("id,client,date,amount\n" + "".join(lines))
        events = [f'{{"id": "{file}-{n}", "at": "2024-01-01", "kind": "view"}}\n' for n in range(ROWS)]
        events[77] = "{spoilt\n"
        (path / f"events{file}.jsonl.gz").write_bytes(gzip.compress("".join(events).encode(), compresslevel=1))
        duckdb.sql(
            f"copy (select '{file}-' || n as id, case n when 77 then 'a' || chr(0) else 'a@b.c' end as email"
            f" from range({ROWS}) as r(n)) to '{path}/customers{file}.parquet' (format parquet)"
        )
    return path


def start(warehouse, database: str, folder: Path) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", "tests.landing.landing_process", warehouse.settings.state.parent, database, folder],
        cwd=ROOT, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip


def check_all_there_once(warehouse, database: str) -> None:
    with contextlib.closing(warehouse.login(Role.LOADER, database).connect()) as connection:
        cursor = connection.cursor()
        for feed in FEEDS:
            cursor.execute(f"select count(*), count(distinct id) from raw.{feed}")
            assert cursor.fetchone() == (FILES * (ROWS - 1), FILES * (ROWS - 1))
            cursor.execute(f"select count(*) from raw.{feed}_rows")
            assert cursor.fetchone() == (FILES * (ROWS - 1),)
        files = FILES * len(FEEDS)
        cursor.execute("select count(*), sum(rows_landed), sum(rows_quarantined) from audit.batches")
        assert cursor.fetchone() == (files, files * (ROWS - 1), files)
        cursor.execute("select count(*) from quarantine.rows")
        assert cursor.fetchone() == (files,)


def batches(warehouse, database: str) -> int:
    with contextlib.closing(warehouse.login(Role.LOADER, database).connect()) as connection:
        cursor = connection.cursor()
        cursor.execute("select count(*) from audit.batches")
        return int(cursor.fetchone()[0])


def kill_and_land(warehouse, database: str, folder: Path, file: int, after: float) -> bool:
    """Kills a loader some seconds after it has begun a file, and lands the rest; whether it was killed at work."""
    process = start(warehouse, database, folder)
    assert process.stdout is not None
    for _ in range(file + 1):
        assert process.stdout.readline().startswith(("orders", "events", "customers"))
    time.sleep(after)
    process.kill()
    killed = process.wait() == -signal.SIGKILL
    landed = batches(warehouse, database)
    assert start(warehouse, database, folder).wait() == 0
    check_all_there_once(warehouse, database)
    return killed and landed < FILES * len(FEEDS)


def test_killed(warehouse, database, folder):
    assert kill_and_land(warehouse, database, folder, 2, 0.1)


@pytest.mark.long
def test_killed_at_ten_moments(warehouse, database, folder):
    rng = random.Random(5)
    busy = 0
    for attempt in range(10):
        name = f"{database}_{attempt}"
        warehouse.prepare(name)
        try:
            busy += kill_and_land(warehouse, name, folder, attempt % (FILES * len(FEEDS)), rng.uniform(0, 0.3))
        finally:
            warehouse.drop(name)
    assert busy >= 8, f"{busy} of 10 loaders were killed while they had work to do"


def test_two_loaders_at_once(warehouse, database, folder):
    processes = [start(warehouse, database, folder) for _ in range(2)]
    assert [process.wait() for process in processes] == [0, 0]
    check_all_there_once(warehouse, database)


def test_a_full_disk(warehouse, database, folder, tmp_path_factory):
    small = tmp_path_factory.mktemp("small")
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=6m", "none", small], capture_output=True, check=False)
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
        files = find_files(data, frozenset())

        def land(file: FileToLand) -> None:
            land_file(connection, data, data.feed(file.source, file.entity), file.file_name, None)

        landed = 0
        with pytest.raises(Customer360Error, match="the warehouse's disk is full"):
            for file in files:
                land(file)
                landed += 1
        cursor = connection.cursor()
        cursor.execute("select (select count(*) from audit.batches), count(*) from quarantine.rows")
        assert cursor.fetchone() == (landed, landed)
        connection.commit()
        subprocess.run(["mount", "-o", "remount,size=200m", small], check=True)
        for file in files:
            land(file)
        connection.close()
        check_all_there_once(warehouse, database)
        for feed in FEEDS:
            admin.cursor().execute(f"drop table raw.{feed}_rows cascade")
        admin.cursor().execute(f"drop tablespace small_{database}")
        admin.close()
    finally:
        subprocess.run(["umount", "-l", small], check=False)
