"""The verbs of a run, in the order of the flow. The DAG's tasks, the command line and the tests all call these.

A plan is a JSON-able dict that ``begin`` makes and the other verbs take, so that it can travel between tasks:
run_id, database, data_folder, as_of (ISO date or ""), layers (of dbt, that are to be built), full_refresh, only_newer
(whether marts of an earlier day leave those that are published alone), files (a list of parcels: dicts with source,
entity and files). A verb that has nothing to do in a run returns {"skipped": why}.
"""

from __future__ import annotations

import fcntl
import os
import secrets
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, TypeVar

from customer360 import __version__, audit
from customer360.dashboard import NAME, write_dashboard
from customer360.dashboard.operations import Freshness, Operations
from customer360.errors import Customer360Error
from customer360.export import Pii, export_marts
from customer360.fetching import fetch_feed
from customer360.folder_seeds import load_folder_seeds
from customer360.landing import check_budgets, find_files, land_file, parcels, unseen
from customer360.landing import map_sources as map_views
from customer360.marts import mart_from_manifest, references_in
from customer360.overrides import overrides_without_effect, read_overrides
from customer360.publish import build_on, check_built_on, empty_next
from customer360.publish import publish as publish_marts
from customer360.settings import Settings, database_for
from customer360.sources import DataFolder, read_data_folder
from customer360.transform import LAYERS, Dbt, NodesFailedError, freshness_limits, models_of
from customer360.warehouse import Role, Warehouse

_NO_MARTS = "the run does not build the marts"
_NEWER = "what is published is newer, and exported"
_RUNS_SHOWN = 20

Plan = dict[str, Any]
Figures = dict[str, Any]
Say = Callable[[str], None]
Found = TypeVar("Found")


def new_run_id(trigger: str) -> str:
    """An id that sorts by time: ``cli-20260630T101500-1a2b``."""
    return f"{trigger}-{datetime.now(UTC):%Y%m%dT%H%M%S}-{secrets.token_hex(2)}"


def demo_folder(settings: Settings, customers: int, seed: int, mess: float) -> Path:
    """The folder of the demo data with these parameters: each set of them has its own, and so its own database."""
    suffix = "" if mess == 1 else f"-mess-{mess:g}"
    return settings.state / "demo" / f"{customers}-customers-seed-{seed}{suffix}"


def generate(settings: Settings, customers: int = 5000, seed: int = 42, mess: float = 1.0) -> str:
    """Writes the demo data folder unless it is there already for these parameters; returns its path."""
    from data_generators import GeneratorConfig, GeneratorError, is_current
    from data_generators import generate as write_folder

    folder = demo_folder(settings, customers, seed, mess)
    try:
        config = GeneratorConfig(customers=customers, seed=seed, mess=mess)
        settings.make_state()
        folder.parent.mkdir(exist_ok=True)
        with _file_lock(folder.parent / ".lock"):
            if not is_current(config, folder):
                write_folder(config, folder)
    except GeneratorError as error:
        raise Customer360Error(str(error), how="see: make help") from None
    return str(folder)


