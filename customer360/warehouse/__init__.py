"""The warehouse's server and databases, embedded or the user's own, behind one door: `Warehouse`."""

from __future__ import annotations

import hashlib
import os
import shutil
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, NoReturn

import psycopg2
from psycopg2.extensions import connection as Connection  # noqa: N812 - it is a class

from customer360.errors import Customer360Error
from customer360.settings import Settings
from customer360.warehouse import databases, dumps, roles
from customer360.warehouse.datadir import SUPERUSER
from customer360.warehouse.external import check_version, explain, login_from_url
from customer360.warehouse.logins import Login, Role
from customer360.warehouse.programs import client_program, server_program
from customer360.warehouse.secrets import Secrets
from customer360.warehouse.server import ADMIN_SECRET, HOST, EmbeddedServer

__all__ = ["Login", "Role", "Secrets", "ServerStatus", "Warehouse"]


_PATIENCE = 60.0  # seconds


@dataclass(frozen=True)
class ServerStatus:
    """What `Warehouse.status` found.

    Attributes:
        running: it accepts our login.
        version: as the server says it, such as 18.6; None when it does not run.
        data_directory, pid: of the embedded server only.
    """

    running: bool
    kind: Literal["embedded", "external"]
    version: str | None
    host: str
    port: int | None
    data_directory: Path | None
    pid: int | None


