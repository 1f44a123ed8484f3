"""The models that assign customer keys, as dbt compiles them, run on given records and clusters."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

MODELS = (
    ("intermediate", "int_identity_keys"),
    ("intermediate", "int_identity_changes"),
    ("intermediate", "int_customer_identity"),
    ("warehouse", "identity_history"),
    ("warehouse", "customer_key_redirects"),
)
_INPUTS = """
create table staging.stg_run_settings (as_of_date date, as_of_date_origin text);
create table intermediate.int_customer_records
    (record_id text, source text, customer_id text, record_kind text, entity_kind text, created_at timestamp);
create table intermediate.int_identity_clusters (record_id text, cluster_id text, joined_by text);
create table intermediate.int_identity_overrides (record_id_1 text, record_id_2 text, decision text);
"""


@dataclass(frozen=True)
class Outcome:
    """What the models made of a state: keys by record, events as rows, redirects by key."""

    keys: dict[str, int]
    history: list[tuple[Any, ...]]
    redirects: dict[int, tuple[int | None, str]]

    def events(self, run_number: int) -> list[tuple[Any, ...]]:
        """(customer_key, event, other_customer_key, records, reason) of one run."""
        return [row[3:] for row in self.history if row[0] == run_number]


@dataclass
class KeyModels:
    """The compiled models on a database of their own.

    Attributes:
        connection: psycopg2 connection as c360_transformer, autocommit.
        compiled: folder of the compiled models.
    """

    connection: Any
    compiled: Path
    _queries: dict[str, str] = field(default_factory=dict)

    def prepare(self) -> None:
        self._queries = {name: next(self.compiled.rglob(f"{name}.sql")).read_text() for _, name in MODELS}
        self.execute(_INPUTS)

    def forget(self) -> None:
        """An empty memory."""
        self.execute("truncate identity.history, identity.record_keys, identity.keys, identity.changes")

    def build(
        self,
        clusters: list[set[str]],
        created: dict[str, datetime | None],
        as_of: str,
        *,
        asked_for: bool = False,
        overrides: tuple[tuple[str, str, str], ...] = (),
    ) -> Outcome:
        """Runs the models on these clusters of records (source:id)."""
        records = [(record, *record.split(":", 1), created[record]) for cluster in clusters for record in cluster]
        with self.connection.cursor() as cursor:
            cursor.execute(
                "truncate staging.stg_run_settings, intermediate.int_customer_records,"
                " intermediate.int_identity_clusters, intermediate.int_identity_overrides"
            )
            origin = "asked for by the run" if asked_for else "newest day in the data"
            cursor.execute("insert into staging.stg_run_settings values (%s, %s)", (as_of, origin))
            for record in records:
                cursor.execute(
                    "insert into intermediate.int_customer_records values (%s, %s, %s, 'customer', 'person', %s)",
                    record,
                )
            for number, cluster in enumerate(clusters):
                for record in cluster:
                    cursor.execute(
                        "insert into intermediate.int_identity_clusters values (%s, %s, '')", (record, number)
                    )
            for override in overrides:
                cursor.execute("insert into intermediate.int_identity_overrides values (%s, %s, %s)", override)
            for schema, name in MODELS:
                cursor.execute(f"drop table if exists {schema}.{name}")
                cursor.execute(f"create table {schema}.{name} as {self._queries[name]}")
        return Outcome(
            keys=dict(self.rows("select record_id, customer_key from intermediate.int_customer_identity")),
            history=self.rows("select * from warehouse.identity_history order by run_number, event_number"),
            redirects={
                key: (target, event)
                for key, target, event in self.rows(
                    "select customer_key, redirected_to, event from warehouse.customer_key_redirects"
                )
            },
        )

    def keep(self, run_id: str) -> int:
        return int(self.rows(f"select identity.keep_changes('{run_id}')")[0][0])

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        with self.connection.cursor() as cursor:
            cursor.execute(query)
            return list(cursor.fetchall())

    def execute(self, statements: str) -> None:
        with self.connection.cursor() as cursor:
            cursor.execute(statements)
