"""Readers beside runs, and runs that are killed: nobody ever sees half a truth."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import threading
import time

import pytest

from customer360.settings import database_for
from customer360.warehouse import Role, Warehouse
from tests.conftest import settings_in
from tests.e2e.support import ROOT, Installation
from tests.e2e.test_operating import SOURCES

pytestmark = pytest.mark.long
SEED = int(os.environ.get("C360_KILL_SEED", "1"))
# One statement, so one state of the warehouse: these totals belong together.
TOTALS = """
select
    (select count(*) from warehouse.customer_rfm),
    (select sum(customers) from warehouse.segment_summary),
    (select sum(revenue) from warehouse.fct_orders),
    (select sum(revenue) from warehouse.segment_summary)
"""


class Shop:
    """A data folder that grows, and the installation that runs over it."""

    def __init__(self, home):
        self.installation = Installation(home)
        self.folder = home / "shop"
        self.folder.mkdir(parents=True)
        (self.folder / "sources.yml").write_text(SOURCES)
        self.days = 0
        self.seconds = 0.0  # that the first run took

    def grow(self) -> None:
        """Another file of customers and of orders."""
        self.days += 1
        first = 100 * self.days
        people = "".join(f"{n},p{n}@example.com,2025-01-{n % 28 + 1:02}\n" for n in range(first, first + 100))
        (self.folder / f"customers_{self.days:02}.csv").write_text("id,mail,since\n" + people)
        orders = "".join(f"O{n},{n},2025-{n % 12 + 1:02}-10,{n % 90}.50\n" for n in range(first, first + 100))
        (self.folder / f"orders_{self.days:02}.csv").write_text("id,client,date,total\n" + orders)

    @property
    def command(self) -> list[str]:
        return [sys.executable, "-m", "customer360", "run-cli", "--data", str(self.folder)]

    def connect(self, role: Role):
        settings = settings_in(self.installation.home)
        return contextlib.closing(Warehouse(settings).login(role, database_for(self.folder)).connect(autocommit=True))

    def rows(self, query: str, role: Role = Role.LOADER) -> list[tuple]:
        with self.connect(role) as connection, connection.cursor() as cursor:
            cursor.execute(query)
            return cursor.fetchall()


@pytest.fixture
def shop(tmp_path):
    shop = Shop(tmp_path)
    shop.grow()
    began = time.monotonic()
    shop.installation.command(*shop.command, timeout=600)
    shop.seconds = time.monotonic() - began
    yield shop
    shop.installation.down()
    shutil.rmtree(tmp_path, ignore_errors=True)


def exported(exports) -> tuple[int, ...]:
    """Rows of the files of one folder, opened once, whose bytes are as its manifest says."""
    handle = os.open(exports / "csv", os.O_RDONLY)

    def inside(path, flags):
        return os.open(path, flags, dir_fd=handle)

    try:
        with open("manifest.json", "rb", opener=inside) as file:
            manifest = json.loads(file.read())
        for entry in manifest["files"]:
            with open(entry["name"], "rb", opener=inside) as file:
                assert hashlib.sha256(file.read()).hexdigest() == entry["sha256"], entry["name"]
        return tuple(entry["rows"] for entry in manifest["files"])
    finally:
        os.close(handle)


def test_readers_never_see_a_mixture_through_ten_growing_runs(shop):
    seen, faults, over = [], [], threading.Event()

    def read():
        with shop.connect(Role.READER) as connection, connection.cursor() as cursor:
            while not over.is_set():
                began = time.monotonic()
                try:
                    cursor.execute(TOTALS)
                    customers, counted, revenue, summed = cursor.fetchone()
                    assert customers == counted > 0, (customers, counted)
                    assert revenue == summed, (revenue, summed)
                    exported(shop.installation.exports)
                    if not seen or seen[-1] != customers:
                        seen.append(customers)
                except Exception as error:
                    faults.append(repr(error))
                time.sleep(max(0.0, 0.05 - (time.monotonic() - began)))

    reader = threading.Thread(target=read)
    reader.start()
    try:
        for _ in range(10):
            shop.grow()
            shop.installation.command(*shop.command, timeout=600)
    finally:
        over.set()
        reader.join()
    assert faults == []
    assert seen == [100 * n for n in range(1, 12)]


@pytest.mark.parametrize("attempt", range(20))
def test_a_run_killed_at_a_random_moment_leaves_the_books_right(shop, attempt):
    shop.grow()
    process = subprocess.Popen(
        shop.command,
        cwd=ROOT,
        env=shop.installation.environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(random.Random(f"{SEED}-{attempt}").uniform(0.1, 0.6) * shop.seconds)
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    check_books(shop)
    shop.installation.command(*shop.command, timeout=600)
    check_books(shop)
    ((customers,),) = shop.rows("select count(*) from warehouse.customer_rfm", Role.ANALYST_PII)
    assert customers == 200
    assert shop.rows("select count(*) from audit.runs where status = 'running'") == [(0,)]


def check_books(shop) -> None:
    """Rows in raw are those that the books tell, once each, and what is published and exported is whole."""
    for entity in ("customers", "orders"):
        told = shop.rows(f"select batch_id, rows_landed from audit.batches where entity = '{entity}' order by 1")
        query = f"select _batch_id, count(*) from raw.shop_{entity} group by 1 order by 1"
        assert shop.rows(query) == told
    assert shop.rows("select source, entity, sha256 from audit.batches group by 1, 2, 3 having count(*) > 1") == []
    ((customers, counted, revenue, summed),) = shop.rows(TOTALS, Role.ANALYST_PII)
    assert (customers, revenue) == (counted, summed)
    exported(shop.installation.exports)