def begin(
    settings: Settings,
    run_id: str,
    data: str,
    as_of: str = "",
    trigger: str = "cli",
    *,
    layers: Sequence[str] = LAYERS,
    full_refresh: bool = False,
    only_newer: bool = False,
    fetching: bool = True,
) -> Plan:
    """Reads sources.yml, prepares the folder's database, lists the files and opens the run in audit.runs.

    Args:
        settings: the installation.
        run_id: of this run, new.
        data: path of the data folder.
        as_of: ISO date that overrides the folder's, or empty.
        trigger: what started the run, for the audit trail.
        layers: those that dbt builds; without ``marts`` nothing is tested, published or exported.
        full_refresh: whether seeds are loaded and tested again that have not changed.
        only_newer: whether marts of an earlier day than the published ones only go into the history.
        fetching: whether sources on other servers are asked for what is new.

    Raises:
        Customer360Error: the folder or its sources.yml cannot be used, or the as-of date is none.
    """
    if as_of:
        try:
            as_of = date.fromisoformat(as_of).isoformat()
        except ValueError:
            raise Customer360Error(f"{as_of!r} is no date", where="AS_OF", how="write it as 2026-06-30") from None
        if LAYERS[0] not in layers:
            raise Customer360Error(
                f"an as-of date is only taken when {LAYERS[0]} is built", where="layers", how=f"add {LAYERS[0]} to them"
            )
    folder, warehouse, database = _prepared(settings, data)
    for feed in folder.feeds if fetching else ():
        fetch_feed(folder, feed)
    with _connect(warehouse, Role.LOADER, database) as connection, connection, connection.cursor() as cursor:
        cursor.execute("select distinct source || '.' || entity from audit.batches")
        files = find_files(folder, frozenset(label for (label,) in cursor.fetchall()))
        audit.open_run(cursor, run_id, trigger, str(folder.path), as_of, code_version(settings))
    return {
        "run_id": run_id,
        "database": database,
        "data_folder": str(folder.path),
        "as_of": as_of,
        "layers": list(layers),
        "full_refresh": full_refresh,
        "only_newer": only_newer,
        "files": [
            {"source": parcel[0].source, "entity": parcel[0].entity, "files": [file.file_name for file in parcel]}
            for parcel in parcels(files)
        ],
    }


def land(settings: Settings, plan: Plan, parcel: dict[str, Any]) -> Figures:
    """Lands the files of a parcel, each in a transaction of its own."""
    with _stage(settings, plan, f"land {_parcel_name(parcel)}") as (warehouse, figures):
        folder = _data_folder(settings, plan)
        feed = folder.feed(parcel["source"], parcel["entity"])
        results: list[dict[str, Any]] = []
        figures["results"] = results
        with _connect(warehouse, Role.LOADER, plan["database"]) as connection:
            # Files do not wait for the disk one by one: a file whose commit is lost with the server lands again, and
            # the commit of this stage, which does wait, covers those before it.
            with connection:
                connection.cursor().execute("set synchronous_commit = off")
            for file_name in parcel["files"]:
                results.append(land_file(connection, folder, feed, file_name, plan["run_id"]).as_json())
    return figures


def map_sources(settings: Settings, plan: Plan) -> Figures:
    """(Re)creates the canonical views over what has landed, loads the folder's own seeds and checks the budgets.

    Raises:
        Customer360Error: a budget is exceeded, or decisions about records contradict; nothing has been built.
    """
    with _stage(settings, plan, "map_sources") as (warehouse, figures):
        folder = _data_folder(settings, plan)
        with _connect(warehouse, Role.LOADER, plan["database"]) as connection:
            figures["feeds"] = map_views(connection, folder)
            figures["folder_seeds"] = load_folder_seeds(connection, settings, folder.path)
            read_overrides(settings, folder.path)
            broken = check_budgets(connection, folder)
        figures["broken"] = [promise.as_json() for promise in broken]
        if beyond := [promise for promise in broken if promise.beyond]:
            raise Customer360Error(
                "; ".join(promise.words for promise in beyond),
                where=str(folder.sources_file),
                how="see make quarantine; mend the files and run again, mend sources.yml and make quarantine-replay,"
                " or raise the budget",
            )
    return figures


