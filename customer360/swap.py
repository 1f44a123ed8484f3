"""Puts a file or a folder in its place in one step: who opens it sees all of the old or all of the new."""

from __future__ import annotations

import ctypes
import os
import shutil
import sys
from pathlib import Path


def swap_in(new: Path, current: Path, previous: Path | None = None) -> None:
    """Puts a folder in another's place, atomically where the system can exchange two names.

    Args:
        new: gone afterwards, or left with what was there before.
        current: the place.
        previous: where what was there before is kept, in place of an older one.
    """
    if not current.exists():
        new.rename(current)
        return
    if not _exchange(new, current):
        old = new.with_suffix(".old")
        shutil.rmtree(old, ignore_errors=True)
        current.rename(old)
        new.rename(current)
        old.rename(new)
    if previous is not None:
        shutil.rmtree(previous, ignore_errors=True)
        new.rename(previous)


def replace_text(path: Path, text: str, mode: int = 0o666) -> None:
    """Writes a text file of that mode (less the umask) beside its place, and moves it there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(f".{path.name}.{os.getpid()}.new")
    new.unlink(missing_ok=True)
    try:
        with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "w", encoding="utf-8") as file:
            file.write(text)
        new.replace(path)
    finally:
        new.unlink(missing_ok=True)


def _exchange(one: Path, other: Path) -> bool:
    """Exchanges two names in one system call (renameat2 on Linux, renamex_np on macOS); False where it cannot."""
    libc = ctypes.CDLL(None, use_errno=True)
    here, there = os.fsencode(one), os.fsencode(other)
    try:
        if sys.platform == "darwin":
            return bool(libc.renamex_np(here, there, ctypes.c_uint(2)) == 0)
        at_cwd = -100
        return bool(libc.renameat2(at_cwd, here, at_cwd, there, ctypes.c_uint(2)) == 0)
    except AttributeError:
        return False
