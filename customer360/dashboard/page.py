"""The page as one file: its text, its look, its data and its scripts, and a policy that allows nothing else."""

from __future__ import annotations

import base64
import hashlib
import html
from pathlib import Path
from typing import Any

from customer360.dashboard.columns import compressed
from customer360.powerbi.theme import css_colours

_FOLDER = Path(__file__).with_name("page")
_SCRIPTS = (
    "format",
    "elements",
    "data",
    "selection",
    "measures",
    "charts",
    "grid",
    "blocks",
    "filters",
    "overview",
    "marketing",
    "deep_dive",
    "customer",
    "operations",
    "main",
)


def page_text(content: Any, library: str, *, title: str, subtitle: str) -> str:
    """The whole file.

    Args:
        content: what the scripts find as their data, JSON-able.
        library: the charting library's script.
        title: in the browser's title bar.
        subtitle: what the page says about its data before any script has run.
    """
    app = '"use strict";\n(() => {\n' + "\n".join(map(_script, _SCRIPTS)) + "\n})();\n"
    parts = {
        "policy": _policy(app, library),
        "title": html.escape(title),
        "subtitle": html.escape(subtitle),
        "style": style(),
        "data": compressed(content),
        "app": app,
        "library": library,
    }
    before, *rest = (_FOLDER / "index.html").read_text(encoding="utf-8").split("{{")
    pieces = (piece.split("}}", 1) for piece in rest)
    return before + "".join(parts[name] + text for name, text in pieces)


def style() -> str:
    """The look: colours and rules."""
    return css_colours() + (_FOLDER / "style.css").read_text(encoding="utf-8")


def _script(name: str) -> str:
    return (_FOLDER / f"{name}.js").read_text(encoding="utf-8")


def _policy(*scripts: str) -> str:
    """The two scripts by their digests and the page's own styles; no network, no other scripts, no code from text."""
    digests = (base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in scripts)
    allowed = " ".join(f"'sha256-{digest}'" for digest in digests)
    return f"default-src 'none'; script-src {allowed}; style-src 'unsafe-inline'; img-src data:; base-uri 'none'"
