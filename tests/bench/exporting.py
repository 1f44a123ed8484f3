"""`make bench-export`: rows per second of an export beside bare COPY TO of the same columns, in one run."""

from __future__ import annotations

import argparse
import hashlib
import resource
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

from customer360.export import export_marts
from customer360.marts import Column, Mart
from customer360.settings import Settings
from customer360.warehouse import Role, Warehouse

FLOOR = 0.6
_DATABASE = "c360_bench_export"
_VALUES = {
    "customer_key": ("bigint", "n::bigint * 7919"),
    "full_name": ("text", "(array['Zoé Ünal', 'O''Hara, Jim', 'Ann \"Bo\" Li', 'Jean-Luc'])[n % 4 + 1] || n % 9973"),
    "email": ("text", "'user' || n || '@example.com'"),
    "phone": ("text", "'+3361' || 2000000 + n % 900000"),
    "birth_date": ("date", "date '1940-01-01' + n % 25000"),
    "address": ("text", "n % 200 || ', rue des Fleurs'"),
    "city": ("text", "(array['Paris', 'Köln', 'Madrid'])[n % 3 + 1]"),
    "postcode": ("text", "lpad((n % 99999)::text, 5, '0')"),
    "email_consent": ("boolean", "n % 3 = 0"),
    "revenue": ("numeric(18,2)", "(n % 90000) / 100.0"),
    "last_order_at": ("timestamp", "timestamp '2020-01-01' + n % 100000 * interval '17 minutes'"),
    "churn_probability": ("double precision", "(n % 1000) / 999.0"),
    "segment": ("text", "(array['Champions', 'Loyal', 'At Risk', null])[n % 4 + 1]"),
}
_MART = Mart("customers", {name: Column(kind) for name, (kind, _) in _VALUES.items()}, ("customer_key",))


def best(turns: int, work: Callable[[], None]) -> float:
    """Seconds of the best of some turns."""
    found = []
    for _ in range(turns):
        started = time.monotonic()
        work()
        found.append(time.monotonic() - started)
    return min(found)


def digests(folder: Path) -> list[str]:
    """Of the CSV files."""
    return [hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.glob("*.csv"))]


def measure(warehouse: Warehouse, folder: Path, rows: int, turns: int) -> bool:
    """Prints the figures; whether the budget holds."""
    warehouse.prepare(_DATABASE)
    names, values = ", ".join(_VALUES), ", ".join(value for _, value in _VALUES.values())
    types = ", ".join(f"{name} {kind}" for name, (kind, _) in _VALUES.items())
    with closing(warehouse.login(Role.TRANSFORMER, _DATABASE).connect()) as connection:
        with connection, connection.cursor() as cursor:
            cursor.execute(f"create table warehouse.customers ({types}, primary key (customer_key))")
            cursor.execute(
                f"insert into warehouse.customers ({names}) select {values} from generate_series(1, {rows}) n"
            )
        connection.autocommit = True
        connection.cursor().execute("vacuum analyze warehouse.customers")
        connection.autocommit = False

        def bare() -> None:
            with connection, connection.cursor() as cursor, (folder / "bare.csv").open("wb") as file:
                query = f"select {names} from warehouse.customers order by customer_key"
                cursor.copy_expert(f"copy ({query}) to stdout (format csv, header)", file)

        def export() -> Any:
            return export_marts(connection, [_MART], folder, {})

        copy = best(turns, bare)
        ours = best(turns, lambda: export() and None)
        first = digests(folder / "csv")
        export()
        same = digests(folder / "csv") == first == digests(folder / "previous")
    ratio, peak = copy / ours, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    holds = ratio >= FLOOR and same
    sys.stdout.write(
        f"COPY TO {rows / copy:,.0f} rows/s, export {rows / ours:,.0f} rows/s, peak {peak:.0f} MB;"
        f" two exports {'the same bytes' if same else 'DIFFER'}\n"
        f"ratio {ratio:.2f} (at least {FLOOR}): {'holds' if holds else 'MISSED'}\n"
    )
    return holds


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, default=1_000_000)
    parser.add_argument("--turns", type=int, default=3)
    options = parser.parse_args()
    home = Path(tempfile.mkdtemp(prefix="c360-bench-"))
    settings = Settings(root=Path.cwd(), state=home / "state", exports=home / "exports", env_file=home / ".env")
    warehouse = Warehouse(settings)
    warehouse.start()
    try:
        settings.exports.mkdir()
        return 0 if measure(warehouse, settings.exports, options.customers, options.turns) else 1
    finally:
        warehouse.stop()
        shutil.rmtree(home)


if __name__ == "__main__":
    sys.exit(main())
