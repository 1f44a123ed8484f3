"""docs/contract.md: every exported file, column, type and meaning, from the contracts of the marts."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from customer360.errors import Customer360Error
from customer360.marts import mart_from_manifest
from customer360.transform import models_of

_HEAD = """\
# The data contract

Every file of `exports/csv`, its columns in order, their types and what they mean. All files are always there,
with a header only when there is nothing to say. Generated from the contracts of the marts by `make contract`.

Format: UTF-8 with BOM, comma, CRLF, quotes as in RFC 4180, dates `2026-06-30`, times `2026-06-30T09:15:00` (UTC),
decimal point, `true` and `false`, empty = null. Rows are ordered by the key, which is marked with 🔑.
`manifest.json` beside them holds the data folder, the as-of date, the reporting currency, the run, and for each file
its rows, bytes and SHA-256; `datapackage.json` describes files and columns to programs (Data Package 2.0). The release
before this one stays in `exports/previous`.

Text that a spreadsheet would take for a formula has an apostrophe in front. **LibreOffice Calc** asks how to read a
CSV. Choose Unicode (UTF-8) and English, leave only Comma ticked as separator, set the columns of type text to *Text*,
and tick *Detect special numbers* for `true` and `false`: then everything is what it says here. As Calc proposes it,
`01234` becomes 1234, `+33123456789` becomes 33123456789, `1e5` becomes 100000, `true` is text, and what stands behind a
semicolon or a tab in a text is in the next cell, without that apostrophe.

Columns with personal data are marked with 👤. `make export PII=mask` leaves of them the first character, of an e-mail
address also its domain, of a day the year; `PII=omit` leaves the columns out. `PARQUET=1` writes the same rows to
`exports/parquet`. In the warehouse, `c360_reader` sees them masked in the view `<mart>_masked`, `c360_analyst_pii` as
they are.

The columns `expected_orders_<n>d` and `expected_value_<n>d` follow `horizons_days` of `sources.yml`; those of the
default horizons are listed.
"""


def contract_text(project: Path) -> str:
    """The page as Markdown; parses the dbt project without a database.

    Raises:
        Customer360Error: dbt cannot parse the project.
    """
    parts = [_HEAD]
    for mart in map(mart_from_manifest, models_of(parse_manifest(project), "marts")):
        parts.append(f"## {mart.name}.csv\n\n{_one_line(mart.description)}\n")
        parts.append("| column | type | meaning |\n| --- | --- | --- |")
        for name, column in mart.columns.items():
            marks = "🔑 " * (name in mart.order_by) + "👤 " * column.is_pii
            parts.append(f"| {marks}`{name}` | {column.data_type} | {_one_line(column.description)} |")
        parts.append("")
    return "\n".join(parts).rstrip() + "\n"


def parse_manifest(project: Path) -> dict[str, Any]:
    """The manifest of the project with default horizons, made in a temporary folder."""
    with tempfile.TemporaryDirectory() as target:
        environment = {name: value for name, value in os.environ.items() if not name.startswith(("C360_", "DBT_"))}
        environment |= {
            "DBT_PROFILES_DIR": str(project),
            "DBT_TARGET_PATH": target,
            "DBT_LOG_PATH": target,
            "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
            **dict.fromkeys(("C360_DB_HOST", "C360_DB_NAME", "C360_DB_USER", "C360_DB_PASSWORD"), "none"),
            "C360_DB_PORT": "1",
        }
        dbt = str(Path(sys.executable).with_name("dbt"))
        verbs = ["parse"] if (project / "dbt_packages" / "dbt_utils").exists() else ["deps", "parse"]
        for verb in verbs:
            done = subprocess.run(
                [dbt, verb, "--quiet"], cwd=project, env=environment, capture_output=True, text=True, check=False
            )
            if done.returncode != 0:
                raise Customer360Error("dbt cannot parse the project", where=str(project), how=done.stdout.strip())
        manifest: dict[str, Any] = json.loads((Path(target) / "manifest.json").read_text(encoding="utf-8"))
        return manifest


def _one_line(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
