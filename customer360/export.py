"""Writes the published marts as CSV for BI, by fixed rules, and swaps the whole folder in at once.

The rules: UTF-8 with BOM, comma, CRLF, RFC 4180 quotes, ISO dates and times, decimal point, true/false, null = empty.
Text that a spreadsheet would take for a formula gets an apostrophe in front, in every file alike: ids still match.
"""

from __future__ import annotations

import ctypes
import fcntl
import hashlib
import json
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from psycopg2 import sql

_BOM = b"\xef\xbb\xbf"
# What begins like a number or a telephone number and holds nothing else is no formula.
_INERT = r"""case
    when left({0}, 1) in ('=', '@', e'\t', e'\r') then chr(39) || {0}
    when left({0}, 1) in ('+', '-') and {0} !~ '^[-+][0-9 .()-]*$' then chr(39) || {0}
    else {0}
end as {0}"""


@dataclass(frozen=True)
class Mart:
    """A table to export: its columns in order, and the columns that order its rows."""

    name: str
    columns: tuple[str, ...]
    order_by: tuple[str, ...]


@dataclass(frozen=True)
class ExportedFile:
    """One file of the export: data rows, size and digest."""

    name: str
    rows: int
    bytes: int
    sha256: str


def mart_from_manifest(node: dict[str, Any]) -> Mart:
    """A mart as dbt's manifest declares it; rows are ordered by the primary key of its contract."""
    keys = [c["columns"] for c in node.get("constraints", []) if c["type"] == "primary_key"]
    keys += [
        [name]
        for name, column in node["columns"].items()
        if any(constraint["type"] == "primary_key" for constraint in column.get("constraints", []))
    ]
    columns = tuple(node["columns"])
    return Mart(node["name"], columns, tuple(keys[0]) if keys else columns)


def export_marts(connection: Any, marts: list[Mart], exports: Path, manifest: dict[str, Any]) -> list[ExportedFile]:
    """Writes ``csv/<mart>.csv`` for every mart and ``csv/manifest.json``, and swaps ``csv`` in whole.

    Args:
        connection: psycopg2 connection as c360_reader; all files are of one snapshot.
        marts: what to write.
        exports: the folder that holds ``csv``.
        manifest: facts about the run, completed here with the files.
    """
    exports.mkdir(parents=True, exist_ok=True)
    with _alone(exports):
        new = exports / ".csv.new"  # perhaps half-written by a run that was killed
        shutil.rmtree(new, ignore_errors=True)
        new.mkdir()
        try:
            connection.set_session(isolation_level="REPEATABLE READ", readonly=True)
            with connection, connection.cursor() as cursor:
                cursor.execute("set local timezone to 'UTC'")
                cursor.execute("set local extra_float_digits to 1")
                files = [_write(cursor, mart, new) for mart in marts]
            entries = [{"name": f.name, "rows": f.rows, "bytes": f.bytes, "sha256": f.sha256} for f in files]
            text = json.dumps({**manifest, "files": entries}, indent=2, ensure_ascii=False)
            (new / "manifest.json").write_text(text + "\n", encoding="utf-8")
            swap_in(new, exports / "csv")
        finally:
            shutil.rmtree(new, ignore_errors=True)
    return files


def _write(cursor: Any, mart: Mart, folder: Path) -> ExportedFile:
    table = sql.Identifier("warehouse", mart.name)
    cursor.execute(
        "select attname, format_type(atttypid, null) from pg_attribute"
        " where attrelid = %s::regclass and attnum > 0 and not attisdropped order by attnum",
        (f'warehouse."{mart.name}"',),
    )
    types = dict(cursor.fetchall())
    query = sql.SQL("select {} from {} order by {}").format(
        sql.SQL(", ").join(_cell(name, types[name]) for name in types),
        table,
        sql.SQL(", ").join(map(sql.Identifier, mart.order_by)),
    )
    statement = sql.SQL("copy ({}) to stdout (format csv, header)").format(query)
    path = folder / f"{mart.name}.csv"
    with path.open("wb") as file:
        sink = _CrlfSink(file)
        cursor.copy_expert(statement, sink)
    return ExportedFile(path.name, max(0, cursor.rowcount), sink.bytes, sink.sha256)


def _cell(name: str, type_name: str) -> sql.Composable:
    column = sql.Identifier(name)
    if type_name == "boolean":
        return sql.SQL("{0}::text as {0}").format(column)
    if type_name.startswith("timestamp"):
        return sql.SQL("""to_char({0}, 'YYYY-MM-DD"T"HH24:MI:SS') as {0}""").format(column)
    if type_name in ("text", "character varying"):
        return sql.SQL(_INERT).format(column)
    if type_name in ("double precision", "real"):
        return sql.SQL("case when {0} not in ('NaN', 'Infinity', '-Infinity') then {0} end as {0}").format(column)
    return column


class _CrlfSink:
    """Takes what COPY writes, ends records with CRLF (line breaks inside quotes stay), counts and hashes."""

    def __init__(self, file: Any) -> None:
        self._file = file
        self._digest = hashlib.sha256()
        self._quoted = False
        self.bytes = 0
        self._put(_BOM)

    @property
    def sha256(self) -> str:
        return self._digest.hexdigest()

    def write(self, chunk: bytes) -> int:
        parts = bytes(chunk).split(b'"')
        # A quote toggles between outside and inside; a doubled quote toggles twice.
        for position, part in enumerate(parts):
            if self._quoted == bool(position % 2):
                parts[position] = part.replace(b"\n", b"\r\n")
        self._quoted ^= len(parts) % 2 == 0
        self._put(b'"'.join(parts))
        return len(chunk)

    def _put(self, data: bytes) -> None:
        self._file.write(data)
        self._digest.update(data)
        self.bytes += len(data)


def swap_in(new: Path, current: Path) -> None:
    """Puts a folder in another's place, atomically where the system can exchange two names; ``new`` may be left."""
    if not current.exists():
        new.rename(current)
    elif not _exchange(new, current):
        old = new.with_suffix(".old")
        shutil.rmtree(old, ignore_errors=True)
        current.rename(old)
        new.rename(current)
        shutil.rmtree(old, ignore_errors=True)


def _exchange(one: Path, other: Path) -> bool:
    """Exchanges two names in one system call (renameat2 on Linux, renamex_np on macOS); False where it cannot."""
    libc = ctypes.CDLL(None, use_errno=True)
    here, there = os.fsencode(one), os.fsencode(other)
    try:
        if sys.platform == "darwin":
            return bool(libc.renamex_np(here, there, ctypes.c_uint(2)) == 0)
        at_cwd = -100
        return bool(libc.renameat2(at_cwd, here, at_cwd, there, ctypes.c_uint(2)) == 0)
    except AttributeError:
        return False


@contextmanager
def _alone(exports: Path) -> Iterator[None]:
    with (exports / ".csv.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