def transform(settings: Settings, plan: Plan, layer: str) -> Figures:
    """Builds one layer with dbt: seeds and staging, intermediate, or marts (into warehouse_next)."""
    if layer not in plan["layers"]:
        return {"skipped": f"the run does not build {layer}"}
    with _stage(settings, plan, f"dbt_{layer}") as (warehouse, figures):
        with _connect(warehouse, Role.TRANSFORMER, plan["database"]) as connection:
            if layer == LAYERS[0]:
                build_on(connection, plan["run_id"])
            else:
                _check_built_on(connection, plan)
            if layer == LAYERS[-1]:
                empty_next(connection, plan["run_id"])
        dbt = _dbt(settings, warehouse, plan)
        select = ["--select", layer, "--exclude-resource-type", "test", "unit_test"]
        if layer == LAYERS[0]:
            dbt.parse()
            select[1:2] = ["resource_type:seed", layer]
            if plan["full_refresh"]:
                select.append("--full-refresh")
            elif kept := dbt.tested_seeds():
                select += ["--exclude", *kept]
        try:
            figures["nodes"] = _named(dbt.build(["build", *select], f"dbt {layer}"))
        finally:
            dbt.keep_artefacts(settings.run_folder(plan["run_id"]) / layer)
        if layer == LAYERS[0]:
            with _connect(warehouse, Role.TRANSFORMER, plan["database"]) as connection, connection.cursor() as cursor:
                cursor.execute("select as_of_date::text from staging.stg_run_settings")
                (figures["as_of_date"],) = cursor.fetchone()
    return figures


def test(settings: Settings, plan: Plan) -> Figures:
    """Runs every data test on what was built; an error-level failure stops the run before anything is published.

    Tests of macros, like unit tests, are about the code: `make test` and `dbt test` run them.
    """
    if not _builds_marts(plan):
        return {"skipped": _NO_MARTS}
    with _stage(settings, plan, "dbt_test") as (warehouse, figures):
        with _connect(warehouse, Role.TRANSFORMER, plan["database"]) as connection:
            _check_built_on(connection, plan)
        dbt = _dbt(settings, warehouse, plan)
        exclude = ["path:tests/macros", *dbt.tests_of_seeds(dbt.tested_seeds())]
        try:
            results = dbt.build(["test", "--exclude-resource-type", "unit_test", "--exclude", *exclude], "dbt test")
        except NodesFailedError as error:
            figures.update(_tested(error.results))
            figures["failed"] = [{key: node[key] for key in ("name", "failures", "stored_in")} for node in error.nodes]
            raise
        finally:
            dbt.keep_artefacts(settings.run_folder(plan["run_id"]) / "test")
        dbt.note_tested_seeds()
        figures.update(_tested(results))
        if "overrides_without_effect" in figures["warned"]:
            with _connect(warehouse, Role.TRANSFORMER, plan["database"]) as connection:
                figures["named"] = overrides_without_effect(connection)
    return figures


def publish(settings: Settings, plan: Plan) -> Figures:
    """Swaps the tested marts in, in one transaction, and notes their figures in the history.

    Marts of an earlier day only go into the history where the run says so.
    """
    if not _builds_marts(plan):
        return {"skipped": _NO_MARTS}
    with _stage(settings, plan, "publish") as (warehouse, figures):
        marts = [node["name"] for node in models_of(_dbt(settings, warehouse, plan).manifest(), "marts")]
        with _connect(warehouse, Role.TRANSFORMER, plan["database"]) as connection:
            _check_built_on(connection, plan)
            figures["tables"] = publish_marts(connection, marts, plan["run_id"], only_newer=plan["only_newer"])
    return figures


def export(settings: Settings, plan: Plan, pii: Pii = Pii.KEEP, *, parquet: bool = False) -> Figures:
    """Writes the published marts to exports/csv, swapped in whole; on request also to exports/parquet."""
    if not _builds_marts(plan):
        return {"skipped": _NO_MARTS}
    with _stage(settings, plan, "export") as (warehouse, figures):
        manifest = _dbt(settings, warehouse, plan).manifest()
        marts = [mart_from_manifest(node) for node in models_of(manifest, "marts")]
        facts = _published(warehouse, plan)
        if facts is None:
            figures["skipped"] = _NEWER
            return figures
        with _connect(warehouse, _reads(pii), plan["database"]) as connection:
            files = export_marts(
                connection,
                marts,
                settings.exports,
                facts,
                references=references_in(manifest),
                pii=pii,
                parquet=parquet,
            )
        figures.update(as_of_date=facts["as_of_date"], files={file.name: file.rows for file in files})
    return figures


