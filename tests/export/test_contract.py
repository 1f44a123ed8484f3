"""docs/contract.md says what the models' contracts say."""

from customer360.contract import contract_text
from tests.e2e.support import ROOT


def test_page_is_current() -> None:
    page = (ROOT / "docs" / "contract.md").read_text(encoding="utf-8")
    assert page == contract_text(ROOT / "dbt_project"), "renew it: make contract"
