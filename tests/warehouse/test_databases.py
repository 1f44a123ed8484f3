"""Databases: made once, given their schemas, brought up to date, dropped."""

from __future__ import annotations

import shutil
import time
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import psycopg2
import pytest

from customer360.errors import Customer360Error
from customer360.warehouse import Role, Warehouse
from customer360.warehouse.databases import schema_files
from tests.conftest import ROOT
from tests.warehouse.conftest import python, query


@pytest.fixture
def own_sql(warehouse: Warehouse, tmp_path: Path) -> tuple[Warehouse, Path]:
    """The shared server, with a folder of SQL that the test may write."""
    (tmp_path / "sql").mkdir()
    return Warehouse(replace(warehouse.settings, root=tmp_path)), tmp_path / "sql"


def test_a_prepared_database_has_its_schemas_and_rights(warehouse: Warehouse, database: str) -> None:
    schemas = "select array_agg(nspname order by nspname) from pg_namespace where nspname !~ '^pg_|^information'"
    assert set(query(warehouse, schemas, database=database)) >= {"raw", "staging", "warehouse", "warehouse_next"}
    assert query(warehouse, "select count(*) from raw.data_folder", role=Role.LOADER, database=database) == 0
    with pytest.raises(psycopg2.errors.InsufficientPrivilege):
        query(warehouse, "create table public.mine ()", role=Role.READER, database=database)
    with pytest.raises(psycopg2.errors.InsufficientPrivilege):
        query(warehouse, "select count(*) from raw.data_folder", role=Role.READER, database=database)


def test_it_is_utf8_with_the_same_order_everywhere(warehouse: Warehouse, database: str) -> None:
    text = "select pg_encoding_to_char(encoding) || ' ' || datlocprovider::text || ' ' || datlocale from pg_database"
    assert query(warehouse, f"{text} where datname = '{database}'") == "UTF8 b C.UTF-8"


def test_preparing_again_does_nothing_quickly(warehouse: Warehouse, database: str) -> None:
    schema = "select xmin::text || ctid from pg_namespace where nspname = 'raw'"
    before = query(warehouse, schema, database=database)
    started = time.monotonic()
    warehouse.prepare(database)
    assert time.monotonic() - started < 1
    assert query(warehouse, schema, database=database) == before


def test_processes_that_prepare_at_once_share_the_work(warehouse: Warehouse) -> None:
    name = "c360_at_once"
    try:
        runs = [python(f"w.prepare('{name}')", warehouse.settings) for _ in range(3)]
        assert [(run.communicate(timeout=60)[1], run.returncode) for run in runs] == [("", 0)] * 3
    finally:
        assert warehouse.drop(name)


def test_every_schema_file_may_be_applied_twice(warehouse: Warehouse, database: str) -> None:
    with closing(warehouse.login(Role.ADMIN, database).connect()) as connection, connection.cursor() as cursor:
        for path in schema_files(ROOT / "sql"):
            cursor.execute(path.read_text(encoding="utf-8"))


def test_files_go_in_the_order_of_their_numbers_and_a_change_is_applied(
    own_sql: tuple[Warehouse, Path], database: str
) -> None:
    warehouse, folder = own_sql
    (folder / "10_second.sql").write_text("insert into public.steps values ('10 100% %s');")
    (folder / "9_first.sql").write_text("create table if not exists public.steps (step text);")
    (folder / "notes.sql").write_text("not numbered, not run")
    for _ in range(2):
        warehouse.prepare(database)
        assert query(warehouse, "select array_agg(step) from public.steps", database=database) == ["10 100% %s"]
    (folder / "11_third.sql").write_text("insert into public.steps values ('11');")
    warehouse.prepare(database)
    assert query(warehouse, "select count(*) from public.steps", database=database) == 3


def test_a_file_that_fails_is_named_and_nothing_of_it_stays(own_sql: tuple[Warehouse, Path], database: str) -> None:
    warehouse, folder = own_sql
    (folder / "1_good.sql").write_text("create table public.good ();")
    (folder / "2_bad.sql").write_text("select 1;\n\nselect wrong;\n")
    with pytest.raises(Customer360Error, match='column "wrong" does not exist') as error:
        warehouse.prepare(database)
    assert error.value.where == f"{folder / '2_bad.sql'}, line 3"
    assert query(warehouse, "select to_regclass('public.good')", database=database) is None


def test_databases_are_listed_and_dropped(warehouse: Warehouse, database: str) -> None:
    warehouse.airflow_database()
    assert database in warehouse.databases()
    assert "airflow" not in warehouse.databases()
    with closing(warehouse.login(Role.READER, database).connect()):
        assert warehouse.drop(database)
    assert database not in warehouse.databases()
    assert not warehouse.drop(database)
    for name in ("postgres", "airflow"):
        with pytest.raises(ValueError, match="not a database of customer360"):
            warehouse.drop(name)


def test_airflow_owns_its_database_and_nothing_else(warehouse: Warehouse) -> None:
    login = warehouse.airflow_database()
    assert warehouse.airflow_database() == login
    with closing(login.connect()) as connection, connection.cursor() as cursor:
        cursor.execute("create table public.mine (); drop table public.mine; select current_user")
        assert cursor.fetchone() == ("c360_airflow",)
    assert query(warehouse, "select rolsuper or rolcreaterole from pg_roles where rolname = 'c360_airflow'") is False


def test_another_installation_s_sql_is_read_from_its_clone(own_sql: tuple[Warehouse, Path], database: str) -> None:
    warehouse, folder = own_sql
    shutil.rmtree(folder)
    warehouse.prepare(database)  # no files: nothing to apply