class Warehouse:
    """The PostgreSQL server of one installation. Making this object touches nothing."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.secrets = Secrets(settings.secrets_file)
        self._server = EmbeddedServer(settings, self.secrets)
        self._url_login = login_from_url(settings.database_url) if settings.database_url else None

    def start(self) -> None:
        """Makes sure that the server runs and has the stages' roles; cheap when it does.

        Raises:
            Customer360Error: it cannot start, cannot be reached, is too old, or rights are missing.
        """
        with closing(self._connect_home() if self._url_login else self._start_embedded()) as connection:
            check_version(connection)
            if self._url_login is None:
                roles.ensure_stage_logins(connection, self.secrets)
            else:
                roles.ensure_stage_roles(connection)

    def stop(self) -> bool:
        """Stops the embedded server and waits for its end; the user's own server is left alone.

        Returns:
            Whether there was one to stop.
        """
        return self._server.stop()

    def status(self) -> ServerStatus:
        """What runs where. Starts nothing, and raises nothing about a server that cannot be reached."""
        external = self._url_login
        found = None if external else self._server.running()
        version = None
        if external or (found and found.ready):
            try:
                with closing(self.login(Role.ADMIN, self._home_database).connect()) as connection:
                    version = connection.get_parameter_status("server_version")
            except (psycopg2.OperationalError, Customer360Error):
                version = None
        return ServerStatus(
            running=version is not None,
            kind="external" if external else "embedded",
            version=version,
            host=external.host if external else HOST,
            port=external.port if external else (found.port if found else self._server.remembered_port()),
            data_directory=None if external else self.settings.postgres_data,
            pid=found.pid if found else None,
        )

    def login(self, role: Role, database: str) -> Login:
        """How to connect to a database as one of the roles; connects nowhere.

        Raises:
            Customer360Error: the embedded server was never started, or its passwords are lost.
        """
        if self._url_login is not None:
            return replace(self._url_login, database=database, role=None if role is Role.ADMIN else role.value)
        user, secret = (SUPERUSER, ADMIN_SECRET) if role is Role.ADMIN else (role.value, role.value)
        return self._embedded_login(user, secret, database)

    def prepare(self, database: str) -> None:
        """Makes a database if it is missing and brings its schemas and rights to what ``sql/`` says.

        Raises:
            Customer360Error: rights are missing, or a file of ``sql/`` is wrong (names file and line).
        """
        files = databases.schema_files(self.settings.root / "sql")
        login = self.login(Role.ADMIN, database)
        try:
            connection = login.connect()
        except psycopg2.OperationalError:  # most likely not there yet; if it is something else, this says what
            with closing(self._connect_home()) as home:
                databases.ensure_database(home, database)
            connection = self._connect(login)
        with closing(connection):
            databases.apply_schema(connection, files)

    def drop(self, database: str) -> bool:
        """Drops one of our databases, with all that is in it.

        Returns:
            Whether it was there.

        Raises:
            ValueError: its name does not begin with ``c360_``.
        """
        with closing(self._connect_home()) as home:
            return databases.drop_database(home, database)

    def databases(self) -> list[str]:
        """The databases that hold a data folder's warehouse, sorted."""
        with closing(self._connect_home()) as home:
            return databases.list_databases(home)

    def airflow_database(self) -> Login:
        """Makes the database of Airflow's metadata and the role that owns it, if they are missing.

        Returns:
            The login of that role; see `Login.sqlalchemy_url`.
        """
        name, role = "airflow", "c360_airflow"
        if self._url_login is not None:  # installations that share a server must not share Airflow's metadata
            installation = hashlib.sha256(os.fsencode(self.settings.root.resolve())).hexdigest()[:10]
            name = role = f"c360_airflow_{installation}"
        password = self.secrets.get_or_create("airflow_database")
        with closing(self._connect_home()) as home:
            roles.ensure_login_role(home, role, password)
            if self._url_login is not None:
                roles.grant_to_self(home, role)
            databases.ensure_database(home, name, owner=role)
        if self._url_login is not None:
            return replace(self._url_login, database=name, user=role, password=password)
        return self._embedded_login(role, "airflow_database", name)

    def psql(self, role: Role, database: str, arguments: Sequence[str] = ()) -> NoReturn:
        """Becomes ``psql`` in that database; does not return. The password travels in the environment."""
        own = str(server_program("psql"))
        # Ours cannot speak TLS, which a server elsewhere may ask for.
        program = own if self._url_login is None else shutil.which("psql") or own
        environment = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
        if self._url_login is not None:
            environment = dict(os.environ)
        environment |= self.login(role, database).libpq_environ()
        os.execve(program, [program, *arguments], environment)  # noqa: S606 - no shell is wanted

    def dump(self, database: str, file: Path) -> None:
        """Writes a database to a file of mode 0600, and reads that again. Marts to be published meanwhile wait.

        Raises:
            Customer360Error: it failed; there is no such file then, or still the one from before.
        """
        login = self.login(Role.ADMIN, database)
        with closing(self._connect(login)) as guard, guard:
            databases.hold_publications(guard)
            dumps.dump_database(self._client("pg_dump"), login, file)
        dumps.check_dump(self._client("pg_restore"), login, file)

    def read_dump(self, file: Path) -> dumps.DumpFile:
        """What a dump says of itself; see `dumps.read_dump`."""
        return dumps.read_dump(self._client("pg_restore"), file)

    def restore(self, database: str, file: Path) -> None:
        """Puts what a dump holds in the place of a database, which stays as it is until that is complete.

        Sessions in the database are ended.

        Raises:
            Customer360Error: it failed; the database is what it was.
        """
        fresh, replaced = f"{database}_restoring", f"{database}_replaced"
        with closing(self._connect_home()) as home:
            databases.drop_database(home, fresh)  # left by one that was killed
            databases.ensure_database(home, fresh)
            try:
                dumps.restore_database(self._client("pg_restore"), self.login(Role.ADMIN, fresh), file)
                self.prepare(fresh)
                databases.replace_database(home, fresh, database, replaced)
            except BaseException:
                databases.drop_database(home, fresh)
                raise
            databases.drop_database(home, replaced)

    def _client(self, name: str) -> Path:
        return server_program(name) if self._url_login is None else client_program(name)

    @property
    def _home_database(self) -> str:
        """The database to connect to for what concerns the server as a whole."""
        return self._url_login.database if self._url_login else "postgres"

    def _start_embedded(self) -> Connection:
        """A connection to the embedded server, started first; once more if it was being killed at that moment."""
        self._server.start()
        try:
            return self._connect_home()
        except Customer360Error:
            time.sleep(0.5)
            before = self._server.running()
            self._server.start()
            if self._server.running() == before:
                raise
            return self._connect_home()

    def _connect_home(self) -> Connection:
        connection = self._connect(self.login(Role.ADMIN, self._home_database))
        connection.autocommit = True
        return connection

    def _connect(self, login: Login) -> Connection:
        try:
            return _connect_patiently(login)
        except psycopg2.OperationalError as error:
            if self._url_login is not None:
                raise explain(login, error) from None
            if self._server.running() is None:
                raise Customer360Error(
                    "the warehouse does not run", where=str(self.settings.state), how="make up"
                ) from None
            raise Customer360Error(
                "the warehouse does not let us in",
                where=f"database {login.database}, user {login.user}\n    {str(error).strip()}",
                how=f"if {self.settings.secrets_file} is not the one that belongs to this warehouse: move it away, "
                "then `make down` and `make up`; new passwords are made, no data is lost",
            ) from None

    def _embedded_login(self, user: str, secret: str, database: str) -> Login:
        found = self._server.running()
        port = found.port if found else self._server.remembered_port()
        password = self.secrets.get(secret)
        if port is None or password is None:
            raise Customer360Error(
                "the warehouse was never started here" if port is None else "the warehouse's passwords are lost",
                where=str(self.settings.state),
                how="make up"
                if port is None
                else "`make down`, then `make up`: new passwords are made, no data is lost",
            )
        # Our server has no TLS; said aloud, because PGSSLMODE of somebody's shell may ask for it.
        plain = {"sslmode": "disable"}
        return Login(host=HOST, port=port, database=database, user=user, password=password, params=plain)


def _connect_patiently(login: Login) -> Connection:
    """Waits while the server says that it is starting, recovering or shutting down."""
    deadline = time.monotonic() + _PATIENCE
    while True:
        try:
            return login.connect()
        except psycopg2.OperationalError as error:
            if "the database system is" not in str(error) or time.monotonic() > deadline:
                raise
        time.sleep(0.1)
