"""Databases on the server: made, given their schemas and rights from sql/, listed, dropped."""

from __future__ import annotations

import hashlib
import logging
import re
import time
from contextlib import closing
from pathlib import Path

import psycopg2
from psycopg2 import sql
from psycopg2.extensions import connection as Connection  # noqa: N812 - it is a class

from customer360.errors import Customer360Error

log = logging.getLogger(__name__)

PREFIX = "c360_"
ADVISORY_LOCK = 0xC360_0001  # one key for the locks of all of us; arbitrary, must never change

# The same text order and case folding on every server, whatever its own.
_TEXT = "template template0 encoding 'UTF8' locale_provider builtin builtin_locale 'C.UTF-8' locale 'C'"

# What each session in a database of ours begins with, whoever connects and however the server is set up.
_SESSION = (
    ("timezone", "UTC"),  # timestamps do not depend on where the server stands
    ("datestyle", "ISO, DMY"),  # dates are parsed by the models, not by the server
    ("jit", "off"),  # compiling costs more than these queries take
    ("parallel_tuple_cost", "0.01"),  # the models' expressions cost far more than handing rows from process to process
)


def hold_publications(connection: Connection) -> None:
    """Until the end of its transaction nobody else publishes: two would swap twice, a dump would see names change."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtextextended('publish warehouse', 0))")


def ensure_database(connection: Connection, name: str, *, owner: str | None = None) -> None:
    """Makes a database, unless it is there.

    Args:
        connection: as somebody who may create databases, autocommit.
        name: of the database.
        owner: default: the connected user.

    Raises:
        Customer360Error: that right is missing.
    """
    with connection.cursor() as cursor:
        cursor.execute("select 1 from pg_database where datname = %s", (name,))
        if cursor.fetchone() is not None:
            return
        words = sql.SQL("create database {} owner {} ")
        statement = words.format(sql.Identifier(name), sql.Identifier(owner or connection.info.user)) + sql.SQL(_TEXT)
        try:
            cursor.execute(statement)
        except (psycopg2.errors.DuplicateDatabase, psycopg2.errors.UniqueViolation):
            return  # somebody else made it in this moment
        except psycopg2.errors.InsufficientPrivilege as error:
            user = sql.Identifier(connection.info.user).as_string(connection)
            raise Customer360Error(
                f"user {connection.info.user} may not create databases",
                where=f"{connection.info.host}:{connection.info.port}: {error.diag.message_primary}",
                how=f"let an administrator run: ALTER ROLE {user} CREATEDB; or: {statement.as_string(connection)};",
            ) from None


def drop_database(connection: Connection, name: str) -> bool:
    """Drops a database of ours and ends its sessions.

    Returns:
        Whether it was there.

    Raises:
        ValueError: the name is not one of ours.
        Customer360Error: it belongs to somebody else.
    """
    if not name.startswith(PREFIX):
        raise ValueError(f"{name} is not a database of customer360")
    with connection.cursor() as cursor:
        try:
            cursor.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))
        except psycopg2.errors.InvalidCatalogName:
            return False
        except psycopg2.errors.InsufficientPrivilege as error:
            raise Customer360Error(
                f"the database {name} may not be dropped",
                where=f"{connection.info.host}:{connection.info.port}: {error.diag.message_primary}",
                how="let its owner drop it",
            ) from None
    return True


def replace_database(connection: Connection, new: str, name: str, replaced: str) -> None:
    """Gives a database the name of another, which gets a third name, in one transaction; ends the sessions in both.

    Args:
        connection: to another database, autocommit, as the owner of both.
        new: the database that takes the name.
        name: the name; nobody needs to have it.
        replaced: what the one that has it is called afterwards.

    Raises:
        Customer360Error: somebody connects again and again; nothing was renamed.
    """
    for _ in range(50):
        with connection.cursor() as cursor:
            cursor.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity where datname = any(%s)", ([new, name],)
            )
            cursor.execute("select 1 from pg_database where datname = %s", (name,))
            names = [(name, replaced), (new, name)] if cursor.fetchone() else [(new, name)]
            renamed = [
                sql.SQL("alter database {} rename to {}").format(sql.Identifier(before), sql.Identifier(after))
                for before, after in names
            ]
            try:
                cursor.execute(sql.SQL("begin; {}; commit").format(sql.SQL("; ").join(renamed)))
            except psycopg2.errors.ObjectInUse:
                cursor.execute("rollback")
                time.sleep(0.1)
                continue
            return
    raise Customer360Error(
        f"the database {name} is in use",
        where=f"{connection.info.host}:{connection.info.port}",
        how="end the programs that connect to it again and again (make down ends Airflow), then try again",
    )


def list_databases(connection: Connection) -> list[str]:
    """The names of the databases that hold a data folder's warehouse, sorted."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select datname from pg_database where datname like 'c360\\_%' and datname not like 'c360\\_airflow\\_%'"
            " order by datname"
        )
        return [name for (name,) in cursor.fetchall()]


