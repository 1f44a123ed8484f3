"""The same as-of date gives the same marts on any day."""

from __future__ import annotations

import re

from tests.conftest import ROOT

CLOCKS = r"current_date|current_timestamp|localtimestamp|\bnow\s*\(|clock_timestamp|\brandom\s*\(|modules\.datetime"


def test_no_model_looks_at_the_clock():
    """The as-of date is the only today, and nothing is drawn by lot: the same date gives the same marts on any day."""
    texts = {
        path: re.sub(r"\{#.*?#\}|--[^\n]*", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
        for folder in ("models", "macros", "tests")
        for path in (ROOT / "dbt_project" / folder).rglob("*.sql")
    }
    found = {path.name: re.findall(CLOCKS, text, re.IGNORECASE) for path, text in texts.items()}
    assert {name: words for name, words in found.items() if words} == {}
