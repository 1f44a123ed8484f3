"""What the DAG's tasks call, without Airflow."""

from __future__ import annotations

import sys
import types
from datetime import UTC, datetime

import pytest

from customer360 import alerts, pipeline
from customer360.errors import Customer360Error
from customer360.orchestrator.tasks import at_work, begin, call, close, data_folder, in_words, new_files
from tests.conftest import ROOT


class AirflowFailException(Exception):  # noqa: N818 - as Airflow has it
    pass


class AirflowSkipException(Exception):  # noqa: N818 - as Airflow has it
    pass


class AirflowRescheduleException(Exception):  # noqa: N818 - as Airflow has it
    def __init__(self, reschedule_date):
        self.reschedule_date = reschedule_date


class Instance:
    """As much of a task instance as `at_work` asks."""

    dag_id = "customer360"

    def __init__(self, run_id, running=()):
        self.run_id, self.running, self.pushed = run_id, running, {}

    def get_dr_count(self, dag_id, run_ids, states):
        assert (dag_id, states) == (self.dag_id, ["running"])
        return len(set(run_ids) & set(self.running))

    def xcom_push(self, key, value):
        self.pushed[key] = value


def run_of(kind: str = "manual", day: datetime | None = None) -> types.SimpleNamespace:
    return types.SimpleNamespace(run_id="r", run_type=kind, logical_date=day)


FORM = {"data": None, "as_of": None, "customers": 5, "seed": 1, "mess": 0, "full_refresh": False, "layers": ["marts"]}


@pytest.fixture(autouse=True)
def without_airflow(monkeypatch):
    module = types.ModuleType("airflow.sdk.exceptions")
    module.AirflowFailException = AirflowFailException
    module.AirflowSkipException = AirflowSkipException
    module.AirflowRescheduleException = AirflowRescheduleException
    for name in ("airflow", "airflow.sdk"):
        monkeypatch.setitem(sys.modules, name, types.ModuleType(name))
    monkeypatch.setitem(sys.modules, "airflow.sdk.exceptions", module)


def test_what_the_user_must_mend_is_not_tried_again(monkeypatch, caplog):
    def begin(*_):
        raise Customer360Error("no such folder", where="/data", how="name another")

    monkeypatch.setattr(pipeline, "begin", begin)
    with pytest.raises(AirflowFailException, match="no such folder"):
        call("begin", "run", "/data")
    assert "where: /data" in caplog.text
    assert "to mend: name another" in caplog.text


def test_what_may_pass_by_itself_is_tried_again(monkeypatch):
    def land(*_):
        raise ConnectionError("the server is starting")

    monkeypatch.setattr(pipeline, "land", land)
    with pytest.raises(ConnectionError):
        call("land", {}, {})


def test_the_log_says_what_was_done_with_numbers(monkeypatch, caplog):
    caplog.set_level("INFO")
    monkeypatch.setattr(pipeline, "publish", lambda *_: {"tables": 9})
    assert call("publish", {}) == {"tables": 9}
    assert "9 marts published" in caplog.text


@pytest.mark.parametrize(
    ("states", "status"),
    [
        ({"land_0": "success", "export": "success", "finish": "running"}, "succeeded"),
        ({"land_0": "skipped", "export": "success"}, "succeeded"),
        ({"land_0": "failed", "export": "upstream_failed"}, "failed"),
    ],
)
def test_the_run_is_closed_as_it_went(monkeypatch, states, status):
    closed, told = [], []
    summary = {"error": "land: no room", "tests": {"failed": [], "warned": {}}}
    plan = {"run_id": "r", "data_folder": "/data"}

    def finish(_settings, plan, status):
        closed.append((plan, status))
        return summary

    monkeypatch.setattr(pipeline, "finish", finish)
    monkeypatch.setattr(pipeline, "how_it_was", lambda *_: None)
    monkeypatch.setattr(alerts, "tell", lambda lines, about: told.append((lines, about)))
    if status == "failed":
        with pytest.raises(AirflowFailException, match="not done: export, land_0"):
            close(plan, states, "r", lambda _: [])
    else:
        close(plan, states, "r", lambda _: [])
    assert closed == [(plan, status)]
    assert ["land: no room" in lines for lines, _ in told] == [True] * (status == "failed")


def test_a_run_that_never_began_has_nothing_to_close(monkeypatch):
    told = []
    monkeypatch.setattr(pipeline, "finish", lambda *_: pytest.fail("there is no plan"))
    monkeypatch.setattr(alerts, "tell", lambda lines, about: told.append((lines, about)))
    with pytest.raises(AirflowFailException):
        close(None, {"begin": "failed"}, "r", lambda tasks: [None, *(f"no folder for {task}" for task in tasks)])
    lines = ["the run failed; readers keep the last good state", "no folder for begin", "not done: begin"]
    assert told == [(lines, "run r")]


