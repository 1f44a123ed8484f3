"""The summary at the end of a run, and the last runs for `make status`; read from the database, not from memory."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from customer360 import audit
from customer360.console import table
from customer360.dashboard import NAME
from customer360.dashboard.operations import Operations
from customer360.settings import Settings
from customer360.warehouse import Role, Warehouse


def summary(settings: Settings, database: str, run_id: str) -> str:
    """What a run did: lines landed and rejected, people found, segments, files, seconds per stage."""
    warehouse = Warehouse(settings)
    with warehouse.login(Role.LOADER, database).connect(autocommit=True) as connection, connection.cursor() as cursor:
        landed = _landed(cursor)
        warnings = _warnings(cursor, run_id)
        stages = _stages(cursor, run_id)
    with warehouse.login(Role.READER, database).connect(autocommit=True) as connection, connection.cursor() as cursor:
        people = _people(cursor)
        segments = _segments(cursor)
    manifest = json.loads((settings.exports / "csv" / "manifest.json").read_text(encoding="utf-8"))
    parts = [
        f"Data folder {manifest['data_folder']}, as of {manifest['as_of_date']}",
        "",
        "Landed (all runs on this folder)",
        landed,
        "",
        people,
        "",
        "Segments",
        segments,
    ]
    if warnings:
        parts += ["", "Warnings", *(f"  {line}" for line in warnings)]
    files = [(f["name"], f["rows"], f"{f['bytes'] / 1024:,.0f} KB") for f in manifest["files"]]
    parts += [
        "",
        "Time per stage",
        table(("stage", "seconds"), stages),
        "",
        f"Exports in {_shown(settings.exports / 'csv')}",
        table(("file", "rows", "size"), files),
        "",
        "Where to look",
        f"  {_shown(settings.exports / NAME)}   the pages, in any browser",
        "  make psql      the marts in schema warehouse (\\dt warehouse.*)",
        "  make env       what dbt and other tools need to connect",
        "  make airflow   the Airflow UI, kept up",
        "  make status    what is running, the last runs;  make down stops it all",
    ]
    return "\n".join(parts)


def last_runs(operations: Operations) -> str:
    """The last runs, why the last failed, rows and seconds of their stages, the freshness of each source."""
    runs, now = operations.runs, operations.read_at
    columns = ("run", "started by", "status", "started at", "seconds")
    told = [
        (
            run["run_id"],
            run["trigger"],
            run["status"],
            f"{run['started_at']:%Y-%m-%d %H:%M:%S}",
            None if run["seconds"] is None else round(run["seconds"]),
        )
        for run in runs
    ]
    sources = [
        (
            it.source,
            "" if it.landed_at is None else f"{it.landed_at:%Y-%m-%d %H:%M:%S}",
            *(None if age is None else int(age.total_seconds() // 3600) for age in (it.age(now), it.warn_after)),
            it.state(now),
            it.rows,
        )
        for it in operations.sources
    ]
    parts = [table(columns, told), *_why_it_failed([run for run in runs if run["trigger"] not in audit.WRITES_AGAIN])]
    parts += ["", "Rows, and seconds, of each stage", _trend([(run["run_id"], run["summary"]) for run in runs])]
    parts += ["", "Sources", table(("source", "last landed", "hours ago", "warn after", "state", "rows"), sources)]
    return "\n".join(parts)


def _why_it_failed(runs: Sequence[Mapping[str, Any]]) -> list[str]:
    if not runs or runs[0]["status"] != "failed":
        return []
    summary = runs[0]["summary"]
    tests = [(it["name"], it["failures"], it["stored_in"]) for it in summary.get("tests", {}).get("failed", ())]
    told = ["", "The last run failed; readers keep the last good state", summary.get("error", "")]
    return told + ([table(("failed test", "rows", "stored in"), tests)] if tests else [])


def _trend(runs: Sequence[tuple[str, Mapping[str, Any]]]) -> str:
    names = list(dict.fromkeys(stage["stage"] for _, summary in runs for stage in summary.get("stages", ())))
    rows = []
    for run_id, summary in runs:
        by_name = {stage["stage"]: stage for stage in summary.get("stages", ())}
        told = [
            f"{by_name[name]['rows']:,} / {by_name[name]['seconds']:.1f}" if name in by_name else "" for name in names
        ]
        rows.append((run_id, *told))
    return table(("run", *names), rows)


def last_batches(warehouse: Warehouse, database: str, count: int = 20) -> str:
    """The last files landed on a database, with the place of each line, as a table."""
    with warehouse.login(Role.LOADER, database).connect(autocommit=True) as connection, connection.cursor() as cursor:
        cursor.execute(
            "select to_char(started_at, 'YYYY-MM-DD HH24:MI:SS'), source || '.' || entity, file_name, lines_read,"
            " preamble_lines, header_lines, blank_lines, footer_lines, landed_lines, quarantined_lines, rows_landed,"
            " coalesce(read_as ->> 'mended rows', '0')::int"
            " from audit.batches where same_as is null order by batch_id desc limit %s",
            (count,),
        )
        headings = ("landed at", "feed", "file", "lines read", "= preamble", "+ header", "+ blank", "+ footer",
                    "+ landed", "+ quarantined", "rows", "of them mended")  # fmt: skip
        return table(headings, cursor.fetchall())


def _landed(cursor: Any) -> str:
    cursor.execute(
        "select source || '.' || entity, count(*)::int, sum(rows_landed)::bigint, sum(rows_quarantined)::bigint"
        " from audit.batches where same_as is null group by 1 order by 1"
    )
    return table(("source", "files", "rows landed", "rejected"), cursor.fetchall())


def _warnings(cursor: Any, run_id: str) -> list[str]:
    cursor.execute(
        "select stage, detail from audit.stages where run_id = %s and status = 'succeeded' order by started_at",
        (run_id,),
    )
    lines = []
    for stage, detail in cursor.fetchall():
        for result in detail.get("results", ()):
            name = result["file_name"]
            if result["outcome"] == "quarantined":
                lines.append(f"{name} was not landed: {result['note']}")
            if result["rows_quarantined"]:
                lines.append(f"{name}: {result['rows_quarantined']} rows in quarantine: {result['reasons']}")
            lines += [f"{name}: {kind} columns: {', '.join(c)}" for kind, c in (result["drift"] or {}).items() if c]
        lines += [promise["words"] for promise in detail.get("broken", ())]
        lines += [f"{stage}: {name} found {count} rows" for name, count in detail.get("warned", {}).items()]
        lines += detail.get("named", ())
    return lines


def _stages(cursor: Any, run_id: str) -> list[tuple[str, float]]:
    cursor.execute(
        "select case when stage like 'land %%' then 'land' else stage end,"
        " extract(epoch from max(finished_at) - min(started_at))::float8"
        " from audit.stages where run_id = %s and status = 'succeeded' group by 1 order by min(started_at)",
        (run_id,),
    )
    rows: list[tuple[str, float]] = cursor.fetchall()
    return rows


def _people(cursor: Any) -> str:
    cursor.execute("select count(*) from warehouse.customer_records")
    (records,) = cursor.fetchone()
    cursor.execute("select count(*) from warehouse.dim_customers")
    (customers,) = cursor.fetchone()
    return f"{customers:,} customers found in {records:,} customer records"


def _segments(cursor: Any) -> str:
    cursor.execute(
        "select segment, customers::bigint, revenue::float8 from warehouse.segment_summary"
        " order by revenue desc, segment"
    )
    return table(("segment", "customers", "revenue"), cursor.fetchall())


def _shown(path: Path) -> str:
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)
