"""A server of the user's own: reached or not, old or new, with rights or without."""

from __future__ import annotations

import os
import socket
import subprocess
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import psycopg2
import pytest

from customer360.errors import Customer360Error
from customer360.settings import Settings
from customer360.warehouse import Role, ServerStatus, Warehouse
from customer360.warehouse.external import login_from_url
from customer360.warehouse.logins import STAGE_ROLES
from customer360.warehouse.privileges import choose_privilege
from customer360.warehouse.processes import running_postmaster, wait_until_gone
from customer360.warehouse.programs import start_detached
from tests.conftest import settings_in
from tests.warehouse.conftest import copy_installation, query, remove

SECRET = "s3cret-word"
OLD_BINARIES = Path("/usr/lib/postgresql/15/bin")


@pytest.fixture(scope="module")
def host(template: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerStatus]:
    """A server that knows nothing of us, with users of different rights, all with the same password."""
    server = Warehouse(copy_installation(template, tmp_path_factory.mktemp("host")))
    try:
        server.start()
        status = server.status()
        with closing(server.login(Role.ADMIN, "postgres").connect(autocommit=True)) as admin, admin.cursor() as cursor:
            cursor.execute(f"drop role {', '.join(STAGE_ROLES)}")
            cursor.execute(f"alter role postgres password '{SECRET}'")
            cursor.execute(f"create role app login createrole createdb password '{SECRET}'")
            cursor.execute(f"create role powerless login password '{SECRET}'")
            cursor.execute(f"create role locked_out nologin password '{SECRET}'")
        yield status
    finally:
        server.stop()
        remove(server.settings)


@pytest.fixture
def bare(host: ServerStatus) -> Iterator[None]:
    """The server without our roles and databases, before and after the test."""

    def clear() -> None:
        login = replace(login_from_url(url(host, "postgres")))
        with closing(login.connect(autocommit=True)) as admin, admin.cursor() as cursor:
            cursor.execute("select format('drop database %I', datname) from pg_database where datname ~ '^c360'")
            for (statement,) in cursor.fetchall():
                cursor.execute(statement)
            cursor.execute("select format('drop role %I', rolname) from pg_roles where rolname ~ '^c360'")
            for (statement,) in cursor.fetchall():
                cursor.execute(statement)

    clear()
    yield
    clear()


def url(host: ServerStatus, user: str, *, password: str = SECRET, database: str = "postgres") -> str:
    return f"postgresql://{user}:{password}@{host.host}:{host.port}/{database}"


def external(tmp_path: Path, address: str) -> Warehouse:
    return Warehouse(replace(settings_in(tmp_path), database_url=address))


def run(warehouse: Warehouse, statement: str) -> None:
    with closing(warehouse.login(Role.ADMIN, "postgres").connect(autocommit=True)) as connection:
        connection.cursor().execute(statement)


def refusal(tmp_path: Path, address: str) -> Customer360Error:
    with pytest.raises(Customer360Error) as error:
        external(tmp_path, address).start()
    assert SECRET not in str(error.value)
    return error.value


@pytest.mark.parametrize("user", ["postgres", "app"])
def test_the_whole_way(host: ServerStatus, bare: None, tmp_path: Path, user: str) -> None:
    warehouse = external(tmp_path, url(host, user))
    for _ in range(2):
        warehouse.start()
        warehouse.prepare("c360_shop")
    status = warehouse.status()
    assert (status.running, status.kind, status.host, status.port) == (True, "external", host.host, host.port)
    assert (status.data_directory, status.pid) == (None, None)
    for role in STAGE_ROLES:
        assert query(warehouse, "select current_user", role=role, database="c360_shop") == role.value
        assert warehouse.login(role, "c360_shop").environ()["C360_DB_ROLE"] == role.value
    assert query(warehouse, "select current_user", database="c360_shop") == user
    assert query(warehouse, "select bool_or(rolcanlogin) from pg_roles where rolname ~ '^c360'") is False
    query(warehouse, "create table raw.a (); select 1", role=Role.LOADER, database="c360_shop")
    query(warehouse, "select count(*) from raw.a", role=Role.TRANSFORMER, database="c360_shop")
    with pytest.raises(psycopg2.errors.InsufficientPrivilege):
        query(warehouse, "select count(*) from raw.a", role=Role.READER, database="c360_shop")
    assert warehouse.databases() == ["c360_shop"]
    assert warehouse.drop("c360_shop")
    assert not warehouse.stop()
    assert warehouse.status().running
    assert not (tmp_path / "state").exists()


