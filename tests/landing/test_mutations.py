"""Mutated files: every line is in raw or in quarantine, and untouched lines land unchanged."""

import pytest

from tests.landing.mutations import run


def test_no_line_of_a_mutated_file_is_lost() -> None:
    assert run(seed=1, count=900) == []


@pytest.mark.long
def test_no_line_is_lost_in_ten_thousand_mutations() -> None:
    assert run(seed=2, count=10_000) == []
