"""Each task of the DAG made to fail once: the retry succeeds, or the run fails with its reason; then all is well."""

from __future__ import annotations

import contextlib
import shutil
import time
from pathlib import Path

import pytest

from customer360.orchestrator.api import UNFINISHED, Api
from customer360.orchestrator.configuration import Keys, state_file
from customer360.orchestrator.processes import State
from customer360.orchestrator.run import FLOW
from customer360.settings import database_for
from customer360.warehouse import Role, Warehouse
from tests.conftest import settings_in
from tests.e2e.support import ROOT, Installation, told_by, webhook

pytestmark = pytest.mark.long

# What the copy of the code gets at the end of customer360/orchestrator/tasks.py: a verb with a file of its name in the
# folder `faults` fails once, before it does anything or after it has done all.
FAULT = """

_real_call = call


def call(verb, *arguments, **options):
    label = f"dbt_{arguments[-1]}" if verb == "transform" else {"test": "dbt_test"}.get(verb, verb)
    fault = Path(os.environ["C360_STATE_DIR"]) / "faults" / label
    try:
        when, kind = fault.read_text().split()
        fault.unlink()
    except FileNotFoundError:
        return _real_call(verb, *arguments, **options)
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

    @property
    def faults(self) -> Path:
        folder = self.home / "state" / "faults"
        folder.mkdir(exist_ok=True)
        return folder

    def plant(self, task: str, *words: str) -> None:
        (self.faults / task).write_text(" ".join(words))


@pytest.fixture(scope="module")
def told():
    """What a webhook got, and its address."""
    with webhook() as (bodies, url):
        yield bodies, url


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
def test_what_may_pass_by_itself_is_tried_again(installation, undisturbed, when):
    for task in FLOW:
        installation.plant(task, when, "passing")
    installation.run()
    assert not list(installation.faults.iterdir())
    assert installation.digests() == undisturbed


@pytest.mark.parametrize("task", FLOW)
def test_what_does_not_fails_the_run_with_its_reason(installation, undisturbed, told, task):
    bodies, _ = told
    bodies.clear()
    installation.plant(task, "before", "fatal")
    assert f"a fault in {task}" in installation.run(expect=1)
    assert not list(installation.faults.iterdir())
    assert installation.digests() == undisturbed  # readers keep the last good state
    if task != "finish":  # it is the one that tells
        (said,) = [body["text"] for body in bodies if "the run failed" in body["text"]]
        assert f"a fault in {task}" in said
    installation.run()
    assert installation.digests() == undisturbed


def test_a_run_that_is_cleared_goes_on_and_never_publishes_the_marts_of_another(installation, undisturbed):
    settings = settings_in(installation.home)
    port = State.read(state_file(settings)).port
    api = Api(f"http://127.0.0.1:{port}", Keys.of(Warehouse(settings).secrets).admin)
    database = database_for(Path(installation.manifest()["data_folder"]))

    def published() -> list[str]:
        with contextlib.closing(Warehouse(settings).login(Role.LOADER, database).connect()) as connection:
            cursor = connection.cursor()
            cursor.execute("select run_id from audit.publications order by publication_id")
            return [run_id for (run_id,) in cursor.fetchall()]

    def last_run() -> str:
        return list(api._pages("/dags/customer360/dagRuns?order_by=id", "dag_runs"))[-1]["dag_run_id"]

    def clear(run_id: str, task: str) -> str:
        given = {"dry_run": False, "dag_run_id": run_id, "task_ids": [task], "include_downstream": True}
        api._call("POST", "/dags/customer360/clearTaskInstances", {**given, "only_failed": False})
        while (state := api.run_state(run_id)) in UNFINISHED:
            time.sleep(0.5)
        assert installation.digests() == undisturbed
        return state

    installation.plant("dbt_test", "before", "fatal")
    installation.run(expect=1)
    first, before = last_run(), published()
    assert clear(first, "dbt_test") == "success"
    assert published() == [*before, first]
    assert clear(first, "dbt_marts") == "success"  # built again, and so published again
    assert published() == [*before, first, first]
    assert clear(first, "publish") == "success"  # nothing new to publish
    assert published() == [*before, first, first]

    installation.plant("publish", "before", "fatal")
    installation.run(expect=1)
    failed = last_run()
    installation.run()
    between = published()
    assert clear(failed, "publish") == "failed"  # what waits there is not its own any more
    assert published() == between
    assert clear(failed, "generate") == "success"
    assert published() == [*between, failed]
