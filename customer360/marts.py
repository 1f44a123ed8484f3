"""The marts as dbt's manifest declares them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

PII = "pii"
"""The tag of columns that tell who a person is."""


@dataclass(frozen=True)
class Column:
    """A column by its contract."""

    data_type: str
    description: str = ""
    is_required: bool = False
    is_pii: bool = False


@dataclass(frozen=True)
class Mart:
    """A table to export: its columns in order, and the columns that order its rows."""

    name: str
    columns: Mapping[str, Column]
    order_by: tuple[str, ...]
    description: str = ""

    @property
    def masked(self) -> str:
        """What c360_reader may read whole: the view beside it that masks personal data, or itself where it has none."""
        return f"{self.name}_masked" if any(column.is_pii for column in self.columns.values()) else self.name


class Reference(NamedTuple):
    """A column of a mart that holds keys of another one."""

    mart: str
    column: str
    to_mart: str
    to_column: str


def mart_from_manifest(node: Mapping[str, Any]) -> Mart:
    """A mart from its node; rows are ordered by the primary key of its contract."""
    columns, keys = {}, [c["columns"] for c in node.get("constraints", []) if c["type"] == "primary_key"]
    for name, column in node["columns"].items():
        constraints = {constraint["type"] for constraint in column.get("constraints", [])}
        if "primary_key" in constraints:
            keys.append([name])
        columns[name] = Column(
            column["data_type"],
            column["description"],
            is_required=bool(constraints & {"not_null", "primary_key"}),
            is_pii=PII in column["config"]["tags"],
        )
    return Mart(node["name"], columns, tuple(keys[0]) if keys else tuple(columns), node["description"])


def references_in(manifest: Mapping[str, Any]) -> list[Reference]:
    """What the tests of relationships between marts say."""
    nodes, found = manifest["nodes"], set()
    for test in nodes.values():
        if (test.get("test_metadata") or {}).get("name") == "relationships":
            here = test["attached_node"]
            for there in test["depends_on"]["nodes"]:
                if there != here and there in nodes and nodes[there]["resource_type"] == "model":
                    field = test["test_metadata"]["kwargs"]["field"]
                    found.add(Reference(nodes[here]["name"], test["column_name"], nodes[there]["name"], field))
    return sorted(found)
