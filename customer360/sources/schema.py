"""The JSON schema of sources.yml, made from the canonical fields, so that editors complete what landing accepts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from .fields import ENTITIES, Entity

SCHEMA_FILE = Path(__file__).with_name("sources.schema.json")
SOURCE_NAME = "^[a-z][a-z0-9_]{0,30}$"

_COLUMN = {"type": "string", "minLength": 1}
_VALUE = {
    "description": "A column, several joined by a blank, or columns with a join; scale turns cents into units.",
    "oneOf": [
        _COLUMN,
        {"type": "array", "items": _COLUMN, "minItems": 1},
        {
            "type": "object",
            "properties": {
                "columns": {"type": "array", "items": _COLUMN, "minItems": 1},
                "join": {"type": "string"},
            },
            "required": ["columns"],
            "additionalProperties": False,
        },
        {
            "type": "object",
            "properties": {"column": _COLUMN, "scale": {"type": "number", "exclusiveMinimum": 0}},
            "required": ["column"],
            "additionalProperties": False,
        },
    ],
}


_SHARE = {"oneOf": [{"type": "number", "minimum": 0, "maximum": 1}, {"type": "string", "pattern": r"^\d+(\.\d+)? ?%$"}]}
_CONTRACT = {
    "type": "object",
    "properties": {
        "required": {"type": "boolean"},
        "unique": {"type": "boolean"},
        "accepted": {"type": "array", "items": {"type": "string"}, "minItems": 1},
        "pattern": {"description": "A regular expression for the whole value.", "type": "string"},
        "budget": {
            "description": "Share of rows that may break it before the run fails; otherwise it warns.",
            **_SHARE,
        },
    },
    "additionalProperties": False,
}
_ENV = {"type": "string", "pattern": "^[A-Za-z_][A-Za-z0-9_]*$"}
_ORIGIN: dict[str, Any] = {
    "type": {"enum": ["postgres", "mongodb", "rest", "files"]},
    "url": {"description": "Without secrets; files: such as s3://bucket/folder/*.csv.", "type": "string"},
    "url_env": {"description": "Environment variable with the URL.", **_ENV},
    "connection": {"description": "Airflow connection with the URL.", "type": "string"},
    "table": {"type": "string"},
    "collection": {"type": "string"},
    "database": {"type": "string"},
    "key": {"description": "Unique column by which pages are cut.", "type": "string"},
    "high_water": {
        "description": "Column that grows with every change; only newer rows are fetched.",
        "type": "string",
    },
    "page_rows": {"type": "integer", "minimum": 1},
    "headers_env": {
        "description": "Header: environment variable with its value.",
        "type": "object",
        "additionalProperties": _ENV,
    },
    "params": {"type": "object", "additionalProperties": {"type": ["string", "number"]}},
    "page": {"description": "Query parameter of the page number.", "type": "string"},
    "cursor": {"description": "Query parameter of the cursor.", "type": "string"},
    "records": {"description": "Where the records stand in an answer; detected by default.", "type": "string"},
    "next": {"description": "Where an answer tells the next cursor or URL.", "type": "string"},
    "requests_per_second": {"type": "number", "exclusiveMinimum": 0},
    "options_env": {
        "description": "Option of the file system: environment variable with its value.",
        "type": "object",
        "additionalProperties": _ENV,
    },
    "growing": {"description": "Files that are appended to: only what is new is fetched.", "type": "boolean"},
}


_COUNTRY = {
    "description": "ISO 3166 code of the country in which phone numbers are dialled where a row names none.",
    "type": "string",
    "pattern": "^[A-Z]{2}$",
}


def _feed(entity: Entity) -> dict[str, Any]:
    properties: dict[str, Any] = {
        "files": {
            "description": "Glob patterns below the data folder.",
            "type": "array",
            "items": {"type": "string", "minLength": 1},
            "minItems": 1,
        },
        "columns": {
            "description": "Canonical field: where its text comes from. Columns not mapped stay in raw.",
            "type": "object",
            "properties": dict.fromkeys(entity.fields, _VALUE),
            "required": list(entity.required),
            "additionalProperties": False,
        },
        "mode": {
            "description": "snapshot: the newest file is the whole truth. delta: the newest version of each id counts.",
            "enum": ["snapshot", "delta"],
        },
        "date_order": {
            "description": "How to read a date such as 03/04/2026 where the file itself does not tell.",
            "enum": ["dmy", "mdy", "ymd"],
        },
        "country": _COUNTRY,
        "delimiter": {"description": "One character; detected by default.", "type": "string", "minLength": 1},
        "quote": {"description": "One character; the double quote by default.", "type": "string", "maxLength": 1},
        "encoding": {"description": "Such as utf-8 or windows-1252; detected by default.", "type": "string"},
        "escape": {
            "description": "The character before a quote that is text; doubled quotes by default.",
            "type": "string",
            "maxLength": 1,
        },
        "header": {
            "description": "Whether there is a line of names, or the names where there is none; detected by default.",
            "oneOf": [{"type": "boolean"}, {"type": "array", "items": _COLUMN, "minItems": 1}],
        },
        "skip_lines": {"description": "Lines before the header; detected by default.", "type": "integer", "minimum": 0},
        "mend": {
            "description": "Whether records with one possible reading are mended (default), or all are rejected.",
            "type": "boolean",
        },
        "decimal": {"description": "What stands before the cents; the models find out by default.", "enum": [".", ","]},
        "null_values": {
            "description": "Texts that mean nothing, such as n/a.",
            "type": "array",
            "items": {"type": "string"},
        },
        "records": {
            "description": "Where the records stand in a JSON document, such as data.items; detected by default.",
            "type": "string",
        },
        "sheet": {"description": "Of a workbook; the first with content by default.", "type": "string"},
        "max_rejected": {
            "description": "Share of the records of a file in quarantine above which the run fails.",
            **_SHARE,
        },
        "vanished_columns": {
            "description": "When a mapped column is missing from a file: error (default), or warn and leave it empty.",
            "enum": ["error", "warn"],
        },
        "contract": {
            "description": "What the source promises about its fields; broken promises are counted.",
            "type": "object",
            "properties": dict.fromkeys(entity.fields, _CONTRACT),
            "additionalProperties": False,
        },
        "from": {
            "description": "Where the files come from when they do not lie in the folder; see docs/landing.md.",
            "type": "object",
            "properties": _ORIGIN,
            "required": ["type"],
            "additionalProperties": False,
        },
    }
    if entity.name == "customers":
        properties["entity"] = {
            "description": "What a row stands for; people and organisations are never merged.",
            "enum": ["person", "organisation"],
        }
    if entity.of_customers:
        properties["customers_of"] = {
            "description": "The source whose customer_id these rows carry; this one by default.",
            "type": "string",
            "pattern": SOURCE_NAME,
        }
    return {
        "type": "object",
        "properties": properties,
        "required": ["columns"],
        "additionalProperties": False,
    }


def build_schema() -> dict[str, Any]:
    """The schema as a JSON-able dict (draft 2020-12)."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "customer360 sources.yml",
        "description": "Which files of a data folder hold what, and what their columns mean.",
        "type": "object",
        "properties": {
            "version": {"const": 1},
            "as_of_date": {
                "description": "Inclusive day; later rows are invisible. Default: the newest date in the data.",
                "type": "string",
                "format": "date",
                "pattern": r"^\d{4}-\d{2}-\d{2}$",
            },
            "horizons_days": {
                "description": "Days ahead for which predictions are made.",
                "type": "array",
                "items": {"type": "integer", "minimum": 1, "maximum": 3650},
                "minItems": 1,
                "uniqueItems": True,
                "default": [90, 180, 365],
            },
            "country": _COUNTRY,
            "reporting_currency": {
                "description": "ISO 4217 code of all money in the marts. Default: the most frequent in the orders.",
                "type": "string",
                "pattern": "^[A-Z]{3}$",
            },
            "sources": {
                "description": "One entry for each source system.",
                "type": "object",
                "propertyNames": {"pattern": SOURCE_NAME},
                "minProperties": 1,
                "additionalProperties": {
                    "type": "object",
                    "properties": {name: _feed(entity) for name, entity in ENTITIES.items()},
                    "minProperties": 1,
                    "additionalProperties": False,
                },
            },
        },
        "required": ["version", "sources"],
        "additionalProperties": False,
    }


def schema_text() -> str:
    """The schema as it is shipped beside this module."""
    return json.dumps(build_schema(), indent=2) + "\n"


def write_schema() -> None:
    """Renews the shipped file; a test fails when it is stale."""
    SCHEMA_FILE.write_text(schema_text(), encoding="utf-8")
