"""What the DAG's tasks call, without Airflow."""

from __future__ import annotations

import sys
import types

import pytest

from customer360 import pipeline
from customer360.errors import Customer360Error
from customer360.orchestrator.tasks import call, close, data_folder, in_words
from tests.conftest import ROOT


class AirflowFailException(Exception):  # noqa: N818 - as Airflow has it
    pass


@pytest.fixture(autouse=True)
def without_airflow(monkeypatch):
    module = types.ModuleType("airflow.sdk.exceptions")
    module.AirflowFailException = AirflowFailException
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
    closed = []
    monkeypatch.setattr(pipeline, "finish", lambda settings, plan, status: closed.append((plan, status)))
    if status == "failed":
        with pytest.raises(AirflowFailException, match="not done: export, land_0"):
            close({"run_id": "r"}, states)
    else:
        close({"run_id": "r"}, states)
    assert closed == [({"run_id": "r"}, status)]


def test_a_run_that_never_began_has_nothing_to_close(monkeypatch):
    monkeypatch.setattr(pipeline, "finish", lambda *_: pytest.fail("there is no plan"))
    with pytest.raises(AirflowFailException):
        close(None, {"begin": "failed"})


def test_a_folder_given_in_the_form_counts_from_the_clone(monkeypatch):
    assert data_folder({"data": "my data"}) == str(ROOT / "my data")
    assert data_folder({"data": "/data"}) == "/data"
    monkeypatch.setattr(pipeline, "generate", lambda settings, *given: f"/demo/{given}")
    assert data_folder({"data": None, "customers": 5, "seed": 1, "mess": 0}) == "/demo/(5, 1, 0)"


def test_results_in_words():
    assert in_words("/data") == "/data"
    assert in_words([{}, {}]) == "2 files"
    assert in_words({"run_id": "r", "files": []}) == ""
    assert in_words(None) == ""
