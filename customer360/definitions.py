"""What the metrics mean: the blocks of dbt_project/docs/metrics.md, which the contract and the catalogue show, too."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

_FILE = Path(__file__).parent.parent / "dbt_project" / "docs" / "metrics.md"
_BLOCK = re.compile(r"{% docs (\w+) %}(.*?){% enddocs %}", re.DOTALL)


@cache
def definitions() -> dict[str, str]:
    """Definition, formula, unit and source of every metric, on one line each."""
    return {name: " ".join(text.split()) for name, text in _BLOCK.findall(_FILE.read_text(encoding="utf-8"))}


def definition_of(metric: str) -> str:
    """The definition of a metric.

    Raises:
        KeyError: there is no such block.
    """
    return definitions()[metric]
