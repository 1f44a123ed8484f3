"""`make bench-marts`: how long the marts other than identity take, beside DuckDB with the same SQL on the same tables.

Made-up tables stand in for what staging and identity leave behind; dbt builds everything that needs nothing else, as
in a run. DuckDB gets the same tables and creates the same ones from the SQL that dbt compiled. Both at two sizes.
``--docs`` writes the figures into docs/marts.md.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from customer360.marked import write_marked
from customer360.settings import Settings
from customer360.transform import Dbt
from customer360.warehouse import Role, Warehouse
from tests.conftest import land_all

SLOWEST = 15.0  # times DuckDB
STEEPEST = 11.0  # times, for ten times the rows
_DATABASE = "c360_bench_marts"
_BEGIN, _END = "<!-- bench-marts -->", "<!-- end of bench-marts -->"

# A folder that declares every entity and holds no row: dbt makes each table with its columns.
_FILES = {
    "sources.yml": """\
version: 1
as_of_date: 2026-06-30
reporting_currency: EUR
sources:
  shop:
    customers: {files: [customers.csv], columns: {customer_id: id, email: mail, created_at: at}}
    orders: {files: [orders.csv], columns: {order_id: id, customer_id: client, ordered_at: at, amount: total}}
    events: {files: [events.csv], columns: {event_id: id, occurred_at: at, type: what, customer_id: client}}
    tickets: {files: [tickets.csv], columns: {ticket_id: id, customer_id: client, opened_at: at}}
