"""The charting library: Vega-Lite with all it needs, as the package vl-convert-python ships it, in one script."""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path

from customer360.swap import replace_text

# Nothing else of it is named: the script makes what it leaves on the window, and the rest stays inside.
_EXPOSED = "window.vegaEmbed = vegaEmbed;"


def charting_library(kept_in: Path) -> str:
    """The script; putting it together takes a second or two, so it is kept, by the version of the package.

    Args:
        kept_in: a folder for what can be made again.
    """
    kept = kept_in / f"vega-lite-{version('vl-convert-python')}.js"
    if not kept.exists():
        import vl_convert

        replace_text(kept, vl_convert.javascript_bundle(_EXPOSED))
    return kept.read_text(encoding="utf-8")
