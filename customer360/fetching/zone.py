"""The place of fetched files: numbered batches that never change, each with the state that was reached with it."""

from __future__ import annotations

import gzip
import json
import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

State = dict[str, Any]


@dataclass(frozen=True)
class Batch:
    """Some records, and where to go on after them.

    Attributes:
        lines: JSON, without line ends; or the bytes of a whole file under ``name``.
        state: what the origin needs to go on.
        name: of the file as it was found, where it was one.
        content: of that file.
    """

    lines: Iterable[str]
    state: State
    name: str = ""
    content: bytes | None = None


class Zone:
    """The batches of one feed.

    A batch appears under its name by one rename, after its state was written beside it; so a process killed at any
    moment leaves either both or neither, and the next one goes on where the last batch ended.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)

    def state(self) -> State:
        """The state that was reached with the last batch; empty at first."""
        last = self._last()
        if last == 0:
            return {}
        found: State = json.loads(self._state_file(last).read_text(encoding="utf-8"))
        return found

    def write(self, batch: Batch) -> Path | None:
        """Writes a batch; one without records only moves the state on. Returns its file."""
        number = self._last() + 1
        part = self._folder / f".{number:08d}.part"
        if batch.content is not None:
            part.write_bytes(batch.content)
            name = f"{number:08d}-{re.sub(r'[^A-Za-z0-9._-]+', '_', batch.name)[-100:]}"
        else:
            empty = True
            # The same records give the same bytes: no name and no time in the header.
            with part.open("wb") as raw, gzip.GzipFile("", "wb", 6, raw, mtime=0) as out:
                for line in batch.lines:
                    out.write(line.encode("utf-8", "surrogatepass") + b"\n")
                    empty = False
            if empty:
                part.unlink()
                self._keep(self._last(), batch.state)
                return None
            name = f"{number:08d}.jsonl.gz"
        with part.open("rb") as written:
            os.fsync(written.fileno())
        self._keep(number, batch.state)
        target = self._folder / name
        part.rename(target)
        return target

    def _keep(self, number: int, state: State) -> None:
        if number == 0:
            return
        part = self._folder / ".state.part"
        part.write_text(json.dumps(state), encoding="utf-8")
        part.replace(self._state_file(number))

    def _state_file(self, number: int) -> Path:
        return self._folder / f".{number:08d}.state.json"

    def _last(self) -> int:
        numbers = [int(found[1]) for path in self._folder.iterdir() if (found := re.match(r"(\d{8})[.-]", path.name))]
        return max(numbers, default=0)
