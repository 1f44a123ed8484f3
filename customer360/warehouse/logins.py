"""Who connects: the roles of the pipeline's stages, and everything a client needs to log in as one of them."""

from __future__ import annotations

import urllib.parse
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, cast

import psycopg2
from psycopg2.extensions import connection as Connection  # noqa: N812 - it is a class

# libpq parameter -> environment variable of psql and of every other libpq client.
_LIBPQ_VARIABLES = {
    "sslmode": "PGSSLMODE",
    "sslrootcert": "PGSSLROOTCERT",
    "sslcert": "PGSSLCERT",
    "sslkey": "PGSSLKEY",
    "sslcrl": "PGSSLCRL",
    "sslnegotiation": "PGSSLNEGOTIATION",
    "channel_binding": "PGCHANNELBINDING",
    "gssencmode": "PGGSSENCMODE",
    "krbsrvname": "PGKRBSRVNAME",
    "passfile": "PGPASSFILE",
    "service": "PGSERVICE",
    "connect_timeout": "PGCONNECT_TIMEOUT",
    "target_session_attrs": "PGTARGETSESSIONATTRS",
}


class Role(StrEnum):
    """The value is the role's name in the server; ADMIN is whoever may do everything there.

    READER sees the marts with personal data masked, ANALYST_PII all of them.
    """

    ADMIN = "admin"
    LOADER = "c360_loader"
    TRANSFORMER = "c360_transformer"
    READER = "c360_reader"
    ANALYST_PII = "c360_analyst_pii"


STAGE_ROLES = (Role.LOADER, Role.TRANSFORMER, Role.READER, Role.ANALYST_PII)


@dataclass(frozen=True)
class Login:
    """One way into one database.

    Attributes:
        host: name, address, or the folder of a unix socket.
        password: None where the client finds it by itself (PGPASSWORD, .pgpass, peer).
        role: the role to take on after logging in; None when ``user`` is that role already.
        params: further libpq parameters of the connection, such as ``sslmode``.
    """

    host: str
    port: int
    database: str
    user: str
    password: str | None = field(repr=False)
    role: str | None = None
    params: Mapping[str, str] = field(default_factory=dict, hash=False)

    def connect(self, *, autocommit: bool = False, application_name: str = "customer360") -> Connection:
        """A new connection in this login's role; the caller closes it.

        Raises:
            psycopg2.OperationalError: no such server or database, or it refuses the login.
        """
        params: dict[str, Any] = {
            "connect_timeout": "10",
            "application_name": application_name,
            "client_encoding": "UTF8",
            **self.params,
        }
        # Even when empty, so that PGOPTIONS of somebody's shell does not reach the pipeline.
        params["options"] = self._options()
        if self.password is not None:
            params["password"] = self.password
        connection = cast(
            Connection,
            psycopg2.connect(host=self.host, port=self.port, dbname=self.database, user=self.user, **params),
        )
        connection.autocommit = autocommit
        return connection

    def environ(self) -> dict[str, str]:
        """What dbt's profile and the DAG's tasks read; holds the password."""
        return {
            "C360_DB_HOST": self.host,
            "C360_DB_PORT": str(self.port),
            "C360_DB_NAME": self.database,
            "C360_DB_USER": self.user,
            "C360_DB_PASSWORD": self.password or "",
            "C360_DB_ROLE": self.role or "",
            "C360_DB_SSLMODE": self.params.get("sslmode", "prefer"),
            "C360_DB_SSLROOTCERT": self.params.get("sslrootcert", ""),
        }

    def libpq_environ(self) -> dict[str, str]:
        """PGHOST and its kin, for psql and pg_dump; holds the password, which so stays off the command line."""
        variables = {
            "PGHOST": self.host,
            "PGPORT": str(self.port),
            "PGDATABASE": self.database,
            "PGUSER": self.user,
        }
        if self.password is not None:
            variables["PGPASSWORD"] = self.password
        if self._options():
            variables["PGOPTIONS"] = self._options()
        for parameter, value in self.params.items():
            if parameter in _LIBPQ_VARIABLES:
                variables[_LIBPQ_VARIABLES[parameter]] = value
        return variables

    def sqlalchemy_url(self, driver: str = "psycopg2") -> str:
        """``postgresql+<driver>://user:password@host:port/database?...``, every part percent-encoded."""
        user = urllib.parse.quote(self.user, safe="")
        if self.password is not None:
            user += ":" + urllib.parse.quote(self.password, safe="")
        # Without TLS is what every driver does when it is not told; asyncpg does not know the word sslmode.
        query = {name: value for name, value in self.params.items() if (name, value) != ("sslmode", "disable")}
        if self._options():
            query["options"] = self._options()
        address = f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"
        if self.host.startswith("/"):
            address, query["host"], query["port"] = "", self.host, str(self.port)
        url = f"postgresql+{driver}://{user}@{address}/{urllib.parse.quote(self.database, safe='')}"
        return url + (f"?{urllib.parse.urlencode(query, quote_via=urllib.parse.quote)}" if query else "")

    def _options(self) -> str:
        """The session options, with the role as the last, which wins."""
        role = f"-c role={self.role}" if self.role else ""
        return f"{self.params.get('options', '')} {role}".strip()