@pytest.mark.parametrize("user", ["postgres", "app"])
def test_airflow_s_database_is_this_installation_s_own(
    host: ServerStatus, bare: None, tmp_path: Path, user: str
) -> None:
    warehouse = external(tmp_path, url(host, user))
    warehouse.start()
    login = warehouse.airflow_database()
    assert warehouse.airflow_database() == login
    assert login.user == login.database
    assert login.user.startswith("c360_airflow_")
    with closing(login.connect()) as connection, connection.cursor() as cursor:
        cursor.execute("create table public.mine (); select current_user")
        assert cursor.fetchone() == (login.user,)
    assert warehouse.databases() == []


def test_without_the_rights_the_error_names_the_grant(host: ServerStatus, bare: None, tmp_path: Path) -> None:
    error = refusal(tmp_path, url(host, "powerless"))
    assert error.what == "user powerless may not make the role c360_loader"
    assert 'ALTER ROLE "powerless" CREATEROLE CREATEDB;' in error.how
    external(tmp_path, url(host, "postgres")).start()
    error = refusal(tmp_path, url(host, "powerless"))
    assert error.what == "user powerless may not take on the role c360_loader"
    assert 'grant "c360_loader" to "powerless" with set true, inherit true;' in error.how


def test_what_an_administrator_made_is_enough(host: ServerStatus, bare: None, tmp_path: Path) -> None:
    administrator = external(tmp_path / "admin", url(host, "postgres"))
    administrator.start()
    warehouse = external(tmp_path, url(host, "powerless"))
    for role in STAGE_ROLES:
        query(administrator, f"grant {role} to powerless with set true, inherit true; select 1")
    warehouse.start()
    with pytest.raises(Customer360Error, match="powerless may not create databases") as error:
        warehouse.prepare("c360_shop")
    advice = error.value.how.partition("or: ")[2]
    assert 'create database "c360_shop" owner "powerless"' in advice
    run(administrator, advice)
    warehouse.prepare("c360_shop")
    assert query(warehouse, "select current_user", role=Role.READER, database="c360_shop") == "c360_reader"


def test_a_database_of_somebody_else_is_an_error(host: ServerStatus, bare: None, tmp_path: Path) -> None:
    administrator = external(tmp_path, url(host, "postgres"))
    administrator.start()
    run(administrator, "create database c360_shop")
    with pytest.raises(Customer360Error, match="c360_shop belongs to somebody else") as error:
        external(tmp_path, url(host, "app")).prepare("c360_shop")
    assert error.value.how.endswith("ALTER DATABASE c360_shop OWNER TO app;")


