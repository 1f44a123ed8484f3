"""``make review``: pairs that a person has to decide, side by side, one after the other."""

from __future__ import annotations

import getpass
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from customer360.console import table
from customer360.errors import Customer360Error
from customer360.overrides import MUST_LINK, NEVER_LINK, Override, append_override, read_overrides
from customer360.settings import Settings

from .evidence import evidence_of
from .paths import told

_SHOWN = ("full_name", "birth_date", "gender", "email", "phone", "address", "postcode", "city", "country", "created_at")
_OPEN = """
select record_id_1, record_id_2, weight
from intermediate.int_identity_links
where decision = 'review'
order by weight desc nulls last, record_id_1 collate "C", record_id_2 collate "C"
"""


@dataclass
class Tally:
    """What became of the pairs of a session."""

    same: int = 0
    different: int = 0
    skipped: int = 0
    left: int = 0


def review(
    connection: Any, settings: Settings, folder: Path, say: Callable[[str], None], answers: Iterator[str]
) -> Tally:
    """Shows each open pair and takes y (one customer), n (two), s (skip) or q (quit); decisions are written at once.

    Args:
        connection: psycopg2 connection as c360_transformer.
        settings: the installation.
        folder: the data folder, whose identity_overrides.csv is added to.
        say: hears what to show.
        answers: lines typed; the end of them is q.
    """
    decided = {frozenset((it.record_1, it.record_2)) for it in read_overrides(settings, folder)}
    tally = Tally()
    with connection.cursor() as cursor:
        cursor.execute(_OPEN)
        pairs = [(one, other) for one, other, _ in cursor.fetchall() if frozenset((one, other)) not in decided]
        if not pairs:
            say("nothing to review: no pair lies between the thresholds that is not decided yet")
            return tally
        for number, (one, other) in enumerate(pairs):
            say(f"\npair {number + 1} of {len(pairs)}")
            for line in _side_by_side(cursor, one, other):
                say(line)
            answer = _ask(say, answers)
            if answer == "q":
                tally.left = len(pairs) - number
                break
            if answer == "s":
                tally.skipped += 1
                continue
            decision = MUST_LINK if answer == "y" else NEVER_LINK
            try:
                path = append_override(settings, folder, _override(one, other, decision))
            except Customer360Error as error:
                say(f"not written: {error.what}")
                tally.skipped += 1
                continue
            say(f"{decision} written to {path}")
            tally.same += answer == "y"
            tally.different += answer == "n"
    return tally


def _ask(say: Callable[[str], None], answers: Iterator[str]) -> str:
    while True:
        say("one customer? y(es), n(o), s(kip), q(uit)")
        answer = next(answers, "q").strip().lower()[:1]
        if answer in ("y", "n", "s", "q"):
            return answer
        say("please answer y, n, s or q")


def _side_by_side(cursor: Any, one: str, other: str) -> Iterator[str]:
    cursor.execute(
        f"select record_id, {', '.join(f'{name}::text' for name in _SHOWN)}"  # noqa: S608 - names of ours
        " from intermediate.int_customer_records where record_id in (%s, %s)",
        (one, other),
    )
    rows = {row[0]: row[1:] for row in cursor.fetchall()}
    lines = [(name, a, b) for name, a, b in zip(_SHOWN, rows[one], rows[other], strict=True) if a or b]
    yield table(("", one, other), lines)
    yield from told(evidence_of(cursor, one, other))


def _override(one: str, other: str, decision: str) -> Override:
    try:
        who = getpass.getuser()
    except (KeyError, OSError):
        who = ""
    return Override(one, other, decision, who, f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}", "make review")
