"""A sources.yml to start from, out of what the columns of a file seem to mean."""

from __future__ import annotations

import glob
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import yaml

from customer360.sources import ENTITIES

from .inspect import Column, Inspection

FILL_IN = "FILL IN"
_DATES = frozenset({"date", "time"})
_PERSON = r"\b(customer|client|kunde|kunden|user|account|member|contact|buyer|patient)s?\b"
_IDS = r"\b(id|no|nr|num|number|code|key|ref|reference|uuid)\b"


def proposed(found: Iterable[Inspection], beside: Path | None = None) -> str:
    """The document, with one source for each file.

    Args:
        found: the files.
        beside: the folder where it will lie; None: where the file lies.
    """
    sources: dict[str, Any] = {}
    for inspection in found:
        entity = _entity(inspection.columns)
        sources.setdefault(_source(inspection.path.name, sources), {})[entity] = _feed(inspection, entity, beside)
    _point_to_customers(sources)
    return yaml.safe_dump({"version": 1, "sources": sources}, sort_keys=False, allow_unicode=True)


def _point_to_customers(sources: dict[str, Any]) -> None:
    """Orders and the like carry the ids of another file where the column has the same name there."""
    ids = {
        feeds["customers"]["columns"]["customer_id"]: name for name, feeds in sources.items() if "customers" in feeds
    }
    for name, feeds in sources.items():
        for entity, feed in feeds.items():
            owner = ids.get(feed["columns"].get("customer_id"))
            if ENTITIES[entity].of_customers and owner not in (None, name):
                feed["customers_of"] = owner


def _source(file_name: str, taken: dict[str, Any]) -> str:
    name = re.sub(r"[^a-z0-9]+", "_", file_name.split(".", maxsplit=1)[0].lower()).strip("_")
    name = (name if name[:1].isalpha() else f"source_{name}")[:28]
    count = 2
    while name in taken:
        name, count = f"{re.sub(r'_[0-9]$', '', name)}_{count}", count + 1
    return name


def _feed(found: Inspection, entity: str, beside: Path | None) -> dict[str, Any]:
    known = ENTITIES[entity]
    path = found.path.resolve()
    below = beside is not None and path.is_relative_to(beside.resolve())
    name = path.relative_to(beside.resolve()).as_posix() if beside is not None and below else path.name
    mapping = _mapping(found.columns, entity)
    for required in known.required:
        mapping.setdefault(required, FILL_IN)
    feed: dict[str, Any] = {
        "files": [glob.escape(name)],
        "columns": {name: mapping[name] for name in known.fields if name in mapping},
    }
    order = {column.day_first for column in found.columns} - {None}
    if len(order) == 1:
        feed["date_order"] = "dmy" if order.pop() else "mdy"
    return feed


def _words(name: str) -> str:
    return re.sub(r"[_\W]+", " ", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)).strip().lower()


def _entity(columns: Sequence[Column]) -> str:
    meanings = {column.meaning for column in columns}
    words = " | ".join(_words(column.name) for column in columns)
    if re.search(r"\b(event|action)( type| name)?\b", words) and any(column.kind in _DATES for column in columns):
        return "events"
    if re.search(rf"\b(ticket|case|issue) {_IDS}", words):
        return "tickets"
    if "birth_date" in meanings or meanings & {"first_name", "last_name", "full_name", "organisation_name"}:
        return "customers"
    if re.search(rf"\border {_IDS}", words) and meanings & {"quantity", "product_id", "product_name"}:
        return "order_lines"
    return "orders" if meanings & {"amount", "ordered_at"} else "customers"


def _mapping(columns: Sequence[Column], entity: str) -> dict[str, Any]:
    known = ENTITIES[entity]
    mapping: dict[str, Any] = {}
    for column in columns:
        if column.meaning in known.fields and column.meaning not in mapping:
            mapping[column.meaning] = column.name
    ids = [column for column in columns if column.kind == "id"]
    own = entity.removesuffix("s").split("_")[-1]
    ids.sort(key=lambda column: own not in _words(column.name))
    key = "line_id" if entity == "order_lines" else known.fields[0]
    if ids:
        mapping[key] = ids[0].name
    if entity == "order_lines":
        _take(mapping, "order_id", columns, rf"\border {_IDS}")
    if known.of_customers:
        others = [column for column in columns if column.name != mapping.get(key)]
        _take(mapping, "customer_id", others, rf"{_PERSON} {_IDS}|^{_PERSON}$")
    dates = [column for column in columns if column.kind in _DATES]
    match entity:
        case "orders":
            _take(mapping, "ordered_at", dates, r"order|invoice|issued|purchase|created|date")
        case "tickets":
            _take(mapping, "opened_at", dates, r"opened|created|submitted|date")
            _take(mapping, "closed_at", dates, r"closed|resolved|solved")
            _take(mapping, "topic", columns, r"topic|subject|category")
        case "events":
            _take(mapping, "occurred_at", dates, r"occurred|timestamp|time|date|at$")
            _take(mapping, "type", columns, r"event type|event name|^type$|^event$|^action$")
        case "customers":
            parts = [column.name for column in columns if column.meaning == "address"]
            if len(parts) > 1:
                mapping["address"] = {"columns": parts, "join": " "}
    if re.search(r"\bcents\b", _words(str(mapping.get("amount", "")))):
        mapping["amount"] = {"column": mapping["amount"], "scale": 0.01}
    return mapping


def _take(mapping: dict[str, Any], field: str, columns: Sequence[Column], pattern: str) -> None:
    if field in mapping:
        return
    for column in columns:
        if re.search(pattern, _words(column.name)):
            mapping[field] = column.name
            return
