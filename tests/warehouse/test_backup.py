"""Backups: nothing is lost on the way there and back, nor by one that fails."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from customer360.backup import back_up, restore
from customer360.errors import Customer360Error
from customer360.publish import empty_next, publish
from customer360.settings import database_for
from customer360.warehouse import Role, Warehouse
from customer360.warehouse.dumps import checksums
from customer360.warehouse.rights import rights_table
from tests.conftest import land_all
from tests.e2e.support import Installation
from tests.warehouse.conftest import CopyTo, query
from tests.warehouse.marts import AWKWARD, MARTS, MODELS

SOURCES = """\
version: 1
sources:
  crm:
    customers: {files: [crm.csv], columns: {customer_id: id, last_name: name}}
"""


def build(warehouse: Warehouse, folder: Path, statements: str) -> None:
    query(warehouse, f"{statements}; select 1", role=Role.TRANSFORMER, database=database_for(folder))


@pytest.fixture
def folder(warehouse: Warehouse, tmp_path: Path) -> Iterator[Path]:
    """A data folder with a database that holds something of every kind."""
    folder = tmp_path / "my shop"
    folder.mkdir()
    (folder / "sources.yml").write_text(SOURCES, encoding="utf-8")
    (folder / "crm.csv").write_text("id,name\n1,Ann\n2,Zoé\n3,too,many,fields\n", encoding="utf-8")
    database = database_for(folder)
    warehouse.prepare(database)
    land_all(warehouse, database, folder)
    build(warehouse, folder, MODELS + MARTS.format(schema="warehouse", run=1) + AWKWARD)
    yield folder
    warehouse.drop(database)


def state_of(warehouse: Warehouse, folder: Path) -> tuple[dict[str, tuple[int, int]], str, str]:
    """Rows and hashes of all tables, all rights, and what is said of the masked view."""
    with closing(warehouse.login(Role.ADMIN, database_for(folder)).connect()) as connection:
        said = "select obj_description('quarantine.rows'::regclass)"
        return checksums(connection), rights_table(connection), query(warehouse, said, database=database_for(folder))


def databases(warehouse: Warehouse) -> set[str]:
    return set(warehouse.databases())


def test_a_backup_brings_back_every_row_and_right(warehouse: Warehouse, folder: Path) -> None:
    before, others = state_of(warehouse, folder), databases(warehouse)
    assert before[0]["identity.record_keys"][0] == 1
    assert before[0]["quarantine.rows"][0] == 1
    assert before[0]["audit.batches"][0] == 1
    file = back_up(warehouse.settings, folder)
    assert file.parent == warehouse.settings.state / "backups"
    assert file.stat().st_mode & 0o777 == 0o600
    query(
        warehouse, "truncate identity.record_keys; drop table raw.data_folder; select 1", database=database_for(folder)
    )
    with closing(warehouse.login(Role.READER, database_for(folder)).connect()):  # it does not wait for sessions
        assert restore(warehouse.settings, file).data_folder == str(folder)
    assert state_of(warehouse, folder) == before
    assert databases(warehouse) == others
    assert warehouse.drop(database_for(folder))
    restore(warehouse.settings, file)
    assert state_of(warehouse, folder) == before
    land_all(warehouse, database_for(folder), folder)  # known files are known
    assert state_of(warehouse, folder)[0]["raw.crm_customers_rows"] == before[0]["raw.crm_customers_rows"]


def test_a_backup_may_be_for_another_folder(warehouse: Warehouse, folder: Path, tmp_path: Path) -> None:
    file = back_up(warehouse.settings, folder, tmp_path / "of.dump")
    moved = tmp_path / "elsewhere"
    try:
        assert restore(warehouse.settings, file, moved).database == database_for(moved)
        assert state_of(warehouse, moved) == state_of(warehouse, folder)
    finally:
        warehouse.drop(database_for(moved))


@pytest.mark.parametrize("damage", ["cut", "text", "missing"])
def test_a_damaged_backup_changes_nothing(warehouse: Warehouse, folder: Path, tmp_path: Path, damage: str) -> None:
    file = back_up(warehouse.settings, folder, tmp_path / "of.dump")
    before, others = state_of(warehouse, folder), databases(warehouse)
    content = file.read_bytes()
    file.unlink()
    if damage != "missing":
        file.write_bytes(content[: len(content) // 2] if damage == "cut" else b"id,name\n1,Ann\n")
    with pytest.raises(Customer360Error) as error:
        restore(warehouse.settings, file)
    assert {"cut": "could not be restored", "text": "no backup", "missing": "no such backup"}[
        damage
    ] in error.value.what
    assert state_of(warehouse, folder) == before
    assert databases(warehouse) == others


def test_one_that_fails_leaves_the_file_of_before(warehouse: Warehouse, folder: Path, tmp_path: Path) -> None:
    with pytest.raises(Customer360Error, match="cannot be written"):
        back_up(warehouse.settings, folder, tmp_path / "nowhere" / "of.dump")
    file = tmp_path / "of.dump"
    file.write_text("from before", encoding="utf-8")
    end = "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'pg_dump'"
    with closing(warehouse.login(Role.ADMIN, database_for(folder)).connect()) as blocker:
        blocker.cursor().execute("lock table identity.keys in access exclusive mode")
        ending = threading.Timer(1, lambda: query(warehouse, end))
        ending.start()
        with pytest.raises(Customer360Error, match="could not be dumped") as error:
            back_up(warehouse.settings, folder, file)
        ending.join()
    assert "terminating connection" in error.value.where
    assert file.read_text(encoding="utf-8") == "from before"
    assert [it.name for it in tmp_path.iterdir() if it.name.startswith(".")] == []


def test_what_is_published_meanwhile_waits(warehouse: Warehouse, folder: Path, tmp_path: Path) -> None:
    """Or pg_dump would take a mart of the run after for one of the run before: it finds tables by their names."""
    database, file = database_for(folder), tmp_path / "of.dump"
    with closing(warehouse.login(Role.TRANSFORMER, database).connect()) as connection:
        empty_next(connection, "2")
    build(warehouse, folder, MARTS.format(schema="warehouse_next", run=2))
    build(
        warehouse,
        folder,
        "insert into audit.runs (run_id, trigger, data_folder, code_version) values ('2', '', '', '')",
    )
    order: list[str] = []

    def backing_up() -> None:
        back_up(warehouse.settings, folder, file)
        order.append("backup")

    def publishing() -> None:
        with closing(warehouse.login(Role.TRANSFORMER, database).connect()) as connection:
            publish(connection, ["dim_customers"], "2")
        order.append("publication")

    threads = [threading.Thread(target=backing_up), threading.Thread(target=publishing)]
    with closing(warehouse.login(Role.ADMIN, database).connect()) as blocker:
        blocker.cursor().execute("lock table raw.data_folder in access exclusive mode")
        threads[0].start()
        waiting = "select exists (select from pg_locks where not granted and relation = 'raw.data_folder'::regclass)"
        while not query(warehouse, waiting, database=database):
            time.sleep(0.05)
        threads[1].start()
        threads[1].join(1)
        assert order == []
    for thread in threads:
        thread.join(60)
    assert order == ["backup", "publication"]
    marts = "select max(customer_key) from warehouse.dim_customers"
    assert query(warehouse, marts, database=database) == 2
    restore(warehouse.settings, file)
    assert query(warehouse, marts, database=database) == 1


def test_the_verbs_ask_before_they_replace(copy_to: CopyTo, tmp_path: Path) -> None:
    settings, installation = copy_to(tmp_path), Installation(tmp_path)
    shop = tmp_path / "shop"
    shop.mkdir()
    (shop / "sources.yml").write_text(SOURCES, encoding="utf-8")
    (shop / "crm.csv").write_text("id,name\n1,Ann\n", encoding="utf-8")
    file = tmp_path / "of shop.dump"
    assert "nothing has been run on this data folder" in installation.make("backup", f"DATA={shop}", expect=2).stderr
    warehouse = Warehouse(settings)
    warehouse.prepare(database_for(shop))
    land_all(warehouse, database_for(shop), shop)
    assert f"wrote {file}" in installation.make("backup", f"DATA={shop}", f"FILE={file}").stdout
    refused = installation.make("restore", f"FILE={file}", expect=2)
    assert "restore asks first" in refused.stderr
    assert f"of the data folder {shop}" in installation.make("restore", f"FILE={file}", "FORCE=1").stdout
    assert warehouse.databases() == [database_for(shop)]
