"""`make fuzz`: mutates good files and checks that no line is lost and that untouched lines land unchanged."""

from __future__ import annotations

import argparse
import csv
import gzip
import io
import json
import random
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path

from customer360.landing.content import UnreadableError, examine
from customer360.landing.dialect import Pins
from customer360.landing.dry_run import values
from customer360.landing.reading import open_table

_HEADER = ["id", "name", "email", "day", "amount"]
_BYTES = b"\",;|\t\r\n\\'\x00\xff\xc3\xa9 aZ09"


@dataclass(frozen=True)
class Good:
    """A good file: its lines' bytes, and the record that each line belongs to.

    Attributes:
        fragile: one byte may spoil all that follows it, so only the balance is checked.
    """

    name: str
    content: bytes
    records: list[list[str]]
    spans: list[tuple[int, int]]
    fragile: bool = False
    suffix: str = ".csv"


def _field(rng: random.Random, column: int, row: int) -> str:
    plain = [f"C{row:04d}", rng.choice(["Zoé", "Ann Lee", "O'Hara", "Søren"]), f"u{row}@example.com",
             f"2024-0{row % 9 + 1}-1{row % 9}", f"{row * 7 % 1000}.{row % 100:02d}"]  # fmt: skip
    return plain[column]


def _written(rows: list[list[str]], **dialect: str) -> list[str]:
    out = []
    for row in rows:
        text = io.StringIO()
        csv.writer(text, **dialect).writerow(row)
        out.append(text.getvalue())
    return out


def good_files(rng: random.Random, count: int = 30) -> list[Good]:
    """Files of several dialects, with and without quotes, multi-line fields and accents."""
    header = _HEADER
    plain = [[_field(rng, column, row) for column in range(5)] for row in range(count)]
    quoted = [[*row[:1], row[1] + ', "the" one', *row[2:]] if at % 3 == 0 else row for at, row in enumerate(plain)]
    spread = [[*row[:1], row[1] + "\nsecond line", *row[2:]] if at % 5 == 0 else row for at, row in enumerate(quoted)]
    kinds = [
        ("plain", plain, {"lineterminator": "\n"}, "utf-8"),
        ("quoted", quoted, {"lineterminator": "\n"}, "utf-8"),
        ("spread", spread, {"lineterminator": "\n"}, "utf-8"),
        ("crlf", quoted, {"lineterminator": "\r\n"}, "utf-8"),
        ("mac", plain, {"lineterminator": "\r"}, "utf-8"),
        ("semicolon", quoted, {"lineterminator": "\n", "delimiter": ";"}, "cp1252"),
        ("tab", plain, {"lineterminator": "\n", "delimiter": "\t"}, "utf-8"),
        ("utf16", quoted, {"lineterminator": "\n"}, "utf-16"),
        ("all quoted", quoted, {"lineterminator": "\n", "quoting": csv.QUOTE_ALL}, "utf-8"),
    ]
    found = []
    for name, rows, dialect, encoding in kinds:
        pieces = [piece.encode(encoding) for piece in _written([header, *rows], **dialect)]  # type: ignore[arg-type]
        if encoding == "utf-16":
            pieces = [pieces[0], *(piece[2:] for piece in pieces[1:])]
        spans, position = [], len(pieces[0])
        for piece in pieces[1:]:
            spans.append((position, position + len(piece)))
            position += len(piece)
        found.append(Good(name, b"".join(pieces), rows, spans, fragile=encoding == "utf-16"))
    crlf = found[[good.name for good in found].index("crlf")]
    squeezed = gzip.compress(crlf.content, mtime=0)
    found.append(Good("gzip", squeezed, [[]], [(0, len(squeezed))], fragile=True))
    return [*found, _json_lines(header, quoted)]


def _json_lines(header: list[str], rows: list[list[str]]) -> Good:
    pieces = [(json.dumps(dict(zip(header, row, strict=True)), ensure_ascii=False) + "\n").encode() for row in rows]
    ends = list(accumulate(map(len, pieces)))
    return Good("json lines", b"".join(pieces), rows, list(zip([0, *ends[:-1]], ends, strict=True)), suffix=".jsonl")


