"""Rows and rejected records as COPY takes them."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain

import numpy as np
from psycopg2 import sql

from customer360.sources import Feed

from .records import Block, Bulk, Reject, Wire
from .tables import rows_table

_ESCAPES = str.maketrans({"\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"})
_LF, _ZERO = 10, 48


def copy_statement(feed: Feed, columns: Iterable[str], wire: Wire) -> sql.Composable:
    """COPY of rows as ``encoded_rows`` writes them."""
    names = [*columns, "_line_number", "_batch_id"]
    options = sql.SQL("format csv, encoding 'UTF8', delimiter {}, quote {}").format(
        sql.Literal(wire.delimiter.decode()), sql.Literal(wire.quote.decode())
    )
    if not wire.nulls:
        # Every text is kept as it is: an empty field is an empty text, and no spelling means null.
        options += sql.SQL(", force_not_null *")
    return sql.SQL("copy {} ({}) from stdin ({})").format(
        rows_table(feed), sql.SQL(", ").join(map(sql.Identifier, names)), options
    )


def encoded_rows(block: Block, wire: Wire, batch_id: int) -> bytes | bytearray:
    """Rows as bytes for COPY, in UTF-8: each followed by its line number and its batch."""
    tail = wire.delimiter + b"%d\n" % batch_id
    data: bytes | bytearray = b""
    if block.bulk is not None:
        data = _bulk_rows(block.bulk, wire.delimiter, tail)
    if block.rows:
        template = wire.delimiter + b"%d" + tail.replace(b"%", b"%%")
        tails = [template % number for number in block.line_numbers]
        data += b"".join(chain.from_iterable(zip(block.rows, tails, strict=True)))
    return data if wire.encoding.lower() in ("utf-8", "ascii") else data.decode(wire.encoding).encode()


def _bulk_rows(bulk: Bulk, delimiter: bytes, tail: bytes) -> bytearray:
    """The lines of a bulk with delimiter, line number and tail before each line end.

    All of them get a tail with a number of the same width at once, then the digits in which the numbers differ are
    written into their places, column by column: no line is touched by Python itself.
    """
    first, last = int(bulk.numbers[0]), int(bulk.numbers[-1])
    width = len(str(last))
    alike = next(
        (at for at, (a, b) in enumerate(zip(str(first).zfill(width), str(last), strict=True)) if a != b), width
    )
    full = delimiter + str(last).encode() + tail
    ends = np.flatnonzero(np.frombuffer(bulk.content, dtype=np.uint8) == _LF)
    out = bytearray(bulk.content.replace(b"\n", full))
    view = np.frombuffer(out, dtype=np.uint8)
    places = ends + np.arange(len(ends)) * (len(full) - 1) + len(delimiter)
    rest = bulk.numbers - (first - first % 10 ** (width - alike))
    if width - alike < 10:
        rest = rest.astype(np.int32)  # twice as fast to divide
    for digit in range(width - 1, alike - 1, -1):
        rest, unit = np.divmod(rest, 10)
        view[places + digit] = unit + _ZERO
    return out


def reject_line(batch_id: int, reject: Reject) -> str:
    """A rejected record as a line for COPY into quarantine.rows."""
    column = "\\N" if reject.column is None else reject.column.translate(_ESCAPES)
    message = reject.message.replace("\0", "\ufffd").encode(errors="replace").decode().translate(_ESCAPES)
    return (
        f"{batch_id}\t{reject.line_number}\t{reject.lines}\t{reject.byte_offset}\t{column}\t{reject.reason}\t{message}"
        f"\t\\\\x{reject.content.hex()}\n"
    )
