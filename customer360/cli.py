"""The command line behind the Makefile: `python -m customer360 VERB --help`."""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

from customer360 import console, pipeline
from customer360.dashboard import NAME
from customer360.errors import Customer360Error
from customer360.export import Pii
from customer360.settings import Settings, database_for
from customer360.transform import Dbt
from customer360.warehouse import Role, Warehouse


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs a verb; errors go to standard error.

    Returns:
        0 when it succeeded, 1 when it failed, 2 for wrong usage, 130 when it was interrupted.
    """
    options = _parser().parse_args(arguments)
    try:
        return int(options.verb(Settings.from_environment(), options) or 0)
    except Customer360Error as error:
        console.complain(f"error: {error}")
        return 1
    except KeyboardInterrupt:
        console.complain("interrupted")
        return 130
    except BrokenPipeError:
        sys.stderr.close()
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="customer360", description="The verbs of customer360; make calls them.")
    verbs = parser.add_subparsers(title="verbs", required=True, metavar="VERB")

    def verb(name: str, function: object, text: str) -> argparse.ArgumentParser:
        sub = verbs.add_parser(name, help=text, description=text)
        sub.set_defaults(verb=function)
        return sub

    for name, function, text in (
        ("run", _run, "run the whole pipeline through Airflow and print a summary"),
        ("run-cli", _run_cli, "run the same verbs in the same order without Airflow"),
    ):
        sub = verb(name, function, text)
        _add_data(sub)
        sub.add_argument("--as-of", default="", metavar="DATE", help="as-of date that overrides the folder's (ISO)")
        sub.add_argument("--customers", type=int, default=5000, help="customer records of the demo (default 5000)")
        sub.add_argument("--seed", type=int, default=42, help="seed of the demo (default 42)")
        sub.add_argument("--mess", type=float, default=1.0, help="factor on the demo's mess (default 1)")
    sub = verb("fit", _fit, "fit match weights and predictions on a folder's own data; later runs on it use them")
    _add_data(sub)
    sub.add_argument("--as-of", default="", metavar="DATE", help="rows after this day are not seen (ISO)")
    _add_evaluation(verb("evaluate-predictions", _evaluate, "judge predictions by what happened after a cut-off day"))
    _add_data(verb("evaluate-identity", _evaluate_identity, "judge who is who by a known truth (default: the demo's)"))
    _add_data(verb("evaluate-quality", _evaluate_quality, "judge the faults found by those that the generator made"))
    verb("up", _up, "start the warehouse server")
    verb("down", _down, "stop Airflow and the warehouse server")
    _add_data(verb("status", _status, "what is running, and the last runs"))
    verb("airflow", _airflow, "start Airflow, keep it up and say where its UI is")
    _add_data(verb("env", _env, "write .env (0600) for dbt and other tools"))
    sub = verb("land-one", _land_one, "write what landing would put into raw to a file, without a database")
    sub.add_argument("file", type=Path, help="a file, or a folder")
    sub.add_argument("out", type=Path, help="where to; a folder for a folder")
    sub = verb("inspect", _inspect, "how files are written, what their columns seem to mean, and a sources.yml")
    sub.add_argument("file", type=Path, nargs="+")
    sub.add_argument("--out", type=Path, help="write the sources.yml there, instead of showing it")
    for name, function, text in (
        ("quarantine", _quarantine, "what could not be landed, by reason, with examples"),
        ("quarantine-replay", _quarantine_replay, "try what is in quarantine again"),
        ("audit", _audit, "the last runs and what became of every line of their files"),
    ):
        _add_data(verb(name, function, text))
    _add_identity(verb)
    sub = verb("psql", _psql, "open psql on the warehouse")
    _add_data(sub)
    sub.add_argument("--role", choices=["reader", "analyst_pii", "transformer", "loader", "admin"], default="reader")
    sub.add_argument("arguments", nargs="*", help="for psql")
    sub = verb("dbt", _dbt, "run dbt on the warehouse, target local")
    _add_data(sub)
    sub.add_argument("arguments", nargs=argparse.REMAINDER, help="for dbt, such as: build -s +customer_rfm")
    _add_publishing(verb)
    for name, run, words in (
        ("contract", _contract, "write docs/contract.md from the models' contracts"),
        ("powerbi", _powerbi, "write exports/powerbi from the models' contracts and the spec"),
    ):
        verb(name, run, words).add_argument("--out", type=Path, default=None)
    _add_operations(verb)
    sub = verb("reset", _reset, "delete all data, keys, secrets and exports of this clone")
    sub.add_argument("--force", action="store_true", help="do not ask")
    return parser


def _add_identity(verb: Callable[[str, object, str], argparse.ArgumentParser]) -> None:
    sub = verb("who", _who, "the life of a customer key: what happened to it, what it became, its records")
    _add_data(sub)
    sub.add_argument("key", help="a customer key, or a record as source:id")
    sub = verb("why", _why, "why two records are one customer, link by link, or what is missing")
    _add_data(sub)
    sub.add_argument("record_a", metavar="A", help="a record as source:id, such as crm:123")
    sub.add_argument("record_b", metavar="B", help="another record")
    _add_data(verb("guards", _guards, "what kept records apart, and customers that contradict themselves"))
    _add_data(
        verb("review", _review, "decide pairs that the scores leave open, side by side; answers from standard input")
    )


def _add_operations(verb: Callable[[str, object, str], argparse.ArgumentParser]) -> None:
    _add_data(verb("rights", _rights, "who may do what in a data folder's database, as the server says it"))
    sub = verb("backup", _backup, "write a data folder's database to a file")
    _add_data(sub)
    sub.add_argument("--file", type=Path, default=None, help="where to (default: a new one in the state directory)")
    sub = verb("restore", _restore, "put a backup in the place of the database that it was made of")
    sub.add_argument("file", type=Path)
    sub.add_argument("--data", type=Path, default=None, metavar="FOLDER", help="the data folder that it is for")
    sub.add_argument("--force", action="store_true", help="do not ask")
    sub = verb("compose-up", _compose_up, "write .env, and start everything in Docker")
    _add_data(sub)
    sub.add_argument("--profile", action="append", default=[], help="a server to fetch from: mongodb or minio")
    sub = verb("upgrade", _upgrade, "take the warehouse to the new major version of the server that comes along")
    sub.add_argument("--from", dest="programs", type=Path, default=None, help="folder with the old server's programs")


def _add_evaluation(sub: argparse.ArgumentParser) -> None:
    sub.add_argument("--data", metavar="FOLDER", help="data folder (default: the demo with three seeds)")
    sub.add_argument("--cut", default="", metavar="DATE", help="last day seen (default: 180 days before the end)")
    sub.add_argument("--until", default="", metavar="DATE", help="last day judged (default: the as-of date)")


def _add_publishing(verb: Callable[[str, object, str], argparse.ArgumentParser]) -> None:
    sub = verb("export", _export, "write the published marts to exports/csv again")
    _add_pii(sub, Pii.KEEP)
    sub.add_argument("--parquet", action="store_true", help="the same rows in exports/parquet, too")
    _add_data(verb("docs", _docs, "write exports/catalogue.html: models, columns, tests and lineage in one file"))
    _add_pii(verb("dashboard", _dashboard, "write exports/dashboard.html from the published marts again"), Pii.MASK)


def _add_pii(parser: argparse.ArgumentParser, default: Pii) -> None:
    _add_data(parser)
    words = f"personal data: keep, mask or omit (default {default})"
    parser.add_argument("--pii", type=Pii, choices=list(Pii), default=default, help=words)


def _add_data(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--data", type=Path, default=None, metavar="FOLDER", help="data folder (default: the demo, or the last run's)"
    )


def _source(settings: Settings, options: argparse.Namespace) -> tuple[str, str]:
    """The data folder to run on, generated when it is the demo, and a line that says which."""
    if options.data is not None:
        return str(options.data), ""
    folder = pipeline.generate(settings, options.customers, options.seed, options.mess)
    return folder, f"demo data: {options.customers:,} customer records, seed {options.seed}, in {folder}"


def _run_cli(settings: Settings, options: argparse.Namespace) -> int:
    from customer360.report import summary

    with _one_run(settings):
        folder, note = _source(settings, options)
        if note:
            console.say(note)
        plan = pipeline.run(settings, folder, options.as_of, say=console.say)
    _remember(settings, plan["data_folder"])
    console.say("\n" + summary(settings, plan["database"], plan["run_id"]))
    return 0


def _run(settings: Settings, options: argparse.Namespace) -> int:
    from customer360.orchestrator import run_dag
    from customer360.orchestrator.turns import the_only_command
    from customer360.report import summary
    from customer360.sources import read_data_folder

    conf: dict[str, object] = {"as_of": options.as_of}
    if options.data is not None:
        # Mistakes in the folder are told now, not after Airflow's start.
        conf["data"] = str(read_data_folder(options.data).path)
        folder = Path(str(conf["data"]))
    else:
        conf |= {"customers": options.customers, "seed": options.seed, "mess": options.mess}
        folder = pipeline.demo_folder(settings, options.customers, options.seed, options.mess)
    with the_only_command(settings):  # its run in Airflow takes its turn by itself
        result = run_dag(settings, conf)
    if not result.succeeded:
        return 1
    _remember(settings, str(folder))
    console.say("\n" + summary(settings, database_for(folder), result.run_id))
    return 0


def _evaluate(settings: Settings, options: argparse.Namespace) -> int:
    from customer360.evaluation import judge, lines_of, write_page

    with _one_run(settings):
        if options.data is None:
            for path in write_page(settings, console.say):
                console.say(f"wrote {path}")
        else:
            data = Path(options.data).expanduser().resolve()
            console.say("\n".join(lines_of(judge(settings, data, options.cut, options.until))))
    return 0


def _evaluate_identity(settings: Settings, options: argparse.Namespace) -> int:
    from customer360.evaluation import judge_folder, write_identity_page

    with _one_run(settings):
        if options.data is None:
            for path in write_identity_page(settings, console.say):
                console.say(f"wrote {path}")
        else:
            for line in judge_folder(settings, options.data.expanduser().resolve(), console.say):
                console.say(line)
    return 0


def _evaluate_quality(settings: Settings, options: argparse.Namespace) -> int:
    from customer360.evaluation import judge_quality_of, write_quality_page

    with _one_run(settings):
        if options.data is None:
            console.say(f"wrote {write_quality_page(settings, console.say)}")
        else:
            for line in judge_quality_of(settings, options.data.expanduser().resolve(), console.say):
                console.say(line)
    return 0


def _fit(settings: Settings, options: argparse.Namespace) -> int:
    from customer360.fitting import fit

    with _one_run(settings):
        folder = _folder(settings, options)
        if options.data is None and folder == pipeline.demo_folder(settings, 5000, 42, 1):
            pipeline.generate(settings)
        written = fit(settings, str(folder), options.as_of, say=console.say)
    console.say("later runs on this folder use what was fitted" if written else "nothing was fitted")
    return 0


def _up(settings: Settings, options: argparse.Namespace) -> int:
    warehouse = Warehouse(settings)
    warehouse.start()
    status = warehouse.status()
    console.say(f"PostgreSQL {status.version} ({status.kind}) on port {status.port}")
    return 0


def _down(settings: Settings, options: argparse.Namespace) -> int:
    from customer360 import orchestrator

    orchestrator.stop(settings)
    Warehouse(settings).stop()
    console.say("Airflow and the warehouse server are down")
    return 0


def _status(settings: Settings, options: argparse.Namespace) -> int:
    from customer360 import orchestrator

    warehouse = Warehouse(settings)
    status = warehouse.status()
    state = f"PostgreSQL {status.version} on port {status.port}" if status.running else "not running (make up)"
    console.say(f"warehouse ({status.kind}): {state}")
    console.say(f"airflow: {orchestrator.status(settings)}")
    folder = _folder(settings, options)
    console.say(f"data folder: {folder}")
    if status.running and database_for(folder) in warehouse.databases():
        console.say(_last_runs(settings, folder))
    return 0


def _last_runs(settings: Settings, folder: Path) -> str:
    from customer360.report import last_runs

    manifest = Dbt(settings, Warehouse(settings), database_for(folder)).parsed()
    return last_runs(pipeline.operations(settings, str(folder), manifest, count=5))


def _airflow(settings: Settings, options: argparse.Namespace) -> int:
    from customer360 import orchestrator

    airflow = orchestrator.start(settings, keep=True)
    console.say(f"Airflow is up: {airflow.url}")
    console.say(f"user admin; the password is in {airflow.password_file}")
    console.say("make down stops it")
    return 0


def _env(settings: Settings, options: argparse.Namespace) -> int:
    from customer360.envfile import write_env
    from customer360.orchestrator.compose import compose_environment

    warehouse = Warehouse(settings)
    warehouse.start()
    values = compose_environment(warehouse.secrets)
    folder = _folder(settings, options)
    if database_for(folder) in warehouse.databases():
        values |= Dbt(settings, warehouse, database_for(folder), target="local").environ()
        # A person's dbt writes where dbt's documentation says, and stands where the data folder says.
        for name in ("DBT_TARGET", "DBT_TARGET_PATH", "DBT_LOG_PATH", "C360_AS_OF"):
            del values[name]
        console.complain(f"wrote {settings.env_file} for the data folder {folder}")
    else:
        console.complain(f"wrote {settings.env_file} with the secrets for Docker compose;")
        console.complain("what dbt needs to connect comes with the first run: make run, then make env again")
    write_env(settings, values)
    own = settings.env_file == settings.root / ".env"
    console.say(f"set -a; . {'./.env' if own else settings.env_file}")
    return 0


def _land_one(settings: Settings, options: argparse.Namespace) -> int:
    from customer360.landing.dry_run import land_folder, land_one

    if options.file.is_dir():
        done = land_folder(options.file, options.out)
    else:
        options.out.parent.mkdir(parents=True, exist_ok=True)
        done = iter([land_one(options.file, options.out)])
    failed = 0
    for result in done:
        if result.error:
            failed += 1
            console.complain(f"error: {result.path}: {result.error}")
        elif result.tally is not None:
            tally = result.tally
            told = f"{result.path}: {tally.rows_landed:,} rows, {tally.rows_quarantined:,} rejected"
            told += f" {dict(tally.reasons)}" if tally.reasons else ""
            told += f", {tally.rows_mended:,} mended" if tally.rows_mended else ""
            told += f", {tally.rows_trimmed:,} with other empty fields at the end" if tally.rows_trimmed else ""
            console.say(told + ("; no header line" if tally.header == 0 and tally.rows_landed else ""))
    return 1 if failed else 0


def _inspect(settings: Settings, options: argparse.Namespace) -> int:
    from customer360.landing.content import UnreadableError
    from customer360.landing.inspect import described, inspect
    from customer360.landing.propose import FILL_IN, proposed

    if options.out is not None and options.out.exists():
        raise Customer360Error(f"{options.out} is there already", how="name another file: OUT=...")
    seen, failed = [], 0
    for path in options.file:
        try:
            found = inspect(path)
        except UnreadableError as error:
            console.complain(f"error: {path} cannot be read ({error.reason}): {error}")
            failed += 1
            continue
        for line in described(found):
            console.say(line)
        rows = [
            (
                c.name,
                f"{c.filled:.0%}",
                c.kind,
                c.meaning,
                c.distinct,
                " | ".join(" ".join(e.split())[:30] for e in c.examples),
            )
            for c in found.columns
        ]
        console.say(console.table(("column", "filled", "kind", "seems to be", "different", "examples"), rows))
        seen.append(found)
    text = proposed(seen, options.out.parent if options.out else None) if seen else ""
    if FILL_IN in text:
        text = f"# {FILL_IN}: no column seems to hold it. Name one, or take the feed out.\n{text}"
    if options.out is not None and seen:
        options.out.write_text(text, encoding="utf-8")
        console.say(f"\nwrote {options.out}; look it over, then: make run DATA={options.out.parent}")
    elif seen:
        console.say("\nA sources.yml to start from (OUT=folder/sources.yml writes it):\n\n" + text)
    return 1 if failed else 0


def _quarantine(settings: Settings, options: argparse.Namespace) -> int:
    from customer360.landing import quarantine

    with _connected(settings, _folder(settings, options), Role.LOADER) as connection:
        for line in quarantine.listing(quarantine.reasons(connection), quarantine.files(connection)):
            console.say(line)
    return 0


def _quarantine_replay(settings: Settings, options: argparse.Namespace) -> int:
    from customer360.landing import quarantine
    from customer360.sources import read_data_folder

    folder = _folder(settings, options)
    declared = pipeline.with_zone(settings, read_data_folder(folder))
    with _one_run(settings), _connected(settings, folder, Role.LOADER) as connection:
        done = quarantine.replay(connection, declared)
    for feed, (landed, stayed) in done.items():
        console.say(f"{feed}: {landed:,} records landed, {stayed:,} stay in quarantine")
    console.say("make run takes what has landed on" if any(now for now, _ in done.values()) else "nothing moved")
    return 0


def _audit(settings: Settings, options: argparse.Namespace) -> int:
    from customer360.report import last_batches

    folder = _folder(settings, options)
    warehouse = _warehouse_of(settings, folder)
    console.say(_last_runs(settings, folder))
    console.say("\n" + last_batches(warehouse, database_for(folder)))
    return 0


def _who(settings: Settings, options: argparse.Namespace) -> int:
    from customer360.identity.life import life_of

    with _connected(settings, _folder(settings, options), Role.TRANSFORMER, readonly=True) as connection:
        console.say(life_of(connection, options.key))
    return 0


def _why(settings: Settings, options: argparse.Namespace) -> int:
    from customer360.identity.paths import explain

    with _connected(settings, _folder(settings, options), Role.TRANSFORMER, readonly=True) as connection:
        for line in explain(connection, options.record_a, options.record_b, settings.state / "explanations"):
            console.say(line)
    return 0


def _guards(settings: Settings, options: argparse.Namespace) -> int:
    from customer360.identity.guards import guards_of

    with _connected(settings, _folder(settings, options), Role.TRANSFORMER, readonly=True) as connection:
        console.say(guards_of(connection))
    return 0


def _review(settings: Settings, options: argparse.Namespace) -> int:
    from customer360.identity.review import review

    folder = _folder(settings, options)
    with _connected(settings, folder, Role.TRANSFORMER, readonly=True) as connection:
        tally = review(connection, settings, folder, console.say, iter(sys.stdin.readline, ""))
    console.say(f"{tally.same} one customer, {tally.different} two, {tally.skipped} skipped, {tally.left} left")
    if tally.same or tally.different:
        console.say(f"make run DATA={folder} takes the decisions on")
    return 0


@contextmanager
def _connected(settings: Settings, folder: Path, role: Role, *, readonly: bool = False) -> Iterator[Any]:
    """A connection to a data folder's database, closed at the end."""
    connection = _warehouse_of(settings, folder).login(role, database_for(folder)).connect()
    try:
        connection.set_session(readonly=readonly)
        yield connection
    finally:
        connection.close()


