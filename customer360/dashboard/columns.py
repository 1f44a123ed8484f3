"""Tables as columns that a browser reads quickly: a JSON object for each, packed with gzip.

Text is ``{"words": [...], "v": [codes]}``, days ``{"day": true, "v": [since 1970]}``, decimals ``{"scale": n, "v":
[whole numbers]}``, so that sums are exact, yes and no ``{"yes": true, "v": [1, 0]}``, whole numbers ``{"v": [...]}``.
"""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

_EPOCH = date(1970, 1, 1)


def packed_column(values: Sequence[Any]) -> dict[str, Any]:
    """A column by the type of what is in it; None stays null."""
    some = next((value for value in values if value is not None), None)
    if isinstance(some, str):
        codes = {word: code for code, word in enumerate(dict.fromkeys(word for word in values if word is not None))}
        return {"words": list(codes), "v": [None if word is None else codes[word] for word in values]}
    if isinstance(some, bool):
        return {"yes": True, "v": [None if value is None else int(value) for value in values]}
    if isinstance(some, date):
        return {"day": True, "v": [None if day is None else (day - _EPOCH).days for day in values]}
    if isinstance(some, Decimal):
        scale = max(-int(value.as_tuple().exponent) for value in values if value is not None)
        return {"scale": scale, "v": [None if value is None else int(value.scaleb(scale)) for value in values]}
    return {"v": list(values)}


def packed_table(names: Sequence[str], rows: Sequence[Sequence[Any]]) -> dict[str, Any]:
    """A table by its columns."""
    values = list(zip(*rows, strict=True)) if rows else [() for _ in names]
    return {
        "rows": len(rows),
        "columns": {name: packed_column(column) for name, column in zip(names, values, strict=True)},
    }


def compressed(content: Any) -> str:
    """JSON, gzip, base64: the same content gives the same text."""
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    return base64.b64encode(gzip.compress(text.encode(), compresslevel=6, mtime=0)).decode("ascii")
