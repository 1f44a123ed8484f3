"""Collections of MongoDB, as extended JSON like mongoexport's, from a high-water mark on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

from customer360.errors import Customer360Error

from .zone import Batch, State

_PAGE_ROWS = 20_000


def pages(origin: Mapping[str, Any], state: State) -> Iterator[Batch]:
    """Documents after the state, in the order of the high-water field and ``_id``."""
    import pymongo
    from bson import json_util

    from .fetch import secret

    high_water = origin.get("high_water")
    rows = int(origin.get("page_rows", _PAGE_ROWS))
    url = secret(origin)
    patience = {} if "serverselectiontimeoutms" in url.lower() else {"serverSelectionTimeoutMS": 10_000}
    client: pymongo.MongoClient[dict[str, Any]] = pymongo.MongoClient(url, **patience)  # type: ignore[arg-type]
    try:
        database = client[origin["database"]] if "database" in origin else client.get_default_database()
        collection = database[origin["collection"]]
        while True:
            cursor = collection.find(_after(state, high_water)).sort(
                [(field, pymongo.ASCENDING) for field in (high_water, "_id") if field]
            )
            found = list(islice(cursor.limit(rows), rows))
            if not found:
                return
            mark = {"_id": found[-1]["_id"]}
            if high_water:
                mark[high_water] = found[-1].get(high_water)
            state = {"after": json_util.dumps(mark, json_options=json_util.CANONICAL_JSON_OPTIONS)}
            lines = (
                json_util.dumps(doc, json_options=json_util.RELAXED_JSON_OPTIONS, ensure_ascii=False) for doc in found
            )
            yield Batch(lines, state)
            if len(found) < rows:
                return
    except pymongo.errors.PyMongoError as error:
        raise Customer360Error(
            f"MongoDB does not answer: {type(error).__name__}", where=f"collection {origin.get('collection')}"
        ) from None
    finally:
        client.close()


def _after(state: State, high_water: str | None) -> dict[str, Any]:
    from bson import json_util

    if not state:
        return {}
    mark = json_util.loads(state["after"])
    if not high_water or mark.get(high_water) is None:
        return {"_id": {"$gt": mark["_id"]}}
    return {
        "$or": [
            {high_water: {"$gt": mark[high_water]}},
            {high_water: mark[high_water], "_id": {"$gt": mark["_id"]}},
        ]
    }
