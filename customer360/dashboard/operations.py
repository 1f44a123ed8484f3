"""The dashboard's own page, about runs instead of customers, which the Power BI report does not have."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from customer360.dashboard.columns import packed_table

PAGE = {"key": "operations", "name": "Operations"}
VISUALS = {
    "operations_runs": {"title": "The last runs", "alt": ""},
    "operations_sources": {"title": "Freshness of each source", "alt": ""},
    "operations_rows": {
        "title": "Rows of each stage",
        "alt": "Lines: rows that each stage landed, built or wrote in the last runs.",
    },
    "operations_seconds": {
        "title": "Seconds of each stage",
        "alt": "Lines: seconds that each stage took in the last runs.",
    },
}
_RUNS = ("run_id", "started_at", "as_of", "trigger", "status", "seconds", "landed", "quarantined", "refused", "passed",
         "warned", "failed")  # fmt: skip
_SOURCES = ("source", "landed_at", "hours", "warn_hours", "error_hours", "rows", "state")
_HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Freshness:
    """How fresh a feed is, and how old it may become.

    Attributes:
        source: ``source.entity``.
        landed_at: when it last landed something, or None: never.
        rows: of all its files.
        warn_after, error_after: as declared for dbt's source freshness, or None: not declared.
    """

    source: str
    landed_at: datetime | None
    rows: int
    warn_after: timedelta | None
    error_after: timedelta | None

    def age(self, now: datetime) -> timedelta | None:
        """How long ago it last landed something."""
        return None if self.landed_at is None else now - self.landed_at

    def state(self, now: datetime) -> str:
        """``never landed``, or as dbt says: ``pass``, ``warn``, ``error``; empty where nothing is declared."""
        age = self.age(now)
        if age is None:
            return "never landed"
        if self.warn_after is None and self.error_after is None:
            return ""
        if self.error_after is not None and age > self.error_after:
            return "error"
        return "warn" if self.warn_after is not None and age > self.warn_after else "pass"


@dataclass(frozen=True)
class Operations:
    """What the page tells.

    Attributes:
        read_at: when this was read; ages are as of then.
        runs: the last ones, the newest first, as `audit.recent_runs` gives them.
        sources: one for each feed of the data folder.
    """

    read_at: datetime
    runs: Sequence[Mapping[str, Any]]
    sources: Sequence[Freshness]

    def tables(self) -> dict[str, Any]:
        """Packed tables: runs and sources as shown, and one row for each stage that succeeded in a run."""
        # A run of everything tells the order of the flow.
        by_length = sorted(self.runs, key=lambda run: len(run["summary"]["stages"]), reverse=True)
        names = list(dict.fromkeys(stage["stage"] for run in by_length for stage in run["summary"]["stages"]))
        stages = [
            (names.index(stage["stage"]), stage["stage"], run["run_id"], stage["seconds"], stage["rows"])
            for run in self.runs
            for stage in run["summary"]["stages"]
            if stage["status"] == "succeeded"
        ]
        return {
            "runs": packed_table(_RUNS, [_run(run) for run in self.runs]),
            "stages": packed_table(("stage", "run_id", "seconds", "rows"), [row[1:] for row in sorted(stages)]),
            "sources": packed_table(_SOURCES, [self._source(it) for it in self.sources]),
        }

    def _source(self, it: Freshness) -> tuple[Any, ...]:
        landed_at = None if it.landed_at is None else in_words(it.landed_at)
        ages = (it.age(self.read_at), it.warn_after, it.error_after)
        return (it.source, landed_at, *map(_hours, ages), it.rows, it.state(self.read_at))


def in_words(moment: datetime) -> str:
    """A moment as the page takes it, to the second, in UTC where the moment is."""
    return f"{moment:%Y-%m-%d %H:%M:%S}"


def _run(run: Mapping[str, Any]) -> tuple[Any, ...]:
    """Without the text of errors, which may name paths and values."""
    landed, tests = run["summary"]["landed"], run["summary"]["tests"]
    done = {stage["stage"] for stage in run["summary"]["stages"]}
    rows = (landed["rows"], landed["quarantined"], landed["refused"]) if "land" in done else [None] * 3
    tested = (tests["passed"], len(tests["warned"]), len(tests["failed"])) if "dbt_test" in done else [None] * 3
    as_of = None if run["as_of_date"] is None else run["as_of_date"].isoformat()
    about = (run["run_id"], in_words(run["started_at"]), as_of, run["trigger"], run["status"])
    return (*about, run["seconds"], *rows, *tested)


def _hours(age: timedelta | None) -> float | None:
    return None if age is None else age / _HOUR
