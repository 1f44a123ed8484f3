"""Parquet files, read by DuckDB, every value as text."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from .content import UnreadableError
from .delimited import column_names
from .records import Block, Reject, Tally, Wire, nullable_row

_ROWS = 10_000


class ParquetFile:
    """A Parquet file as blocks; lines are rows. Lists and structures become JSON.

    Attributes: as TableFile.
    """

    grows = False
    wire = Wire(nulls=True)

    def __init__(self, path: Path) -> None:
        import duckdb

        # DuckDB takes * and [ in a name for patterns: it is given a link with a plain name.
        self._link = tempfile.TemporaryDirectory(prefix="c360-parquet-")
        link = Path(self._link.name) / "file.parquet"
        link.symlink_to(path.resolve())
        self._errors = duckdb.Error
        self._database = duckdb.connect(config={"memory_limit": "200MB", "threads": 1, "temp_directory": ""})
        try:
            self._database.execute("create view file as select * from read_parquet(?)".replace("?", f"'{link}'"))
            described = self._database.execute("describe file").fetchall()
            self.header = [str(row[0]) for row in described]
            self._types = [str(row[1]) for row in described]
            (count,) = self._database.execute("select count(*) from file").fetchone() or (0,)
        except duckdb.Error as error:
            raise UnreadableError("parquet", f"not readable as Parquet: {str(error).splitlines()[0]}") from None
        self.columns = tuple(column_names(self.header))
        self.tally = Tally(lines_read=int(count))

    def blocks(self) -> Iterator[Block]:
        """Every row and every reject, in order."""
        texts = [_as_text(name, kind) for name, kind in zip(self.header, self._types, strict=True)]
        number = 1
        try:
            found = self._database.execute(f"select {', '.join(texts)} from file")  # noqa: S608 - quoted names
            while rows := found.fetchmany(_ROWS):
                yield self._block(rows, number)
                number += len(rows)
        except self._errors as error:
            raise UnreadableError("parquet", f"not readable as Parquet: {str(error).splitlines()[0]}") from None
        finally:
            self._database.close()
            self._link.cleanup()

    def described(self) -> dict[str, Any]:
        """How the file was read."""
        return {"format": "parquet", "types": dict(zip(self.columns, self._types, strict=True))}

    def _block(self, rows: list[tuple[Any, ...]], number: int) -> Block:
        block = Block(self.columns, [], [])
        for row in rows:
            if any(value is not None and "\0" in value for value in row):
                content = nullable_row(row)
                reject = Reject(number, 1, 0, content, "nul_character", "text cannot hold NUL")
                block.rejects.append(reject)
                self.tally.reject(reject)
            else:
                block.rows.append(nullable_row(row))
                block.line_numbers.append(number)
            number += 1
        self.tally.landed += len(block.rows)
        self.tally.rows_landed += len(block.rows)
        return block


def _as_text(name: str, kind: str) -> str:
    quoted = '"' + name.replace('"', '""') + '"'
    if kind.startswith(("STRUCT", "MAP", "UNION")) or kind.endswith("]"):
        return f"to_json({quoted})::varchar"
    if kind == "BLOB":
        return f"hex({quoted})"
    return f"{quoted}::varchar"
