"""Writes the published marts as CSV for BI, by fixed rules, and swaps the whole folder in at once.

The rules: UTF-8 with BOM, comma, CRLF, RFC 4180 quotes, ISO dates and times, decimal point, true/false, null = empty.
Text that a spreadsheet would take for a formula gets an apostrophe in front, in every file alike: ids still match.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, BinaryIO

from psycopg2 import sql

from customer360.datapackage import datapackage, resource
from customer360.marts import Column, Mart, Reference
from customer360.swap import swap_in

_BOM = b"\xef\xbb\xbf"
_TOGETHER = 500  # records
# What begins like a number or a telephone number and holds nothing else is no formula. Letters decide most cells first.
_INERT = """case
    when ascii({0}) > 64 then {0}
    when ascii({0}) not in (9, 13, 43, 45, 61, 64) then {0}  -- tab, carriage return, + - = @
    when {0} ~ '^[+-][0-9 .()-]*$' then {0}
    else chr(39) || {0}
end as {as_}"""


class Pii(StrEnum):
    """What becomes of columns that tell who a person is."""

    KEEP = "keep"
    MASK = "mask"
    OMIT = "omit"


@dataclass(frozen=True)
class ExportedFile:
    """One file of the export: data rows, size, digest, and the columns that it has."""

    name: str
    rows: int
    bytes: int
    sha256: str
    columns: Mapping[str, Column]


def export_marts(
    connection: Any,
    marts: Sequence[Mart],
    exports: Path,
    facts: dict[str, Any],
    *,
    references: Sequence[Reference] = (),
    pii: Pii = Pii.KEEP,
    parquet: bool = False,
) -> list[ExportedFile]:
    """Writes ``csv/<mart>.csv`` for every mart, ``manifest.json`` and ``datapackage.json``, and swaps ``csv`` in whole.

    What was there before stays in ``previous``.

    Args:
        connection: psycopg2 connection as c360_reader, who sees no more than what is masked, or c360_analyst_pii; all
            files are of one snapshot.
        marts: what to write.
        exports: the folder that holds ``csv``.
        facts: about the run, for the manifest.
        references: between the marts, for the datapackage.
        pii: what becomes of the columns with personal data.
        parquet: whether the folder ``parquet`` gets the same rows too.
    """
    exports.mkdir(parents=True, exist_ok=True)
    with _alone(exports), _new_folder(exports, "csv") as new:
        connection.set_session(isolation_level="REPEATABLE READ", readonly=True)
        with connection, connection.cursor() as cursor:
            cursor.execute("set local timezone to 'UTC'")
            cursor.execute("set local extra_float_digits to 1")
            # Without these the planner would keep all work for one processor: what a cell costs, it does not know.
            cursor.execute("set local parallel_tuple_cost to 0; set local parallel_setup_cost to 0")
            files = [_write(cursor, mart, pii, new) for mart in marts]
        entries = [{"name": f.name, "rows": f.rows, "bytes": f.bytes, "sha256": f.sha256} for f in files]
        _write_json(new / "manifest.json", {**facts, "pii": str(pii), "files": entries})
        described = (
            resource(mart, f.columns, references) | {"bytes": f.bytes, "hash": f"sha256:{f.sha256}"}
            for mart, f in zip(marts, files, strict=True)
        )
        _write_json(new / "datapackage.json", datapackage(described))
        if parquet:
            _write_parquet(marts, files, new, exports)
        swap_in(new, exports / "csv", exports / "previous")
    return files


def _write(cursor: Any, mart: Mart, pii: Pii, folder: Path) -> ExportedFile:
    table = sql.Identifier("warehouse", mart.masked if pii is Pii.MASK else mart.name)
    cursor.execute(
        "select attname, format_type(atttypid, null) from pg_attribute"
        " where attrelid = %s::regclass and attnum > 0 and not attisdropped order by attnum",
        (table.as_string(cursor),),
    )
    types = dict(cursor.fetchall())
    # Columns of a model that makes them by a variable (horizons of predictions) may be in no contract.
    found = {name: mart.columns.get(name, Column(type_name)) for name, type_name in types.items()}
    columns = {name: column for name, column in found.items() if pii is not Pii.OMIT or not column.is_pii}
    query = sql.SQL("select {} from {} order by {}").format(
        sql.SQL(", ").join(_cell(name, types[name]) for name in columns),
        table,
        sql.SQL(", ").join(map(sql.Identifier, mart.order_by)),
    )
    statement = sql.SQL("copy ({}) to stdout (format csv, header)").format(query)
    path = folder / f"{mart.name}.csv"
    with path.open("wb") as file:
        sink = _CrlfSink(file)
        cursor.copy_expert(statement, sink)
        sink.flush()
    return ExportedFile(path.name, max(0, cursor.rowcount), sink.bytes, sink.sha256, columns)


def _cell(name: str, type_name: str) -> sql.Composable:
    column = sql.Identifier(name)
    if type_name in ("text", "character varying"):
        return sql.SQL(_INERT).format(column, as_=column)
    if type_name == "boolean":
        return sql.SQL("{0}::text as {0}").format(column)
    if type_name.startswith("timestamp"):
        # The server's own text of a time costs half of what to_char does.
        text = "replace(date_trunc('second', {0}::timestamp)::text, ' ', 'T')"
        return sql.SQL("case when isfinite({0}) then " + text + " end as {0}").format(column)
    if type_name in ("double precision", "real"):
        return sql.SQL("case when {0} not in ('NaN', 'Infinity', '-Infinity') then {0} end as {0}").format(column)
    return column


def _write_parquet(marts: Sequence[Mart], files: Sequence[ExportedFile], source: Path, exports: Path) -> None:
    """The same rows with their types, for those who read Parquet: what BI and notebooks see is the same."""
    import duckdb

    with _new_folder(exports, "parquet") as new, closing(duckdb.connect()) as engine:
        for mart, file in zip(marts, files, strict=True):
            types = {name: column.data_type for name, column in file.columns.items()}
            rows = engine.read_csv(str(source / file.name), header=True, columns=types, delimiter=",", na_values="")
            rows.write_parquet(str(new / f"{mart.name}.parquet"), compression="zstd")
        swap_in(new, exports / "parquet")


def _write_json(path: Path, content: dict[str, Any]) -> None:
    path.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


@contextmanager
def _new_folder(exports: Path, name: str) -> Iterator[Path]:
    new = exports / f".{name}.new"  # perhaps half-written by a run that was killed
    shutil.rmtree(new, ignore_errors=True)
    new.mkdir()
    try:
        yield new
    finally:
        shutil.rmtree(new, ignore_errors=True)


class _CrlfSink:
    """Takes the records that COPY writes, ends each with CRLF (line breaks inside quotes stay), counts and hashes.

    COPY hands over one whole record at a time; taking several together to the file is what makes this fast.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._digest = hashlib.sha256()
        self._records: list[bytes] = []
        self.bytes = 0
        self._put(_BOM)

    @property
    def sha256(self) -> str:
        return self._digest.hexdigest()

    def write(self, record: bytes) -> None:
        self._records.append(record)
        if len(self._records) == _TOGETHER:
            self.flush()

    def flush(self) -> None:
        data = b"".join(self._records)
        if data.count(b"\n") == len(self._records):
            data = data.replace(b"\n", b"\r\n")
        else:  # some stand inside quotes
            data = b"".join(record[:-1] + b"\r\n" for record in self._records)
        self._records.clear()
        self._put(data)

    def _put(self, data: bytes) -> None:
        self._file.write(data)
        self._digest.update(data)
        self.bytes += len(data)


@contextmanager
def _alone(exports: Path) -> Iterator[None]:
    with (exports / ".csv.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
