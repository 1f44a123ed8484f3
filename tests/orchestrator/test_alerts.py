"""Messages about runs: what is worth one, and that a real server gets it."""

from __future__ import annotations

import json
import socket

import pytest

from customer360 import alerts
from tests.e2e.support import webhook

TESTED = [{"stage": "dbt_test", "status": "succeeded"}]
PASSED = {"error": "", "stages": TESTED, "tests": {"passed": 9, "warned": {}, "failed": []}}
WARNED = {"error": "", "stages": TESTED, "tests": {"passed": 8, "warned": {"budget_of_dates": 12}, "failed": []}}
FAILED = {
    "error": "dbt_test: dbt test failed",
    "tests": {"passed": 0, "warned": {}, "failed": [{"name": "one_key", "failures": 3, "stored_in": "audit.one_key"}]},
}


def run(status: str, summary: dict) -> dict:
    return {"run_id": "before", "status": status, "summary": summary}


def test_a_failed_run_says_which_test_how_many_rows_and_where_they_are():
    subject, error, test = alerts.news("failed", FAILED, None)
    assert "failed" in subject
    assert error == FAILED["error"]
    assert test == "test one_key: 3 rows, stored in audit.one_key"


@pytest.mark.parametrize(
    ("before", "summary", "subject"),
    [
        (run("failed", FAILED), PASSED, "the run succeeded again"),
        (run("succeeded", WARNED), PASSED, "data quality has recovered"),
        (run("succeeded", PASSED), WARNED, None),
        (run("succeeded", WARNED), WARNED, None),
        (run("succeeded", {}), PASSED, None),
        (run("succeeded", WARNED), {**PASSED, "stages": []}, None),  # it tested nothing
        (None, PASSED, None),
    ],
)
def test_what_is_news_of_a_run_that_succeeded(before, summary, subject):
    assert (alerts.news("succeeded", summary, before) or [None])[0] == subject


def test_a_run_that_has_failed_is_not_late_too(monkeypatch):
    said = []
    monkeypatch.setattr(alerts, "tell", lambda lines, about: said.append(about))
    for state in ("running", "failed", "queued"):
        alerts.late({"dag_run": {"dag_run_id": state, "state": state}})
    assert said == ["run running", "run queued"]


@pytest.fixture
def told(monkeypatch):
    """Sets the connection, as people do by a variable of the environment; the way there is Airflow's own."""

    def tell(uri: str | None) -> bool:
        if uri is None:
            monkeypatch.delenv("AIRFLOW_CONN_CUSTOMER360_ALERTS", raising=False)
        else:
            monkeypatch.setenv("AIRFLOW_CONN_CUSTOMER360_ALERTS", uri)
        return alerts.tell(["the run failed", "no room on the <disk>"], "run r-1")

    return tell


def test_nobody_is_told_without_a_connection(told):
    assert not told(None)


def test_a_webhook_gets_the_text(told, monkeypatch):
    monkeypatch.setattr(alerts, "_WAITS", (0.01,))
    with webhook(204, 500, 204, 500, 500) as (bodies, url):
        connection = json.dumps({"conn_type": "http", "extra": {"url": f"{url}/services/T/B"}})
        assert told(connection)
        assert told(connection)  # at the second attempt
        assert not told(connection)  # the server refuses: that is logged, and nobody was told
    assert len(bodies) == 5
    assert bodies[0] == {"text": "customer360: the run failed\nthe run failed\nno room on the <disk>\nrun r-1"}


def test_a_mail_server_gets_the_mail(told):
    from aiosmtpd.controller import Controller
    from aiosmtpd.handlers import Message

    mails = []

    class Box(Message):
        def handle_message(self, message):
            mails.append(message)

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    controller = Controller(Box(), hostname="127.0.0.1", port=port)
    controller.start()
    try:
        extra = {"to": "ops@example.com", "from_email": "c360@example.com", "disable_ssl": True, "disable_tls": True}
        assert told(json.dumps({"conn_type": "smtp", "host": "127.0.0.1", "port": port, "extra": extra}))
    finally:
        controller.stop()
    (mail,) = mails
    assert (mail["To"], mail["Subject"]) == ("ops@example.com", "customer360: the run failed")
    text = "".join(part.get_payload(decode=True).decode() for part in mail.walk() if not part.is_multipart())
    assert "no room on the &lt;disk>" in text
    assert "run r-1" in text
