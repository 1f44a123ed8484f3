"""`make bench-identity`: seconds to clusters and links with the shipped weights, beside Splink on the same records.

Records of the generator are landed and staged, which is not timed; then the models of identity resolution are built,
and Splink reads the same records, trains itself and clusters at one threshold. With ``--smaller`` as many records are
resolved before, for the growth. The fit of weights on the same records is timed at the end, from staged records on as
well. ``--docs`` writes the figures into docs/identity.md.
"""

from __future__ import annotations

import argparse
import csv
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from customer360 import pipeline
from customer360.evaluation import identity as judged
from customer360.evaluation.clusters import ClusterScore, score_clusters
from customer360.evaluation.folders import truth_of_folder
from customer360.fitting import IDENTITY
from customer360.marked import write_marked
from customer360.settings import Settings, database_for
from customer360.warehouse import Warehouse
from data_generators import GeneratorConfig, generate

AT_MOST_TIMES_SPLINK = 7.0
AT_LEAST_F1 = 0.97
AT_MOST_GROWTH = 1.1
AT_MOST_FITTING_S = 60.0
THRESHOLD = 0.95
_BEGIN, _END = "<!-- bench: begin -->", "<!-- bench: end -->"
_BEFORE = "+int_customer_records +int_identity_overrides resource_type:seed"
_TIMED = "int_identity_cleaned+,+int_identity_links"
_FITTED = "int_identity_cleaned+,+int_identity_patterns int_identity_cleaned+,int_identity_random_patterns"


@dataclass(frozen=True)
class Took:
    """Seconds, what they were spent on, how good the clusters are, and the seconds of a fit where it was timed."""

    seconds: float
    stages: dict[str, float]
    score: ClusterScore
    records: int
    fitting: float | None = None


def write_folder(folder: Path, customers: int, seed: int) -> dict[str, str]:
    """A data folder with the customers of the generator, and nothing else; returns person by record."""
    made = folder.with_name(f"{folder.name}-made")
    generate(GeneratorConfig(customers=customers, seed=seed), made)
    declared = yaml.safe_load((made / "sources.yml").read_text(encoding="utf-8"))
    people = {
        name: {"customers": feeds["customers"]} for name, feeds in declared["sources"].items() if "customers" in feeds
    }
    folder.mkdir()
    for feeds in people.values():
        for pattern in feeds["customers"]["files"]:
            for path in made.glob(pattern):
                path.rename(folder / path.name)
    declared["sources"] = people
    (folder / "sources.yml").write_text(yaml.safe_dump(declared, sort_keys=False), encoding="utf-8")
    truth = truth_of_folder(made)
    shutil.rmtree(made)
    return truth


@contextmanager
def folder_of(settings: Settings, customers: int, seed: int) -> Iterator[tuple[Path, dict[str, str]]]:
    """Such a folder, with a database of its own, for as long as it is looked at."""
    with tempfile.TemporaryDirectory(prefix="c360-bench-identity-") as temporary:
        folder = Path(temporary).resolve() / f"people-{customers}"
        try:
            yield folder, write_folder(folder, customers, seed)
        finally:
            Warehouse(settings).drop(database_for(folder))
            shutil.rmtree(settings.state / "dbt" / database_for(folder), ignore_errors=True)


def ours(
    settings: Settings, folder: Path, truth: dict[str, str], records_csv: Path, *, with_fitting: bool = False
) -> Took:
    """Lands and stages, then times the engine; writes the records that it saw for Splink."""
    with pipeline.opened(settings, str(folder), trigger="bench") as plan:
        pipeline.map_sources(settings, plan)
        pipeline.build_models(settings, plan, _BEFORE)
        started = time.monotonic()
        figures = pipeline.build_models(settings, plan, _TIMED)
        seconds = time.monotonic() - started
        cluster_of = pipeline.read_models(settings, plan, _clusters)
        pipeline.read_models(settings, plan, lambda connection: _export(connection, records_csv))
        fitting = None
        if with_fitting:
            started = time.monotonic()
            pipeline.build_models(settings, plan, _FITTED)
            pipeline.read_models(settings, plan, IDENTITY.fit)
            fitting = time.monotonic() - started
    stages = {node["name"].removeprefix("int_identity_"): node["seconds"] for node in figures["nodes"]}
    return Took(seconds, stages, score_clusters(cluster_of, truth), len(cluster_of), fitting)


