"""What a fitter is, and what it finds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from customer360.folder_seeds import FolderSeed


@dataclass(frozen=True)
class Fitted:
    """What a fitter found.

    Attributes:
        seeds: rows by seed, cells in the order of the shipped seed's columns; empty: what is shipped stays.
        words: what to tell the user: a chart, what to expect, why nothing was fitted.
    """

    seeds: dict[FolderSeed, Sequence[Sequence[Any]]] = field(default_factory=dict)
    words: tuple[str, ...] = ()


@dataclass(frozen=True)
class Fitter:
    """One kind of constants.

    Attributes:
        name: for messages.
        needs: dbt selector of the models that it reads, such as ``+int_identity_patterns``; empty where the fitter
            before it reads the same.
        fit: takes a psycopg2 connection as c360_transformer, which it only reads with.
    """

    name: str
    needs: str
    fit: Callable[[Any], Fitted]