def test_a_database_made_otherwise(
    host: ServerStatus, bare: None, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    warehouse = external(tmp_path, url(host, "postgres"))
    warehouse.start()
    run(warehouse, "create database c360_latin template template0 encoding 'LATIN1' locale 'C' locale_provider libc")
    with pytest.raises(Customer360Error, match="encoded in LATIN1"):
        warehouse.prepare("c360_latin")
    run(
        warehouse,
        "create database c360_sorted template template0 locale_provider builtin builtin_locale 'PG_UNICODE_FAST'",
    )
    warehouse.prepare("c360_sorted")
    assert "sorts text as in PG_UNICODE_FAST" in caplog.text


def test_sessions_begin_alike_on_every_server(host: ServerStatus, bare: None, tmp_path: Path) -> None:
    warehouse = external(tmp_path, url(host, "app"))
    warehouse.start()
    warehouse.prepare("c360_shop")
    admin = external(tmp_path, url(host, "postgres"))
    run(admin, "alter system set timezone = 'Asia/Tokyo'")
    try:
        run(admin, "select pg_reload_conf()")
        for role in (Role.ADMIN, Role.TRANSFORMER):
            assert query(warehouse, "show timezone", role=role, database="c360_shop") == "UTC"
    finally:
        run(admin, "alter system reset timezone")
        run(admin, "select pg_reload_conf()")


def test_a_wrong_password(host: ServerStatus, tmp_path: Path) -> None:
    error = refusal(tmp_path, url(host, "app", password=SECRET + "x"))
    assert error.what == "the server refuses the user or the password"
    assert f"{host.host}:{host.port}" in error.where


def test_other_refusals(host: ServerStatus, tmp_path: Path) -> None:
    assert "asks for a password" in refusal(tmp_path, f"postgresql://app@{host.host}:{host.port}/postgres").what
    assert "refuses the user" in refusal(tmp_path, url(host, "nobody_at_all")).what
    assert "may not log in" in refusal(tmp_path, url(host, "locked_out")).what
    assert "no such database" in refusal(tmp_path, url(host, "app", database="nowhere")).what
    assert "no encrypted connection" in refusal(tmp_path, url(host, "app") + "?sslmode=require").what


def test_a_password_from_the_environment(
    host: ServerStatus, bare: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PGPASSWORD", SECRET)
    warehouse = external(tmp_path, f"postgresql://app@{host.host}:{host.port}/postgres")
    warehouse.start()
    assert warehouse.login(Role.LOADER, "x").password is None
    assert "C360_DB_PASSWORD" in warehouse.login(Role.LOADER, "x").environ()


def test_nobody_listens(tmp_path: Path) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        port = server.getsockname()[1]
    error = refusal(tmp_path, f"postgresql://app:{SECRET}@127.0.0.1:{port}/postgres")
    assert error.what == "no server listens there: Connection refused"
    assert f"127.0.0.1:{port}" in error.where
    assert not external(tmp_path, f"postgresql://app:{SECRET}@127.0.0.1:{port}/x").status().running


def test_there_is_no_such_host(tmp_path: Path) -> None:
    assert "no host named nowhere.invalid" in refusal(tmp_path, f"postgresql://app:{SECRET}@nowhere.invalid/x").what


@pytest.mark.parametrize(
    "address",
    [
        f"mysql://app:{SECRET}@host/db",
        f"app:{SECRET}@host/db",
        f"postgresql://app:{SECRET}%zz@host/db",
        f"postgresql://app:{SECRET}@host:port/db",
        f"postgresql://app:{SECRET}@host:99999999999/db?wrong=1",
        f"postgresql://app:{SECRET}@one:1,two:2/db",
        f"postgresql://app:{SECRET}@[::1/db",
    ],
)
def test_a_url_that_is_none(tmp_path: Path, address: str) -> None:
    assert "C360_DATABASE_URL" in refusal(tmp_path, address).what


def test_what_a_url_says() -> None:
    login = login_from_url("postgres://us%40er:p%2Fw@db.example.com:6432/shop?sslmode=verify-full&sslrootcert=/c.pem")
    assert (login.host, login.port, login.database, login.user) == ("db.example.com", 6432, "shop", "us@er")
    assert login.password == "p/w"
    assert login.params == {"sslmode": "verify-full", "sslrootcert": "/c.pem"}
    assert login_from_url("postgresql:///shop?host=/run/postgresql").host == "/run/postgresql"


def test_an_older_server_is_refused(tmp_path: Path) -> None:
    if not (OLD_BINARIES / "initdb").exists():
        pytest.skip(f"needs an older PostgreSQL in {OLD_BINARIES} (Debian: postgresql-15)")
    data = tmp_path / "old"
    privilege = choose_privilege(OLD_BINARIES / "postgres", data, [tmp_path])
    data.mkdir(mode=0o700)
    privilege.own(data)
    initialise = [*privilege.prefix, str(OLD_BINARIES / "initdb"), "-D", str(data), "-U", "app", "--auth=trust"]
    subprocess.run([*initialise, "--no-sync"], cwd=data, check=True, capture_output=True)
    with closing(socket.create_server(("127.0.0.1", 0))) as probe:
        port = probe.getsockname()[1]
    serve = [*privilege.prefix, str(OLD_BINARIES / "postgres"), "-D", str(data), "-h", "127.0.0.1"]
    serve += ["-p", str(port), "-c", "unix_socket_directories=", "-F"]
    with (tmp_path / "unused").open("w") as unused:
        pid = start_detached(serve, folder=data, output=tmp_path / "log", keep_open=unused.fileno())
    try:
        while not ((found := running_postmaster(data)) and found.ready):
            assert wait_until_gone(pid, 0.05) is False, (tmp_path / "log").read_text()
        error = refusal(tmp_path, f"postgresql://app:{SECRET}@127.0.0.1:{port}/postgres")
        assert error.what.startswith("the server is PostgreSQL 15.")
        assert "version 18 or newer" in error.what
    finally:
        os.kill(pid, 2)
        assert wait_until_gone(pid, 20)
