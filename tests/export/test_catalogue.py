"""dbt's catalogue as one file, and what lineage ends in."""

from __future__ import annotations

import re
from pathlib import Path

import dbt.task.docs
import pytest

from customer360.catalogue import alone
from customer360.contract import parse_manifest
from customer360.definitions import definition_of, definitions
from customer360.powerbi.measures import MEASURES
from customer360.powerbi.tables import TABLES
from tests.conftest import ROOT


@pytest.fixture(scope="module")
def manifest():
    return parse_manifest(ROOT / "dbt_project")


def marts_of(manifest, exposure: str) -> set[str]:
    """The marts that an exposure says it is made of."""
    nodes = manifest["exposures"][f"exposure.customer360.{exposure}"]["depends_on"]["nodes"]
    return {manifest["nodes"][node]["name"] for node in nodes}


def test_lineage_ends_where_people_look(manifest):
    queries = [file.read_text(encoding="utf-8") for file in (ROOT / "customer360" / "dashboard" / "sql").glob("*.sql")]
    read = {mart for query in queries for mart in re.findall(r"\bwarehouse\.(\w+)", query)}
    assert read
    assert marts_of(manifest, "dashboard") == read | {"fct_orders"}
    assert marts_of(manifest, "power_bi_report") == {table.mart for table in TABLES}


def test_the_page_fetches_nothing():
    """What dbt's page would load from elsewhere is taken out; the data are put into it by dbt itself."""
    page = Path(dbt.task.docs.__file__).with_name("index.html").read_text(encoding="utf-8")
    fetched = re.compile(r"""src=["'](?:https?:)?//|sp\.js|url\(["']?(?!data:|["']?\$|["']?#)[.\w/]*/""")
    assert fetched.search(page), "dbt's page is another one: look at what it loads"
    assert not fetched.search(alone(page))
    assert '"MANIFEST.JSON INLINE DATA"' in alone(page)


def test_metrics_are_defined_once(manifest):
    """Power BI and the dashboard read the blocks that the contract and the catalogue show."""
    blocks = {doc["name"]: " ".join(doc["block_contents"].split()) for doc in manifest["docs"].values()}
    assert definitions()
    assert all(blocks[metric] == text for metric, text in definitions().items())
    assert all(re.search(r"Unit: .+\. Source: .+\.$", text) for text in definitions().values())
    shown = {measure.definition for measure in MEASURES}
    assert set(definitions().values()) <= shown
    columns = manifest["nodes"]["model.customer360.fct_orders"]["columns"]
    assert definition_of("revenue") in " ".join(columns["revenue"]["description"].split())
