"""How far exact keys get: pairwise precision, recall and F1 of every key and pair of keys against the truth."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations

from data_generators.evaluation.reading import FIELDS, Record, tidy


@dataclass(frozen=True)
class Score:
    """How well records that agree on a key are records of one person.

    Attributes:
        found: pairs that agree on the key; ``right`` of them are of one person, ``true`` pairs there are.
    """

    key: str
    found: int
    right: int
    true: int

    @property
    def precision(self) -> float:
        return self.right / self.found if self.found else 0.0

    @property
    def recall(self) -> float:
        return self.right / self.true if self.true else 0.0

    @property
    def f1(self) -> float:
        return 2 * self.right / (self.found + self.true) if self.found + self.true else 0.0


def pairs(groups: Counter[str]) -> int:
    """How many pairs groups of these sizes have."""
    return sum(size * (size - 1) // 2 for size in groups.values())


def score(name: str, keys: Sequence[str], people: Sequence[str]) -> Score:
    """The score of one key; records whose key is empty agree with nobody."""
    filled = [(key, person) for key, person in zip(keys, people, strict=True) if key]
    together = Counter(f"{key}\x1f{person}" for key, person in filled)
    return Score(name, pairs(Counter(key for key, _ in filled)), pairs(together), pairs(Counter(people)))


def evaluate(records: Sequence[Record], write: Callable[[str, str], str] = tidy) -> list[Score]:
    """Scores of all single fields and pairs of them, the best F1 first.

    Args:
        records: with their person.
        write: how a field's text is compared: ``tidy``, or anything else.
    """
    people = [record.person for record in records]
    columns = {field: [write(field, record.values[field]) for record in records] for field in FIELDS}
    scores = [score(field, column, people) for field, column in columns.items()]
    for one, two in combinations(FIELDS, 2):
        both = [f"{a}\x1e{b}" if a and b else "" for a, b in zip(columns[one], columns[two], strict=True)]
        scores.append(score(f"{one} + {two}", both, people))
    return sorted(scores, key=lambda s: (-s.f1, s.key))


def table(scores: Sequence[Score], count: int = 12) -> str:
    """The best scores as a Markdown table."""
    rows = ["| key | precision | recall | F1 |", "|---|---:|---:|---:|"]
    rows += [f"| {s.key} | {s.precision:.3f} | {s.recall:.3f} | {s.f1:.3f} |" for s in scores[:count]]
    return "\n".join(rows)
