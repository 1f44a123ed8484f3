"""Parts on their way between processes: bodies go through a file, at half the cost of a pipe.

Blocks take turns in writing over a few files, whose pages are in memory already; a new file would have to be given
some.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from data_generators.systems.part import Part


@dataclass(frozen=True)
class Spooled:
    """Parts without their bodies, which lie in a file one after the other.

    Attributes:
        sizes: of the bodies, in bytes.
    """

    file: Path
    parts: Sequence[Part]
    sizes: Sequence[int]

    def take(self) -> Iterator[Part]:
        """The whole parts, one by one."""
        with self.file.open("rb", buffering=0) as file:
            for part, size in zip(self.parts, self.sizes, strict=True):
                yield replace(part, body=file.read(size))


def spool(parts: Sequence[Part], file: Path) -> Spooled:
    """Puts the bodies into a file, over what it held."""
    file.touch()
    with file.open("r+b", buffering=0) as out:
        for part in parts:
            out.write(part.body)
    return Spooled(file, [replace(part, body=b"") for part in parts], [len(part.body) for part in parts])