def test_what_failed_before_a_run_was_cleared_is_not_told_again(monkeypatch):
    told = []
    before = {"error": "dbt_test: two rows", "tests": {"failed": [{"name": "one_key"}], "warned": {}}}
    monkeypatch.setattr(pipeline, "finish", lambda *_: before)
    monkeypatch.setattr(pipeline, "how_it_was", lambda *_: None)
    monkeypatch.setattr(alerts, "tell", lambda lines, about: told.extend(lines))
    states = {"generate": "failed", "dbt_test": "upstream_failed"}
    with pytest.raises(AirflowFailException):
        close({"run_id": "r", "data_folder": "/data"}, states, "r", lambda tasks: [f"no {task}" for task in tasks])
    assert told[1:] == ["no generate", "not done: dbt_test, generate"]


def test_a_folder_given_in_the_form_counts_from_the_clone(monkeypatch):
    assert data_folder({"data": "my data"}, run_of()) == str(ROOT / "my data")
    assert data_folder({"data": "/data"}, run_of()) == "/data"
    monkeypatch.setattr(pipeline, "generate", lambda settings, *given: f"/demo/{given}")
    assert data_folder(FORM, run_of()) == "/demo/(5, 1, 0)"


def test_runs_that_nobody_triggered_take_the_folder_of_the_installation(monkeypatch):
    monkeypatch.setenv("C360_DATA", "/shop")
    monkeypatch.setattr(pipeline, "generate", lambda settings, *given: "/demo")
    assert [data_folder(FORM, run_of(kind)) for kind in ("manual", "scheduled", "backfill")] == [
        "/demo",
        *["/shop"] * 2,
    ]


def test_a_backfill_stands_at_its_own_day_and_spares_newer_marts(monkeypatch):
    seen = []
    monkeypatch.setattr(pipeline, "begin", lambda settings, *given, **options: seen.append((given, options)))
    day = datetime(2026, 3, 1, 4, tzinfo=UTC)
    begin("/shop", FORM, run_of("backfill", day))
    begin("/shop", FORM, run_of("scheduled", day))
    begin("/shop", {**FORM, "as_of": "2026-02-02"}, run_of())
    assert [given[2:] for given, _ in seen] == [
        ("2026-03-01", "airflow backfill"),
        ("", "airflow scheduled"),
        ("2026-02-02", "airflow"),
    ]
    assert [options["only_newer"] for _, options in seen] == [True, False, False]
    assert seen[0][1]["layers"] == ["marts"]


def test_what_a_run_leaves_out_is_skipped(monkeypatch):
    monkeypatch.setattr(pipeline, "transform", lambda *_: {"skipped": "the run does not build staging"})
    with pytest.raises(AirflowSkipException, match="does not build staging"):
        call("transform", {}, "staging")


def test_results_in_words():
    assert in_words("/data") == "/data"
    assert in_words([{}, {}]) == "2 files"
    assert in_words({"run_id": "r", "files": []}) == ""
    assert in_words(None) == ""


def test_a_task_works_when_its_run_may(tmp_path, monkeypatch):
    monkeypatch.setenv("C360_STATE_DIR", str(tmp_path / "state"))
    with at_work(Instance("one")):
        pass
    with pytest.raises(AirflowRescheduleException) as waits, at_work(Instance("two", running=["one"])):
        pytest.fail("it is the turn of one")
    assert waits.value.reschedule_date > datetime.now(UTC)
    with at_work(Instance("one", running=["one", "two"])):
        pass


def test_why_a_task_failed_is_kept(tmp_path, monkeypatch):
    monkeypatch.setenv("C360_STATE_DIR", str(tmp_path / "state"))
    failed, skipped = Instance("one"), Instance("one")
    with pytest.raises(ConnectionError), at_work(failed):
        raise ConnectionError("no server")
    with pytest.raises(AirflowSkipException), at_work(skipped):
        raise AirflowSkipException("nothing to do")
    assert (failed.pushed, skipped.pushed) == ({"reason": "no server"}, {})


def test_a_folder_that_cannot_be_watched_is_told(tmp_path, monkeypatch):
    told = []
    monkeypatch.setenv("C360_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.setattr(alerts, "tell", lambda lines, about: told.append(lines))
    monkeypatch.delenv("C360_DATA", raising=False)
    with pytest.raises(AirflowFailException, match="no folder to watch"):
        new_files()
    monkeypatch.setenv("C360_DATA", "no/such/folder")
    for _ in range(2):
        with pytest.raises(AirflowFailException, match="data folder"):
            new_files()
    assert len(told) == 2  # the same trouble is told once
    assert str(ROOT / "no/such/folder") in told[1][1]
