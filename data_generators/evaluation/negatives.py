"""People whom a matcher may take for one another: how many there are, and how many of them their records give away."""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from collections.abc import Mapping
from pathlib import Path

from data_generators.evaluation.reading import Record, read_records, tidy

_SHARED = {
    "family_mailbox": "email",
    "role_mailbox": "email",
    "one_phone": "phone",
    "recycled_phone": "phone",
}
"""What must be the same in records of two people before the trap is one; twins and namesakes always are."""


def count(folder: Path) -> tuple[Counter[str], Counter[str], int]:
    """People by kind, those among them whose records do share the thing with another person's, and people in all.

    ``any of these`` is a kind, too.
    """
    with (folder / "truth" / "people.csv").open(encoding="utf-8", newline="") as file:
        kinds_of = {row["person_id"]: row["hard_negative"].split("|") for row in csv.DictReader(file)}
    shared = {field: _sharing(read_records(folder), field) for field in set(_SHARED.values())}
    told: Counter[str] = Counter()
    real: Counter[str] = Counter()
    for person, kinds in kinds_of.items():
        true = [kind for kind in kinds if kind and (kind not in _SHARED or person in shared[_SHARED[kind]])]
        told.update([kind for kind in kinds if kind])
        real.update(true)
        told["any of these"] += kinds != [""]
        real["any of these"] += bool(true)
    return told, real, len(kinds_of)


def _sharing(records: list[Record], field: str) -> set[str]:
    """People who have a value of a field in common with another person."""
    people: dict[str, set[str]] = defaultdict(set)
    for record in records:
        people[tidy(field, record.values[field])].add(record.person)
    return {person for value, sharing in people.items() if value and len(sharing) > 1 for person in sharing}


def table(made: Mapping[int, Path]) -> str:
    """Counts for the folder of each seed as a Markdown table: as simulated, and as the records show it."""
    counts = [count(folder) for folder in made.values()]
    rows = ["| | " + " | ".join(f"seed {seed} | in the records" for seed in made) + " |"]
    rows.append("|---|" + "---:|---:|" * len(made))
    for kind in sorted(set().union(*(told for told, _, _ in counts)) - {"any of these"}):
        rows.append(f"| {kind} | " + " | ".join(f"{told[kind]} | {real[kind]}" for told, real, _ in counts) + " |")
    shares = (f"{told['any of these'] / n:.1%} | {real['any of these'] / n:.1%}" for told, real, n in counts)
    rows.append("| any of these, of all people | " + " | ".join(shares) + " |")
    return "\n".join(rows)
