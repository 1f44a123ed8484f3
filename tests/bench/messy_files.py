"""The files of `make bench-land`: customers and orders with faults, and beside them as many without."""

from __future__ import annotations

import csv
import json
import random
from collections.abc import Iterable, Iterator
from itertools import chain, islice
from pathlib import Path

import duckdb
import openpyxl

SOURCES = """\
version: 1
sources:
  shop:
    customers:
      files: ["customers*.csv"]
      columns: {customer_id: id}
    orders:
      files: ["orders*.csv"]
      columns: {order_id: id, customer_id: customer, ordered_at: date, amount: amount}
"""
HEADERS = {
    "customers": "id,first name,last name,email,phone,birth,address,city,postcode,country,created",
    "orders": "id,customer,date,amount,currency,status,channel",
}
_FAULTS = ("field", "quote", "bytes", "short", "after")


def customer(number: int, rng: random.Random) -> str:
    """A messy but well-formed line of customers: quoted commas, doubled quotes, accents."""
    name = rng.choice(("Zoé", "Jean-Luc", "O'Hara", "Müller", "Ann"))
    month = number % 9 + 1
    street = rng.choice(('"12, rue des Fleurs"', "5 High Street", '"The ""Old"" Mill, 7"', "Hauptstr. 3"))
    return (
        f"C{number:07d},{name},Smith{number % 9973},user{number}@example.com,+3361234{number % 10000:04d},"
        f"19{number % 90 + 10}-0{month}-11,{street},Paris,750{number % 20 + 1:02d},FR,2024-05-0{month}"
    )


def order(number: int, _: random.Random) -> str:
    """A line of orders."""
    return (
        f"O{number:08d},C{number % 1000003:07d},2025-0{number % 9 + 1}-1{number % 9} 10:{number % 60:02d}:00,"
        f"{number % 900}.{number % 100:02d},EUR,paid,web"
    )


def spoilt(line: str, fault: str) -> bytes:
    """The line with a fault that keeps it out of any table."""
    raw = line.encode()
    if fault == "field":
        return raw + b",surplus"
    if fault == "quote":
        return raw.replace(b",", b',"', 1)
    if fault == "bytes":
        return raw.replace(b"a", b"\xff", 1)
    if fault == "short":
        return raw[: raw.rfind(b",")]
    return raw.replace(b"Smith", b'"Smi"th', 1)


def write(folder: Path, counts: dict[str, int]) -> None:
    """``<name>.csv``, of whose customers 2 % are faulty, and ``<name>.clean``, the same without the faults."""
    (folder / "sources.yml").write_text(SOURCES)
    rng = random.Random(7)
    for name, make in (("customers", customer), ("orders", order)):
        with (folder / f"{name}.csv").open("wb") as messy, (folder / f"{name}.clean").open("wb") as clean:
            for out in (messy, clean):
                out.write(HEADERS[name].encode() + b"\n")
            for number in range(counts[name]):
                line = make(number, rng)
                clean.write(line.encode() + b"\n")
                faulty = name == "customers" and rng.random() < 0.02
                messy.write((spoilt(line, rng.choice(_FAULTS)) if faulty else line.encode()) + b"\n")


def write_tenfold(folder: Path, name: str) -> str:
    """A file with the rows of ``<name>.csv`` ten times; returns its name."""
    large = f"{name}-tenfold.csv"
    with (folder / large).open("wb") as out:
        for time in range(10):
            with (folder / f"{name}.csv").open("rb") as once:
                header = once.readline()
                if time == 0:
                    out.write(header)
                while piece := once.read(1 << 20):
                    out.write(piece)
    return large


def write_first(folder: Path, name: str) -> str:
    """A file of one row, which makes the raw table; returns its name."""
    first = f"{name}-first.csv"
    with (folder / f"{name}.clean").open("rb") as clean:
        (folder / first).write_bytes(b"".join(islice(clean, 2)))
    return first


def write_in_formats(folder: Path, rows: int) -> Iterator[Path]:
    """The first orders as JSON lines, a JSON array, Parquet and a workbook, one file after the other."""
    names = HEADERS["orders"].split(",")

    def orders() -> Iterator[list[str]]:
        with (folder / "orders.clean").open(encoding="utf-8", newline="") as clean:
            yield from islice(csv.reader(clean), 1, rows + 1)

    def texts() -> Iterable[str]:
        return (json.dumps(dict(zip(names, row, strict=True))) for row in orders())

    lines = folder / "orders.jsonl"
    with lines.open("w", encoding="utf-8") as out:
        out.writelines(f"{text}\n" for text in texts())
    yield lines
    array = folder / "orders.json"
    with array.open("w", encoding="utf-8") as out:
        out.writelines(chain("[", (f"{',' * (place > 0)}\n{text}" for place, text in enumerate(texts())), "]\n"))
    yield array
    parquet = folder / "orders.parquet"
    duckdb.sql(f"copy (from read_json('{lines}')) to '{parquet}' (format parquet)")
    yield parquet
    workbook, book = folder / "orders.xlsx", openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet()
    for row in chain([names], orders()):
        sheet.append(row)
    book.save(workbook)
    yield workbook
