"""A data directory of an older server, taken to ours: from Debian's PostgreSQL 15, where that is installed."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from customer360.settings import Settings
from customer360.warehouse import Login, Role, Warehouse, roles
from customer360.warehouse.databases import schema_files
from customer360.warehouse.datadir import DataDirectory
from customer360.warehouse.dumps import checksums
from customer360.warehouse.privileges import choose_privilege
from customer360.warehouse.rights import rights_table
from customer360.warehouse.secrets import Secrets
from customer360.warehouse.server import ADMIN_SECRET, EmbeddedServer
from customer360.warehouse.upgrade import _old_server
from tests.conftest import ROOT, settings_in
from tests.e2e.support import Installation
from tests.warehouse.conftest import python, query, remove
from tests.warehouse.marts import AWKWARD, MARTS, MODELS

OLD = Path("/usr/lib/postgresql/15/bin")
NAMES = ("c360_old_shop", "airflow")

# An index whose function the new server cannot run.
NOT_TO_BE_RESTORED = """
create function public.old_only(text) returns text immutable language plpgsql as $$
begin
    if current_setting('server_version_num')::int > 160000 then raise 'not here'; end if;
    return $1;
end
$$;
create index on identity.changes (public.old_only(run_id));
"""

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(not (OLD / "initdb").exists(), reason=f"no older PostgreSQL in {OLD} (Debian: postgresql-15)"),
]


@dataclass(frozen=True)
class OldInstallation:
    """A stopped installation whose data directory was made by PostgreSQL 15, and what is in it, by database."""

    settings: Settings
    contents: dict[str, tuple[dict[str, tuple[int, int]], str]]


@pytest.fixture
def old(tmp_path: Path) -> Iterator[OldInstallation]:
    """As `DataDirectory.make` and the first runs would have made it with the programs of that version."""
    settings = settings_in(tmp_path)
    settings.make_state()
    settings.logs.mkdir()
    secrets = Secrets(settings.secrets_file)
    password_file = tmp_path / "password"
    password_file.write_text(secrets.get_or_create(ADMIN_SECRET), encoding="ascii")
    privilege = choose_privilege(OLD / "postgres", settings.postgres_data, [settings.state, settings.logs])
    settings.postgres_data.mkdir(mode=0o700)
    for path in (settings.postgres_data, password_file):
        privilege.own(path)
    initialise = [*privilege.prefix, str(OLD / "initdb"), f"--pgdata={settings.postgres_data}", "--username=postgres"]
    initialise += [f"--pwfile={password_file}", "--auth=scram-sha-256", "--encoding=UTF8", "--locale=C", "--no-sync"]
    tmp_path.chmod(0o755)
    subprocess.run(initialise, cwd=settings.postgres_data, check=True, capture_output=True)
    with serving(settings) as login:
        fill(login, secrets)
        contents = {name: contents_of(replace(login, database=name)) for name in NAMES}
    yield OldInstallation(settings, contents)
    Warehouse(settings).stop()
    remove(settings)


@contextmanager
def serving(settings: Settings) -> Iterator[Login]:
    """The old server, while it is looked into."""
    data, secrets = DataDirectory(settings.postgres_data, settings.logs / "log"), Secrets(settings.secrets_file)
    with EmbeddedServer(settings, secrets).held_down() as lifeline, _old_server(settings, data, OLD, lifeline) as login:
        yield login


def fill(login: Login, secrets: Secrets) -> None:
    with closing(login.connect(autocommit=True)) as home, home.cursor() as cursor:
        roles.ensure_stage_logins(home, secrets)
        roles.ensure_login_role(home, "c360_airflow", secrets.get_or_create("airflow_database"))
        cursor.execute("create role \"Ann's\" login password 'of her own' in role c360_reader")
        cursor.execute(f"create database {NAMES[0]} template template0 encoding 'UTF8'")
        cursor.execute(f"create database {NAMES[1]} owner c360_airflow template template0 encoding 'UTF8'")
    with closing(replace(login, database=NAMES[0]).connect()) as connection, connection, connection.cursor() as cursor:
        for file in schema_files(ROOT / "sql"):
            cursor.execute(file.read_text(encoding="utf-8"))
        cursor.execute("set role c360_transformer")
        cursor.execute(MODELS + MARTS.format(schema="warehouse", run=1) + AWKWARD)
        cursor.execute(
            "insert into staging.stg_run_settings select '2026-01-01', n::text from generate_series(1, 20000) as n"
        )
    with closing(replace(login, database=NAMES[1]).connect()) as connection, connection, connection.cursor() as cursor:
        cursor.execute("set role c360_airflow; create schema own; create table own.dag (dag_id text primary key)")
        cursor.execute("insert into own.dag values ('customer360')")


def contents_of(login: Login) -> tuple[dict[str, tuple[int, int]], str]:
    with closing(login.connect()) as connection:
        return checksums(connection), rights_table(connection)


def assert_upgraded(old: OldInstallation) -> None:
    warehouse = Warehouse(old.settings)
    warehouse.start()
    assert warehouse.status().version.startswith("18.")
    assert {name: contents_of(warehouse.login(Role.ADMIN, name)) for name in NAMES} == old.contents
    assert (
        query(warehouse, "select datlocprovider::text || datlocale from pg_database where datname = 'c360_old_shop'")
        == "bC.UTF-8"
    )
    assert (
        query(warehouse, "select full_name from warehouse.dim_customers_masked", role=Role.READER, database=NAMES[0])
        == "A"
    )
    ann = replace(warehouse.login(Role.READER, NAMES[0]), user="Ann's", password="of her own")
    with closing(ann.connect()) as connection, connection.cursor() as cursor:
        cursor.execute("select customer_key from warehouse.dim_customers")
        assert cursor.fetchall() == [(1,)]
    assert warehouse.airflow_database().database == NAMES[1]
    assert warehouse.databases() == [NAMES[0]]
    kept = old.settings.state / "postgres-15"
    assert (kept / "PG_VERSION").read_text().strip() == "15"
    assert not (old.settings.state / "upgrade").exists()


def test_everything_is_there_afterwards(old: OldInstallation, tmp_path: Path) -> None:
    installation = Installation(tmp_path)
    assert "to mend: make upgrade" in installation.verb("up", expect=1).stderr
    refused = installation.make("upgrade", f"FROM={tmp_path}", expect=2).stderr
    assert "the programs of PostgreSQL 15, which made the data directory, are not there" in refused
    said = installation.make("upgrade").stdout
    assert f"c360_old_shop: {len(old.contents[NAMES[0]][0])} tables" in said
    assert_upgraded(old)
    assert "of PostgreSQL 18 already" in installation.verb("upgrade", expect=1).stderr


def test_one_that_was_killed_is_done_again(old: OldInstallation) -> None:
    code = (
        "from customer360.warehouse.upgrade import upgrade; upgrade(w.settings, say=lambda it: print(it, flush=True))"
    )
    running = python(code, old.settings)
    new = old.settings.state / "upgrade" / "postgres"
    while not new.exists():
        assert running.poll() is None, running.communicate()
        time.sleep(0.02)
    time.sleep(0.3)
    os.kill(running.pid, signal.SIGKILL)
    running.communicate()
    assert (old.settings.postgres_data / "PG_VERSION").read_text().strip() == "15"
    again = python(code, old.settings)
    assert again.communicate(timeout=300)[1] == ""
    assert_upgraded(old)


def test_one_that_fails_leaves_what_was_there(old: OldInstallation) -> None:
    with serving(old.settings) as login:
        shop = replace(login, database=NAMES[0])
        with closing(shop.connect(autocommit=True)) as connection:
            connection.cursor().execute(NOT_TO_BE_RESTORED)
        before = contents_of(shop)
    failed = python("from customer360.warehouse.upgrade import upgrade; upgrade(w.settings)", old.settings)
    assert "not here" in failed.communicate(timeout=300)[1]
    assert failed.returncode == 1
    assert not (old.settings.state / "upgrade").exists()
    assert not (old.settings.state / "postgres-15").exists()
    with serving(old.settings) as login:
        assert contents_of(replace(login, database=NAMES[0])) == before
