"""The roles of the stages, in the server as a whole; what they may do in a database is granted by sql/."""

from __future__ import annotations

import psycopg2
from psycopg2 import sql
from psycopg2.extensions import connection as Connection  # noqa: N812 - it is a class

from customer360.errors import Customer360Error
from customer360.warehouse.databases import ADVISORY_LOCK
from customer360.warehouse.logins import STAGE_ROLES
from customer360.warehouse.secrets import Secrets, is_verifier_of, scram_verifier


def ensure_login_role(connection: Connection, role: str, password: str) -> None:
    """Makes a role that logs in with this password, or gives an existing one the password.

    Args:
        connection: as somebody who may create roles, autocommit.
        role: its name.
        password: sent as its verifier, so no log can hold it.

    Raises:
        Customer360Error: that right is missing.
    """
    exclude_others(connection)
    verb = "alter" if _exists(connection, role) else "create"
    verifier = sql.Literal(scram_verifier(password))
    statement = sql.SQL("{} role {} login password {}").format(sql.SQL(verb), sql.Identifier(role), verifier)
    with connection.cursor() as cursor:
        # Even a statement that fails is not to leave the verifier in the server's log; only a superuser can see to it.
        cursor.execute(
            "select set_config('log_min_error_statement', 'panic', false), set_config('log_statement', 'none', false)"
            " from pg_roles where rolname = current_user and rolsuper"
        )
        try:
            cursor.execute(statement)
        except psycopg2.errors.InsufficientPrivilege as error:
            raise _may_not_create_roles(connection, role, error) from None


def ensure_stage_logins(connection: Connection, secrets: Secrets) -> None:
    """Makes each stage's role a login with its generated password. One query when nothing is to be done.

    Args:
        connection: as superuser, autocommit.
        secrets: where the passwords are, under the roles' names.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "select rolname, rolpassword from pg_authid where rolcanlogin and rolname = any(%s)", ([*STAGE_ROLES],)
        )
        verifiers: dict[str, str | None] = dict(cursor.fetchall())
    for role in STAGE_ROLES:
        password = secrets.get_or_create(role)
        if not is_verifier_of(verifiers.get(role), password):
            ensure_login_role(connection, role, password)


def ensure_stage_roles(connection: Connection) -> None:
    """Makes the stages' roles, without login, and lets the connected user take them on.

    Args:
        connection: to a server of the user's, autocommit.

    Raises:
        Customer360Error: rights are missing; says which statement an administrator has to run.
    """
    exclude_others(connection)
    with connection.cursor() as cursor:
        for role in STAGE_ROLES:
            try:
                if not _exists(connection, role):
                    cursor.execute(sql.SQL("create role {} nologin").format(sql.Identifier(role)))
            except psycopg2.errors.InsufficientPrivilege as error:
                raise _may_not_create_roles(connection, role, error) from None
            grant_to_self(connection, role)


def exclude_others(connection: Connection) -> None:
    """Lets one connection at a time change roles, until it closes: PostgreSQL fails on changes at the same moment."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_lock(%s)", (ADVISORY_LOCK,))


def grant_to_self(connection: Connection, role: str) -> None:
    """Lets the connected user take the role on (SET) and use its rights (INHERIT): creating it gives neither.

    Raises:
        Customer360Error: the role was made by somebody who alone may grant it.
    """
    with connection.cursor() as cursor:
        cursor.execute("select pg_has_role(%s, 'set') and pg_has_role(%s, 'usage'), current_user", (role, role))
        may, user = cursor.fetchone() or (False, "")
        if may:
            return
        grant = sql.SQL("grant {} to {} with set true, inherit true").format(sql.Identifier(role), sql.Identifier(user))
        try:
            cursor.execute(grant)
        except psycopg2.errors.InsufficientPrivilege:
            raise Customer360Error(
                f"user {user} may not take on the role {role}",
                where=_address(connection),
                how=f"let an administrator run: {grant.as_string(connection)};",
            ) from None


def _exists(connection: Connection, role: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("select 1 from pg_roles where rolname = %s", (role,))
        return cursor.fetchone() is not None


def _may_not_create_roles(connection: Connection, role: str, error: psycopg2.Error) -> Customer360Error:
    user = sql.Identifier(connection.info.user).as_string(connection)
    return Customer360Error(
        f"user {connection.info.user} may not make the role {role}",
        where=f"{_address(connection)}: {error.diag.message_primary}",
        how=f"let an administrator run: ALTER ROLE {user} CREATEROLE CREATEDB;",
    )


def _address(connection: Connection) -> str:
    return f"{connection.info.host}:{connection.info.port}"
