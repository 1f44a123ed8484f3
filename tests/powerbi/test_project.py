"""exports/powerbi is what the contracts and the spec make of it, and what checks such projects finds no fault in it."""

import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from customer360.contract import parse_manifest
from customer360.errors import Customer360Error
from customer360.marts import Column, Mart, mart_from_manifest, references_in
from customer360.powerbi.measures import MEASURES
from customer360.powerbi.model import build_model, types_of
from customer360.powerbi.pages import PAGES
from customer360.powerbi.project import project_files
from customer360.powerbi.spec import Measure
from customer360.powerbi.tables import LINKS, TABLES
from customer360.transform import models_of
from tests.conftest import ROOT

PROJECT = ROOT / "exports" / "powerbi"
HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def manifest() -> dict:
    return parse_manifest(ROOT / "dbt_project")


@pytest.fixture(scope="module")
def marts(manifest: dict) -> dict[str, Mart]:
    return {mart.name: mart for mart in map(mart_from_manifest, models_of(manifest, "marts"))}


def test_project_is_current(manifest: dict) -> None:
    made = project_files(manifest)
    there = {
        path.relative_to(PROJECT).as_posix(): path.read_bytes().decode()
        for path in PROJECT.rglob("*")
        if path.is_file() and ".pbi" not in path.parts
    }
    assert there == made, "renew it: make powerbi"
    assert project_files(manifest) == made


def test_measures_are_defined_once_and_in_words() -> None:
    names = [measure.name.lower() for measure in MEASURES]
    assert len(set(names)) == len(names)
    for measure in MEASURES:
        assert measure.definition.endswith("."), measure.name
        assert measure.format, measure.name
        assert measure.sql, measure.name


def test_twelve_charts_on_three_pages() -> None:
    not_charts = {"cardVisual", "pivotTable", "slicer", "tableEx", "textbox"}
    kinds = [visual.kind for page in PAGES for visual in page.visuals]
    assert len(PAGES) == 3
    assert sum(kind not in not_charts for kind in kinds) == 12


@pytest.mark.parametrize("dax", ["SUM ( Orders[No Such Column] )", "[No Such Measure]", "SUM ( 'No Table'[Revenue] )"])
def test_measure_of_what_is_not_there_is_refused(manifest: dict, marts: dict[str, Mart], dax: str) -> None:
    wrong = Measure("Wrong", "Orders", "Nothing.", dax, "0", "Sales")
    with pytest.raises(Customer360Error, match="Wrong"):
        build_model(marts, references_in(manifest), TABLES, LINKS, [*MEASURES, wrong])


def test_table_of_what_is_not_there_is_refused(manifest: dict, marts: dict[str, Mart]) -> None:
    for wrong in (replace(TABLES[0], mart="no_mart"), replace(TABLES[0], hidden=("no_column",))):
        with pytest.raises(Customer360Error, match="Customers"):
            build_model(marts, references_in(manifest), [wrong, *TABLES[1:]], LINKS, MEASURES)


@pytest.mark.parametrize(
    ("declared", "expected"),
    [
        ("numeric(18,2)", ("Currency.Type", "decimal")),
        ("numeric(18,4)", ("Currency.Type", "decimal")),
        ("numeric(9,6)", ("type number", "double")),
        ("numeric", ("type number", "double")),
        ("bigint", ("Int64.Type", "int64")),
        ("date", ("type date", "dateTime")),
        ("timestamp", ("type datetime", "dateTime")),
        ("boolean", ("type logical", "boolean")),
        ("text", ("type text", "string")),
    ],
)
def test_types(declared: str, expected: tuple[str, str]) -> None:
    assert types_of(Column(declared)) == expected


def test_no_fault_is_found() -> None:
    """C360_PBIP_CHECK names a checker of Power BI projects; C360_PBIP_SCHEMAS Microsoft's JSON schemas for it."""
    checker, schemas = os.environ.get("C360_PBIP_CHECK"), os.environ.get("C360_PBIP_SCHEMAS")
    if not checker:
        pytest.skip("C360_PBIP_CHECK names no checker of Power BI projects")
    options = ["--strict", "--expect-pages", "3", "--expect-charts", "12", *(["--schemas", schemas] if schemas else [])]
    done = subprocess.run([sys.executable, checker, PROJECT, *options], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_microsofts_validator_finds_no_error() -> None:
    """Of the report; it needs Node 20 or newer, and npm's registry the first time."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if not node or not npm:
        pytest.skip("no Node: Microsoft's report validator was not run")
    version = subprocess.run([node, "--version"], capture_output=True, text=True, check=True).stdout
    if int(version.lstrip("v").partition(".")[0]) < 20:
        pytest.skip(f"Node {version.strip()} is older than 20: Microsoft's report validator was not run")
    tool = HERE / "node_modules" / ".bin" / "powerbi-report-author"
    if not tool.exists():
        quiet = ["--no-audit", "--no-fund", "--ignore-scripts"]
        done = subprocess.run([npm, "ci", *quiet], cwd=HERE, capture_output=True, text=True, check=False, timeout=180)
        if done.returncode != 0:
            pytest.skip(f"npm could not install Microsoft's report validator: {done.stderr.strip()[-200:]}")
    report = PROJECT / "Customer360.Report"
    done = subprocess.run([tool, "validate", "--no-schema", report], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    assert '"errorCount":0' in done.stdout