def _psql(settings: Settings, options: argparse.Namespace) -> int:
    folder = _folder(settings, options)
    _warehouse_of(settings, folder).psql(Role[options.role.upper()], database_for(folder), options.arguments)


def _rights(settings: Settings, options: argparse.Namespace) -> int:
    from customer360.warehouse.rights import rights_table

    with _connected(settings, _folder(settings, options), Role.READER, readonly=True) as connection:
        console.say(rights_table(connection))
    return 0


def _dbt(settings: Settings, options: argparse.Namespace) -> int:
    arguments = options.arguments[1:] if options.arguments[:1] == ["--"] else options.arguments
    return _dbt_for(settings, _folder(settings, options)).run(arguments)


def _export(settings: Settings, options: argparse.Namespace) -> int:
    with _publishing(settings, options, "export") as plan:
        files = pipeline.export(settings, plan, options.pii, parquet=options.parquet)["files"]
    console.say(f"{len(files)} files, {sum(files.values()):,} rows in {settings.exports / 'csv'}")
    return 0


def _dashboard(settings: Settings, options: argparse.Namespace) -> int:
    with _publishing(settings, options, "dashboard") as plan:
        figures = pipeline.dashboard(settings, plan, options.pii)
    console.say(f"wrote {settings.exports / NAME}: {pipeline.describe(figures)}")
    return 0


