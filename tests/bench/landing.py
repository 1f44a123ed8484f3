"""`make bench-land`: rows per second of landing beside bare COPY of the same rows, clean, in one run."""

from __future__ import annotations

import argparse
import json
import random
import resource
import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from customer360.landing import land_file
from customer360.settings import Settings
from customer360.sources import read_data_folder
from customer360.warehouse import Role, Warehouse

SOURCES = """\
version: 1
sources:
  shop:
    customers:
      files: ["customers.csv"]
      columns: {customer_id: id}
    orders:
      files: ["orders.csv"]
      columns: {order_id: id, customer_id: customer, ordered_at: date, amount: amount}
"""
HEADERS = {
    "customers": "id,first name,last name,email,phone,birth,address,city,postcode,country,created",
    "orders": "id,customer,date,amount,currency,status,channel",
}
FLOOR = 0.5
PEAK_MB = 500
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
    return (
        f"O{number:08d},C{number % 1000003:07d},2025-0{number % 9 + 1}-1{number % 9} 10:{number % 60:02d}:00,"
        f"{number % 900}.{number % 100:02d},EUR,paid,web"
    )


def spoilt(line: str, fault: str) -> bytes:
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


def write(folder: Path, customers: int, orders: int) -> None:
    """Two files with 2 % of faulty lines, and beside them the same without."""
    (folder / "sources.yml").write_text(SOURCES)
    rng = random.Random(7)
    for name, make, count in (("customers", customer, customers), ("orders", order, orders)):
        with (folder / f"{name}.csv").open("wb") as messy, (folder / f"{name}.clean").open("wb") as clean:
            for out in (messy, clean):
                out.write(HEADERS[name].encode() + b"\n")
            for number in range(count):
                line = make(number, rng)
                clean.write(line.encode() + b"\n")
                faulty = name == "customers" and rng.random() < 0.02
                messy.write((spoilt(line, rng.choice(_FAULTS)) if faulty else line.encode()) + b"\n")


def bare_copy(connection: Any, folder: Path, name: str) -> float:
    """Seconds of COPY into a logged table that was there before."""
    columns = ", ".join(f'"{column}" text' for column in HEADERS[name].split(","))
    with connection, connection.cursor() as cursor:
        cursor.execute(f"drop table if exists raw.bare_{name}")
        cursor.execute(f"create table raw.bare_{name} ({columns})")
    started = time.monotonic()
    with connection, connection.cursor() as cursor, (folder / f"{name}.clean").open("rb") as file:
        cursor.copy_expert(f"copy raw.bare_{name} from stdin (format csv, header)", file, size=1 << 20)
    seconds = time.monotonic() - started
    with connection, connection.cursor() as cursor:
        cursor.execute(f"drop table raw.bare_{name}")
    return seconds


def landing(connection: Any, folder: Path, name: str) -> tuple[float, Any]:
    """Seconds of landing into a raw table that was there before, hence logged like the bare one."""
    data = read_data_folder(folder)
    feed = data.feed("shop", name)
    first = folder / "first.csv"
    first.write_bytes(b"".join((folder / f"{name}.clean").open("rb").readlines(4096)[:2]))
    land_file(connection, data, feed, "first.csv", None)
    started = time.monotonic()
    result = land_file(connection, data, feed, f"{name}.csv", None)
    return time.monotonic() - started, result


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--customers", type=int, default=1_000_000)
    parser.add_argument("--orders", type=int, default=4_000_000)
    parser.add_argument("--keep", type=Path)
    options = parser.parse_args()
    home = options.keep or Path(tempfile.mkdtemp(prefix="c360-bench-"))
    folder = home / "data"
    if not folder.exists():
        folder.mkdir(parents=True)
        write(folder, options.customers, options.orders)
    settings = Settings(root=Path.cwd(), state=home / "state", exports=home / "exports", env_file=home / ".env")
    warehouse = Warehouse(settings)
    warehouse.start()
    figures: dict[str, float] = {}
    try:
        bare = land = rows = 0.0
        for name in HEADERS:
            warehouse.prepare(f"c360_bench_{name}")
            connection = warehouse.login(Role.LOADER, f"c360_bench_{name}").connect()
            bare_seconds = bare_copy(connection, folder, name)
            seconds, result = landing(connection, folder, name)
            connection.close()
            warehouse.drop(f"c360_bench_{name}")
            count = result.rows_landed + result.rows_quarantined
            sys.stdout.write(
                f"{name:<10} {count:>9,} rows ({result.rows_quarantined:,} rejected): COPY {bare_seconds:5.2f} s,"
                f" landing {seconds:5.2f} s, ratio {bare_seconds / seconds:.2f}\n"
            )
            bare, land, rows = bare + bare_seconds, land + seconds, rows + count
        figures = {"rows": rows, "copy_seconds": bare, "landing_seconds": land, "ratio": bare / land}
    finally:
        warehouse.stop()
        if not options.keep:
            shutil.rmtree(home)
    figures["peak_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    verdict = "holds" if figures["ratio"] >= FLOOR and figures["peak_mb"] <= PEAK_MB else "MISSED"
    sys.stdout.write(
        f"ratio {figures['ratio']:.2f} (at least {FLOOR}), peak {figures['peak_mb']:.0f} MB"
        f" (at most {PEAK_MB}): {verdict}\n{json.dumps({k: round(v, 3) for k, v in figures.items()})}\n"
    )


if __name__ == "__main__":
    main()