""",
    "customers.csv": "id,mail,at\n",
    "orders.csv": "id,client,at,total\n",
    "events.csv": "id,at,what,client\n",
    "tickets.csv": "id,client,at\n",
}

# What stands in for staging and identity, over four years: {0} customers who order from once to dozens of times, {1}
# orders of which a twentieth is given back and a tenth is in pounds or dollars, an event for each customer, a ticket
# for every tenth.
_TABLES = {
    "intermediate.int_customer_deduped": """
        (customer_key, entity_kind, founding_record_id, full_name, email, email_consent, created_at, record_count,
         source_count, country)
        select c::bigint * 8191 + 7, 'person', 'shop:' || c, 'Name ' || c, 'm' || c || '@example.org',
            case c % 3 when 0 then true when 1 then false end,
            timestamp '2022-07-01' + ((c * 7919::bigint) % 1400) * interval '1 day', 1, 1, 'FR'
        from generate_series(1, {0}) as c""",
    "intermediate.int_customer_identity": """
        (record_id, customer_key, source, customer_id, record_kind, entity_kind, is_founding_record)
        select 'shop:' || c, c::bigint * 8191 + 7, 'shop', c::text, 'customer', 'person', true
        from generate_series(1, {0}) as c""",
    "staging.stg_orders": """
        (order_key, source, order_id, customer_source, customer_id, record_id, currency, status_text, amount, channel,
         ordered_at, order_date, source_file, line_number)
        select o, 'shop', 'o' || o, 'shop', c::text, 'shop:' || c,
            case o % 20 when 0 then 'GBP' when 7 then 'USD' else 'EUR' end,
            case o % 19 when 3 then 'refunded' when 5 then 'cancelled' else 'paid' end,
            (5 + (o * 104729::bigint) % 20000 / 100.0)::numeric(18, 2), (array['web', 'store', 'app'])[1 + o % 3],
            at, at::date, 'orders.csv', o
        from (
            select o, 1 + floor({0} * power(random(), 1.8))::bigint as c,
                timestamp '2022-07-01' + floor(random() * 1460 * 86400) * interval '1 second' as at
            from generate_series(1, {1}) as o
        ) as drawn""",
    "staging.stg_events": """
        (source, event_id, customer_source, customer_id, record_id, event_type, occurred_at, source_file, line_number)
        select 'shop', 'e' || e, 'shop', c::text, 'shop:' || c, 'visit',
            timestamp '2025-07-01' + floor(random() * 360 * 86400) * interval '1 second', 'events.csv', e
        from (
            select e, 1 + floor({0} * random())::bigint as c from generate_series(1, {0}) as e
        ) as drawn""",
    "staging.stg_tickets": """
        (source, ticket_id, customer_source, customer_id, record_id, opened_at, satisfaction, source_file, line_number)
        select 'shop', 't' || t, 'shop', c::text, 'shop:' || c,
            timestamp '2025-07-01' + floor(random() * 360 * 86400) * interval '1 second', 1 + t % 5, 'tickets.csv', t
        from (
            select t, 1 + floor({0} * random())::bigint as c from generate_series(1, {0} / 10) as t
        ) as drawn""",
}
_GIVEN = {name.split(".")[1] for name in _TABLES} | {"stg_run_settings", "data_quality_summary"}
_OF_IDENTITY = ("identity", "customer_records", "customer_key_redirects", "customer_golden_lineage")


@dataclass(frozen=True)
class Built:
    """Seconds on the clock, of all models and of each, and their rows."""

    seconds: float
    models: dict[str, float]
    rows: dict[str, int]


class Bench:
    """A server with an empty data folder, which `fill` fills."""

    def __init__(self, warehouse: Warehouse, settings: Settings, folder: Path) -> None:
        self._folder = folder
        for name, text in _FILES.items():
            (folder / name).write_text(text, encoding="utf-8")
        warehouse.prepare(_DATABASE)
        land_all(warehouse, _DATABASE, folder)
        self._dbt = Dbt(settings, warehouse, _DATABASE, target="local")
        self._target = settings.state / "dbt" / _DATABASE / "target"
        self._dbt.parse()
        self._dbt.build(["build", "--quiet", "--exclude-resource-type", "test", "unit_test"], "the empty project")
        self._nodes = {
            node["unique_id"]: node
            for node in self._dbt.manifest()["nodes"].values()
            if node["resource_type"] in ("model", "seed")
        }
        self.models = list(self._measurable())
        self._connection = warehouse.login(Role.TRANSFORMER, _DATABASE).connect(autocommit=True)

    def close(self) -> None:
        self._connection.close()

    def fill(self, customers: int, orders: int) -> None:
        """Puts made-up rows into the given tables, the same ones each time."""
        self._execute("select setseed(0.42)")
        for table, insert in _TABLES.items():
            self._execute(f"truncate {table}")
            self._execute(f"insert into {table} {insert.format(customers, orders)}")
            self._execute(f"analyze {table}")

    def build_in_postgres(self) -> Built:
        """Builds the models as a run does."""
        started = time.monotonic()
        results = self._dbt.build(["run", "--quiet", "--select", *self.models], "the marts")
        seconds = time.monotonic() - started
        rows = {name: self._count(self._relation(name)) for name in self.models}
        return Built(seconds, {node["name"]: node["seconds"] for node in results}, rows)

    def build_in_duckdb(self, turns: int) -> Built:
        """Builds the models from the compiled SQL, one after the other on all cores; the best of some turns."""
        file = self._folder / "marts.duckdb"
        file.unlink(missing_ok=True)
        with duckdb.connect() as connection:
            connection.execute(f"attach '{file}' as {_DATABASE}")
            connection.execute("set threads = 2")
            for node in self._nodes.values():
                if node["name"] in _GIVEN or node["resource_type"] == "seed":
                    self._copy_over(connection, node)
            found = [self._create_all(connection) for _ in range(turns)]
        file.unlink()
        return min(found, key=lambda built: built.seconds)

    def _create_all(self, connection: duckdb.DuckDBPyConnection) -> Built:
        seconds, rows = {}, {}
        for name in self.models:
            relation = self._relation(name)
            connection.execute(f"create schema if not exists {_DATABASE}.{relation.split('.')[0]}")
            connection.execute(f"drop table if exists {_DATABASE}.{relation}")
            text = for_duckdb(self._compiled(name))
            started = time.monotonic()
            connection.execute(f"create table {_DATABASE}.{relation} as {text}")
            seconds[name] = time.monotonic() - started
            rows[name] = int(connection.execute(f"select count(*) from {_DATABASE}.{relation}").fetchall()[0][0])
        return Built(sum(seconds.values()), seconds, rows)

    def _copy_over(self, connection: duckdb.DuckDBPyConnection, node: dict[str, Any]) -> None:
        relation = f"{node['schema']}.{node['name']}"
        columns = self._rows(
            "select column_name, case when data_type = 'numeric'"
            " then format('numeric(%s, %s)', coalesce(numeric_precision, 38), coalesce(numeric_scale, 9))"
            " when data_type like 'timestamp%' then 'timestamp' else data_type end from information_schema.columns"
            f" where table_schema = '{node['schema']}' and table_name = '{node['name']}' order by ordinal_position"
        )
        file = self._folder / "table.csv"
        with self._connection.cursor() as cursor, file.open("wb") as sink:
            cursor.copy_expert(f"copy {relation} to stdout (format csv, header)", sink, size=1 << 20)
        declared = ", ".join(f'"{name}" {kind}' for name, kind in columns)
        connection.execute(f"create schema if not exists {_DATABASE}.{node['schema']}")
        connection.execute(f"create table {_DATABASE}.{relation} ({declared})")
        connection.execute(f"copy {_DATABASE}.{relation} from '{file}' (format csv, header, null '')")
        file.unlink()

    def _measurable(self) -> Iterator[str]:
        """Models that need nothing but the given tables, seeds, and each other; in the order of their needs."""
        ready = {unique for unique, node in self._nodes.items() if node["resource_type"] == "seed"}
        ready |= {unique for unique, node in self._nodes.items() if node["name"] in _GIVEN}
        waiting = {unique: node for unique, node in self._nodes.items() if unique not in ready}
        while found := sorted(
            unique
            for unique, node in waiting.items()
            if {need for need in node["depends_on"]["nodes"] if need in self._nodes} <= ready
            and node["depends_on"]["nodes"]
            and not any(word in node["name"] for word in _OF_IDENTITY)
            and node["fqn"][1] != "staging"
        ):
            for unique in found:
                ready.add(unique)
                yield waiting.pop(unique)["name"]

    def _relation(self, name: str) -> str:
        node = next(node for node in self._nodes.values() if node["name"] == name)
        return f"{node['schema']}.{name}"

    def _compiled(self, name: str) -> str:
        (file,) = (self._target / "compiled" / "customer360" / "models").rglob(f"{name}.sql")
        return file.read_text(encoding="utf-8")

    def _count(self, relation: str) -> int:
        return int(self._rows(f"select count(*) from {relation}")[0][0])

    def _execute(self, statement: str) -> None:
        with self._connection.cursor() as cursor:
            cursor.execute(statement)

    def _rows(self, query: str) -> list[tuple[Any, ...]]:
        with self._connection.cursor() as cursor:
            cursor.execute(query)
            return list(cursor.fetchall())


def for_duckdb(text: str) -> str:
    """The few words that DuckDB has otherwise: the seeds that a folder may bring, and series that depend on a row."""
    text = re.sub(
        r"select \* from (\S+)\s+where not exists \(select \* from \S+folder_seeds\S* where seed = '\w+'\)\s+"
        r"union all\s+select filled\.\*.*?where folder_seeds\.seed = '\w+'",
        r"select * from \1",
        text,
        flags=re.DOTALL,
    )
    return re.sub(
        r"from generate_series\(0, (.+)\) as numbers \(number\)\)",
        r"from (select unnest(generate_series(0, \1)) as number) as numbers)",
        text,
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--customers", type=int, default=1_000_000, help="four times as many orders")
    parser.add_argument("--turns", type=int, default=3, help="of DuckDB and of the smaller size; the best counts")
    parser.add_argument("--docs", action="store_true", help="write the figures into docs/marts.md")
    options = parser.parse_args()
    home = Path(tempfile.mkdtemp(prefix="c360-bench-"))
    (home / "data").mkdir()
    settings = Settings(root=Path.cwd(), state=home / "state", exports=home / "exports", env_file=home / ".env")
    warehouse = Warehouse(settings)
    warehouse.start()
    try:
        bench = Bench(warehouse, settings, home / "data")
        lines, holds = report(bench, options.customers, options.turns)
        bench.close()
    finally:
        warehouse.stop()
        shutil.rmtree(home)
    if options.docs:
        write_marked(Path("docs/marts.md"), _BEGIN, _END, ["```text", *lines, "```"])
    return 0 if holds else 1


def report(bench: Bench, customers: int, turns: int) -> tuple[list[str], bool]:
    """Measures both sizes, telling it line by line; whether the budgets hold."""
    lines: list[str] = []

    def tell(line: str) -> None:
        lines.append(line)
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()

    bench.fill(customers // 10, customers // 10 * 4)
    small = min((bench.build_in_postgres() for _ in range(turns)), key=lambda built: built.seconds)
    bench.fill(customers, customers * 4)
    large, other = bench.build_in_postgres(), bench.build_in_duckdb(turns)
    ratio, growth = large.seconds / other.seconds, large.seconds / small.seconds
    tell(f"{customers:,} customers, {customers * 4:,} orders, {customers:,} events; {len(bench.models)} models")
    tell(f"{'model':<32} {'rows':>10} {'Postgres':>9} {'DuckDB':>8}")
    for name in sorted(bench.models, key=lambda name: -large.models[name]):
        tell(f"{name:<32} {large.rows[name]:>10,} {large.models[name]:>7.1f} s {other.models[name]:>6.2f} s")
        if large.rows[name] != other.rows[name]:
            tell(f"  not the same: DuckDB has {other.rows[name]:,} rows")
    tell(f"together (Postgres: on the clock, with dbt): {large.seconds:.1f} s, DuckDB {other.seconds:.1f} s")
    tell(f"a tenth of it: {small.seconds:.1f} s")
    holds = ratio <= SLOWEST and growth <= STEEPEST and large.rows == other.rows
    tell(f"{ratio:.1f} times DuckDB (at most {SLOWEST:.0f})")
    tell(f"{growth:.1f}-fold for ten times the rows (at most {STEEPEST:.0f}): {'holds' if holds else 'MISSED'}")
    figures = {"ratio": round(ratio, 2), "growth": round(growth, 2), "seconds": round(large.seconds, 1)}
    sys.stdout.write(json.dumps(figures) + "\n")
    return lines, holds


if __name__ == "__main__":
    sys.exit(main())