def _docs(settings: Settings, options: argparse.Namespace) -> int:
    from customer360.catalogue import write_catalogue

    console.say(f"wrote {write_catalogue(_dbt_for(settings, _folder(settings, options)), settings.exports)}")
    return 0


@contextmanager
def _publishing(settings: Settings, options: argparse.Namespace, trigger: str) -> Iterator[pipeline.Plan]:
    """A run that only writes again what was published, noted in the audit trail."""
    folder = _folder(settings, options)
    _warehouse_of(settings, folder)  # an error where nothing was ever run
    with _one_run(settings):
        plan = pipeline.begin(settings, pipeline.new_run_id(trigger), str(folder), trigger=trigger, fetching=False)
        status = "failed"
        try:
            yield plan
            status = "succeeded"
        finally:
            pipeline.finish(settings, plan, status)


def _contract(settings: Settings, options: argparse.Namespace) -> int:
    from customer360.contract import contract_text

    out = options.out or settings.root / "docs" / "contract.md"
    out.write_text(contract_text(settings.root / "dbt_project"), encoding="utf-8")
    console.say(f"wrote {out}")
    return 0


def _powerbi(settings: Settings, options: argparse.Namespace) -> int:
    from customer360.contract import parse_manifest
    from customer360.powerbi.project import write_project

    out = options.out or settings.root / "exports" / "powerbi"
    files = write_project(parse_manifest(settings.root / "dbt_project"), out)
    console.say(f"wrote {out}: {files} files")
    return 0


