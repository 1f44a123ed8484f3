"""Runs dbt for one database: the layers, the tests, and what each node did."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from psycopg2 import sql

from customer360.errors import Customer360Error
from customer360.lineage import emit_dbt
from customer360.settings import Settings
from customer360.warehouse import Role, Warehouse

LAYERS = ("staging", "intermediate", "marts")


class NodesFailedError(Customer360Error):
    """dbt ran, and models or tests failed.

    Attributes:
        nodes: the failed ones, as `Dbt.build` returns them.
        results: all of them.
    """

    nodes: tuple[dict[str, Any], ...] = ()
    results: tuple[dict[str, Any], ...] = ()


# What dbt parsed in this process, by its environment: parsing is most of what a small invocation does.
_parsed: dict[tuple[tuple[str, str], ...], Any] = {}


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

    def run(self, arguments: list[str]) -> int:
        """Runs the dbt command with these arguments as a person would; returns its exit code."""
        with self._alone():
            self._ensure_packages()
            command = [str(Path(sys.executable).with_name("dbt")), *arguments]
            sys.stdout.flush()
            environment = {**_inherited(), **self.environ()}
            return subprocess.run(command, cwd=self._project, env=environment, check=False).returncode

    def parse(self) -> None:
        """Reads the project, writes the manifest and keeps it for the invocations that follow in this process.

        Raises:
            Customer360Error: dbt cannot read the project.
        """
        with self._alone():
            self._ensure_packages()
            _parsed.pop(self._key, None)
            done = self._invoke(["parse", "--quiet"])
        if not done.success:
            raise Customer360Error(f"dbt parse failed: {done.exception}", where=str(self._folder / "logs" / "dbt.log"))
        _parsed[self._key] = done.result

    def build(self, arguments: list[str], what: str) -> list[dict[str, Any]]:
        """Runs dbt in this process, which spares a second of imports each time, and returns its results.

        Returns:
            One dict a node: name, kind, status, seconds, rows (None where the adapter is silent), failures, message,
            stored_in (the table with the rows that failed a test, or empty).

        Raises:
            NodesFailedError: a node failed or dbt did not run at all; the message names the nodes.
        """
        with self._alone():
            self._ensure_packages()
            self._results_file.unlink(missing_ok=True)
            # dbt would write the whole manifest twice for each invocation, which takes longer than most models.
            done = self._invoke([*arguments, "--no-write-json"])
            if hasattr(done.result, "write"):
                done.result.write(str(self._results_file))
                with self._environment():
                    emit_dbt(self._project, self._target)
        results = [_as_dict(node) for node in getattr(done.result, "results", ())]
        if not done.success:
            failed = [node for node in results if node["status"] in ("error", "fail", "runtime error")]
            error = NodesFailedError(
                f"{what} failed: {'; '.join(map(_failure, failed[:5])) or done.exception}",
                where=str(self._folder / "logs" / "dbt.log"),
                how="readers keep the last good state; mend the model or the data, then run again",
            )
            error.nodes, error.results = tuple(failed), tuple(results)
            raise error
        return results

    def tested_seeds(self) -> list[str]:
        """Seeds whose tables hold their files as they are now, and which have passed their tests."""
        with self._login.connect(autocommit=True) as connection, connection.cursor() as cursor:
            cursor.execute(
                "select relname, obj_description(oid, 'pg_class') from pg_class"
                " where relnamespace = 'staging'::regnamespace and relkind = 'r'"
            )
            notes = dict(cursor.fetchall())
        return [name for name, note in self._seed_notes().items() if notes.get(name) == note]

    def tests_of_seeds(self, seeds: Collection[str]) -> list[str]:
        """Tests that look at these seeds and at nothing else."""
        nodes = self.manifest()["nodes"].values()
        wanted = {node["unique_id"] for node in nodes if node["resource_type"] == "seed" and node["name"] in seeds}
        return [it["name"] for it in _tests(nodes) if it["depends_on"]["nodes"] and wanted >= _inputs(it)]

    def note_tested_seeds(self) -> None:
        """Notes at each seed's table what it holds and how it was tested; dbt makes tables anew without the note."""
        with self._login.connect() as connection, connection.cursor() as cursor:
            for name, note in self._seed_notes().items():
                cursor.execute(
                    sql.SQL("comment on table {} is {}").format(sql.Identifier("staging", name), sql.Literal(note))
                )

    def _seed_notes(self) -> dict[str, str]:
        nodes = self.manifest()["nodes"].values()
        notes, every_test = {}, _tests(nodes)
        for seed in nodes:
            if seed["resource_type"] == "seed":
                # The id of a generic test tells its arguments.
                tests = [[it["unique_id"], it["raw_code"]] for it in every_test if seed["unique_id"] in _inputs(it)]
                told = json.dumps([seed["checksum"], seed["config"]["column_types"], tests], sort_keys=True)
                notes[seed["name"]] = f"seed {hashlib.sha256(told.encode()).hexdigest()}"
        return notes

    def keep_artefacts(self, destination: Path) -> None:
        """Copies manifest and results of the last invocation to the run's folder."""
        destination.mkdir(parents=True, exist_ok=True)
        for source in (self._manifest_file, self._results_file):
            if source.exists():
                shutil.copyfile(source, destination / source.name)

    def manifest(self) -> dict[str, Any]:
        """What dbt knows about its models: as it was last parsed for this database, or now when it never was."""
        if not (manifest := self.parsed()):
            self.parse()
            manifest = self.parsed()
        return manifest

    def parsed(self) -> dict[str, Any]:
        """What dbt knew when the project was last parsed for this database; empty where it was not, or is now."""
        try:
            manifest: dict[str, Any] = json.loads(self._manifest_file.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return manifest

    @property
    def target(self) -> Path:
        """Where dbt writes what it makes."""
        return self._folder / "target"

    @property
    def _manifest_file(self) -> Path:
        return self.target / "manifest.json"

    @property
    def _results_file(self) -> Path:
        return self._folder / "target" / "run_results.json"

    @property
    def _key(self) -> tuple[tuple[str, str], ...]:
        return tuple(sorted(self.environ().items()))

    def _declared_horizons(self) -> tuple[int, ...]:
        with self._login.connect(autocommit=True) as connection, connection.cursor() as cursor:
            cursor.execute("select horizons_days from raw.data_folder")
            row = cursor.fetchone()
        return tuple(row[0]) if row else (90, 180, 365)

    def _invoke(self, arguments: list[str]) -> Any:
        """One invocation in this process."""
        from dbt.cli.main import dbtRunner

        sys.stdout.flush()
        with self._environment():
            return dbtRunner(_parsed.get(self._key)).invoke(arguments)

    @contextmanager
    def _environment(self) -> Iterator[None]:
        """Our environment in place of the caller's, whose settings of dbt do not count."""
        before = dict(os.environ)
        kept = {name: value for name, value in _inherited().items() if not name.startswith("DBT_")}
        ours = {**kept, **self.environ()}
        os.environ.clear()
        os.environ.update(ours)
        try:
            yield
        finally:
            os.environ.clear()
            os.environ.update(before)

    def _ensure_packages(self) -> None:
        if (
            not (self._project / "dbt_packages" / "dbt_utils").exists()
            and not self._invoke(["deps", "--quiet"]).success
        ):
            raise Customer360Error(
                "dbt cannot install its local package", where=str(self._project), how="run: make dbt ARGS=deps"
            )

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """One dbt at a time for each database: two would drop each other's tables."""
        self._folder.mkdir(parents=True, exist_ok=True)
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


def freshness_limits(manifest: Mapping[str, Any], entity: str) -> tuple[timedelta | None, timedelta | None]:
    """The ages after which ``dbt source freshness`` warns of an entity and fails; None where none is declared."""
    declared = [it["freshness"] or {} for it in manifest.get("sources", {}).values() if it["name"] == f"all_{entity}"]
    limits = [declared[0].get(name) or {} if declared else {} for name in ("warn_after", "error_after")]
    warn, error = (timedelta(**{f"{it['period']}s": it["count"]}) if it.get("count") else None for it in limits)
    return warn, error


def _tests(nodes: Collection[dict[str, Any]]) -> list[dict[str, Any]]:
    return [node for node in nodes if node["resource_type"] == "test"]


def _inputs(node: dict[str, Any]) -> set[str]:
    return set(node["depends_on"]["nodes"])


def _inherited() -> dict[str, str]:
    """Our environment without PGTZ and its like, which would overrule what the database says."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PG")}


def _as_dict(result: Any) -> dict[str, Any]:
    return {
        "name": result.node.name,
        "kind": str(result.node.resource_type),
        "status": str(result.status),
        "seconds": round(result.execution_time, 3),
        "rows": result.adapter_response.get("rows_affected"),
        "failures": result.failures,
        "message": result.message or "",
        "stored_in": (result.node.relation_name or "").replace('"', "") if result.failures else "",
    }


def _failure(node: Mapping[str, Any]) -> str:
    if node["stored_in"]:
        return f"{node['name']}: {node['failures']} rows, stored in {node['stored_in']}"
    return f"{node['name']}: {node['message'].strip()}"
