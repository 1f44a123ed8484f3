"""What kind of thing a cell looks like, and what the sound records of a file say about each column."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

_NUMBER = r"[-+(]?\s?[$€£%]?\s?\d{1,3}(?:[,.' \u00a0\u202f]?\d{3})*(?:[.,]\d+)?(?:[eE][-+]?\d+)?\s?[)%$€£]?"
_DATE = (
    r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}(?:[T ]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?\s?(?:[AaPp][Mm]|Z|[-+]\d{2}:?\d{2})?)?"
)
_TYPED = re.compile(
    rf"\s*(?:(?P<number>{_NUMBER})|(?P<date>{_DATE})|(?P<time>\d{{1,2}}:\d{{2}}(?::\d{{2}})?(?:\s?[AaPp][Mm])?)"
    r"|(?P<email>[^\s@,;]+@[^\s@,;]+\.[^\s@,;]+)|(?P<link>(?:https?|ftp)://[^\s\"]+|www\.[^\s\"]+))\s*"
)
_WORDS = re.compile(r"[^\W_][\w .,'\u2019&()/:%+#@°!?-]*")
_NULL = frozenset({"n/a", "na", "null", "none", "nan", "-", "\\n"})
# A column speaks when it has this many values, and of a kind that makes this share of them.
_ENOUGH = 20
_USUAL = 0.95


def kind_of(cell: str) -> str:
    """``number``, ``date``, ``time``, ``email``, ``link``, ``empty`` or ``text``."""
    cell = cell.strip()
    if not cell or cell.lower() in _NULL:
        return "empty"
    match = _TYPED.fullmatch(cell)
    return str(match.lastgroup) if match else "text"


def likeness(cell: str) -> float:
    """How much a cell looks like something that people write into one, 0 to 1."""
    cell = cell.strip()
    if not cell or cell.lower() in _NULL or _TYPED.fullmatch(cell):
        return 1.0
    if _WORDS.fullmatch(cell):
        return 0.9
    return 0.3 if cell[0] in "\"'" or cell[-1] in "\"'" else 0.5


@dataclass(frozen=True)
class Profile:
    """What the sound records of a file hold in each column.

    Attributes:
        kinds: the kinds seen in each column.
        typed: whether nearly all values of a column are of one kind that is not text.
    """

    kinds: tuple[frozenset[str], ...]
    typed: tuple[bool, ...]

    def fits(self, fields: Sequence[str], but: frozenset[int] = frozenset()) -> bool:
        """Whether each field, except some, is of a kind that its column has."""
        return all(at in but or kind_of(field) in self.kinds[at] for at, field in enumerate(fields))


def profile_of(records: Sequence[Sequence[str]], width: int) -> Profile | None:
    """The profile of records of one width; None: too few to say anything."""
    if len(records) < _ENOUGH:
        return None
    kinds, typed = [], []
    for at in range(width):
        seen = Counter(kind_of(fields[at]) for fields in records)
        kinds.append(frozenset(kind for kind, count in seen.items() if count * 50 >= len(records)))
        empty = seen.pop("empty", 0)
        usual, count = max(seen.items(), key=lambda item: item[1], default=("text", 0))
        values = len(records) - empty
        typed.append(usual != "text" and values >= _ENOUGH // 2 and count >= _USUAL * values)
    return Profile(tuple(kinds), tuple(typed))
