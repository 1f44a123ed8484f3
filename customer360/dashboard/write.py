"""Writes the dashboard: published marts in, one file out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from customer360.dashboard.library import charting_library
from customer360.dashboard.operations import PAGE, VISUALS, Operations, in_words
from customer360.dashboard.page import page_text
from customer360.dashboard.tables import Limits, read_tables
from customer360.export import Pii
from customer360.marts import Mart
from customer360.powerbi.measures import MEASURES, PERIOD_DAYS
from customer360.powerbi.pages import PAGES
from customer360.swap import replace_text

NAME = "dashboard.html"
_ALL = Limits()


def write_dashboard(
    connection: Any,
    marts: Sequence[Mart],
    out: Path,
    facts: Mapping[str, Any],
    operations: Operations,
    *,
    kept_in: Path,
    pii: Pii = Pii.MASK,
    limits: Limits = _ALL,
) -> dict[str, int]:
    """Writes the file beside its place and moves it there, so that who has it open or opens it sees a whole one.

    Args:
        connection: psycopg2 connection as c360_reader, or as c360_analyst_pii to keep personal data.
        marts: the published ones.
        out: the file.
        facts: data_folder, as_of_date and reporting_currency of what is published.
        operations: the last runs, and how fresh the sources are.
        kept_in: a folder for what can be made again.
        pii: what becomes of personal data.
        limits: how much of single customers goes in.

    Returns:
        Bytes, customers, and of how many of them the file holds more than their share of the totals.
    """
    content = read_tables(connection, {mart.name: mart for mart in marts}, facts["as_of_date"], pii, limits)
    folder, shown = Path(facts["data_folder"]).name, content.tables["customers"]["rows"]
    about = {
        "folder": folder,
        "as_of": facts["as_of_date"],
        "currency": facts["reporting_currency"],
        "grain": content.grain,
        "period_days": PERIOD_DAYS,
        "pii": str(pii),
        "customers": content.customers,
        "orders_each": limits.orders,
        "read_at": in_words(operations.read_at),
        "pages": [*({"key": page.key, "name": page.name} for page in PAGES), PAGE],
        "visuals": {v.key: {"title": v.title, "alt": v.alt} for page in PAGES for v in page.visuals} | VISUALS,
        "measures": [
            {"name": m.name, "definition": m.definition, "format": m.format, "folder": m.folder} for m in MEASURES
        ],
    }
    as_of = f"{date.fromisoformat(facts['as_of_date']):%d %B %Y}".lstrip("0")
    text = page_text(
        {"about": about, "tables": content.tables | operations.tables()},
        charting_library(kept_in),
        title=f"Customer 360: {folder}",
        subtitle=f"{folder}, as of {as_of}",
    )
    replace_text(out, text)
    return {"bytes": out.stat().st_size, "customers": content.customers, "shown": shown}
