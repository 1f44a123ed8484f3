"""Fetches what is new of a feed."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from customer360.errors import Customer360Error
from customer360.sources import DataFolder, Feed

from .zone import Batch, State, Zone

Origin = Callable[[Mapping[str, Any], State], Iterator[Batch]]


def fetch_feed(folder: DataFolder, feed: Feed) -> int:
    """Writes what is new into the zone of the folder, batch by batch; returns the number of batches.

    Raises:
        Customer360Error: a secret is not set, or the system does not answer.
    """
    if feed.origin is None or folder.zone is None:
        return 0
    zone = Zone(folder.zone / feed.table)
    count = 0
    for batch in _origin(feed.origin["type"])(feed.origin, zone.state()):
        count += zone.write(batch) is not None
    return count


def _origin(kind: str) -> Origin:
    if kind == "postgres":
        from .postgres import pages
    elif kind == "mongodb":
        from .mongodb import pages
    elif kind == "rest":
        from .rest import pages
    else:
        from .files import pages
    return pages


def secret(origin: Mapping[str, Any], what: str = "url") -> str:
    """A URL from the environment variable ``url_env`` or the Airflow connection ``connection``, never from the file.

    Raises:
        Customer360Error: neither is declared, or it is not set.
    """
    if variable := origin.get(f"{what}_env"):
        return from_environment(variable)
    if name := origin.get("connection"):
        if found := os.environ.get(f"AIRFLOW_CONN_{name.upper()}"):
            return found
        try:
            from airflow.sdk import Connection

            return str(Connection.get(name).get_uri())
        except Exception as error:
            raise Customer360Error(
                f"the Airflow connection {name!r} cannot be read: {type(error).__name__}",
                where="sources.yml",
                how=f"make it in Airflow, or set AIRFLOW_CONN_{name.upper()}",
            ) from None
    if found := origin.get(what):
        return str(found)
    raise Customer360Error(
        f"'from' lacks {what}_env", where="sources.yml", how=f"name an environment variable in {what}_env"
    )


def from_environment(variable: str) -> str:
    """The value of an environment variable that sources.yml names."""
    value = os.environ.get(variable)
    if not value:
        raise Customer360Error(
            f"the environment variable {variable} is not set", where="sources.yml", how=f"export {variable}=..."
        )
    return value
