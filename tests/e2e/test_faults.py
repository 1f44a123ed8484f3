"""Each task of the DAG made to fail once: the retry succeeds, or the run fails with its reason; then all is well."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from customer360.orchestrator.run import FLOW
from tests.e2e.support import ROOT, Installation, told_by, webhook

pytestmark = pytest.mark.long

# What the copy of the code gets at the end of customer360/orchestrator/tasks.py: the verb in the file `fault` fails
# once, before it does anything or after it has done all.
FAULT = """

_real_call = call


def call(verb, *arguments, **options):
    fault = Path(os.environ["C360_STATE_DIR"]) / "fault"
    wanted, when, kind = fault.read_text().split() if fault.exists() else ("", "", "")
    label = f"dbt_{arguments[-1]}" if verb == "transform" else {"test": "dbt_test"}.get(verb, verb)
    if label != wanted:
        return _real_call(verb, *arguments, **options)
    fault.unlink()
    if when == "after":
        _real_call(verb, *arguments, **options)
    if kind == "fatal":
        from airflow.sdk.exceptions import AirflowFailException

        raise AirflowFailException(f"a fault in {label}")
    raise OSError(f"a fault in {label}")
"""


class Copy(Installation):
    """The same commands from a copy of the code, which the test may spoil; messages go to a webhook of the test's."""

    webhook = ""

    @property
    def environment(self) -> dict[str, str]:
        return {**super().environment, **told_by(self.webhook)}

    def command(self, *words: str, cwd: Path = ROOT, **options):
        return super().command(*words, cwd=self.home / "clone", **options)

    def run(self, expect: int = 0) -> str:
        return self.verb("run", "--customers", "300", expect=expect, timeout=600).stderr

    def plant(self, *words: str) -> Path:
        fault = self.home / "state" / "fault"
        fault.write_text(" ".join(words))
        return fault


@pytest.fixture(scope="module")
def told():
    """The texts that a webhook got, and its address."""
    with webhook() as (texts, url):
        yield texts, url


@pytest.fixture(scope="module")
def installation(tmp_path_factory, told):
    home = tmp_path_factory.mktemp("faults")
    ignored = shutil.ignore_patterns(".venv*", ".c360*", ".git", "node_modules", "target", "logs", "csv", "__pycache__")
    shutil.copytree(ROOT, home / "clone", ignore=ignored)
    with (home / "clone" / "customer360" / "orchestrator" / "tasks.py").open("a") as file:
        file.write(FAULT)
    installation = Copy(home)
    installation.webhook = told[1]
    installation.verb("airflow")
    yield installation
    installation.down()


@pytest.fixture(scope="module")
def undisturbed(installation):
    installation.run()
    return installation.digests()


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("task", FLOW)
def test_what_may_pass_by_itself_is_tried_again(installation, undisturbed, task, when):
    fault = installation.plant(task, when, "passing")
    installation.run()
    assert not fault.exists()
    assert installation.digests() == undisturbed


@pytest.mark.parametrize("task", FLOW)
def test_what_does_not_fails_the_run_with_its_reason(installation, undisturbed, told, task):
    texts, _ = told
    texts.clear()
    fault = installation.plant(task, "before", "fatal")
    assert f"a fault in {task}" in installation.run(expect=1)
    assert not fault.exists()
    assert installation.digests() == undisturbed  # readers keep the last good state
    if task != "finish":  # it is the one that tells
        assert [text for text in texts if "the run failed" in text and task in text]
    installation.run()
    assert installation.digests() == undisturbed