def _backup(settings: Settings, options: argparse.Namespace) -> int:
    from customer360.backup import back_up

    folder = _folder(settings, options)
    _warehouse_of(settings, folder)
    with _one_run(settings):
        file = back_up(settings, folder, options.file)
    console.say(f"wrote {file}: {file.stat().st_size / 1e6:,.1f} MB, of the data folder {folder}")
    return 0


def _restore(settings: Settings, options: argparse.Namespace) -> int:
    from customer360.backup import database_in, restore

    warehouse = Warehouse(settings)
    warehouse.start()
    folder = options.data.expanduser().resolve() if options.data else None
    database = database_in(settings, options.file, folder)
    replaces = database in warehouse.databases()
    if replaces and not options.force:
        console.say(f"restore replaces all that the database {database} holds by what {options.file} holds")
        if not _confirmed("restore"):
            return 1
    with _one_run(settings):
        if not replaces and not options.force and database in warehouse.databases():
            raise Customer360Error("a run has made the database meanwhile", where=database, how="restore again")
        restored = restore(settings, options.file, folder)
    console.say(f"restored the database {restored.database} of the data folder {restored.data_folder}")
    console.say(f"make export DATA={restored.data_folder} writes its exports again")
    return 0


def _compose_up(settings: Settings, options: argparse.Namespace) -> int:
    from customer360.orchestrator.compose import compose_command

    command = compose_command(settings, options.profile)
    _env(settings, options)
    sys.stdout.flush()
    os.execv(command[0], command)  # noqa: S606 - no shell is wanted


