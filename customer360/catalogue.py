"""exports/catalogue.html: what dbt knows of models, columns, tests and lineage, in one file that needs no network."""

from __future__ import annotations

import re
from pathlib import Path

from customer360.errors import Customer360Error
from customer360.swap import replace_text
from customer360.transform import Dbt

NAME = "catalogue.html"

# dbt's page would load a tracker where tracking is allowed, and names fonts and a picture that only its own site has.
_TRACKER = "//d1fc8wv8zag5ca.cloudfront.net/2.9.0/sp.js"
_RELATIVE = re.compile(r"""url\((["']?)\.\./[^)]*\)""")


def write_catalogue(dbt: Dbt, exports: Path) -> Path:
    """Describes the published marts and all that they are made of; returns the file.

    Raises:
        Customer360Error: dbt cannot make its documentation.
    """
    if dbt.run(["docs", "generate", "--static", "--no-compile", "--quiet"]) != 0:
        raise Customer360Error("dbt docs generate failed", how="its message stands above")
    page = (dbt.target / "static_index.html").read_text(encoding="utf-8")
    replace_text(exports / NAME, alone(page))
    return exports / NAME


def alone(page: str) -> str:
    """The page without what it would fetch from elsewhere."""
    return _RELATIVE.sub("none", page.replace(_TRACKER, ""))
