"""``make fit`` as the first thing that a clone ever does, and on a folder that cannot be written."""

from __future__ import annotations

import re
from pathlib import Path
from random import Random

import pytest

from tests.e2e.support import Installation
from tests.identity.resolving import like, person, write

pytestmark = pytest.mark.long  # a server of its own, made from nothing


@pytest.fixture
def installation(tmp_path):
    installation = Installation(tmp_path)
    yield installation
    installation.down()


def test_the_first_verb_of_a_clone_may_be_a_fit(installation, tmp_path):
    dice = Random(3)
    people = [person(dice, number) for number in range(1, 121)]
    data = write(tmp_path / "data", [*people, *(like(row, number + 1000) for number, row in enumerate(people[:60]))])
    weights = data / "fitted" / "identity_weights.csv"
    assert f"identity: wrote {weights}" in installation.verb("fit", "--data", str(data)).stdout
    fitted = weights.read_text()
    installation.verb("run-cli", "--data", str(data))
    rows = {file["name"]: file["rows"] for file in installation.manifest()["files"]}
    assert rows["dim_customers.csv"] == 120
    installation.verb("fit", "--data", str(data))
    assert weights.read_text() == fitted, "what is fitted is no data, and a fit repeats"

    # A superuser may write anywhere: a file in the way stands for a folder that is read-only.
    weights.unlink()
    weights.parent.rmdir()
    weights.parent.write_text("in the way")
    said = installation.verb("fit", "--data", str(data)).stdout
    assert f"({data} cannot be written; later runs on it use this file all the same)" in said
    kept = Path(re.search("identity: wrote (.*)", said).group(1))
    assert tmp_path / "state" in kept.parents
    assert kept.read_text() == fitted


def test_where_there_is_nothing_to_fit_it_says_so(installation, tmp_path):
    data = write(tmp_path / "data", [])
    said = installation.verb("fit", "--data", str(data)).stdout
    assert "warning: no records of customers, nothing to fit for identity" in said
    assert not (data / "fitted" / "identity_weights.csv").exists()
