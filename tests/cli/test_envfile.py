"""The file .env: ours between marks, readable by its owner only, everything else kept."""

import subprocess
from pathlib import Path

from customer360.envfile import remove_env, write_env
from customer360.settings import Settings

VALUES = {"C360_DB_PASSWORD": 'it\'s $HOME "x" \\ `id`', "C360_DB_HOST": "127.0.0.1"}


def test_written_again_and_removed(tmp_path: Path) -> None:
    settings = Settings(tmp_path / "a clone", state=tmp_path, exports=tmp_path, env_file=tmp_path / ".env")
    file = settings.env_file
    file.write_text("MINE=1\n")
    write_env(settings, VALUES)
    first = file.read_text()
    write_env(settings, VALUES)
    assert file.read_text() == first
    assert file.stat().st_mode & 0o777 == 0o600
    said = subprocess.run(
        [
            "sh",
            "-c",
            f'set -a; . "{file}"; printf "%s|%s|%s" "$MINE" "$C360_DB_PASSWORD" "${{PATH%%:*}}"',
        ],
        capture_output=True,
        text=True,
        check=True,
        env={"PATH": "/usr/bin:/bin"},
    ).stdout
    assert said == f"1|{VALUES['C360_DB_PASSWORD']}|{tmp_path}/a clone/.venv/bin"
    remove_env(file)
    assert file.read_text() == "MINE=1\n"


def test_a_file_of_ours_only_goes(tmp_path: Path) -> None:
    settings = Settings(tmp_path, state=tmp_path, exports=tmp_path, env_file=tmp_path / ".env")
    file = settings.env_file
    write_env(settings, VALUES)
    remove_env(file)
    assert not file.exists()