def _upgrade(settings: Settings, options: argparse.Namespace) -> int:
    from customer360 import orchestrator
    from customer360.warehouse.upgrade import upgrade

    with _one_run(settings):
        kept = upgrade(settings, options.programs, quiesce=lambda: orchestrator.stop(settings), say=console.say)
    console.say(f"upgraded; the old data directory is kept in {kept}: delete it when you have seen that all is well")
    return 0


def _confirmed(verb: str) -> bool:
    """Whether a person says yes.

    Raises:
        Customer360Error: nobody is there to ask.
    """
    if not sys.stdin.isatty():
        raise Customer360Error(f"{verb} asks first, and nobody is there to answer", how=f"make {verb} FORCE=1")
    if input("type yes to go on: ").strip().lower() == "yes":
        return True
    console.say("nothing was changed")
    return False


def _reset(settings: Settings, options: argparse.Namespace) -> int:
    from customer360 import orchestrator
    from customer360.envfile import remove_env

    csv, *others = (settings.exports / name for name in ("csv", "previous", "parquet", ".csv.new", ".parquet.new"))
    console.say(f"reset deletes {settings.state} (all databases, customer keys, secrets, demo data),")
    console.say(f"{csv} with the release before it, and our part of .env")
    if settings.database_url:
        console.say("the server of C360_DATABASE_URL is left alone: drop its databases c360_* yourself")
    if not options.force and not _confirmed("reset"):
        return 1
    orchestrator.stop(settings)
    if not settings.database_url:
        Warehouse(settings).stop()
    if settings.state.exists():
        shutil.rmtree(settings.state)
    for leftover in (csv, *others):
        shutil.rmtree(leftover, ignore_errors=True)
    (settings.exports / NAME).unlink(missing_ok=True)
    (settings.exports / ".csv.lock").unlink(missing_ok=True)
    remove_env(settings.env_file)
    console.say("done")
    return 0


