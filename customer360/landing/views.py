"""The views raw.all_<entity>: canonical fields over all sources, made from sources.yml.

They read the raw tables where they are, so a changed mapping needs no reload.
"""

from __future__ import annotations

from typing import Any

from psycopg2 import sql

from customer360.sources import ENTITIES, DataFolder, Entity, Feed, FieldValue

from .tables import check_columns, ensure_table, rows_table, table_columns

_AMOUNTS = frozenset({"amount", "refunded_amount", "quantity"})
_NUMBER = r"^\s*[-+]?\d+(\.\d+)?\s*$"


def map_sources(connection: Any, folder: DataFolder) -> dict[str, int]:
    """(Re)creates every view and the row of raw.data_folder in one transaction.

    Args:
        connection: psycopg2 connection as c360_loader; committed here.
        folder: the data folder.

    Returns:
        Feeds behind each entity's view.

    Raises:
        Customer360Error: a mapped column is in none of the landed files.
    """
    feeds_of: dict[str, int] = {}
    with connection, connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtextextended('map raw', 0))")
        for entity in ENTITIES.values():
            selects: list[sql.Composable] = []
            for feed in folder.feeds:
                if feed.entity is entity and (columns := table_columns(cursor, feed)):
                    ensure_table(cursor, feed, columns)  # takes over what an earlier version landed
                    check_columns(feed, columns, f"table raw.{feed.table}, from {folder.sources_file}")
                    selects.append(_select(feed, frozenset(columns)))
            feeds_of[entity.name] = len(selects)
            cursor.execute(
                sql.SQL("create or replace view raw.{} as {}").format(
                    sql.Identifier(f"all_{entity.name}"), sql.SQL(" union all ").join(selects or [_nothing(entity)])
                )
            )
            cursor.execute(
                sql.SQL("comment on view raw.{} is {}").format(
                    sql.Identifier(f"all_{entity.name}"),
                    sql.Literal(f"Canonical fields of {entity.name} over all sources, as text."),
                )
            )
        cursor.execute(
            "insert into raw.data_folder (path, as_of_date, reporting_currency, horizons_days, landed_at)"
            " values (%s, %s, %s, %s, now()) on conflict (only_row) do update set path = excluded.path,"
            " as_of_date = excluded.as_of_date, reporting_currency = excluded.reporting_currency,"
            " horizons_days = excluded.horizons_days, landed_at = excluded.landed_at",
            (str(folder.path), folder.as_of_date, folder.reporting_currency, list(folder.horizons_days)),
        )
    return feeds_of


def _own_columns(entity: Entity) -> list[str]:
    """Columns between ``_source`` and the canonical fields."""
    if entity.name == "customers":
        return ["_entity_kind"]
    return ["_customer_source"] if entity.of_customers else []


def _select(feed: Feed, present: frozenset[str]) -> sql.Composable:
    own = feed.kind if feed.entity.name == "customers" else feed.customers_of
    columns: list[sql.Composable] = [_text(feed.source, "_source")]
    columns += [_text(own, name) for name in _own_columns(feed.entity)]
    for field in feed.entity.fields:
        value = feed.columns.get(field)
        expression = _expression(feed, field, value, present) if value else sql.SQL("null::text")
        columns.append(sql.SQL("{} as {}").format(expression, sql.Identifier(field)))
    columns.append(_text(feed.date_order, "_date_order"))
    columns.append(
        sql.SQL(
            "v.batch_id as _batch_id, v.batch_rank as _batch_rank, v.file_name as _source_file, r._line_number,"
            " v.loaded_at as _loaded_at"
        )
    )
    columns.append(_text(feed.country, "_country"))
    newest = sql.SQL(" and v.is_newest") if feed.mode == "snapshot" else sql.SQL("")
    return sql.SQL(
        "select {} from {} r join audit.file_versions v"
        " on v.batch_id = r._batch_id and v.source = {} and v.entity = {}{}"
    ).format(
        sql.SQL(", ").join(columns),
        rows_table(feed),
        sql.Literal(feed.source),
        sql.Literal(feed.entity.name),
        newest,
    )


def _nothing(entity: Entity) -> sql.Composable:
    texts = ["_source", *_own_columns(entity), *entity.fields, "_date_order"]
    columns: list[sql.Composable] = [sql.SQL("null::text as {}").format(sql.Identifier(name)) for name in texts]
    columns.append(
        sql.SQL(
            "null::bigint as _batch_id, null::integer as _batch_rank, null::text as _source_file,"
            " null::bigint as _line_number, null::timestamptz as _loaded_at, null::text as _country"
        )
    )
    return sql.SQL("select {} where false").format(sql.SQL(", ").join(columns))


def _text(value: str | None, name: str) -> sql.Composable:
    return sql.SQL("{}::text as {}").format(sql.Literal(value), sql.Identifier(name))


def _expression(feed: Feed, field: str, value: FieldValue, present: frozenset[str]) -> sql.Composable:
    columns = [_column(feed, field, name) for name in value.columns if name in present]
    if not columns:
        return sql.SQL("null::text")
    if value.scale is not None:
        return sql.SQL("case when {c} ~ {number} then ({c}::numeric * {scale})::text else {c} end").format(
            c=columns[0], number=sql.Literal(_NUMBER), scale=sql.SQL(value.scale)
        )
    if len(value.columns) == 1:
        return columns[0]
    parts = [sql.SQL("nullif(btrim({}), '')").format(column) for column in columns]
    return sql.SQL("nullif(concat_ws({}, {}), '')").format(sql.Literal(value.join), sql.SQL(", ").join(parts))


def _column(feed: Feed, field: str, name: str) -> sql.Composable:
    """A raw column, without the texts that mean nothing, and with a point as the decimal mark of amounts."""
    column: sql.Composable = sql.SQL("r.{}").format(sql.Identifier(name))
    if feed.null_values:
        listed = sql.SQL(", ").join(map(sql.Literal, feed.null_values))
        column = sql.SQL("case when btrim({c}) not in ({listed}) then {c} end").format(c=column, listed=listed)
    if feed.decimal is not None and field in _AMOUNTS:
        other = "." if feed.decimal == "," else ","
        column = sql.SQL("translate({}, {}, {})").format(
            column, sql.Literal(f"{feed.decimal}{other}"), sql.Literal(".")
        )
    return column
