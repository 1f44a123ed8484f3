"""A database in one file, by pg_dump and pg_restore, and what is compared to know that nothing was lost."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from psycopg2 import sql
from psycopg2.extensions import connection as Connection  # noqa: N812 - it is a class

from customer360.errors import Customer360Error
from customer360.warehouse.logins import Login
from customer360.warehouse.programs import server_environment


@dataclass(frozen=True)
class DumpFile:
    """What a dump says of itself: the name that its database had, and the server's version."""

    database: str
    server_version: str


def dump_database(program: Path, login: Login, file: Path) -> None:
    """Writes a database to a file in pg_dump's custom format, which is there only when it is whole.

    Args:
        program: pg_dump, of the server's version or newer.
        login: somebody who may read everything.
        file: made with mode 0600, since it holds personal data; what had that name is replaced.

    Raises:
        Customer360Error: pg_dump failed; says why.
    """
    unfinished = file.with_name(f".{file.name}.{os.getpid()}")
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as out:
            what = f"the database {login.database} could not be dumped"
            run_client([str(program), "--format=custom", "--no-password"], login, what, output=out)
            out.flush()
            os.fsync(out.fileno())
        unfinished.replace(file)
    finally:
        unfinished.unlink(missing_ok=True)


def restore_database(program: Path, login: Login, file: Path) -> None:
    """Fills an empty database from a dump.

    Args:
        program: pg_restore, of the version that wrote the dump or newer.
        login: the database and its owner. The roles that own things in the dump must exist.
        file: the dump.

    Raises:
        Customer360Error: pg_restore failed; says why. The database holds a part of it then.
    """
    what = f"the dump could not be restored into {login.database}"
    command = [str(program), "--exit-on-error", "--no-password", f"--dbname={login.database}", str(file)]
    run_client(command, login, what)


def check_dump(program: Path, login: Login, file: Path) -> None:
    """Reads a dump from its beginning to its end.

    Args:
        program: pg_restore.
        login: of the database that it was made of, for the error; nobody connects.
        file: the dump.

    Raises:
        Customer360Error: it is not whole.
    """
    run_client([str(program), f"--file={os.devnull}", str(file)], login, f"{file} cannot be read again")


def read_dump(program: Path, file: Path) -> DumpFile:
    """What a dump says of itself.

    Raises:
        Customer360Error: there is no such file, or it is no dump that pg_restore can read.
    """
    how = "name a file that `make backup` has written: FILE=..."
    if not file.is_file():
        raise Customer360Error("there is no such backup", where=str(file), how=how)
    done = subprocess.run(
        [str(program), "--list", str(file)],
        capture_output=True,
        text=True,
        errors="replace",
        env=server_environment(),
        check=False,
    )
    database, version = (
        re.search(rf"^;\s+{name}: (.+)$", done.stdout, re.MULTILINE)
        for name in ("dbname", "Dumped from database version")
    )
    if done.returncode != 0 or database is None or version is None:
        raise Customer360Error(f"this is no backup, or a damaged one: {done.stderr.strip()}", where=str(file), how=how)
    return DumpFile(database[1], version[1])


def run_client(
    command: Sequence[str], login: Login, what: str, *, output: IO[bytes] | int = subprocess.PIPE, text: str = ""
) -> str:
    """Runs one of PostgreSQL's clients; password and address travel in its environment.

    Args:
        command: its words.
        login: whom it connects as.
        what: what it means when it fails, for the error.
        output: where its output goes; default: it is returned.
        text: its standard input.

    Raises:
        Customer360Error: it failed; quotes what it said.
    """
    done = subprocess.run(
        list(command),
        input=text.encode(),
        stdout=output,
        stderr=subprocess.PIPE,
        env={**server_environment(), **login.libpq_environ()},
        check=False,
    )
    if done.returncode != 0:
        said = "\n".join(f"    {line}" for line in done.stderr.decode(errors="replace").splitlines()[-8:])
        raise Customer360Error(
            what, where=f"{login.host}:{login.port}\n{said}", how="mend what stands above; no data was lost"
        )
    return (done.stdout or b"").decode()


def checksums(connection: Connection) -> dict[str, tuple[int, int]]:
    """Rows and a sum over the hashes of all rows of every table that is the database's own, by schema and name.

    The sum does not depend on the order of rows, and is the same on every version and platform of the server.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "select n.nspname, c.relname from pg_class as c join pg_namespace as n on n.oid = c.relnamespace"
            " where c.relkind in ('r', 'm') and n.nspname !~ '^pg_' and n.nspname <> 'information_schema' order by 1, 2"
        )
        found = {}
        for schema, name in cursor.fetchall():
            query = (
                "select count(*), coalesce(sum(('x' || left(md5(whole_row::text), 15))::bit(60)::bigint), 0)::text"
                " from {} as whole_row"
            )
            cursor.execute(sql.SQL(query).format(sql.Identifier(schema, name)))
            rows, total = cursor.fetchone() or (0, "0")
            found[f"{schema}.{name}"] = (int(rows), int(total))
    return found
