"""Writes .env, in the one syntax that shells and Docker compose both read."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from customer360.settings import Settings
from customer360.swap import replace_text

_BEGIN = "# >>> customer360: written by make env; lines outside these marks are yours >>>"
_END = "# <<< customer360 <<<"


def write_env(settings: Settings, values: Mapping[str, str]) -> None:
    """Renews our block of .env and keeps every other line; the file is readable by its owner only."""
    path = f'PATH="{_escaped(str(settings.root / ".venv" / "bin"))}:$PATH"'
    lines = [f'{name}="{_escaped(value)}"' for name, value in sorted(values.items())]
    file = settings.env_file
    text = "\n".join([*_others(file), _BEGIN, *lines, path, _END]) + "\n"
    replace_text(file, text, 0o600)


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


def _escaped(value: str) -> str:
    return re.sub(r'([\\"$`])', r"\\\1", value)
