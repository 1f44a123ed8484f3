"""Pages that are written by hand but for what stands between two marks."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path


def write_marked(page: Path, begin: str, end: str, lines: Iterable[str]) -> None:
    """Puts lines between the marks of a page, in place of what stood there.

    Raises:
        ValueError: the page has no such marks.
    """
    text = page.read_text(encoding="utf-8")
    before, after = text[: text.index(begin) + len(begin)], text[text.index(end) :]
    page.write_text("\n".join([before, *lines, after]), encoding="utf-8")
