"""Who may do what, tried out: on a database with two marts as dbt makes them, one with personal data."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import psycopg2
import pytest

from customer360.publish import empty_next, publish
from customer360.warehouse import Role, Warehouse
from tests.conftest import ROOT
from tests.warehouse.conftest import query
from tests.warehouse.marts import MARTS, MODELS


@pytest.fixture
def built(warehouse: Warehouse, database: str) -> str:
    """The database with marts that are published and marts that are not."""
    query(warehouse, MARTS.format(schema="warehouse", run=1) + "select 1", role=Role.TRANSFORMER, database=database)
    query(
        warehouse, MARTS.format(schema="warehouse_next", run=2) + "select 1", role=Role.TRANSFORMER, database=database
    )
    return database


MAY = {
    Role.LOADER: [
        "insert into audit.runs (run_id, trigger, data_folder, code_version) values ('r', 'cli', '/', '1')",
        "create table raw.shop_orders_rows (line text)",
        "delete from quarantine.rows",
    ],
    Role.TRANSFORMER: [
        "select count(*) from raw.data_folder",
        "create table warehouse_next.more (id bigint)",
        "create table audit.some_test (id bigint)",
        "delete from identity.changes",
    ],
    Role.READER: [
        "select customer_key from warehouse.dim_customers",
        "select count(*) from warehouse.dim_customers",
        "select * from warehouse.dim_customers_masked",
        "select * from warehouse.fct_orders",
    ],
    Role.ANALYST_PII: ["select * from warehouse.dim_customers", "select * from warehouse.dim_customers_masked"],
}
_READ_ONLY = [
    "insert into warehouse.fct_orders values (1)",
    "update warehouse.fct_orders set order_key = 0",
    "delete from warehouse.fct_orders",
    "truncate warehouse.fct_orders",
    "drop table warehouse.fct_orders",
    "create table warehouse.mine ()",
    "create table public.mine ()",
    "create temporary table mine ()",
    "create schema mine",
    "select * from warehouse_next.fct_orders",
    "select * from raw.data_folder",
    "select * from staging.stg_run_settings",
    "select * from intermediate.int_customer_identity",
    "select * from identity.keys",
    "select * from quarantine.rows",
    "select * from audit.runs",
    "select identity.keep_changes('mine')",
    "select pg_read_file('postgresql.conf')",
    "copy warehouse.fct_orders to program 'cat'",
    "select rolpassword from pg_authid",
    "create role mine",
]
MAY_NOT = {
    Role.LOADER: [
        "select * from warehouse.fct_orders",
        "select * from staging.stg_run_settings",
        "select * from identity.keys",
        "delete from audit.runs",
        "delete from audit.batches",
        "insert into audit.publications (run_id, as_of_date, reporting_currency, marts) select '', now(), '', 1",
        "create table audit.mine ()",
        "create table public.mine ()",
        "create schema mine",
        "set role c360_transformer",
    ],
    Role.TRANSFORMER: [
        "insert into raw.folder_seeds values ('s', 1, '{}')",
        "delete from raw.data_folder",
        "create table raw.mine ()",
        "delete from quarantine.rows",
        "delete from audit.runs",
        "update audit.batches set rows_landed = 0",
        "update audit.publications set marts = 0",
        "create table public.mine ()",
        "set role c360_loader",
    ],
    Role.READER: [
        *_READ_ONLY,
        "select * from warehouse.dim_customers",
        "select full_name from warehouse.dim_customers",
        "select count(*) from warehouse.dim_customers where full_name = 'Anna'",
        "select customer_key from warehouse.dim_customers order by full_name",
        "select d from warehouse.dim_customers as d",
        "set role c360_analyst_pii",
    ],
    Role.ANALYST_PII: [*_READ_ONLY, "update warehouse.dim_customers set full_name = ''", "set role c360_transformer"],
}


@pytest.mark.parametrize("role", MAY)
def test_each_role_may_do_its_work_and_nothing_else(warehouse: Warehouse, built: str, role: Role) -> None:
    query(warehouse, MODELS + "select 1", role=Role.TRANSFORMER, database=built)
    with closing(warehouse.login(role, built).connect()) as connection, connection.cursor() as cursor:
        for statement in MAY[role]:
            cursor.execute(statement)
            connection.rollback()
        for statement in MAY_NOT[role]:
            with pytest.raises(psycopg2.errors.InsufficientPrivilege):
                cursor.execute(statement)
            connection.rollback()


def test_statistics_tell_readers_no_names(warehouse: Warehouse, built: str) -> None:
    query(warehouse, "analyze warehouse.dim_customers; select 1", role=Role.TRANSFORMER, database=built)
    seen = (
        "select array_agg(attname::text) from pg_stats where tablename = 'dim_customers' and schemaname = 'warehouse'"
    )
    assert query(warehouse, seen, role=Role.READER, database=built) == ["customer_key"]


def test_the_right_to_read_moves_with_the_name_and_views_with_their_marts(warehouse: Warehouse, built: str) -> None:
    """After each of some publications readers see the new marts, still masked, and not what lies beside them."""
    sql = "select (select max(customer_key) from warehouse.dim_customers), customer_key, full_name"
    with closing(warehouse.login(Role.READER, built).connect(autocommit=True)) as reader, reader.cursor() as cursor:
        for run in range(2, 6):
            with closing(warehouse.login(Role.TRANSFORMER, built).connect()) as connection:
                empty_next(connection, str(run))
            marts = MARTS.format(schema="warehouse_next", run=run)
            query(warehouse, marts + "select 1", role=Role.TRANSFORMER, database=built)
            query(warehouse, MODELS + "select 1", role=Role.TRANSFORMER, database=built)
            opened = (
                "insert into audit.runs (run_id, trigger, data_folder, code_version) values ('{}', 'cli', '/', '1')"
            )
            query(warehouse, f"{opened.format(run)}; select 1", role=Role.LOADER, database=built)
            cursor.execute(f"{sql} from warehouse.dim_customers_masked")
            assert cursor.fetchall() == [(run - 1, run - 1, "A")]
            with closing(warehouse.login(Role.TRANSFORMER, built).connect()) as connection:
                assert publish(connection, ["dim_customers", "fct_orders"], str(run)) == 2
            cursor.execute(f"{sql} from warehouse.dim_customers_masked")
            assert cursor.fetchall() == [(run, run, "A")]
            with pytest.raises(psycopg2.errors.InsufficientPrivilege):
                cursor.execute("select * from warehouse.dim_customers")
            with pytest.raises(psycopg2.errors.InsufficientPrivilege):
                cursor.execute("select * from warehouse_next.fct_orders")


@pytest.fixture
def of_an_earlier_version(warehouse: Warehouse, built: str) -> Iterator[str]:
    """The database with the rights that readers had when there was one kind of them."""
    for schema in ("warehouse", "warehouse_next"):
        query(
            warehouse,
            f"grant select on all tables in schema {schema} to c360_reader; alter default privileges"
            f" for role c360_transformer in schema {schema} grant select on tables to c360_reader; select 1",
            database=built,
        )
    yield built


def test_readers_of_an_earlier_version_lose_what_tells_who_people_are(
    warehouse: Warehouse, of_an_earlier_version: str
) -> None:
    database = of_an_earlier_version
    names, orders = "select count(full_name) from warehouse.dim_customers", "select count(*) from warehouse.fct_orders"
    assert query(warehouse, names, role=Role.READER, database=database) == 1
    rights = (ROOT / "sql" / "05_rights.sql").read_text(encoding="utf-8") + "select 1"
    for _ in range(2):  # the second time it is of this version, whose rights stay
        query(warehouse, rights, database=database)
        assert query(warehouse, orders, role=Role.READER, database=database) == 0
        assert query(warehouse, names, role=Role.ANALYST_PII, database=database) == 1
        with pytest.raises(psycopg2.errors.InsufficientPrivilege):
            query(warehouse, names, role=Role.READER, database=database)
        query(warehouse, "create table warehouse.later (); select 1", role=Role.TRANSFORMER, database=database)
        with pytest.raises(psycopg2.errors.InsufficientPrivilege):
            query(warehouse, "select count(*) from warehouse.later", role=Role.READER, database=database)
        query(warehouse, "drop table warehouse.later; select 1", role=Role.TRANSFORMER, database=database)
