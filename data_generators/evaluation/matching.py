"""Records for a matching engine, and the score of the clusters that it gives back."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from data_generators.evaluation.keys import Score, pairs
from data_generators.evaluation.reading import Record, tidy

FIELDS = ("first_name", "last_name", "email", "phone", "birth_date", "address", "city", "postcode")


def write_records(records: Sequence[Record], out: Path) -> None:
    """Tidied records as CSV: record_id (``source:id``) and the fields that engines compare."""
    with out.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["record_id", *FIELDS])
        for record in records:
            cells = (tidy(field, record.values[field]) for field in FIELDS)
            writer.writerow([f"{record.source}:{record.number}", *cells])


def score_clusters(records: Sequence[Record], clusters: Path) -> Score:
    """How well clusters (CSV with record_id and cluster_id) agree with the truth, by pairs."""
    with clusters.open(encoding="utf-8", newline="") as file:
        found = {row["record_id"]: row["cluster_id"] for row in csv.DictReader(file)}
    cluster_of = [found.get(f"{record.source}:{record.number}", f"alone {at}") for at, record in enumerate(records)]
    together = Counter(f"{cluster}\x1f{record.person}" for cluster, record in zip(cluster_of, records, strict=True))
    people = Counter(record.person for record in records)
    return Score(clusters.name, pairs(Counter(cluster_of)), pairs(together), pairs(people))
