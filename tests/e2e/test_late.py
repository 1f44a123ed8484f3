"""A run that misses its deadline: somebody is told, and it goes on."""

from __future__ import annotations

import time
from dataclasses import dataclass

import pytest

from tests.e2e.support import Installation, told_by, webhook

pytestmark = pytest.mark.long


@dataclass(frozen=True)
class Hasty(Installation):
    """An installation that expects a run to have ended three seconds after it was asked for."""

    url: str

    @property
    def environment(self) -> dict[str, str]:
        return {**super().environment, **told_by(self.url), "C360_DEADLINE_MINUTES": "0.05"}


def test_a_late_run_is_told_of_and_succeeds(tmp_path):
    with webhook() as (told, url):
        installation = Hasty(tmp_path, url)
        try:
            installation.verb("airflow")
            installation.verb("run", "--customers", "300", timeout=600)
            deadline = time.monotonic() + 60
            while not told and time.monotonic() < deadline:
                time.sleep(1)
            assert len(told) == 1
            assert "the run is late" in told[0]["text"]
            assert "run " in told[0]["text"]
        finally:
            installation.down()
