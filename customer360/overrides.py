"""What people decided about pairs of records: must-link and never-link, in identity_overrides.csv.

The shipped seed holds what counts for every data folder, a folder's own file what was decided about its records.
"""

from __future__ import annotations

import csv
from collections import defaultdict, deque
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from customer360.errors import Customer360Error
from customer360.folder_seeds import OVERRIDES, find_seed, read_seed, write_seed
from customer360.settings import Settings

MUST_LINK, NEVER_LINK = "must_link", "never_link"
_MANY = 5  # rows that an error names


@dataclass(frozen=True)
class Override:
    """One decision.

    Attributes:
        record_1: ``source:customer_id``; the order of the two says nothing.
        record_2: another record.
        decision: ``must_link`` or ``never_link``.
        decided_by: a person.
        decided_at: when, as written.
        reason: why.
        place: file and row, for errors; rows count from 1 below the header.
    """

    record_1: str
    record_2: str
    decision: str
    decided_by: str = ""
    decided_at: str = ""
    reason: str = ""
    place: str = ""

    def __str__(self) -> str:
        """As an error names it."""
        return f"{self.record_1} {self.decision} {self.record_2} ({self.place})"


def read_overrides(settings: Settings, folder: Path) -> list[Override]:
    """All decisions that count for a data folder, the shipped ones first.

    Raises:
        Customer360Error: a row lacks an id, pairs a record with itself, or decides neither of the two; or
            decisions contradict each other. The rows are named.
    """
    shipped = settings.root / "dbt_project" / "seeds" / f"{OVERRIDES.name}.csv"
    with shipped.open(encoding="utf-8", newline="") as file:
        found = list(_typed(csv.DictReader(file), shipped))
    own = find_seed(settings, folder, OVERRIDES)
    if own is not None:
        found += _typed(read_seed(settings, folder, OVERRIDES), own)
    check_contradictions(found)
    return found


def check_contradictions(overrides: list[Override]) -> None:
    """Fails where records that must never be linked are one customer by a chain of must-links.

    Raises:
        Customer360Error: names the rows of the first such chains.
    """
    neighbours: dict[str, list[tuple[str, Override]]] = defaultdict(list)
    for override in overrides:
        if override.decision == MUST_LINK:
            neighbours[override.record_1].append((override.record_2, override))
            neighbours[override.record_2].append((override.record_1, override))
    contradicted = []
    for override in overrides:
        if override.decision == NEVER_LINK and (chain := _chain(neighbours, override.record_1, override.record_2)):
            contradicted.append(f"{override} against {' and '.join(map(str, chain))}")
    if contradicted:
        more = f"; and {len(contradicted) - _MANY} more" if len(contradicted) > _MANY else ""
        raise Customer360Error(
            f"decisions about records contradict each other: {'; '.join(contradicted[:_MANY])}{more}",
            where="identity_overrides.csv",
            how="delete the rows that are wrong: what must never be linked cannot be linked by others either",
        )


def append_override(settings: Settings, folder: Path, override: Override) -> Path:
    """Adds a decision to the folder's own file, unless it would contradict what is there.

    Returns:
        The file: in the folder, or in the state directory where the folder cannot be written.

    Raises:
        Customer360Error: it contradicts other decisions; nothing was written.
    """
    check_contradictions([*read_overrides(settings, folder), override])
    rows: list[list[str | None]] = [list(row.values()) for row in read_seed(settings, folder, OVERRIDES)]
    source_1, id_1 = override.record_1.split(":", 1)
    source_2, id_2 = override.record_2.split(":", 1)
    rows.append(
        [source_1, id_1, source_2, id_2, override.decision, override.decided_by, override.decided_at, override.reason]
    )
    return write_seed(settings, folder, OVERRIDES, rows)


def overrides_without_effect(connection: Any) -> list[str]:
    """The decisions that the dbt test of that name has warned of, in words, at most ten."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select source_1 || ':' || customer_id_1, decision, source_2 || ':' || customer_id_2, why"
            " from audit.overrides_without_effect order by 1, 3, 2 limit 10"
        )
        return [f"{OVERRIDES.name}.csv: {one} {decision} {other}: {why}" for one, decision, other, why in cursor]


def _typed(rows: Iterable[dict[str, str | None]], path: Path) -> Iterable[Override]:
    for number, row in enumerate(rows, start=1):
        place = f"{path.name} row {number}"
        ids = [row["source_1"], row["customer_id_1"], row["source_2"], row["customer_id_2"]]
        wrong = ""
        if not all(ids):
            wrong = "a source or an id is missing"
        elif ids[:2] == ids[2:]:
            wrong = "a record cannot be decided against itself"
        elif row["decision"] not in (MUST_LINK, NEVER_LINK):
            wrong = f"the decision is {row['decision'] or 'missing'}; it has to be {MUST_LINK} or {NEVER_LINK}"
        if wrong:
            raise Customer360Error(f"row {number}: {wrong}", where=str(path), how="mend or delete the row")
        yield Override(
            record_1=f"{ids[0]}:{ids[1]}",
            record_2=f"{ids[2]}:{ids[3]}",
            decision=str(row["decision"]),
            decided_by=row["decided_by"] or "",
            decided_at=row["decided_at"] or "",
            reason=row["reason"] or "",
            place=place,
        )


def _chain(neighbours: dict[str, list[tuple[str, Override]]], start: str, end: str) -> list[Override]:
    """The must-links that lead from one record to another, the shortest way; empty where none does."""
    came_by: dict[str, tuple[str, Override] | None] = {start: None}
    waiting = deque([start])
    while waiting and end not in came_by:
        here = waiting.popleft()
        for there, override in neighbours.get(here, ()):
            if there not in came_by:
                came_by[there] = (here, override)
                waiting.append(there)
    chain: list[Override] = []
    here = end
    while (step := came_by.get(here)) is not None:
        here = step[0]
        chain.append(step[1])
    return chain[::-1]
