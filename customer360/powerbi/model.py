"""The semantic model: the contracts of the marts under the names of the spec, checked against each other."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from customer360.errors import Customer360Error
from customer360.marts import Column, Mart, Reference
from customer360.powerbi.spec import Field, Link, Measure, TableSpec

# Fixed decimals keep four places, so what has more is a floating number.
_FIXED_PLACES = 4
_SHARES = ("_rate", "_share", "_probability", "p_alive", "probability")
_TYPES = {
    "smallint": ("Int64.Type", "int64"),
    "integer": ("Int64.Type", "int64"),
    "bigint": ("Int64.Type", "int64"),
    "double precision": ("type number", "double"),
    "real": ("type number", "double"),
    "boolean": ("type logical", "boolean"),
    "date": ("type date", "dateTime"),
    "timestamp": ("type datetime", "dateTime"),
    "text": ("type text", "string"),
}


@dataclass(frozen=True)
class ModelColumn:
    """A column of a table: its name for people, the file's column, its types in Power Query and in the model."""

    name: str
    source: str
    m_type: str
    data_type: str
    format: str
    description: str
    is_hidden: bool = False
    is_key: bool = False
    sort_by: str = ""


@dataclass(frozen=True)
class ModelTable:
    """A table: its columns, its measures, and the file that fills it."""

    spec: TableSpec
    description: str
    columns: tuple[ModelColumn, ...]
    measures: tuple[Measure, ...]

    def column(self, source: str) -> ModelColumn:
        """The column that the file's column has become."""
        return next(column for column in self.columns if column.source == source)


@dataclass(frozen=True)
class ModelLink:
    """A relationship by the names of the model."""

    from_table: str
    from_column: str
    to_table: str
    to_column: str
    is_one_to_one: bool
    is_active: bool


@dataclass(frozen=True)
class Model:
    """Tables in the order of the spec, and what relates them."""

    tables: tuple[ModelTable, ...]
    links: tuple[ModelLink, ...]

    def check_field(self, field: Field) -> None:
        """A visual may only name what is there.

        Raises:
            Customer360Error: there is no such column or measure.
        """
        table = next((it for it in self.tables if it.spec.name == field.table), None)
        named: Sequence[ModelColumn | Measure] = () if table is None else table.columns
        if table is not None and field.is_measure:
            named = table.measures
        if field.name not in {it.name for it in named}:
            raise Customer360Error(f"the Power BI model has no {field.table}[{field.name}]")


def build_model(
    marts: Mapping[str, Mart],
    references: Iterable[Reference],
    tables: Sequence[TableSpec],
    links: Sequence[Link],
    measures: Sequence[Measure],
) -> Model:
    """Contracts and spec put together.

    Raises:
        Customer360Error: the spec names a mart, a column or a measure that is not there.
    """
    every_link = [*_links_from(references, tables, marts), *links]
    linked = {(it.from_table, it.from_column) for it in every_link} | {(it.to_table, it.to_column) for it in every_link}
    built = []
    for spec in tables:
        if spec.mart not in marts:
            raise Customer360Error(f"the Power BI table {spec.name} needs a mart {spec.mart}, which is not there")
        mart = marts[spec.mart]
        keys = {column for table, column in linked if table == spec.name} | set(mart.order_by)
        columns = _columns(spec, mart, keys)
        own = tuple(it for it in measures if it.table == spec.name)
        description = spec.description or " ".join(mart.description.split())
        built.append(ModelTable(spec, description, columns, own))
    by_name = {table.spec.name: table for table in built}
    _check_measures(built, measures)
    return Model(tuple(built), tuple(_named(link, by_name) for link in every_link))


def _columns(spec: TableSpec, mart: Mart, keys: set[str]) -> tuple[ModelColumn, ...]:
    said = {*spec.names, *spec.only, *spec.hidden, *spec.shown, *spec.sorted_by, *spec.sorted_by.values()}
    if unknown := sorted(said - set(mart.columns)):
        raise Customer360Error(f"the Power BI table {spec.name} names columns that {mart.name} lacks: {unknown}")
    wanted = mart.columns
    hidden = set(spec.hidden) | (keys - set(spec.shown))
    if spec.only:
        hidden = set(wanted) - set(spec.only)
    names = {name: spec.names.get(name) or _in_words(name) for name in wanted}
    columns = []
    for name, column in wanted.items():
        m_type, data_type = types_of(column)
        columns.append(
            ModelColumn(
                names[name],
                name,
                m_type,
                data_type,
                _format(name, column, m_type),
                " ".join(column.description.split()),
                is_hidden=name in hidden and not (spec.is_dates and name == "date_day"),
                is_key=spec.is_dates and name == "date_day",
                sort_by=names[spec.sorted_by[name]] if name in spec.sorted_by else "",
            )
        )
    if spec.label:
        label = spec.label[0]
        columns.append(ModelColumn(label, label.lower(), "type text", "string", "", spec.label_meaning))
    return tuple(columns)


def types_of(column: Column) -> tuple[str, str]:
    """The type in Power Query and the one in the model."""
    kind, _, size = column.data_type.partition("(")
    if kind == "numeric":
        places = int(size.rstrip(")").partition(",")[2] or 0) if size else _FIXED_PLACES + 1
        return ("Currency.Type", "decimal") if places <= _FIXED_PLACES else ("type number", "double")
    return _TYPES[kind.strip()]


def _format(name: str, column: Column, m_type: str) -> str:
    if m_type in ("type date", "type datetime"):
        return "yyyy-mm-dd" if m_type == "type date" else "yyyy-mm-dd hh:nn:ss"
    if name.endswith(_SHARES):
        return "0.0%"
    if m_type == "Int64.Type":
        return "0"
    if m_type in ("Currency.Type", "type number"):
        return "#,0.00" if column.data_type.endswith(",2)") else "#,0.0###"
    return ""


def _in_words(name: str) -> str:
    return " ".join(word.capitalize() for word in name.split("_"))


def _links_from(
    references: Iterable[Reference], tables: Sequence[TableSpec], marts: Mapping[str, Mart]
) -> Iterable[Link]:
    """What the tests of relationships say, between tables of the model; two primary keys are one to one."""
    for reference in sorted(references):
        for here in tables:
            for there in tables:
                if (here.mart, there.mart) == (reference.mart, reference.to_mart):
                    is_key = marts[here.mart].order_by == (reference.column,)
                    yield Link(here.name, reference.column, there.name, reference.to_column, is_one_to_one=is_key)


def _named(link: Link, tables: Mapping[str, ModelTable]) -> ModelLink:
    return ModelLink(
        link.from_table,
        tables[link.from_table].column(link.from_column).name,
        link.to_table,
        tables[link.to_table].column(link.to_column).name,
        link.is_one_to_one,
        link.is_active,
    )


def _check_measures(tables: Sequence[ModelTable], measures: Sequence[Measure]) -> None:
    names = {measure.name for measure in measures}
    columns = {(table.spec.name, column.name) for table in tables for column in table.columns}
    for measure in measures:
        for quoted, plain, name in re.findall(r"(?:'([^']+)'|(\w+))?\[([^\]]+)\]", measure.dax):
            known = (quoted or plain, name) in columns if quoted or plain else name in names
            if not known:
                raise Customer360Error(
                    f"the measure {measure.name} names {quoted or plain}[{name}], which is not there"
                )
    if missing := {measure.table for measure in measures} - {table.spec.name for table in tables}:
        raise Customer360Error(f"measures stand in tables that are not there: {sorted(missing)}")
