"""A PostgreSQL server of the user's own, named by C360_DATABASE_URL: understood, reached, checked, never started."""

from __future__ import annotations

import contextlib
import getpass
import os
import socket

import psycopg2
from psycopg2.extensions import connection as Connection  # noqa: N812 - it is a class
from psycopg2.extensions import parse_dsn

from customer360.errors import Customer360Error
from customer360.warehouse.logins import Login

VARIABLE = "C360_DATABASE_URL"
OLDEST_VERSION = 180000  # as server_version_num says it
_FORM = "postgresql://user:password@host:5432/database?sslmode=require"


def login_from_url(url: str) -> Login:
    """The login that a URL names, without connecting. What it leaves out is libpq's default.

    Raises:
        Customer360Error: it is not such a URL. The error never quotes the URL, which holds a password.
    """
    how = f"write it as {_FORM}, with special characters in the password as %40 for @, %2F for /, %25 for %"
    if not url.startswith(("postgresql://", "postgres://")):
        raise Customer360Error(f"{VARIABLE} is not a PostgreSQL URL", where="it must begin with postgresql://", how=how)
    try:
        parts = dict(parse_dsn(url))
        host = parts.pop("host", None) or parts.get("hostaddr") or os.environ.get("PGHOST") or "localhost"
        port = int(parts.pop("port", None) or os.environ.get("PGPORT") or 5432)
    except (psycopg2.Error, ValueError):
        raise Customer360Error(f"{VARIABLE} cannot be understood", how=how) from None
    if "," in host:
        raise Customer360Error(f"{VARIABLE} names several hosts", where=host, how="name the one that can be written to")
    return Login(
        host=host,
        port=port,
        database=parts.pop("dbname", None) or os.environ.get("PGDATABASE") or "postgres",
        user=parts.pop("user", None) or os.environ.get("PGUSER") or getpass.getuser(),
        password=parts.pop("password", None),
        params=parts,
    )


def explain(login: Login, error: psycopg2.OperationalError) -> Customer360Error:
    """Why there was no connection, in words for the user: no such host, nobody listens, wrong password, ..."""
    message = str(error).strip()
    where = f"{login.host}:{login.port}, database {login.database}, user {login.user}"
    for sign, what, how in (
        ("password authentication failed", "the server refuses the user or the password", f"correct {VARIABLE}"),
        ("no password supplied", "the server asks for a password", f"add it to {VARIABLE}, or set PGPASSWORD"),
        ("no pg_hba.conf entry", "the server does not let this user in from here", "ask for an entry in pg_hba.conf"),
        ("is not permitted to log in", "this user may not log in", f"name another user in {VARIABLE}"),
        (f'database "{login.database}" does not exist', "the server has no such database", f"correct {VARIABLE}"),
        ("permission denied for database", "this user may not use that database", "ask for GRANT CONNECT ON DATABASE"),
        ("SSL", "no encrypted connection with this server", f"see sslmode in {VARIABLE}"),
        ("too many clients", "the server has no free connection", "end some of its clients, or raise max_connections"),
        ("starting up", "the server is still starting", "try again in a moment"),
        ("shutting down", "the server is shutting down", "start it again"),
    ):
        if sign in message:
            return Customer360Error(what, where=f"{where}\n    {message}", how=how)
    return Customer360Error(
        _why_unreachable(login), where=f"{where}\n    {message}", how=f"correct {VARIABLE}, or start the server"
    )


def _why_unreachable(login: Login) -> str:
    """What the network says of the address: libpq's own message is long and, on some systems, translated."""
    if login.host.startswith("/"):
        return "no PostgreSQL server has its socket there"
    try:
        address = socket.getaddrinfo(login.host, login.port, type=socket.SOCK_STREAM)[0]
    except OSError:
        return f"there is no host named {login.host}"
    with contextlib.closing(socket.socket(*address[:3])) as probe:
        probe.settimeout(5)
        try:
            probe.connect(address[4])
        except TimeoutError:
            return "the server does not answer"
        except OSError as error:
            return f"no server listens there: {error.strerror}"
    return "the server cannot be used"


def check_version(connection: Connection) -> None:
    """Refuses a server older than what the models need.

    Raises:
        Customer360Error: names the version found.
    """
    if connection.server_version < OLDEST_VERSION:
        found = connection.get_parameter_status("server_version") or str(connection.server_version)
        parameters = connection.get_dsn_parameters()
        raise Customer360Error(
            f"the server is PostgreSQL {found}; version {OLDEST_VERSION // 10000} or newer is needed",
            where=f"{parameters.get('host')}:{parameters.get('port')}",
            how=f"name a newer server in {VARIABLE}, or unset it to use the one that comes along",
        )
