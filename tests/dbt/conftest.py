"""A database with a small literal data folder landed in it, and dbt to build on it."""

from __future__ import annotations

import os
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from customer360.settings import Settings
from customer360.transform import Dbt
from customer360.warehouse import Role, Warehouse
from tests.conftest import ROOT, land_all, settings_in

MARTS = (
    "at_risk_customers",
    "channel_quality",
    "cohort_retention",
    "customer_golden_lineage",
    "customer_health",
    "customer_key_redirects",
    "customer_metrics_advanced",
    "customer_records",
    "customer_rfm",
    "customer_segment_history",
    "data_quality_summary",
    "dim_customers",
    "dim_date",
    "fct_orders",
    "identity_history",
    "identity_links",
    "identity_review",
    "kpi_summary",
    "revenue_concentration",
    "segment_migration",
    "segment_summary",
)


@dataclass(frozen=True)
class Project:
    """The dbt project on one landed data folder."""

    warehouse: Warehouse
    database: str
    settings: Settings
    folder: Path

    def land(self, files: dict[str, str]) -> None:
        """Puts files into the data folder, and lands what is new in it."""
        for name, text in files.items():
            (self.folder / name).write_text(text, encoding="utf-8")
        land_all(self.warehouse, self.database, self.folder)

    def dbt(self, *arguments: str, as_of: str = "", horizons_days: tuple[int, ...] | None = None) -> int:
        """Runs dbt as a person would, straight into the schema that readers see; returns its exit code."""
        runner = Dbt(
            self.settings, self.warehouse, self.database, target="local", as_of=as_of, horizons_days=horizons_days
        )
        return runner.run([*arguments, "--no-write-json"])  # nobody reads the manifest here

    def compiled(self, text: str) -> str:
        """The SQL of a text with macros."""
        runner = Dbt(self.settings, self.warehouse, self.database, target="local")
        command = [str(Path(sys.executable).with_name("dbt")), "--quiet", "compile", "--inline", text]
        environment = {**os.environ, **runner.environ()}
        return subprocess.run(
            command, cwd=ROOT / "dbt_project", env=environment, capture_output=True, text=True, check=True
        ).stdout

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """The rows of a query, as the role that builds."""
        with (
            self.warehouse.login(Role.TRANSFORMER, self.database).connect(autocommit=True) as connection,
            connection.cursor() as cursor,
        ):
            cursor.execute(query)
            return list(cursor.fetchall()) if cursor.description else []

    def fingerprints(self) -> dict[str, str]:
        """A hash of every mart's rows, whatever their order."""
        hashed = "select md5(coalesce(string_agg(m::text, '|' order by m::text collate \"C\"), '')) from warehouse.{} m"
        return {mart: self.rows(hashed.format(mart))[0][0] for mart in MARTS}


@pytest.fixture(scope="session")
def landed(
    warehouse: Warehouse, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[dict[str, str]], contextmanager[Project]]:
    """Makes a project from the files of a data folder, in a database of its own that is dropped at the end."""

    @contextmanager
    def land(files: dict[str, str]) -> Iterator[Project]:
        database = f"c360_test_{uuid.uuid4().hex[:12]}"
        try:
            warehouse.prepare(database)
            settings, folder = settings_in(tmp_path_factory.mktemp("dbt")), tmp_path_factory.mktemp("data")
            project = Project(warehouse, database, settings, folder)
            project.land(files)
            yield project
        finally:
            warehouse.drop(database)

    return land
