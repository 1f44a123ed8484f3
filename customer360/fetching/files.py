"""Files behind fsspec (s3://, gs://, abfs://, file://), and event logs that grow and are rotated."""

from __future__ import annotations

import gzip
import hashlib
import zlib
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any

from customer360.errors import Customer360Error
from customer360.landing.books import file_sort_key

from .zone import Batch, State

_PIECE = 16 << 20


def pages(origin: Mapping[str, Any], state: State) -> Iterator[Batch]:
    """Each file once, or, of files that grow, the whole lines that are new.

    Raises:
        Customer360Error: the store does not answer, or is of a kind that is not installed.
    """
    import fsspec

    from .fetch import from_environment, secret

    options = _nested({key: from_environment(name) for key, name in origin.get("options_env", {}).items()})
    url = secret(origin)
    try:
        system, pattern = fsspec.core.url_to_fs(url, use_listings_cache=False, **options)
        system.invalidate_cache()
        found = sorted(system.glob(pattern, detail=True).items(), key=lambda item: file_sort_key(item[0]))
        for path, about in found:
            if about.get("type") != "directory":
                yield from (_grown if origin.get("growing") else _whole)(system, path, about, state)
    except ImportError as error:
        raise Customer360Error(
            f"{url.split(':')[0]}:// needs a package that is not installed: {error}", where="sources.yml"
        ) from None
    except (OSError, ValueError) as error:
        raise Customer360Error(f"the files cannot be read: {error}", where=url.split("?")[0]) from None


def _whole(system: Any, path: str, about: Mapping[str, Any], state: State) -> Iterator[Batch]:
    version = "/".join(str(about.get(key, "")) for key in ("size", "ETag", "etag", "md5Hash", "mtime", "LastModified"))
    seen = state.setdefault("seen", {})
    if seen.get(path) != version:
        seen[path] = version
        yield Batch((), state, PurePosixPath(path).name, system.cat_file(path))


def _grown(system: Any, path: str, _: Mapping[str, Any], state: State) -> Iterator[Batch]:
    """A log keeps its identity, the hash of its first line, when it is renamed and compressed by its rotation."""
    offsets = state.setdefault("offsets", {})
    with system.open(path, "rb") as raw:
        packed = raw.read(2) == b"\x1f\x8b"
        raw.seek(0)
        with gzip.GzipFile(fileobj=raw) if packed else raw as log:
            first = log.readline(1 << 16)
            if not first.endswith(b"\n"):
                return  # still being written
            identity = hashlib.sha256(first).hexdigest()
            offset = offsets.get(identity, 0)
            log.seek(offset)
            while piece := _read(log):
                last = piece.rfind(b"\n") + 1
                if last == 0:
                    return
                offset += last
                offsets[identity] = offset
                yield Batch((), state, PurePosixPath(path).name.removesuffix(".gz"), piece[:last])
                if len(piece) > last:
                    log.seek(offset)
                if len(piece) < _PIECE:
                    return


def _read(log: Any) -> bytes:
    try:
        piece: bytes = log.read(_PIECE)
    except (EOFError, zlib.error):  # a compressed file that is still being written
        return b""
    return piece


def _nested(options: Mapping[str, str]) -> dict[str, Any]:
    """``client_kwargs.endpoint_url`` becomes a dict in a dict."""
    found: dict[str, Any] = {}
    for key, value in options.items():
        *outer, last = key.split(".")
        target = found
        for name in outer:
            target = target.setdefault(name, {})
        target[last] = value
    return found