def _one_run(settings: Settings) -> AbstractContextManager[None]:
    """Waits until nothing else goes in this installation."""
    from customer360.orchestrator import is_running
    from customer360.orchestrator.turns import turn_of_command

    return turn_of_command(settings, lambda run_id: is_running(settings, run_id))


def _remember(settings: Settings, folder: str) -> None:
    (settings.make_state() / "last_run.json").write_text(json.dumps({"data_folder": folder}) + "\n", encoding="utf-8")


def _folder(settings: Settings, options: argparse.Namespace) -> Path:
    """The folder that a verb is about: the one given, else the last run's, else the demo's."""
    if options.data is not None:
        return Path(options.data).expanduser().resolve()
    try:
        return Path(json.loads((settings.state / "last_run.json").read_text(encoding="utf-8"))["data_folder"])
    except (OSError, ValueError, KeyError):
        return pipeline.demo_folder(settings, 5000, 42, 1)


def _warehouse_of(settings: Settings, folder: Path) -> Warehouse:
    warehouse = Warehouse(settings)
    warehouse.start()
    if database_for(folder) not in warehouse.databases():
        raise Customer360Error("nothing has been run on this data folder yet", where=str(folder), how="make run")
    return warehouse


def _dbt_for(settings: Settings, folder: Path) -> Dbt:
    return Dbt(settings, _warehouse_of(settings, folder), database_for(folder), target="local")
