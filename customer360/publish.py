"""Publishes tested marts: warehouse_next becomes warehouse in one transaction, and readers never wait."""

from __future__ import annotations

from typing import Any

import psycopg2
from psycopg2 import sql

from customer360.errors import Customer360Error
from customer360.warehouse.databases import hold_publications

_AGAIN = "readers keep the last good state; run the whole pipeline again"
_FROM_GENERATE = "readers keep the last good state; in Airflow clear the run's task generate with all downstream"

_HOLDS = {
    "staging": "Typed and cleaned, the newest version of each source record; seeds. Built by the run {}.",
    "warehouse_next": "Marts of the run {}: being built and tested; swapped with warehouse in one transaction.",
}


def empty_next(connection: Any, run_id: str) -> None:
    """Drops what an earlier run left in warehouse_next, which is this run's from now on.

    Args:
        connection: psycopg2 connection as c360_transformer; committed here.
        run_id: the run that builds its marts there; only it can publish them.
    """
    with connection, connection.cursor() as cursor:
        _drop_all(cursor, "warehouse_next")
        _claim(cursor, "warehouse_next", run_id)


def build_on(connection: Any, run_id: str) -> None:
    """Notes that a run builds staging, on which the other layers stand, for `check_built_on`; committed here."""
    with connection, connection.cursor() as cursor:
        _claim(cursor, "staging", run_id)


def check_built_on(connection: Any, run_id: str) -> None:
    """Makes sure that what a run goes on with is what it built itself.

    Raises:
        Customer360Error: another run has built staging meanwhile, perhaps of another day.
    """
    with connection, connection.cursor() as cursor:
        if not _is_claimed(cursor, "staging", run_id):
            raise Customer360Error(
                "another run has built its models meanwhile", where="schema staging", how=_FROM_GENERATE
            )


def publish(connection: Any, marts: list[str], run_id: str, *, only_newer: bool = False) -> int:
    """Swaps the schemas warehouse and warehouse_next; the previous marts stay in warehouse_next until the next run.

    Only names change, so nobody waits: a query under way ends on the tables that it began with.

    Args:
        connection: psycopg2 connection as c360_transformer; committed here.
        marts: tables that have to be there.
        run_id: the run that built them, for audit.publications.
        only_newer: whether marts of an earlier day than the published ones only go into the history.

    Returns:
        How many tables were published; 0 when they only went into the history.

    Raises:
        Customer360Error: the marts in warehouse_next are another run's, one is missing, or the keys in them are not
            those to be kept; nothing was changed.
    """
    with connection, connection.cursor() as cursor:
        hold_publications(connection)
        if not _is_claimed(cursor, "warehouse_next", run_id):
            cursor.execute(
                "select marts from audit.publications where run_id = %s order by publication_id desc limit 1", (run_id,)
            )
            if done := cursor.fetchone():
                return int(done[0])  # a retry of what succeeded would swap the previous marts in again
            raise Customer360Error(
                "cannot publish: the marts that wait there are not those of this run",
                where="schema warehouse_next",
                how=_FROM_GENERATE,
            )
        cursor.execute("select tablename from pg_tables where schemaname = 'warehouse_next'")
        built = {name for (name,) in cursor.fetchall()}
        if missing := sorted(set(marts) - built):
            raise Customer360Error(
                f"cannot publish: {', '.join(missing)} not built",
                where="schema warehouse_next",
                how=_AGAIN,
            )
        _refuse_emptied(cursor)
        cursor.execute("select history.keep(%s)", (run_id,))
        if only_newer and _is_earlier(cursor):
            return 0
        _keep_keys(cursor, run_id)
        cursor.execute("alter schema warehouse rename to warehouse_previous")
        cursor.execute("alter schema warehouse_next rename to warehouse")
        cursor.execute("alter schema warehouse_previous rename to warehouse_next")
        _move_rights(cursor)
        cursor.execute(
            "insert into audit.publications (run_id, as_of_date, reporting_currency, marts)"
            " select %s, as_of_date, reporting_currency, %s from staging.stg_run_settings",
            (run_id, len(built)),
        )
        cursor.execute("comment on schema warehouse is 'The published marts: what readers see.'")
        cursor.execute("comment on schema warehouse_next is 'What was published before; the next run builds here.'")
        return len(built)


def _claim(cursor: Any, schema: str, run_id: str) -> None:
    """Writes into the comment on a schema whose models it holds."""
    cursor.execute(
        sql.SQL("comment on schema {} is %s").format(sql.Identifier(schema)), (_HOLDS[schema].format(run_id),)
    )


def _is_claimed(cursor: Any, schema: str, run_id: str) -> bool:
    cursor.execute("select obj_description(%s::regnamespace) = %s", (schema, _HOLDS[schema].format(run_id)))
    return bool(cursor.fetchone()[0])


def _is_earlier(cursor: Any) -> bool:
    cursor.execute(
        "select s.as_of_date < p.as_of_date from staging.stg_run_settings as s,"
        " (select as_of_date from audit.publications order by publication_id desc limit 1) as p"
    )
    return bool((cursor.fetchone() or (False,))[0])


def _refuse_emptied(cursor: Any) -> None:
    cursor.execute(
        "select exists (select from warehouse_next.dim_customers)"
        " and not exists (select from intermediate.int_customer_identity)"
    )
    if cursor.fetchone()[0]:
        raise Customer360Error(
            "cannot publish: the models that the marts were made of are empty, as they are after a crash of the server",
            where="schema intermediate",
            how=_AGAIN,
        )


def _keep_keys(cursor: Any, run_id: str) -> None:
    """Writes what the run found about customer keys into the schema identity, before readers see them."""
    try:
        cursor.execute("select identity.keep_changes(%s)", (run_id,))
    except psycopg2.errors.SerializationFailure as error:
        raise Customer360Error(
            f"cannot publish: {error.diag.message_primary}", where="schema identity", how=_AGAIN
        ) from None


def _move_rights(cursor: Any) -> None:
    """The rights on the name warehouse, whoever gave them, go to the schema that now bears it."""
    cursor.execute(
        "select pg_get_userbyid(a.grantee), a.privilege_type from pg_namespace n, aclexplode(n.nspacl) a"
        " where n.nspname = 'warehouse_next' and a.grantee <> n.nspowner and a.grantee <> 0"
    )
    for role, privilege in cursor.fetchall():
        words = {"role": sql.Identifier(role), "privilege": sql.SQL(privilege)}
        cursor.execute(sql.SQL("grant {privilege} on schema warehouse to {role}").format(**words))
        cursor.execute(sql.SQL("revoke {privilege} on schema warehouse_next from {role}").format(**words))


def _drop_all(cursor: Any, schema: str) -> None:
    cursor.execute(
        "select c.relname, c.relkind from pg_class c join pg_namespace n on n.oid = c.relnamespace"
        " where n.nspname = %s and c.relkind in ('r', 'v', 'm')",
        (schema,),
    )
    kinds = {"r": "table", "v": "view", "m": "materialized view"}
    for name, kind in cursor.fetchall():
        cursor.execute(
            sql.SQL("drop {} if exists {} cascade").format(sql.SQL(kinds[kind]), sql.Identifier(schema, name))
        )
