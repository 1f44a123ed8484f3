"""Strings that break programs: formulas, control characters, look-alikes of null."""

from __future__ import annotations

import json
import os
from pathlib import Path

OWN = [
    "=1+1", "+1+cmd|' /C calc'!A0", "-1+1", "@SUM(1+1)", "\t=1", "\r=1", "=HYPERLINK(\"http://x\",\"y\")", "%0A=1",
    "+33 6 12 34 56 78", "-12.5", "\u200b\u2060\ufeffinvisible", "\u202egnal", "\u0627\u0644\u0639",
    "\U0001d4d0\U0001f469\u200d\U0001f680",
    "a\nb\r\nc", '"', '""', "'", "\\", "\\N", "NULL", "\x01\x1f\x7f", "\u0085\u2028\u2029", "x" * 5_000, "Zoe\u0301",
]  # fmt: skip


def strings() -> list[str]:
    """Ours, and those of the collections, where there are any."""
    found = list(OWN)
    if "C360_CORPORA" in os.environ:
        corpora = Path(os.environ["C360_CORPORA"])
        found += json.loads((corpora / "blns/raw/blns.json").read_text(encoding="utf-8"))
        found += (corpora / "csv_injection/raw/csv-payload.txt").read_text(encoding="utf-8").splitlines()
        page = (corpora / "csv_injection/raw/payloadsallthethings_csv_injection_README.md").read_text(encoding="utf-8")
        found += [line for line in page.splitlines() if line[:1] in "=+-@" and line]
    return [text for text in dict.fromkeys(found) if "\0" not in text and text.strip()]
