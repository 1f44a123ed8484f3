"""datapackage.json: every exported file described for programs, as Frictionless Data defines it (Data Package 2.0)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from customer360.marts import Column, Mart, Reference

_TYPES = {
    "smallint": "integer",
    "integer": "integer",
    "bigint": "integer",
    "numeric": "number",
    "double precision": "number",
    "real": "number",
    "boolean": "boolean",
    "date": "date",
    "timestamp": "datetime",
}
_DIALECT = {"delimiter": ",", "lineTerminator": "\r\n", "quoteChar": '"', "doubleQuote": True, "header": True}


def datapackage(resources: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """The descriptor of a folder of such files; plain data for JSON."""
    return {
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "name": "customer360",
        "title": "One row per customer, and what is known of them",
        "resources": list(resources),
    }


def resource(mart: Mart, columns: Mapping[str, Column], references: Iterable[Reference]) -> dict[str, Any]:
    """The description of a mart's CSV file.

    Args:
        mart: what the file holds.
        columns: those that it has, in order.
        references: columns that hold keys of other marts.
    """
    keys = [
        {"fields": [it.column], "reference": {"resource": it.to_mart, "fields": [it.to_column]}}
        for it in references
        if it.mart == mart.name and it.column in columns
    ]
    return {
        "name": mart.name,
        "path": f"{mart.name}.csv",
        "description": mart.description,
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "dialect": _DIALECT,
        "schema": {
            "fields": [_field(name, column) for name, column in columns.items()],
            "missingValues": [""],
            "primaryKey": list(mart.order_by),
            **({"foreignKeys": keys} if keys else {}),
        },
    }


def _field(name: str, column: Column) -> dict[str, Any]:
    kind = _TYPES.get(column.data_type.partition("(")[0].strip(), "string")
    field: dict[str, Any] = {"name": name, "type": kind, "description": column.description}
    if kind == "datetime":
        field["format"] = "%Y-%m-%dT%H:%M:%S"
    if column.is_required:
        field["constraints"] = {"required": True}
    return field
