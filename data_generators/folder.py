"""The data folder as a whole: written beside its place and renamed, so that a killed run leaves no half of one."""

from __future__ import annotations

import json
import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

from data_generators.config import GeneratorConfig, GeneratorError, Summary

FINGERPRINT = "generator.json"


def is_current(config: GeneratorConfig, out: Path) -> bool:
    """Whether ``out`` was made whole by this version of the generator for these very parameters.

    Files that a person edited afterwards do not count: their folder stays as it is.
    """
    try:
        return bool(json.loads((out / FINGERPRINT).read_text("utf-8"))["parameters"] == config.fingerprint())
    except (OSError, ValueError, KeyError, TypeError):
        return False


def write_fingerprint(folder: Path, config: GeneratorConfig, summary: Summary) -> None:
    """Notes in the folder what it was made from and what it holds."""
    text = json.dumps({"parameters": config.fingerprint(), "summary": asdict(summary)}, indent=2, sort_keys=True)
    (folder / FINGERPRINT).write_text(text + "\n", "utf-8")


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
        if left.suffix in {".new", ".old"} and pid.isdigit() and not Path(f"/proc/{pid}").exists():
            shutil.rmtree(left, ignore_errors=True)
