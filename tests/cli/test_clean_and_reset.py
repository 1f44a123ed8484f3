"""make clean and make reset remove what they say, and nothing else."""

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.e2e.support import ROOT, Installation


def files(folder: Path) -> set[str]:
    return {str(file.relative_to(folder)) for file in folder.rglob("*") if file.is_file()}


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """The committed files that matter here, with leftovers and things of the user's among them."""
    clone = tmp_path / "clone"
    clone.mkdir()
    shutil.copyfile(ROOT / "Makefile", clone / "Makefile")
    for name in ("customer360", "dbt_project/models", "tests", "exports/csv", "my data"):
        (clone / name).mkdir(parents=True)
        (clone / name / "kept.txt").write_text("x")
    return clone


def test_clean(clone: Path) -> None:
    before = files(clone)
    for name in (
        "customer360/__pycache__", "tests/a/__pycache__", ".pytest_cache", ".mypy_cache", ".ruff_cache",
        ".hypothesis", "dbt_project/target/run", "dbt_project/logs", "dbt_project/dbt_packages/dbt_utils",
    ):  # fmt: skip
        (clone / name).mkdir(parents=True)
        (clone / name / "left.over").write_text("x")
    (clone / ".coverage").write_text("x")
    subprocess.run(["make", "clean"], cwd=clone, check=True, capture_output=True)
    assert files(clone) == before


def test_reset_asks_and_then_deletes_state_and_csv(tmp_path: Path) -> None:
    installation = Installation(tmp_path)
    for name in ("state/demo/x", "exports/csv", "exports/powerbi", "my data"):
        (tmp_path / name).mkdir(parents=True)
        (tmp_path / name / "file").write_text("x")
    refused = installation.verb("reset", expect=1)
    assert "make reset FORCE=1" in refused.stderr
    assert "state/demo/x/file" in files(tmp_path)
    installation.verb("reset", "--force")
    assert files(tmp_path) == {"exports/powerbi/file", "my data/file"}
