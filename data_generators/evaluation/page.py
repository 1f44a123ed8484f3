"""Writes ``docs/generator.md`` and its picture: what the generator makes, how hard it is, how lifelike. Measured."""

from __future__ import annotations

import csv
import os
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from data_generators import GeneratorConfig, generate
from data_generators.evaluation import bench, keys, negatives, purchases
from data_generators.evaluation.charts import Chart, Line, draw
from data_generators.evaluation.purchases import COUNTS, SHARES, WEEKS, Shape, shape
from data_generators.evaluation.reading import read_records
from data_generators.mess.rates import DUPLICATED_ROWS, FAULTS, LATE_CORRECTIONS, ORPHAN_ORDERS

DOCS = Path(__file__).parent.parent.parent / "docs"
SETS = {"cdnow_sample": "CDNOW (sample)", "online_retail": "Online Retail"}
_SEEDS = (42, 1, 2)
_TEXT = Path(__file__).parent / "generator.md"


def corpora() -> Path | None:
    """Where published transaction sets lie, or None; C360_CORPORA names it."""
    folder = os.environ.get("C360_CORPORA")
    return Path(folder) if folder and all((Path(folder) / name).is_dir() for name in SETS) else None


def write(published: Path, folder: Path = DOCS) -> None:
    """Writes the page and the picture; ``published`` holds the transaction sets."""
    with tempfile.TemporaryDirectory() as temporary:
        made = {seed: Path(temporary) / f"seed-{seed}" for seed in _SEEDS}
        for seed, out in made.items():
            generate(GeneratorConfig(seed=seed), out)
        clean = Path(temporary) / "clean"
        generate(GeneratorConfig(mess=0), clean)
        shapes = [shape("generated", purchases.generated_rows(clean)), *_published(published)]
        parts = {
            "files": _files(made[42]),
            "keys": _keys(made),
            "negatives": negatives.table(made),
            "shapes": purchases.table(shapes),
            "faults": _faults(made[42]),
        }
    (folder / "generator.svg").write_text(draw(_charts(shapes), "Repeat purchases and revenue, three sets"), "utf-8")
    text = _TEXT.read_text("utf-8")
    parts["bench"] = bench.written(DOCS / "generator.md")
    for name, part in parts.items():
        text = text.replace(f"<!-- {name} -->", part)
    (folder / "generator.md").write_text(text, "utf-8")


def _published(folder: Path) -> Iterator[Shape]:
    for name, title in SETS.items():
        yield shape(title, purchases.published_rows((folder / name / "transactions.csv").read_text("utf-8")))


def _charts(shapes: Sequence[Shape]) -> list[Chart]:
    def lines(points: dict[str, tuple[tuple[float, float], ...]]) -> tuple[Line, ...]:
        return tuple(Line(name, curve) for name, curve in points.items())

    repeat = {
        s.name: (
            (0.0, 0.0),
            *((float(w), share) for w, share in zip(WEEKS, s.repeat, strict=True) if share is not None),
        )
        for s in shapes
    }
    money = {s.name: tuple((float(x), y) for x, y in zip(SHARES, s.money, strict=True)) for s in shapes}
    counts = {s.name: tuple((float(x), y) for x, y in enumerate(s.counts)) for s in shapes}
    return [
        Chart("Bought again", "weeks after the first purchase", lines(repeat), _ticks((0, 13, 26, 39, 52, 78))),
        Chart("Revenue of the best customers", "percent of customers", lines(money), _ticks((0, 20, 40, 60, 80, 100))),
        Chart("Purchases a customer", "purchases", lines(counts), tuple((float(x), t) for x, t in enumerate(COUNTS))),
    ]


def _ticks(places: Sequence[int]) -> tuple[tuple[float, str], ...]:
    return tuple((float(place), str(place)) for place in places)


def _files(folder: Path) -> str:
    rows = ["| file | size |", "|---|---:|"]
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            rows.append(f"| `{path.relative_to(folder)}` | {path.stat().st_size / 1024:,.0f} KB |")
    return "\n".join(rows)


def _keys(made: dict[int, Path]) -> str:
    tables = [keys.table(keys.evaluate(read_records(made[42])), 10)]
    for seed in _SEEDS[1:]:
        best = keys.evaluate(read_records(made[seed]))[0]
        tables.append(f"With seed {seed} the best one is {best.key}: {best.f1:.3f}.")
    return "\n\n".join(tables)


def _faults(folder: Path) -> str:
    with (folder / "truth" / "faults.csv").open(encoding="utf-8", newline="") as file:
        happened = Counter((row["field"], row["fault"]) for row in csv.DictReader(file))
    rows = ["| field | fault | crm | shop | loyalty | orders | times |", "|---|---|---:|---:|---:|---:|---:|"]
    for fault in FAULTS:
        rates = " | ".join(_rate(fault.rates.get(s)) for s in ("crm", "shop", "loyalty", "orders"))
        rows.append(f"| {fault.field} | {fault.name} | {rates} | {happened[fault.field, fault.name]:,} |")
    for name, shares in (("duplicated_row", DUPLICATED_ROWS), ("late_correction", LATE_CORRECTIONS)):
        rates = " | ".join(_rate(shares.get(s)) for s in ("crm", "shop", "loyalty", "orders"))
        rows.append(f"| whole row | {name} | {rates} | {happened['*', name]:,} |")
    orphans = happened["customer_id", "orphan_order"]
    rows.append(f"| customer_id | orphan_order | | | | {_rate(ORPHAN_ORDERS)} | {orphans:,} |")
    return "\n".join(rows)


def _rate(rate: float | None) -> str:
    return f"{rate:.1%}" if rate else ""
