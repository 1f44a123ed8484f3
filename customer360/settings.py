"""Where things are: the clone, its state, its exports, and the database that a data folder gets.

Everything that moves is under one state directory, so a test or a second clone is isolated by naming another one.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Settings:
    """Paths and connection of one installation.

    Attributes:
        root: the clone.
        state: server data, secrets, logs, demo data; 0700 and git-ignored (``C360_STATE_DIR``, default ``.c360``).
        exports: where ``csv/`` is written (``C360_EXPORTS_DIR``, default ``exports``).
        env_file: what make env writes (``C360_ENV_FILE``, default ``.env``).
        database_url: an existing PostgreSQL server to use instead of the embedded one (``C360_DATABASE_URL``).
    """

    root: Path
    state: Path
    exports: Path
    env_file: Path
    database_url: str | None = None

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] = os.environ) -> Settings:
        """Reads the environment variables; relative paths count from the working directory."""
        root = Path(__file__).resolve().parent.parent
        state = Path(environ.get("C360_STATE_DIR") or root / ".c360").absolute()
        exports = Path(environ.get("C360_EXPORTS_DIR") or root / "exports").absolute()
        env_file = Path(environ.get("C360_ENV_FILE") or root / ".env").absolute()
        return cls(root, state, exports, env_file, database_url=environ.get("C360_DATABASE_URL") or None)

    @property
    def postgres_data(self) -> Path:
        return self.state / "postgres"

    @property
    def secrets_file(self) -> Path:
        return self.state / "secrets.json"

    @property
    def airflow_home(self) -> Path:
        return self.state / "airflow"

    @property
    def logs(self) -> Path:
        return self.state / "logs"

    def run_folder(self, run_id: str) -> Path:
        """Where one run keeps its dbt artefacts and logs."""
        return self.state / "runs" / re.sub(r"[^A-Za-z0-9_.+-]", "_", run_id)

    def make_state(self) -> Path:
        """Creates the state directory, readable by its owner only."""
        self.state.mkdir(mode=0o700, parents=True, exist_ok=True)
        return self.state


def database_for(data_folder: Path) -> str:
    """The database of a data folder: one for each real path, so keys, fits and audit never cross.

    Returns:
        ``c360_<slug>_<10 hex digits of the path's SHA-256>``, at most 36 characters.
    """
    real = data_folder.resolve()
    slug = re.sub(r"[^a-z0-9]+", "_", real.name.lower()).strip("_")[:20].strip("_") or "data"
    return f"c360_{slug}_{hashlib.sha256(str(real).encode('utf-8', 'surrogateescape')).hexdigest()[:10]}"
