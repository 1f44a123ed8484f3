"""The report in PBIR, Power BI's folder of JSON files: a folder a page, a folder a visual."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from customer360.powerbi.pages import WIDTH
from customer360.powerbi.spec import Field, Page, Visual
from customer360.powerbi.theme import DARK, LIGHT, theme_file

_SCHEMAS = "https://developer.microsoft.com/json-schemas/fabric/item/report/definition"
_IN_ROWS = {"data": [{"dataViewWildcard": {"matchingOption": 1}}]}


def short_id(*path: str) -> str:
    """The name of a page or a visual: 20 hexadecimal digits, the same each time."""
    return hashlib.sha256("/".join(path).encode()).hexdigest()[:20]


def definition_files(pages: Sequence[Page]) -> dict[str, str]:
    """Every file below the report's folder but its binding, by its path."""
    theme, look = theme_file()
    order = [short_id("page", page.key) for page in pages]
    files: dict[str, Any] = {
        "definition/version.json": {"$schema": f"{_SCHEMAS}/versionMetadata/1.0.0/schema.json", "version": "2.0.0"},
        "definition/report.json": _report(theme),
        "definition/pages/pages.json": {
            "$schema": f"{_SCHEMAS}/pagesMetadata/1.0.0/schema.json",
            "pageOrder": order,
            "activePageName": order[0],
        },
    }
    for page, name in zip(pages, order, strict=True):
        files[f"definition/pages/{name}/page.json"] = _page(page, name)
        for number, visual in enumerate(page.visuals):
            there = f"definition/pages/{name}/visuals/{short_id('visual', visual.key)}/visual.json"
            files[there] = _container(visual, number)
    texts = {path: json.dumps(content, indent=2, ensure_ascii=False) + "\n" for path, content in files.items()}
    return texts | {f"StaticResources/RegisteredResources/{theme}": look}


def _report(theme: str) -> dict[str, Any]:
    kind = "RegisteredResources"
    versions = {"visual": "2.4.0", "report": "3.0.0", "page": "2.0.0"}
    return {
        "$schema": f"{_SCHEMAS}/report/3.0.0/schema.json",
        "themeCollection": {"customTheme": {"name": theme, "reportVersionAtImport": versions, "type": kind}},
        "resourcePackages": [
            {"name": kind, "type": kind, "items": [{"name": theme, "path": theme, "type": "CustomTheme"}]}
        ],
        "settings": {"useEnhancedTooltips": True, "useStylableVisualContainerHeader": True},
    }


def _page(page: Page, name: str) -> dict[str, Any]:
    content: dict[str, Any] = {
        "$schema": f"{_SCHEMAS}/page/2.0.0/schema.json",
        "name": name,
        "displayName": page.name,
        "displayOption": "FitToWidth",
        "height": page.height,
        "width": WIDTH,
    }
    if page.drill_through:
        bound, to = short_id("filter", page.key), _expression(page.drill_through)
        content |= {
            "filterConfig": {
                "filters": [{"name": bound, "field": to, "type": "Categorical", "howCreated": "Drillthrough"}]
            },
            "pageBinding": {
                "name": short_id("binding", page.key),
                "type": "Drillthrough",
                "parameters": [{"name": f"Param_{bound}", "boundFilter": bound, "fieldExpr": to}],
            },
            "type": "Drillthrough",
        }
    return content


def _container(visual: Visual, number: int) -> dict[str, Any]:
    left, top, width, height = visual.place
    order = 1000 * number
    content: dict[str, Any] = {
        "$schema": f"{_SCHEMAS}/visualContainer/2.4.0/schema.json",
        "name": short_id("visual", visual.key),
        "position": {"x": left, "y": top, "z": order, "height": height, "width": width, "tabOrder": order},
        "visual": _visual(visual),
    }
    if visual.top:
        content["filterConfig"] = {"filters": [_top(visual.key, *visual.top)]}
    return content


def _visual(visual: Visual) -> dict[str, Any]:
    content: dict[str, Any] = {"visualType": visual.kind}
    if visual.roles:
        state = {role: {"projections": list(map(_projection, fields))} for role, fields in visual.roles.items()}
        content["query"] = {"queryState": state}
    if visual.sort:
        by, direction = visual.sort
        sort = {"sort": [{"field": _expression(by), "direction": direction}], "isDefaultSort": False}
        content["query"]["sortDefinition"] = sort
    if objects := _objects(visual):
        content["objects"] = objects
    if visual.kind != "textbox":
        content["visualContainerObjects"] = _frame(visual)
    if visual.sync:
        content["syncGroup"] = {"groupName": visual.sync, "fieldChanges": True, "filterChanges": True}
    content["drillFilterOtherVisuals"] = True
    return content