def mutate(good: Good, rng: random.Random) -> tuple[bytes, list[list[str]], str]:
    """The mutated content, the records that must still land, and what was done."""
    start = good.spans[0][0]
    content = good.content
    at = rng.randrange(max(start, 1), len(content))
    kind = rng.choice(["flip", "delete", "insert", "truncate", "duplicate", "drop lines", "repeat lines", "swap lines"])
    end = at + 1
    if kind == "flip":
        changed = content[:at] + bytes([content[at] ^ (1 << rng.randrange(8))]) + content[end:]
    elif kind == "delete":
        end = min(at + rng.choice([1, 1, 1, 2, 5, 40]), len(content))
        changed = content[:at] + content[end:]
    elif kind == "insert":
        changed = content[:at] + bytes(rng.choice(_BYTES) for _ in range(rng.choice([1, 1, 1, 2, 3]))) + content[at:]
    elif kind == "truncate":
        end = len(content)
        changed = content[:at]
    elif kind == "duplicate":
        end = min(at + rng.choice([1, 5, 60, 200]), len(content))
        changed = content[:end] + content[at:end] + content[end:]
    else:
        return _with_lines_moved(good, rng, kind)
    # A line end that was touched joins its line with the next.
    safe = [record for record, (first, last) in zip(good.records, good.spans, strict=True) if last < at or first > end]
    return changed, safe, f"{good.name}: {kind} at {at}"


def _with_lines_moved(good: Good, rng: random.Random, kind: str) -> tuple[bytes, list[list[str]], str]:
    """Whole records dropped, repeated or in another order: each must land as often as it is there."""
    head = good.content[: good.spans[0][0]]
    order = list(range(len(good.spans)))
    at = rng.randrange(len(order))
    some = order[at : at + rng.choice([1, 1, 2, 7])]
    if kind == "drop lines":
        order = [number for number in order if number not in some] or order
    elif kind == "repeat lines":
        order[at:at] = some
    else:
        rng.shuffle(order)
    pieces = [good.content[slice(*good.spans[number])] for number in order]
    return head + b"".join(pieces), [good.records[number] for number in order], f"{good.name}: {kind} at {at}"


def check(folder: Path, good: Good, rng: random.Random) -> str:
    """One mutation; an empty string, or what went wrong."""
    content, safe, what = mutate(good, rng)
    path = folder / f"mutated{good.suffix}"
    path.write_bytes(content)
    try:
        facts = examine(path)
        table = open_table(path, facts, Pins())
        rows: list[list[str]] = []
        rejected = 0
        for block in table.blocks():
            found = values(block, table.wire)
            if table.grows:  # a spoilt name is a column more
                named = (dict(zip(block.columns, row, strict=True)) for row in found)
                found = ([row.get(name, "") for name in _HEADER] for row in named)
            rows += found
            rejected += len(block.rejects)
    except UnreadableError as error:
        # Where no line is left as it was, there may be nothing to read.
        return "" if good.fragile or not safe else f"{what}: unreadable: {error}"
    tally = table.tally
    if tally.accounted != tally.lines_read:
        return f"{what}: {tally.lines_read} lines read, {tally.accounted} accounted for"
    if good.fragile:
        return ""
    missing = Counter(map(tuple, safe)) - Counter(map(tuple, rows))
    return f"{what}: {len(missing)} untouched records changed, such as {next(iter(missing))}" if missing else ""


def run(seed: int, count: int) -> list[str]:
    """Failures of that many mutations."""
    rng = random.Random(seed)
    goods = good_files(rng)
    with tempfile.TemporaryDirectory(prefix="c360-fuzz-") as folder:
        found = [check(Path(folder), goods[at % len(goods)], random.Random(f"{seed}/{at}")) for at in range(count)]
    return [failure for failure in found if failure]


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=100_000)
    options = parser.parse_args()
    failures = run(options.seed, options.count)
    sys.stdout.write("".join(f"{failure}\n" for failure in failures[:50]))
    sys.stdout.write(f"{options.count:,} mutations (seed {options.seed}): {len(failures)} failures\n")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
