"""The README's tables of figures: `make readme`, after `make run` on the demo's data.

What was measured is taken from the pages in docs; what a run of the demo makes is read from its warehouse. With --check
nothing is written: it fails where a figure that is not timing has changed.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
from collections.abc import Iterator
from contextlib import closing
from difflib import unified_diff
from itertools import takewhile
from typing import Any

from customer360.marked import write_marked
from customer360.pipeline import demo_folder
from customer360.settings import Settings, database_for
from customer360.warehouse import Role, Warehouse
from tests.conftest import ROOT

README = ROOT / "README.md"
_DOCS = ROOT / "docs"
DEMO, MEASURED = "demo", "measured"


def main() -> None:
    parser = argparse.ArgumentParser(prog="make readme")
    parser.add_argument("--check", action="store_true", help="write nothing; fail when a figure but a time has changed")
    asked = parser.parse_args()
    blocks = {DEMO: list(demo_lines(Settings.from_environment())), MEASURED: list(measured_lines())}
    changed = [line for name, lines in blocks.items() for line in unified_diff(timeless(block(name)), timeless(lines))]
    if not asked.check:
        for name, lines in blocks.items():
            write_marked(README, _mark(name), _mark(f"end of {name}"), lines)
    elif changed:
        sys.exit("\n".join(["the README's figures are not those of now; make readme writes them:", *changed]))


def block(name: str) -> list[str]:
    """The lines that stand in the README now."""
    text = README.read_text(encoding="utf-8")
    return text.partition(_mark(name) + "\n")[2].partition("\n" + _mark(f"end of {name}"))[0].split("\n")


def timeless(lines: list[str]) -> list[str]:
    """The lines without those that tell how long something took on this machine."""
    return [line for line in lines if "seconds" not in line]


def _mark(name: str) -> str:
    return f"<!-- {name} -->"


def demo_lines(settings: Settings) -> Iterator[str]:
    """What the last run of the demo made of its files."""
    folder = demo_folder(settings, 5000, 42, 1)
    if not folder.is_dir():
        sys.exit("there is no demo of 5,000 customers; make run makes it")
    warehouse, database = Warehouse(settings), database_for(folder)
    warehouse.start()
    with closing(warehouse.login(Role.LOADER, database).connect()) as connection, connection.cursor() as cursor:
        found, seconds = landed(cursor), _seconds(cursor)
    with closing(warehouse.login(Role.TRANSFORMER, database).connect()) as connection, connection.cursor() as cursor:
        found |= _made(cursor)
    yield ""
    yield from _table(list(found), [f"{count:,}" for count in found.values()])
    yield ""
    yield f"On {os.cpu_count()} cores: {', '.join(f'{stage} {took:.1f} seconds' for stage, took in seconds.items())}."
    yield ""


def landed(cursor: Any) -> dict[str, int]:
    """Files, and the rows of them that landed or did not."""
    cursor.execute("select count(*), sum(rows_landed), sum(rows_quarantined) from audit.batches where same_as is null")
    return dict(zip(("files", "rows landed", "rejected"), map(int, cursor.fetchone()), strict=True))


def _made(cursor: Any) -> dict[str, int]:
    tables = {
        "customer records": "warehouse.customer_records",
        "people found": "warehouse.dim_customers",
        "links": "warehouse.identity_links",
        "left to decide": "warehouse.identity_review",
        "orders": "warehouse.fct_orders",
        "marts": "pg_tables where schemaname = 'warehouse'",
    }
    cursor.execute(f"select {', '.join(f'(select count(*) from {table})' for table in tables.values())}")
    return dict(zip(tables, cursor.fetchone(), strict=True))


def _seconds(cursor: Any) -> dict[str, float]:
    """Of landing, which only the first run has to do, and of the rest of the last run."""
    cursor.execute("select sum(extract(epoch from finished_at - started_at)) from audit.batches where same_as is null")
    (landing,) = cursor.fetchone()
    cursor.execute(
        "select case when stage like 'dbt%' then 'dbt' else 'exports and dashboard' end,"
        " sum(extract(epoch from finished_at - started_at)) from audit.stages"
        " where run_id = (select run_id from audit.stages where stage = 'publish' order by finished_at desc limit 1)"
        " and (stage like 'dbt%' or stage in ('export', 'dashboard')) group by 1 order by min(started_at)"
    )
    return {"landing": landing, **dict(cursor.fetchall())}


def measured_lines() -> Iterator[str]:
    """What the pages in docs hold, the figures that a reader asks for first."""
    yield ""
    yield "Who is who, F1 over pairs of records ([docs/identity.md](docs/identity.md)):"
    yield ""
    yield from _table(
        ["records", "customer360", "exact keys", "Splink at .95", "Splink at its best"],
        *(
            [row[name] for name in ("records", "F1", "keys F1", "Splink .95", "best")]
            for row in rows("identity.md", "### By pairs of records", "records")
        ),
    )
    yield ""
    yield "Who will not come back within 180 days, AUC ([docs/evaluation.md](docs/evaluation.md)):"
    yield ""
    yield from _table(["customers of", "customer360", "recency alone", "RFM, fifths added up"], *map(_churn, _judged()))
    yield ""
    yield "Spoilt files as often as in real life, 10 is all right ([docs/landing.md](docs/landing.md)):"
    yield ""
    *_, spoilt = rows("landing.md", "## Spoilt files, measured", "kind")
    names = [name for name in spoilt if name not in ("kind", "files")]
    yield from _table(["", *names], ["mark", *(spoilt[name].strip("*") for name in names)])
    yield ""
    yield "Speed on two cores:"
    yield ""
    yield from _table(["", "customer360", "beside it"], *_speed())
    yield ""


def _judged() -> list[str]:
    return [row["data"] for row in rows("evaluation.md", "# What the predictions are worth", "data")]


def _churn(data: str) -> list[str]:
    auc = {row["churn by"]: row["AUC"] for row in rows("evaluation.md", f"### {data}", "churn by")}
    return [data, auc["churn_probability"], auc["recency only"], auc["RFM, fifths added up"]]


def _speed() -> Iterator[list[str]]:
    copy, landing = _found("landing.md", r"COPY ([\d,]+) rows/s, landing ([\d,]+) rows/s")
    yield ["[landing](docs/landing.md), rows per second", landing, f"bare COPY {copy}"]
    records, ours, f1 = _found("identity.md", r"ours +(\d{3},\d{3}) records +([\d.]+) s  F1 ([\d.]+)")
    splink, its_f1 = _found("identity.md", rf"Splink +{records} records +([\d.]+) s  F1 ([\d.]+)")
    who = f"[who is who](docs/identity.md) of {records} records, seconds (F1)"
    yield [who, f"{ours} ({f1})", f"Splink {splink} ({its_f1})"]
    customers, orders = _found("marts.md", r"([\d,]+) customers, ([\d,]+) orders, [\d,]+ events; ")
    postgres, duckdb = _found("marts.md", r"with dbt\): ([\d.]+) s, DuckDB ([\d.]+) s")
    yield [f"[marts](docs/marts.md) of {customers} customers, {orders} orders, seconds", postgres, f"DuckDB {duckdb}"]
    (made,) = _found("generator.md", r"\| customer records per second \| ([\d,]+) \|")
    (faker,) = _found("generator.md", r"\| one Faker call for each field, records per second \| ([\d,]+) \|")
    yield ["[generator](docs/generator.md), records per second", made, f"Faker {faker}"]


def rows(page: str, heading: str, first: str) -> list[dict[str, str]]:
    """The rows of the first table below a heading whose first column has this name, by the names of its columns.

    Raises:
        ValueError: there is no such heading or table.
    """
    lines = iter((_DOCS / page).read_text(encoding="utf-8").split("\n"))
    if heading not in lines or not (head := next((it for it in lines if it.startswith(f"| {first} |")), "")):
        raise ValueError(f"docs/{page}: no table of {first} below {heading}")
    next(lines)
    body = takewhile(lambda line: line.startswith("|"), lines)
    return [dict(zip(_cells(head), _cells(line), strict=True)) for line in body]


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip("|").split("|")]


def _found(page: str, pattern: str) -> tuple[str, ...]:
    """The groups of a pattern in a page."""
    found = re.search(pattern, (_DOCS / page).read_text(encoding="utf-8"))
    if found is None:
        raise ValueError(f"docs/{page}: nothing like {pattern}")
    return found.groups()


def _table(names: list[str], *body: list[str]) -> Iterator[str]:
    for cells in (names, ["---", *("---:" for _ in names[1:])], *body):
        yield f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    main()
