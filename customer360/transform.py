"""Runs dbt for one database: the layers, the tests, and what each node did."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from customer360.errors import Customer360Error
from customer360.settings import Settings
from customer360.warehouse import Role, Warehouse

LAYERS = ("staging", "intermediate", "marts")
_TAIL_LINES = 30


class Dbt:
    """dbt for one database and one target.

    Args:
        settings: the installation.
        warehouse: a running server.
        database: of the data folder.
        target: ``pipeline`` (marts into warehouse_next) or ``local`` (straight into warehouse).
        as_of: ISO date that overrides the folder's, or empty.
        horizons_days: horizons of predictions, or None: as sources.yml declared when it was last landed.
    """

    def __init__(
        self,
        settings: Settings,
        warehouse: Warehouse,
        database: str,
        *,
        target: str = "pipeline",
        as_of: str = "",
        horizons_days: tuple[int, ...] | None = None,
    ) -> None:
        self._settings = settings
        self._project = settings.root / "dbt_project"
        self._folder = settings.state / "dbt" / database
        self._target = target
        self._login = warehouse.login(Role.TRANSFORMER, database)
        self._as_of = as_of
        self._horizons = horizons_days or self._declared_horizons()

    @property
    def manifest_file(self) -> Path:
        """What dbt knows about its models, from the last invocation."""
        return self._folder / "target" / "manifest.json"

    def environ(self) -> dict[str, str]:
        """The variables that dbt_project/profiles.yml and the macros read."""
        return {
            **self._login.environ(),
            "C360_AS_OF": self._as_of,
            "C360_HORIZONS_DAYS": ",".join(map(str, self._horizons)),
            "DBT_PROFILES_DIR": str(self._project),
            "DBT_PROJECT_DIR": str(self._project),
            "DBT_TARGET": self._target,
            "DBT_TARGET_PATH": str(self._folder / "target"),
            "DBT_LOG_PATH": str(self._folder / "logs"),
            "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
            "DO_NOT_TRACK": "1",
        }

    def run(self, arguments: list[str], *, quiet: bool = False) -> int:
        """Runs dbt with these arguments and returns its exit code; output goes to ours unless ``quiet``."""
        self._folder.mkdir(parents=True, exist_ok=True)
        with self._alone():
            self._ensure_packages()
            return self._call(arguments, quiet=quiet)

    def build(self, arguments: list[str], what: str) -> list[dict[str, Any]]:
        """Runs dbt and returns its results.

        Returns:
            One dict a node: name, kind, status, seconds, rows (None where the adapter does not tell), message.

        Raises:
            Customer360Error: a node failed or dbt did not run at all; the message names the nodes.
        """
        results_file = self._folder / "target" / "run_results.json"
        results_file.unlink(missing_ok=True)
        code = self.run(arguments)
        results = _read_results(results_file)
        if code != 0:
            failed = [node for node in results if node["status"] in ("error", "fail", "runtime error")]
            names = "; ".join(f"{node['name']}: {node['message'].strip()}" for node in failed[:5])
            raise Customer360Error(
                f"{what} failed: {names or f'dbt ended with code {code}'}",
                where=str(self._folder / "logs" / "dbt.log"),
                how="readers keep the last good state; mend the model or the data, then run again",
            )
        return results

    def keep_artefacts(self, destination: Path) -> None:
        """Copies manifest and results of the last invocation to the run's folder."""
        destination.mkdir(parents=True, exist_ok=True)
        for name in ("manifest.json", "run_results.json"):
            if (source := self._folder / "target" / name).exists():
                shutil.copyfile(source, destination / name)

    def ensure_manifest(self) -> dict[str, Any]:
        """The manifest, parsed now when there is none yet."""
        if not self.manifest_file.exists() and self.run(["parse", "--quiet"]) != 0:
            raise Customer360Error(
                "dbt cannot parse the project", where=str(self._project), how="run: make dbt ARGS=parse"
            )
        manifest: dict[str, Any] = json.loads(self.manifest_file.read_text(encoding="utf-8"))
        return manifest

    def _declared_horizons(self) -> tuple[int, ...]:
        with self._login.connect(autocommit=True) as connection, connection.cursor() as cursor:
            cursor.execute("select horizons_days from raw.data_folder")
            row = cursor.fetchone()
        return tuple(row[0]) if row else (90, 180, 365)

    def _call(self, arguments: list[str], *, quiet: bool = False) -> int:
        command = [str(Path(sys.executable).with_name("dbt")), *arguments]
        # PGTZ and its like of somebody's shell would overrule what the database says.
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
        sys.stdout.flush()
        return subprocess.run(
            command,
            cwd=self._project,
            env={**inherited, **self.environ()},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL if quiet else None,
            check=False,
        ).returncode

    def _ensure_packages(self) -> None:
        if not (self._project / "dbt_packages" / "dbt_utils").exists() and self._call(["deps", "--quiet"]) != 0:
            raise Customer360Error(
                "dbt cannot install its local package", where=str(self._project), how="run: make dbt ARGS=deps"
            )

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """One dbt at a time for each database: two would drop each other's tables."""
        with (self._folder / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def models_of(manifest: Mapping[str, Any], layer: str) -> list[dict[str, Any]]:
    """The models of a layer, by name."""
    models = [
        node
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model" and node["package_name"] == "customer360" and node["fqn"][1] == layer
    ]
    return sorted(models, key=lambda node: str(node["name"]))


def _read_results(file: Path) -> list[dict[str, Any]]:
    if not file.exists():
        return []
    results = []
    for result in json.loads(file.read_text(encoding="utf-8"))["results"]:
        kind, _, name = result["unique_id"].split(".", 2)
        results.append(
            {
                "name": name,
                "kind": kind,
                "status": result["status"],
                "seconds": round(result["execution_time"], 3),
                "rows": result["adapter_response"].get("rows_affected"),
                "failures": result["failures"],
                "message": result["message"] or "",
            }
        )
    return results