def schema_files(folder: Path) -> list[Path]:
    """The numbered files, ``<number>_<name>.sql``, in the order of their numbers."""
    files = [
        (int(match[1]), path.name, path) for path in folder.glob("*.sql") if (match := re.match(r"(\d+)_", path.name))
    ]
    return [path for _, _, path in sorted(files)]


def apply_schema(connection: Connection, files: list[Path]) -> bool:
    """Brings a database's schemas and rights to what the files say, in one transaction.

    The hash of the files is kept in the database's comment, so an unchanged database costs one query.

    Args:
        connection: as the database's owner; not autocommit. Is left without a transaction.
        files: of SQL, in order.

    Returns:
        Whether anything had to be done.

    Raises:
        Customer360Error: names the file, the line and the server's words.
    """
    texts = [(path, path.read_text(encoding="utf-8")) for path in files]
    everything = repr(_SESSION) + "".join(f"\0{path.name}\0{text}" for path, text in texts)
    digest = hashlib.sha256(everything.encode()).hexdigest()
    comment = f"A customer360 warehouse; its schemas are version {digest[:16]}."
    with connection, connection.cursor() as cursor:
        if _comment(connection) == comment:
            return False
        cursor.execute("select pg_advisory_xact_lock(%s)", (ADVISORY_LOCK,))
        if _comment(connection) == comment:  # somebody else did it while we waited
            return False
        _set_up_sessions(connection)
        cursor.execute("set local client_min_messages = warning")
        for path, text in texts:
            try:
                cursor.execute(text)
            except psycopg2.Error as error:
                raise _failure(connection, path, text, error) from None
        statement = sql.SQL("comment on database {} is {}")
        cursor.execute(statement.format(sql.Identifier(connection.info.dbname), sql.Literal(comment)))
    return True


def _set_up_sessions(connection: Connection) -> None:
    database = connection.info.dbname
    with connection.cursor() as cursor:
        cursor.execute(
            "select pg_encoding_to_char(encoding), coalesce(datlocale, datcollate) from pg_database where datname = %s",
            (database,),
        )
        encoding, order = cursor.fetchone() or ("", "")
        if encoding != "UTF8":
            raise Customer360Error(
                f"the database {database} is encoded in {encoding}, not in UTF8",
                where=f"{connection.info.host}:{connection.info.port}",
                how="drop it; it is then made anew as it must be",
            )
        if order not in ("C.UTF-8", "C", "POSIX"):
            log.warning("the database %s sorts text as in %s: the order of rows in exports may differ", database, order)
        try:
            for name, value in _SESSION:
                statement = sql.SQL("alter database {} set {} = {}")
                cursor.execute(statement.format(sql.Identifier(database), sql.Identifier(name), sql.Literal(value)))
        except psycopg2.errors.InsufficientPrivilege as error:
            raise Customer360Error(
                f"the database {database} belongs to somebody else: {error.diag.message_primary}",
                where=f"{connection.info.host}:{connection.info.port}, user {connection.info.user}",
                how=f"let its owner run: ALTER DATABASE {database} OWNER TO {connection.info.user};",
            ) from None


def _comment(connection: Connection) -> str | None:
    with closing(connection.cursor()) as cursor:
        cursor.execute(
            "select shobj_description(oid, 'pg_database') from pg_database where datname = current_database()"
        )
        row = cursor.fetchone()
        return row[0] if row else None


def _failure(connection: Connection, path: Path, text: str, error: psycopg2.Error) -> Customer360Error:
    position = error.diag.statement_position
    line = f", line {text[: int(position)].count(chr(10)) + 1}" if position else ""
    message = error.diag.message_primary or str(error).strip()
    how = "correct the file"
    if isinstance(error, psycopg2.errors.InsufficientPrivilege):
        how = f"give user {connection.info.user} the right, or let it own the database {connection.info.dbname}"
    return Customer360Error(f"the database could not be prepared: {message}", where=f"{path}{line}", how=how)
