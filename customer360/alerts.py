"""Tells people about runs that failed, recovered or are late, through the Airflow connection ``customer360_alerts``.

Its type decides how: ``smtp`` sends an e-mail (extra: ``to``, ``from_email``); any other posts ``{"text": ...}`` as
JSON, which Slack, Mattermost and most webhooks take, to the URL in the extra ``url`` or the connection's host. Without
the connection nobody is told. The DAG's file imports this module, so it imports little itself.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping, Sequence
from typing import Any

CONNECTION = "customer360_alerts"
_PATIENCE = 15  # seconds
_WAITS = (2, 10)  # seconds before it is tried again

log = logging.getLogger("customer360.alerts")


def news(status: str, summary: Mapping[str, Any], before: Mapping[str, Any] | None) -> list[str]:
    """What is worth telling about a run that has ended: nothing, when all is as well as it was.

    Args:
        status: ``succeeded`` or ``failed``.
        summary: of the run, as `audit.summary_of` gives it.
        before: ``status`` and ``summary`` of the run before it, or None.

    Returns:
        Lines, of which the first is the subject.
    """
    if status == "failed":
        lines = ["the run failed; readers keep the last good state", summary["error"]]
        for test in summary["tests"]["failed"]:
            lines.append(f"test {test['name']}: {test['failures']} rows, stored in {test['stored_in'] or 'no table'}")
        return [line for line in lines if line]
    if before is None:
        return []
    if before["status"] == "failed":
        return ["the run succeeded again", f"before: {before['summary'].get('error', '')}"]
    was, now = (one.get("tests", {}).get("warned", {}) for one in (before["summary"], summary))
    tested = any(stage["stage"] == "dbt_test" for stage in summary["stages"])
    if tested and (better := sorted(set(was) - set(now))):
        return ["data quality has recovered", *(f"{name}: {was[name]} rows before, none now" for name in better)]
    return []


def tell(lines: Sequence[str], about: str) -> bool:
    """Sends a message, whose subject is the first line; returns whether somebody was told. Raises nothing."""
    from airflow.sdk import Connection
    from airflow.sdk.exceptions import AirflowNotFoundException

    subject, text = f"customer360: {lines[0]}", "\n".join([*lines, about])
    for wait in (0, *_WAITS):
        time.sleep(wait)
        try:
            connection = Connection.get(CONNECTION)
            (_mail if connection.conn_type == "smtp" else _post)(connection, subject, text)
        except AirflowNotFoundException:
            return False
        except Exception:  # a run is not worse for a message that was not sent
            log.exception("the message was not sent: %s", subject)
        else:
            log.info("told through the connection %s: %s", CONNECTION, subject)
            return True
    return False


def late(context: Mapping[str, Any]) -> None:
    """What Airflow calls when a run has not ended by its deadline."""
    run = context["dag_run"]
    if run["state"] not in ("success", "failed"):  # Airflow asks about failed runs too, of which people have been told
        tell(["the run is late: it has not ended by its deadline"], f"run {run['dag_run_id']}")


def _mail(connection: Any, subject: str, text: str) -> None:
    from airflow.providers.smtp.hooks.smtp import SmtpHook

    extra = connection.extra_dejson
    body = f"<pre>{text.replace('&', '&amp;').replace('<', '&lt;')}</pre>"
    with SmtpHook(smtp_conn_id=CONNECTION) as hook:
        hook.send_email_smtp(to=extra["to"], subject=subject, html_content=body, from_email=extra.get("from_email"))


def _post(connection: Any, subject: str, text: str) -> None:
    import requests

    url = connection.extra_dejson.get("url") or connection.host or ""
    if "://" not in url:
        url = f"{connection.schema or 'https'}://{url}" + (f":{connection.port}" if connection.port else "")
    requests.post(url, json={"text": f"{subject}\n{text}"}, timeout=_PATIENCE).raise_for_status()
