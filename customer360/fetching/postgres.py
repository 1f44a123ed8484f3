"""Tables of PostgreSQL and of whatever else SQLAlchemy reads: pages cut by key, from a high-water mark on."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from customer360.errors import Customer360Error

from .zone import Batch, State

_PAGE_ROWS = 50_000


def pages(origin: Mapping[str, Any], state: State) -> Iterator[Batch]:
    """Rows after the state, in the order of high_water and key; every value as the database's own text.

    Without a key the table is read whole, each time.
    """
    import sqlalchemy as sa

    from .fetch import secret

    schema, _, name = str(origin.get("table", "")).rpartition(".")
    engine = sa.create_engine(_driver(secret(origin)), pool_pre_ping=True)
    try:
        table = sa.Table(name, sa.MetaData(), schema=schema or None, autoload_with=engine)
        order = [table.c[column] for column in (origin.get("high_water"), origin.get("key")) if column]
        texts = [sa.cast(column, sa.Text).label(column.name) for column in table.columns]
        query = sa.select(*texts).order_by(*order)
        if not order:
            with engine.connect().execution_options(yield_per=_PAGE_ROWS) as connection:
                yield Batch((_line(row) for row in connection.execute(query).mappings()), {})
            return
        rows = int(origin.get("page_rows", _PAGE_ROWS))
        while True:
            page = query.limit(rows)
            if state:
                after = [sa.cast(sa.literal(state["after"][column.name]), column.type) for column in order]
                page = page.where(sa.tuple_(*order) > sa.tuple_(*after))
            with engine.connect() as connection:
                found = list(connection.execute(page).mappings())
            if not found:
                return
            state = {"after": {column.name: found[-1][column.name] for column in order}}
            yield Batch(map(_line, found), state)
            if len(found) < rows:
                return
    except KeyError as error:
        raise Customer360Error(f"the table {name} has no column {error}", where="sources.yml") from None
    except sa.exc.NoSuchTableError:
        raise Customer360Error(f"there is no table {origin.get('table')!r}", where="sources.yml") from None
    except sa.exc.OperationalError as error:
        # The message of the driver names host and user, never the password.
        raise Customer360Error(f"the database does not answer: {error.orig}", where=f"table {name}") from None
    finally:
        engine.dispose()


def _driver(url: str) -> str:
    for prefix in ("postgres://", "postgresql://"):
        if url.startswith(prefix):
            return "postgresql+psycopg2://" + url.removeprefix(prefix)
    return url


def _line(row: Mapping[Any, Any]) -> str:
    return json.dumps({str(key): value for key, value in row.items()}, ensure_ascii=False)