def dashboard(settings: Settings, plan: Plan, pii: Pii = Pii.MASK) -> Figures:
    """Writes exports/dashboard.html from the published marts; the release is out whatever becomes of it."""
    if not _builds_marts(plan):
        return {"skipped": _NO_MARTS}
    with _stage(settings, plan, "dashboard") as (warehouse, figures):
        manifest = _dbt(settings, warehouse, plan).manifest()
        facts = _published(warehouse, plan)
        if facts is None:
            figures["skipped"] = _NEWER
            return figures
        with _connect(warehouse, _reads(pii), plan["database"]) as connection:
            figures["dashboard"] = write_dashboard(
                connection,
                [mart_from_manifest(node) for node in models_of(manifest, "marts")],
                settings.exports / NAME,
                facts,
                operations(settings, plan["data_folder"], manifest),
                kept_in=settings.make_state() / "kept",
                pii=pii,
            )
    return figures


def operations(settings: Settings, data: str, manifest: Mapping[str, Any], count: int = _RUNS_SHOWN) -> Operations:
    """The last runs and the freshness of every feed, which those who read the marts may not select.

    Args:
        settings: the installation.
        data: path of a data folder that has been run; when it cannot be read, the feeds that have landed are told.
        manifest: dbt's, which declares how old sources may become; empty where it is not known.
        count: of runs.
    """
    database = database_for(Path(data))
    with _connect(Warehouse(settings), Role.LOADER, database) as connection, connection.cursor() as cursor:
        runs, landed = audit.recent_runs(cursor, count), audit.last_landed(cursor)
    try:
        feeds = [feed.label for feed in read_data_folder(Path(data)).feeds]
    except Customer360Error:
        feeds = list(landed)
    never: tuple[datetime | None, int] = (None, 0)
    sources = [
        Freshness(feed, *landed.get(feed, never), *freshness_limits(manifest, feed.rpartition(".")[2]))
        for feed in feeds
    ]
    return Operations(datetime.now(UTC).replace(microsecond=0), runs, sources)


def _published(warehouse: Warehouse, plan: Plan) -> dict[str, Any] | None:
    """What readers see: data_folder, as_of_date, reporting_currency and the run; None where a run leaves that alone."""
    with _connect(warehouse, Role.LOADER, plan["database"]) as connection, connection.cursor() as cursor:
        cursor.execute(
            "select as_of_date::text, reporting_currency, run_id from audit.publications"
            " order by publication_id desc limit 1"
        )
        published = cursor.fetchone()
    if published is None:
        raise Customer360Error("nothing has been published yet", where=plan["data_folder"], how="make run")
    facts = dict(zip(("as_of_date", "reporting_currency", "run_id"), published, strict=True))
    if plan["only_newer"] and facts["run_id"] != plan["run_id"]:
        return None
    return {"data_folder": plan["data_folder"], **facts}


def _reads(pii: Pii) -> Role:
    return Role.ANALYST_PII if pii is Pii.KEEP else Role.READER


def finish(settings: Settings, plan: Plan, status: str) -> dict[str, Any]:
    """Closes the run in audit.runs as ``succeeded`` or ``failed``; returns its summary (`audit.summary_of`)."""
    warehouse = Warehouse(settings)
    with _connect(warehouse, Role.LOADER, plan["database"]) as connection, connection, connection.cursor() as cursor:
        return audit.close_run(cursor, plan["run_id"], status)


def how_it_was(settings: Settings, plan: Plan) -> dict[str, Any] | None:
    """Status and summary of the run's own attempt before, when that failed, else of the last run; None without one."""
    with _connect(Warehouse(settings), Role.LOADER, plan["database"]) as connection, connection.cursor() as cursor:
        return audit.how_it_was(cursor, plan["run_id"])


