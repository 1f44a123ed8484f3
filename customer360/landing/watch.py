"""Whether a data folder has files that no run has looked at yet."""

from __future__ import annotations

import hashlib
import time
from typing import Any

from customer360.sources import DataFolder

from .content import digest_of
from .find import find_files

_AT_REST = 30.0  # seconds without a change: a file that is being written is left to the next look
_KNOWN = """
select source || '.' || entity, file_name, sha256, bytes, extract(epoch from started_at)::float8 from audit.batches
union all
select source || '.' || entity, file_name, sha256, bytes, extract(epoch from quarantined_at)::float8
from quarantine.files where sha256 is not null
"""


def unseen(cursor: Any, folder: DataFolder) -> str:
    """A digest of names and contents of the files that are new or changed and at rest; empty when there are none.

    A file is read only when its size, or the time of its last change, says that it may not be what landed.
    """
    cursor.execute(_KNOWN)
    contents: set[tuple[str, str]] = set()
    last_look: dict[tuple[str, str, int], float] = {}
    for label, name, sha256, size, looked in cursor.fetchall():
        contents.add((label, sha256))
        last_look[label, name, size] = max(looked, last_look.get((label, name, size), 0.0))
    fresh = []
    for file in find_files(folder, frozenset(feed.label for feed in folder.feeds)):
        label, path = f"{file.source}.{file.entity}", folder.path_of(file.file_name)
        found = path.stat()
        if found.st_mtime < last_look.get((label, file.file_name, found.st_size), 0.0):
            continue
        if time.time() - found.st_mtime < _AT_REST:
            continue
        sha256, _ = digest_of(path)
        if (label, sha256) not in contents:
            fresh.append(f"{label}/{file.file_name} {sha256}")
    return hashlib.sha256("\n".join(fresh).encode()).hexdigest()[:16] if fresh else ""
