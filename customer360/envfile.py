"""Writes .env: what dbt, psql and other tools need to connect, for one database."""

from __future__ import annotations

import os
import shlex
from pathlib import Path

from customer360.settings import Settings
from customer360.transform import Dbt

_BEGIN = "# >>> customer360: written by make env; lines outside these marks are yours >>>"
_END = "# <<< customer360 <<<"


def write_env(settings: Settings, dbt: Dbt) -> None:
    """Renews our block of .env and keeps every other line; the file is readable by its owner only."""
    file = settings.env_file
    values = dbt.environ()
    # A person's dbt writes its artefacts where dbt's documentation says, and as-of comes from the data folder.
    for name in ("DBT_TARGET_PATH", "DBT_LOG_PATH", "C360_AS_OF", "DBT_TARGET"):
        values.pop(name, None)
    lines = [_BEGIN]
    lines += [f"{name}={shlex.quote(value)}" for name, value in sorted(values.items())]
    lines += [f'PATH={shlex.quote(str(settings.root / ".venv" / "bin"))}:"$PATH"', _END]
    text = "\n".join([*_others(file), *lines]) + "\n"
    new = file.with_name(f"{file.name}.{os.getpid()}.new")
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as out:
        out.write(text)
    new.replace(file)


def remove_env(file: Path) -> None:
    """Takes our block out of .env; an empty file goes altogether."""
    if not file.exists():
        return
    others = _others(file)
    if any(line.strip() for line in others):
        file.write_text("\n".join(others) + "\n", encoding="utf-8")
    else:
        file.unlink()


def _others(file: Path) -> list[str]:
    if not file.exists():
        return []
    kept, ours = [], False
    for line in file.read_text(encoding="utf-8").splitlines():
        if line == _BEGIN:
            ours = True
        elif line == _END:
            ours = False
        elif not ours:
            kept.append(line)
    return kept
