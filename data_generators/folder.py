"""The data folder as a whole: written beside its place and renamed, so that a killed run leaves no half of one."""

from __future__ import annotations

import json
import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from data_generators.config import GeneratorConfig, GeneratorError, Summary

FINGERPRINT = "generator.json"


@dataclass(frozen=True)
class Made:
    """What a folder was made from and what it holds: the content of ``generator.json``, written last.

    Attributes:
        truth: bytes of each file of ``truth/``; more than that was left by a run that was killed.
        days: rows by file for each day that was added, in order.
    """

    config: GeneratorConfig
    summary: Summary
    truth: dict[str, int]
    days: dict[str, dict[str, int]]

    def with_day(self, day: date, files: dict[str, int], truth: dict[str, int]) -> Made:
        """The same folder with one day more."""
        return replace(self, truth=self.truth | truth, days=self.days | {day.isoformat(): files})


def is_current(config: GeneratorConfig, out: Path) -> bool:
    """Whether ``out`` was made whole by this version of the generator for these very parameters.

    Files that a person edited afterwards, or days that were added, do not count: their folder stays as it is.
    """
    try:
        return bool(_read(out)["parameters"] == config.fingerprint())
    except (OSError, ValueError, KeyError, TypeError):
        return False


def read_made(out: Path) -> Made:
    """What a folder was made from.

    Raises:
        GeneratorError: not a folder of this version of the generator.
    """
    try:
        found = _read(out)
        config = GeneratorConfig.from_fingerprint(found["parameters"])
        if found["parameters"] != config.fingerprint():
            raise ValueError
        return Made(config, Summary(**found["summary"]), found["truth"], found["days"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise GeneratorError(f"{out} is not a folder that this version of the generator has made") from error


def write_made(folder: Path, made: Made) -> None:
    """Notes in the folder what it was made from."""
    content = {
        "parameters": made.config.fingerprint(),
        "summary": asdict(made.summary),
        "truth": made.truth,
        "days": made.days,
    }
    beside = folder / f"{FINGERPRINT}.new"
    beside.write_text(json.dumps(content, indent=2) + "\n", "utf-8")
    beside.replace(folder / FINGERPRINT)


def _read(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / FINGERPRINT).read_text("utf-8"))
    return found


@contextmanager
def new_folder(out: Path) -> Iterator[Path]:
    """Gives a temporary folder beside ``out`` and puts it in its place when the block ends well.

    Raises:
        GeneratorError: when ``out`` holds something that the generator did not write.
    """
    out = Path(os.path.abspath(out))  # noqa: PTH100 - resolve() would follow a link that we are to replace
    if out.exists() and not (out / FINGERPRINT).is_file() and (not out.is_dir() or any(out.iterdir())):
        raise GeneratorError(f"{out} exists and is not a folder of the generator: nothing was written")
    out.parent.mkdir(parents=True, exist_ok=True)
    _remove_leftovers(out)
    folder = out.parent / f".{out.name}.{os.getpid()}.{uuid.uuid4().hex[:8]}.new"
    folder.mkdir()
    try:
        yield folder
        old = folder.with_suffix(".old")
        if out.exists():
            out.rename(old)
        folder.rename(out)
        shutil.rmtree(old, ignore_errors=True)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _remove_leftovers(out: Path) -> None:
    """Takes away what earlier, killed runs left beside the folder."""
    for left in out.parent.glob(f".{out.name}.*.*.*"):
        pid = left.name.removeprefix(f".{out.name}.").split(".")[0]
        if left.suffix in {".new", ".old"} and pid.isdigit() and not _runs(int(pid)):
            shutil.rmtree(left, ignore_errors=True)


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
