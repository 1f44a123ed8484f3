"""exports/powerbi as a whole: what a person double-clicks, the semantic model, the report."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from customer360.errors import Customer360Error
from customer360.marts import mart_from_manifest, references_in
from customer360.powerbi import pbir, tmdl
from customer360.powerbi.measures import MEASURES
from customer360.powerbi.model import Model, build_model
from customer360.powerbi.pages import PAGES
from customer360.powerbi.tables import LINKS, TABLES
from customer360.transform import models_of

_NAME = "Customer360"
_SCHEMAS = "https://developer.microsoft.com/json-schemas/fabric"
_IGNORED = "**/.pbi/localSettings.json\n**/.pbi/cache.abf\n"
# Desktop writes CRLF; the repository keeps LF.
_ATTRIBUTES = "* text=auto eol=lf\n"


def powerbi_model(manifest: Mapping[str, Any]) -> Model:
    """The semantic model of the spec over the manifest's marts, with every field of the report in it.

    Raises:
        Customer360Error: the spec names what is not there.
    """
    marts = {mart.name: mart for mart in map(mart_from_manifest, models_of(dict(manifest), "marts"))}
    model = build_model(marts, references_in(manifest), TABLES, LINKS, MEASURES)
    keys = [visual.key for page in PAGES for visual in page.visuals]
    if len(set(keys)) != len(keys):
        raise Customer360Error("two visuals have one key", where=str(sorted(it for it in keys if keys.count(it) > 1)))
    for page in PAGES:
        for visual in page.visuals:
            fields = [field for role in visual.roles.values() for field in role] + [*visual.changes.values()]
            for field in fields:
                model.check_field(field)
    return model


def project_files(manifest: Mapping[str, Any]) -> dict[str, str]:
    """Every file of the project by its path below exports/powerbi."""
    model, report = f"{_NAME}.SemanticModel", f"{_NAME}.Report"
    definitions = {f"definition/{path}": text for path, text in tmdl.definition_files(powerbi_model(manifest)).items()}
    return {
        ".gitattributes": _ATTRIBUTES,
        ".gitignore": _IGNORED,
        f"{_NAME}.pbip": _json(
            {
                "$schema": f"{_SCHEMAS}/pbip/pbipProperties/1.0.0/schema.json",
                "version": "1.0",
                "artifacts": [{"report": {"path": report}}],
                "settings": {"enableAutoRecovery": True},
            }
        ),
        f"{model}/.platform": _platform("SemanticModel"),
        f"{model}/definition.pbism": _json(
            {
                "$schema": f"{_SCHEMAS}/item/semanticModel/definitionProperties/1.0.0/schema.json",
                "version": "4.2",
                "settings": {},
            }
        ),
        **{f"{model}/{path}": text for path, text in definitions.items()},
        f"{report}/.platform": _platform("Report"),
        f"{report}/definition.pbir": _json(
            {
                "$schema": f"{_SCHEMAS}/item/report/definitionProperties/2.0.0/schema.json",
                "version": "4.0",
                "datasetReference": {"byPath": {"path": f"../{model}"}},
            }
        ),
        **{f"{report}/{path}": text for path, text in pbir.definition_files(PAGES).items()},
    }


def write_project(manifest: Mapping[str, Any], folder: Path) -> int:
    """Writes the project in place of what was there; returns the number of files."""
    files = project_files(manifest)
    shutil.rmtree(folder, ignore_errors=True)
    for path, text in files.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text.encode())
    return len(files)


def _platform(kind: str) -> str:
    return _json(
        {
            "$schema": f"{_SCHEMAS}/gitIntegration/platformProperties/2.0.0/schema.json",
            "metadata": {"type": kind, "displayName": _NAME},
            "config": {"version": "2.0", "logicalId": tmdl.stable_id("item", kind)},
        }
    )


def _json(content: dict[str, Any]) -> str:
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"