def new_files(settings: Settings, data: str) -> str:
    """A name for what is new in a data folder: files that have neither landed nor been refused, and are at rest.

    Returns:
        A digest of their names and contents, so that the same files have the same name; empty when there are none.
    """
    folder, warehouse, database = _prepared(settings, data)
    with _connect(warehouse, Role.LOADER, database) as connection, connection.cursor() as cursor:
        return unseen(cursor, folder)


@contextmanager
def opened(
    settings: Settings, data: str, as_of: str = "", trigger: str = "cli", *, say: Say = lambda _: None
) -> Iterator[Plan]:
    """A run up to its landed files, closed in audit.runs at the end, whether it succeeds or fails."""
    plan = begin(settings, new_run_id(trigger), data, as_of, trigger)
    status = "failed"
    try:
        for parcel in plan["files"]:
            name = f"land {_parcel_name(parcel)}"
            _timed(say, name, lambda parcel=parcel: land(settings, plan, parcel))  # type: ignore[misc]
        yield plan
        status = "succeeded"
    finally:
        finish(settings, plan, status)


def run(settings: Settings, data: str, as_of: str = "", *, say: Say = lambda _: None) -> Plan:
    """Every verb after ``generate`` in order, in this process; ``say`` hears a line for each stage as it ends."""
    with opened(settings, data, as_of, say=say) as plan:
        _timed(say, "map_sources", lambda: map_sources(settings, plan))
        for layer in LAYERS:
            _timed(say, f"dbt_{layer}", lambda layer=layer: transform(settings, plan, layer))  # type: ignore[misc]
        _timed(say, "dbt_test", lambda: test(settings, plan))
        _timed(say, "publish", lambda: publish(settings, plan))
        _timed(say, "export", lambda: export(settings, plan))
        _timed(say, "dashboard", lambda: dashboard(settings, plan))
    return plan


def build_models(settings: Settings, plan: Plan, select: str) -> Figures:
    """Builds the models that a dbt selector names, outside the layers of a run; seeds come along."""
    with _stage(settings, plan, f"dbt {select}") as (warehouse, figures):
        with _connect(warehouse, Role.TRANSFORMER, plan["database"]) as connection:
            build_on(connection, plan["run_id"])
        words = ["build", "--select", select, "--exclude-resource-type", "test", "unit_test"]
        dbt = _dbt(settings, warehouse, plan)
        dbt.parse()
        figures["nodes"] = _named(dbt.build(words, f"dbt {select}"))
    return figures


def read_models(settings: Settings, plan: Plan, read: Callable[[Any], Found]) -> Found:
    """What a function finds in the models; it gets a connection that can only read."""
    warehouse = Warehouse(settings)
    with _connect(warehouse, Role.TRANSFORMER, plan["database"]) as connection:
        connection.set_session(readonly=True)
        return read(connection)


def describe(figures: Figures) -> str:
    """The figures of a stage in a few words, for logs and progress."""
    text = ""
    if "skipped" in figures:
        text = f"skipped: {figures['skipped']}"
    elif "results" in figures:
        text = _describe_landing(figures["results"])
    elif "nodes" in figures:
        text = f"{len(figures['nodes'])} nodes built"
    elif "passed" in figures:
        text = f"{figures['passed']} tests passed, {len(figures['warned'])} warned"
    elif "tables" in figures:
        text = f"{figures['tables']} marts published" if figures["tables"] else "noted in the history, not published"
    elif "dashboard" in figures:
        text = "{bytes:,} bytes, {shown:,} of {customers:,} customers one by one".format(**figures["dashboard"])
    elif "files" in figures:
        rows = sum(figures["files"].values())
        text = f"{len(figures['files'])} files, {rows:,} rows, as of {figures['as_of_date']}"
    return text