def _clusters(connection: Any) -> dict[str, int]:
    with connection.cursor() as cursor:
        cursor.execute("select record_id, cluster_id from intermediate.int_identity_clusters")
        return dict(cursor.fetchall())


def _export(connection: Any, path: Path) -> None:
    columns = ", ".join(judged.FIELDS).replace("birth_date", "birth_date::text as birth_date")
    with connection.cursor() as cursor, path.open("wb") as file:
        cursor.copy_expert(
            f"copy (select record_id, {columns} from intermediate.int_customer_records) to stdout (format csv, header)",
            file,
        )


def splink(settings: Settings, records_csv: Path, truth: dict[str, str]) -> Took | None:
    """Splink on these records; None where its environment is missing."""
    command = judged.splink_command(settings)
    if command is None:
        return None
    clusters_csv = records_csv.with_name("clusters.csv")
    started = time.monotonic()
    subprocess.run([*command, records_csv, clusters_csv, str(THRESHOLD)], check=True, stderr=subprocess.DEVNULL)
    seconds = time.monotonic() - started
    with clusters_csv.open(encoding="utf-8", newline="") as file:
        cluster_of = {row["record_id"]: row[str(THRESHOLD)] for row in csv.DictReader(file)}
    return Took(seconds, {}, score_clusters(cluster_of, truth), len(cluster_of))


def told(name: str, took: Took) -> str:
    """One line."""
    score = took.score
    return (
        f"  {name:<8} {took.records:>9,} records  {took.seconds:>7.1f} s"
        f"  F1 {score.f1:.3f}  precision {score.precision:.3f}  recall {score.recall:.3f}"
    )


def stages_of(took: Took) -> list[str]:
    """A line for each model."""
    return [f"    {stage:<18} {seconds:>7.1f} s" for stage, seconds in took.stages.items() if seconds >= 0.1]


def measure(settings: Settings, customers: int, seed: int, *, whole: bool) -> tuple[Took, Took | None]:
    """Ours on one set of records; as a whole with a fit, and Splink beside it."""
    with folder_of(settings, customers, seed) as (folder, truth), tempfile.TemporaryDirectory() as temporary:
        records_csv = Path(temporary) / "records.csv"
        took = ours(settings, folder, truth, records_csv, with_fitting=whole)
        print("\n".join([told("ours", took), *stages_of(took)]), flush=True)
        return took, splink(settings, records_csv, truth) if whole else None


def main() -> int:
    """Prints the figures; 1 where a promise is broken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, default=1_000_000)
    parser.add_argument("--smaller", type=int, default=100_000, help="0: no growth")
    parser.add_argument("--seed", type=int, default=42)
    parser.add_argument("--docs", action="store_true", help="write the figures into docs/identity.md")
    asked = parser.parse_args()
    settings = Settings.from_environment()
    Warehouse(settings).start()
    smaller = measure(settings, asked.smaller, asked.seed, whole=False)[0] if asked.smaller else None
    took, peer = measure(settings, asked.customers, asked.seed, whole=True)
    lines = [told("ours", smaller)] if smaller else []
    lines += [told("ours", took), *stages_of(took)]
    kept = [took.score.f1 >= AT_LEAST_F1]
    if smaller:
        growth = took.seconds / smaller.seconds
        kept.append(growth <= AT_MOST_GROWTH * took.records / smaller.records)
        lines.append(f"  {growth:.1f} times as long for {took.records / smaller.records:.1f} times as many records")
    if peer:
        times = took.seconds / peer.seconds
        kept.append(times <= AT_MOST_TIMES_SPLINK)
        lines += [told("Splink", peer), f"  ours takes {times:.1f} times as long as Splink"]
    if took.fitting is not None:
        kept.append(took.fitting <= AT_MOST_FITTING_S)
        lines.append(f"  fitting the weights on {took.records:,} staged records takes {took.fitting:.1f} s")
    lines.append(f"  on {os.cpu_count()} cores, with a load of {os.getloadavg()[1]:.1f} in the last five minutes")
    print("\n".join(["", *lines]))
    if asked.docs:
        write_marked(Path("docs/identity.md"), _BEGIN, _END, ["```text", *lines, "```"])
    return int(not all(kept))


if __name__ == "__main__":
    sys.exit(main())
