"""Each mistake of docs/errors.md, really made: exit code and message, and the page says what is printed."""

import pytest

from tests.e2e.error_cases import CASES, PAGE, Case, Outcome, cell, run_case

# These start a server and run the whole pipeline: one of them is enough for make test.
SLOW = [case for case in CASES if case.exit_code == 0][1:]


@pytest.mark.parametrize(
    "case",
    [pytest.param(case, marks=pytest.mark.long if case in SLOW else (), id=case.situation) for case in CASES],
)
def test_error(case: Case, tmp_path) -> None:
    outcome = run_case(case, tmp_path / "x")
    if isinstance(outcome, str):
        pytest.skip(outcome)
    assert isinstance(outcome, Outcome)
    assert outcome.exit_code == case.exit_code, outcome
    assert case.says in (outcome.errors if case.exit_code else outcome.output), outcome
    assert "Traceback" not in outcome.errors
    assert "secret" not in outcome.errors + outcome.output
    if case.exit_code:
        assert cell(case, outcome) in PAGE.read_text(encoding="utf-8"), "renew it: make errors"