def _describe_landing(results: list[dict[str, Any]]) -> str:
    outcomes = Counter(result["outcome"] for result in results)
    told = ", ".join(f"{count} {outcome}" for outcome, count in outcomes.items()) if len(results) > 1 else ""
    text = f"{told or next(iter(outcomes))}: {sum(result['rows_landed'] for result in results):,} rows landed"
    if rejected := sum(result["rows_quarantined"] for result in results):
        reasons = sorted({reason for result in results for reason in result["reasons"] or ()})
        text += f", {rejected:,} quarantined ({', '.join(reasons)})"
    return text if told else f"{text} ({results[0]['note']})"


def _parcel_name(parcel: dict[str, Any]) -> str:
    first, *others = parcel["files"]
    return f"{first} and {len(others)} more" if others else first


def _prepared(settings: Settings, data: str) -> tuple[DataFolder, Warehouse, str]:
    """A data folder, the running warehouse, and the name of the folder's database there."""
    folder = with_zone(settings, read_data_folder(Path(data)))
    warehouse = Warehouse(settings)
    warehouse.start()
    database = database_for(folder.path)
    warehouse.prepare(database)
    return folder, warehouse, database


def _data_folder(settings: Settings, plan: Plan) -> DataFolder:
    return with_zone(settings, read_data_folder(Path(plan["data_folder"])))


def with_zone(settings: Settings, folder: DataFolder) -> DataFolder:
    """The folder with the place of the files that are fetched for it."""
    return replace(folder, zone=settings.state / "fetched" / database_for(folder.path))


def code_version(settings: Settings) -> str:
    """The package's version, and the commit of the clone where there is one, with a mark when files differ from it."""
    try:
        found = subprocess.run(
            ["git", "-C", str(settings.root), "describe", "--always", "--dirty", "--abbrev=12", "--exclude=*"],
            capture_output=True,
            text=True,
            check=False,
        ).stdout.strip()
    except OSError:
        found = ""
    return f"{__version__}+{found}" if found else __version__


def _timed(say: Say, name: str, work: Callable[[], Figures]) -> None:
    started = time.monotonic()
    figures = work()
    say(f"{name:<34} {time.monotonic() - started:6.1f} s  {describe(figures)}")


def _tested(results: Sequence[dict[str, Any]]) -> Figures:
    return {
        "passed": sum(node["status"] == "pass" for node in results),
        "warned": {node["name"]: node["failures"] for node in results if node["status"] == "warn"},
    }


def _named(results: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{key: node[key] for key in ("name", "kind", "status", "seconds", "rows")} for node in results]


def _dbt(settings: Settings, warehouse: Warehouse, plan: Plan) -> Dbt:
    return Dbt(settings, warehouse, plan["database"], as_of=plan["as_of"])


@contextmanager
def _connect(warehouse: Warehouse, role: Role, database: str) -> Iterator[Any]:
    connection = warehouse.login(role, database).connect()
    try:
        yield connection
    finally:
        connection.close()


@contextmanager
def _stage(settings: Settings, plan: Plan, name: str) -> Iterator[tuple[Warehouse, Figures]]:
    """Runs a stage and writes it to audit.stages with its figures, whether it succeeds or fails."""
    warehouse = Warehouse(settings)
    figures: Figures = {}
    started = datetime.now(UTC)
    status = "failed"
    try:
        yield warehouse, figures
        status = "succeeded"
    except BaseException as error:
        figures["error"] = str(error)
        raise
    finally:
        try:
            with _connect(warehouse, Role.LOADER, plan["database"]) as connection, connection:
                audit.record_stage(connection.cursor(), plan["run_id"], name, started, status, figures)
        except Exception:  # the stage's own error matters more than the note of it
            if status == "succeeded":
                raise


def _check_built_on(connection: Any, plan: Plan) -> None:
    if LAYERS[0] in plan["layers"]:  # else it goes on with what is there, because somebody said so
        check_built_on(connection, plan["run_id"])


def _builds_marts(plan: Plan) -> bool:
    return LAYERS[-1] in plan["layers"]


@contextmanager
def _file_lock(path: Path) -> Iterator[None]:
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