def _frame(visual: Visual) -> dict[str, Any]:
    title = {"show": _literal("true"), "text": _text(visual.title)}
    if visual.kind == "slicer":  # its own header says the same
        title = {"show": _literal("false")}
    return {"title": [{"properties": title}], "general": [{"properties": {"altText": _text(visual.alt)}}]}


def _objects(visual: Visual) -> dict[str, Any]:
    if visual.text:
        style = {"fontSize": "20pt", "fontWeight": "bold"}
        return {
            "general": [{"properties": {"paragraphs": [{"textRuns": [{"value": visual.text, "textStyle": style}]}]}}]
        }
    if visual.kind == "slicer":
        return {
            "data": [{"properties": {"mode": _text("Dropdown")}}],
            "header": [{"properties": {"show": _literal("true"), "text": _text(visual.title)}}],
        }
    if visual.heat:
        return {"values": [_heat(visual.heat)]}
    if visual.changes:
        return _changes(visual.roles["Data"], visual.changes)
    return {}


def _heat(measure: Field) -> dict[str, Any]:
    scale = {
        "min": {"color": {"Literal": {"Value": f"'{LIGHT}'"}}},
        "max": {"color": {"Literal": {"Value": f"'{DARK}'"}}},
        "nullColoringStrategy": {"strategy": {"Literal": {"Value": "'noColor'"}}},
    }
    rule = {"FillRule": {"Input": _expression(measure), "FillRule": {"linearGradient2": scale}}}
    return {
        "properties": {"backColor": {"solid": {"color": {"expr": rule}}}},
        "selector": {**_IN_ROWS, "metadata": _reference(measure)},
    }


def _changes(figures: Iterable[Field], changes: Mapping[str, Field]) -> dict[str, Any]:
    """Below each figure of a card, how it changed."""
    values, titles = [], []
    for figure in figures:
        here = {"metadata": _reference(figure), "id": f"field-{short_id('change', figure.name)}"}
        anywhere = {"data": [{"dataViewWildcard": {"matchingOption": 0}}]}
        values.append(
            {
                "properties": {"value": {"expr": _expression(changes[figure.name])}},
                "selector": {**anywhere, **here, "order": 0},
            }
        )
        titles.append(
            {
                "properties": {"titleContentType": _text("custom"), "titleText": _text("against the period before")},
                "selector": here,
            }
        )
    return {"referenceLabel": values, "referenceLabelTitle": titles}


def _top(key: str, count: int, of: Field, by: Field) -> dict[str, Any]:
    """The filter that leaves so many values of a column, those with the most of a measure."""

    def sourced(field: Field, alias: str) -> dict[str, Any]:
        kind = "Measure" if field.is_measure else "Column"
        return {kind: {"Expression": {"SourceRef": {"Source": alias}}, "Property": field.name}}

    whose = {"Name": "o", "Entity": of.table, "Type": 0}
    ranked = {
        "Version": 2,
        "From": [whose, {"Name": "b", "Entity": by.table, "Type": 0}],
        "Select": [{**sourced(of, "o"), "Name": "field"}],
        "OrderBy": [{"Direction": 2, "Expression": sourced(by, "b")}],
        "Top": count,
    }
    chosen = {"In": {"Expressions": [sourced(of, "o")], "Table": {"SourceRef": {"Source": "subquery"}}}}
    return {
        "name": short_id("filter", key),
        "field": _expression(of),
        "type": "TopN",
        "filter": {
            "Version": 2,
            "From": [{"Name": "subquery", "Expression": {"Subquery": {"Query": ranked}}, "Type": 2}, whose],
            "Where": [{"Condition": chosen}],
        },
    }


def _projection(field: Field) -> dict[str, Any]:
    projection = {"field": _expression(field), "queryRef": _reference(field), "nativeQueryRef": field.name}
    if field.label:
        projection["displayName"] = field.label
    return projection


def _expression(field: Field) -> dict[str, Any]:
    kind = "Measure" if field.is_measure else "Column"
    return {kind: {"Expression": {"SourceRef": {"Entity": field.table}}, "Property": field.name}}


def _reference(field: Field) -> str:
    return f"{field.table}.{field.name}"


def _literal(value: str) -> dict[str, Any]:
    return {"expr": {"Literal": {"Value": value}}}


def _text(value: str) -> dict[str, Any]:
    return _literal("'" + value.replace("'", "''") + "'")
