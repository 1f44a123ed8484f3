"""Logins in the forms that the clients want."""

from __future__ import annotations

from psycopg2.extensions import parse_dsn
from sqlalchemy import make_url

from customer360.warehouse import Login, Role

AWKWARD = "p@ss/wo:rd%?# &="


def test_printing_shows_no_password() -> None:
    assert "hidden" not in repr(Login("h", 1, "d", "u", "hidden"))


def test_the_url_survives_any_password() -> None:
    login = Login("db.example.com", 6432, "my db", "us er", AWKWARD, params={"sslmode": "require"})
    url = make_url(login.sqlalchemy_url())
    assert (url.drivername, url.host, url.port, url.database) == (
        "postgresql+psycopg2",
        "db.example.com",
        6432,
        "my db",
    )
    assert (url.username, url.password, url.query["sslmode"]) == ("us er", AWKWARD, "require")
    parsed = parse_dsn(login.sqlalchemy_url().replace("+psycopg2", ""))
    assert parsed["password"] == AWKWARD


def test_the_url_of_a_role_a_socket_and_an_ipv6_address() -> None:
    assert "options=-c%20role%3Dc360_loader" in Login("h", 1, "d", "u", None, role=Role.LOADER).sqlalchemy_url()
    assert Login("/run/pg", 5432, "d", "u", None).sqlalchemy_url().endswith("@/d?host=%2Frun%2Fpg&port=5432")
    assert "@[::1]:5432/" in Login("::1", 5432, "d", "u", None).sqlalchemy_url()
    assert "ssl" not in Login("h", 1, "d", "u", None, params={"sslmode": "disable"}).sqlalchemy_url("asyncpg")


def test_the_environment_of_dbt() -> None:
    login = Login("h", 1, "d", "u", "p", role=Role.TRANSFORMER, params={"sslmode": "require"})
    assert login.environ() == {
        "C360_DB_HOST": "h",
        "C360_DB_PORT": "1",
        "C360_DB_NAME": "d",
        "C360_DB_USER": "u",
        "C360_DB_PASSWORD": "p",
        "C360_DB_ROLE": "c360_transformer",
        "C360_DB_SSLMODE": "require",
        "C360_DB_SSLROOTCERT": "",
    }


def test_the_environment_of_psql() -> None:
    login = Login("h", 1, "d", "u", None, role=Role.READER, params={"sslmode": "require", "options": "-c jit=off"})
    assert login.libpq_environ() == {
        "PGHOST": "h",
        "PGPORT": "1",
        "PGDATABASE": "d",
        "PGUSER": "u",
        "PGSSLMODE": "require",
        "PGOPTIONS": "-c jit=off -c role=c360_reader",
    }
