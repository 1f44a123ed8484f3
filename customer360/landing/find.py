"""Which files of a data folder belong to which feed."""

from __future__ import annotations

import glob
from collections.abc import Iterator
from dataclasses import dataclass

from customer360.errors import Customer360Error
from customer360.folder_seeds import is_folder_seed
from customer360.sources import DataFolder, Feed

from .books import file_sort_key

PARCELS = 8


@dataclass(frozen=True)
class FileToLand:
    """A file and the feed that it belongs to; ``file_name`` is the path below the data folder."""

    source: str
    entity: str
    file_name: str


def find_files(folder: DataFolder, fed: frozenset[str]) -> list[FileToLand]:
    """Expands the patterns of sources.yml, in the order of sources.yml and, within a feed, in natural order of names.

    Args:
        folder: the data folder.
        fed: labels of feeds that have landed something before; they may be without files now.

    Raises:
        Customer360Error: a pattern of a feed that never had data matches no file.
    """
    found: list[FileToLand] = []
    for feed in folder.feeds:
        names = sorted(set(_matches(folder, feed)), key=lambda name: (file_sort_key(name), name))
        if not names and feed.label not in fed:
            present = sorted(entry.name for entry in folder.path.iterdir() if entry.name != "sources.yml")
            raise Customer360Error(
                f"no file matches {', '.join(map(repr, feed.files)) or 'its origin'} of {feed.label}",
                where=str(folder.path),
                how="mend 'files' in sources.yml; the folder holds: " + (", ".join(present[:12]) or "nothing else"),
            )
        found.extend(FileToLand(feed.source, feed.entity.name, name) for name in names)
    return found


def feed_of(folder: DataFolder, file_name: str) -> Feed | None:
    """The first feed whose patterns match a file of the folder."""
    return next((feed for feed in folder.feeds if file_name in set(_matches(folder, feed))), None)


def parcels(files: list[FileToLand], most: int = PARCELS) -> list[list[FileToLand]]:
    """Groups the files of each feed, in order, into at most ``most`` parcels: a task for each file would cost more
    than the landing of a small one.
    """
    grouped: dict[tuple[str, str], list[FileToLand]] = {}
    for file in files:
        grouped.setdefault((file.source, file.entity), []).append(file)
    found = []
    for group in grouped.values():
        size = -(-len(group) // most)
        found += [group[at : at + size] for at in range(0, len(group), size)]
    return found


def _matches(folder: DataFolder, feed: Feed) -> Iterator[str]:
    if feed.origin is not None and folder.zone is not None:
        for name in glob.glob(f"{feed.table}/[!.]*", root_dir=folder.zone):
            yield f"@{name}"
    for pattern in feed.files:
        for name in glob.glob(pattern, root_dir=folder.path, recursive=True):
            if not is_folder_seed(name):
                yield name
