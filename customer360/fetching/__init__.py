"""Sources that are not files: each is fetched into immutable batch files, which landing takes like any other file."""

from .fetch import fetch_feed

__all__ = ["fetch_feed"]
