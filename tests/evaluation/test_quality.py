"""What the rules of data quality find in generated data, against the faults that were made."""

from __future__ import annotations

import subprocess
import sys

import pytest

from customer360.errors import Customer360Error
from customer360.evaluation.quality import RULES, UNSEEN, by_kind, judge_quality
from customer360.evaluation.quality_page import figures
from data_generators.mess.rates import FAULTS
from tests.conftest import ROOT


@pytest.fixture(scope="module")
def judged(warehouse, tmp_path_factory):
    folder = tmp_path_factory.mktemp("generated") / "data"
    command = [sys.executable, "-m", "data_generators", "--customers", "1000", "--seed", "3", "--out", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    return judge_quality(warehouse.settings, folder)


def test_every_kind_of_fault_is_looked_for_or_said_to_be_unseen():
    made = {fault.name for fault in FAULTS}
    assert made <= set(RULES) | set(UNSEEN)
    assert not set(RULES) & set(UNSEEN)


def test_faults_are_found(judged):
    kinds = {one.fault: one for one in by_kind([judged])}
    assert {"missing", "upper_case", "malformed_email", "national_phone", "decimal_comma"} <= set(kinds)
    for one in kinds.values():
        assert one.precision is None or one.precision >= 0.95, one
        assert one.made < 20 or one.recall >= 0.90, one


def test_dates_are_read(judged):
    assert {"birth_date", "created_at", "ordered_at"} <= {dates.field for dates in judged.dates}
    for dates in judged.dates:
        assert dates.right >= 0.995 * dates.decidable, dates


def test_the_figures_tell_of_every_kind(judged):
    text = "\n".join(figures([judged]))
    assert all(f"| {one.fault} |" in text for one in judged.detections)
    assert all(f"| {fault} |" in text for fault in UNSEEN)


def test_a_folder_without_truth_is_not_judged(warehouse, tmp_path):
    with pytest.raises(Customer360Error, match="which faults were made"):
        judge_quality(warehouse.settings, tmp_path)
