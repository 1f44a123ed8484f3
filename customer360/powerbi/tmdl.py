"""The semantic model in TMDL, the language of its folder: tabs, a level each; what is said of a thing stands above it.

What is of the wrong type stops the refresh: the option that turns such cells into blanks is left off on purpose.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable

from customer360.powerbi.model import Model, ModelColumn, ModelLink, ModelTable
from customer360.powerbi.spec import Measure

_NAMESPACE = uuid.UUID("5f0b4c5e-6d0c-5a52-9a54-3f1d0a1f3600")
FOLDER_PARAMETER = "ExportFolder"
_EXAMPLE_FOLDER = r"C:\customer360\exports\csv" + "\\"
_COMPATIBILITY = 1600


def stable_id(*path: str) -> str:
    """An id that is the same each time, made from what it names."""
    return str(uuid.uuid5(_NAMESPACE, "/".join(path)))


def definition_files(model: Model) -> dict[str, str]:
    """Every file below the definition folder, by its path."""
    files = {
        "database.tmdl": f"database\n\tcompatibilityLevel: {_COMPATIBILITY}\n",
        "model.tmdl": _model(model),
        "expressions.tmdl": _expressions(),
        "relationships.tmdl": "\n".join(map(_relationship, model.links)),
    }
    return files | {f"tables/{table.spec.name}.tmdl": _table(table) for table in model.tables}


def _model(model: Model) -> str:
    lines = [
        "model Model",
        "\tculture: en-US",
        "\tdefaultPowerBIDataSourceVersion: powerBI_V3",
        "\tdiscourageImplicitMeasures",
        "\tsourceQueryCulture: en-US",
        "\tdataAccessOptions",
        "\t\tlegacyRedirects",
        "",
        "annotation __PBI_TimeIntelligenceEnabled = 0",
        "",
        *(f"ref table {_quoted(table.spec.name)}" for table in model.tables),
    ]
    return "\n".join(lines) + "\n"


def _expressions() -> str:
    return (
        "/// The folder that holds the exported CSV files: its whole path, with a backslash at the end.\n"
        f'expression {FOLDER_PARAMETER} = "{_EXAMPLE_FOLDER}" meta'
        ' [IsParameterQuery = true, Type = "Text", IsParameterQueryRequired = true]\n'
        f"\tlineageTag: {stable_id('expression', FOLDER_PARAMETER)}\n"
    )


def _relationship(link: ModelLink) -> str:
    path = (link.from_table, link.from_column, link.to_table, link.to_column)
    lines = [f"relationship {stable_id('relationship', *path)}"]
    if not link.is_active:
        lines.append("\tisActive: false")
    if link.is_one_to_one:
        lines += ["\tcrossFilteringBehavior: bothDirections", "\tfromCardinality: one"]
    lines.append(f"\tfromColumn: {_quoted(link.from_table)}.{_quoted(link.from_column)}")
    lines.append(f"\ttoColumn: {_quoted(link.to_table)}.{_quoted(link.to_column)}")
    return "\n".join(lines) + "\n"


def _table(table: ModelTable) -> str:
    name = table.spec.name
    head = [f"/// {table.description}", f"table {_quoted(name)}"]
    if table.spec.is_dates:
        head.append("\tdataCategory: Time")
    head.append(f"\tlineageTag: {stable_id('table', name)}")
    parts = [
        head,
        *(_measure(measure) for measure in table.measures),
        *(_column(column, name) for column in table.columns),
        _partition(table),
    ]
    return "\n\n".join("\n".join(part) for part in parts) + "\n"


def _measure(measure: Measure) -> list[str]:
    body = measure.dax.splitlines()
    opened = f"\tmeasure {_quoted(measure.name)} ="
    return [
        f"\t/// {measure.definition}",
        *([f"{opened} {body[0]}"] if len(body) == 1 else [opened, *(f"\t\t\t{line}" for line in body)]),
        f"\t\tformatString: {measure.format}",
        f"\t\tdisplayFolder: {measure.folder}",
        f"\t\tlineageTag: {stable_id('measure', measure.name)}",
    ]


def _column(column: ModelColumn, table: str) -> list[str]:
    lines = [f"\t/// {column.description}"] if column.description else []
    lines += [f"\tcolumn {_quoted(column.name)}", f"\t\tdataType: {column.data_type}"]
    if column.is_hidden:
        lines.append("\t\tisHidden")
    if column.is_key:
        lines.append("\t\tisKey")
    if column.format:
        lines.append(f"\t\tformatString: {column.format}")
    lines.append(f"\t\tlineageTag: {stable_id('column', table, column.source)}")
    if column.name == "Country":
        lines.append("\t\tdataCategory: Country")
    lines += ["\t\tsummarizeBy: none", f"\t\tsourceColumn: {column.source}"]
    if column.sort_by:
        lines.append(f"\t\tsortByColumn: {_quoted(column.sort_by)}")
    return lines


def _partition(table: ModelTable) -> list[str]:
    return [
        f"\tpartition {_quoted(table.spec.name)} = m",
        "\t\tmode: import",
        "\t\tsource =",
        *(f"\t\t\t\t{line}" for line in _query(table)),
    ]


def _query(table: ModelTable) -> list[str]:
    """Power Query: columns that an export leaves out are blank, empty fields are null before anything is typed."""
    label = table.spec.label
    in_file = [column for column in table.columns if label is None or column.name != label[0]]
    names = _listed(f'"{column.source}"' for column in in_file)
    types = _listed(f'{{"{column.source}", {column.m_type}}}' for column in in_file)
    file = f'File.Contents({FOLDER_PARAMETER} & "{table.spec.mart}.csv")'
    steps = {
        "Source": f'Csv.Document({file}, [Delimiter = ",", Encoding = 65001, QuoteStyle = QuoteStyle.Csv])',
        "Promoted": "Table.PromoteHeaders(Source, [PromoteAllScalars = true])",
        "Complete": f"Table.SelectColumns(Promoted, {names}, MissingField.UseNull)",
        "Nulled": f'Table.ReplaceValue(Complete, "", null, Replacer.ReplaceValue, {names})',
    }
    if label is not None:
        steps["Labelled"] = f'Table.AddColumn(Nulled, "{label[0].lower()}", each {label[1]}, type text)'
    steps["Typed"] = f'Table.TransformColumnTypes({list(steps)[-1]}, {types}, "en-US")'
    *first, last = [f"    {name} = {step}" for name, step in steps.items()]
    return ["let", *(f"{line}," for line in first), last, "in", "    Typed"]


def _listed(items: Iterable[str]) -> str:
    return "{" + ", ".join(items) + "}"


def _quoted(name: str) -> str:
    return name if re.fullmatch(r"\w+", name) else "'" + name.replace("'", "''") + "'"
