"""What the DAG's tasks call: the pipeline's verbs, with their figures in the task's log."""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from customer360 import alerts, pipeline
from customer360.errors import Customer360Error
from customer360.orchestrator.turns import take_turn
from customer360.settings import Settings

SCHEDULED_DATA = "C360_DATA"  # the folder that runs take which nobody triggered by hand
REASON = "reason"  # the XCom of a task that failed
_UNATTENDED = ("scheduled", "backfill")
_LOOK_AGAIN = timedelta(seconds=15)

log = logging.getLogger("customer360")


@contextmanager
def at_work(ti: Any) -> Iterator[None]:
    """Within it a task works, in the turn of its run; why it failed is kept for the message about the run.

    Every task asks, since one that was cleared begins in the middle of a run.

    Args:
        ti: the task instance.

    Raises:
        AirflowRescheduleException: another run or a command goes first; Airflow starts the task again a little later.
    """
    from airflow.sdk.exceptions import AirflowRescheduleException, AirflowSkipException

    def is_running(other: str) -> bool:
        return bool(ti.get_dr_count(ti.dag_id, run_ids=[other], states=["running"]))

    if not take_turn(Settings.from_environment(), ti.run_id, is_running):
        raise AirflowRescheduleException(datetime.now(UTC) + _LOOK_AGAIN)  # type: ignore[no-untyped-call]
    try:
        yield
    except AirflowSkipException:
        raise
    except Exception as error:
        ti.xcom_push(REASON, str(error))
        raise


def data_folder(params: Mapping[str, Any], dag_run: Any) -> str:
    """The data folder of a run: the one given, counted from the clone when relative, else the demo's.

    Runs that the schedule or a backfill began take the folder in ``C360_DATA``.
    """
    given = params["data"] or (os.environ.get(SCHEDULED_DATA) if _type_of(dag_run) in _UNATTENDED else None)
    if given:
        return _from_clone(given)
    return str(call("generate", params["customers"], params["seed"], params["mess"]))


def begin(data: str, params: Mapping[str, Any], dag_run: Any) -> Any:
    """The plan of the run. A backfill stands at the day of each of its runs, and never replaces newer marts."""
    run_type = _type_of(dag_run)
    backfill = run_type == "backfill"
    as_of = params["as_of"] or (dag_run.logical_date.date().isoformat() if backfill else "")
    return call(
        "begin",
        dag_run.run_id,
        data,
        as_of,
        "airflow" if run_type == "manual" else f"airflow {run_type}",
        layers=params["layers"],
        full_refresh=params["full_refresh"],
        only_newer=backfill,
    )


def call(verb: str, *arguments: Any, **options: Any) -> Any:
    """Calls a verb of the pipeline and logs what it did.

    Returns:
        What the verb returns.

    Raises:
        AirflowFailException: for what the user must mend; trying again would not help. Other errors are retried.
        AirflowSkipException: the verb had nothing to do in this run.
    """
    from airflow.sdk.exceptions import AirflowFailException, AirflowSkipException

    try:
        result = getattr(pipeline, verb)(Settings.from_environment(), *arguments, **options)
    except Customer360Error as error:
        log.error("%s", error)
        raise AirflowFailException(error.what) from None
    if isinstance(result, dict) and "skipped" in result:
        raise AirflowSkipException(result["skipped"])
    log.info("%s: %s", verb, in_words(result) or "done")
    return result


def in_words(result: Any) -> str:
    """A few words on what a verb returned, or nothing."""
    if isinstance(result, str):
        return result
    if isinstance(result, list):
        return f"{len(result)} files"
    try:
        return pipeline.describe(result)
    except (KeyError, TypeError, AttributeError):  # a plan, or nothing at all
        return ""


def close(
    plan: dict[str, Any] | None, states: dict[str, Any], run_id: str, reasons_of: Callable[[set[str]], list[str | None]]
) -> None:
    """Closes the run in the audit trail, tells people if there is news, and fails when any task of it has failed.

    Args:
        plan: of `pipeline.begin`; None when that failed.
        states: of the other tasks of the run, by task id.
        run_id: Airflow's.
        reasons_of: why these tasks failed, as `at_work` kept it.
    """
    from airflow.sdk.exceptions import AirflowFailException

    failed = sorted(task for task, state in states.items() if state in ("failed", "upstream_failed"))
    status, not_done = "failed" if failed else "succeeded", f"not done: {', '.join(failed)}"
    summary: dict[str, Any] = {"error": "", "tests": {"failed": []}}
    before = None
    if plan is not None:
        before = pipeline.how_it_was(Settings.from_environment(), plan)
        summary = call("finish", plan, status)
    if failed:
        summary = _as_of_now(summary, {_task_id(task) for task, it in states.items() if it == "failed"}, reasons_of)
    if lines := alerts.news(status, summary, before):
        # What ended a task from outside is in no summary.
        about = f"run {run_id}" + (f", data folder {plan['data_folder']}" if plan else "")
        alerts.tell([*lines, not_done] if failed else lines, about)
    if failed:
        raise AirflowFailException(f"the run failed; {not_done}")


def _as_of_now(
    summary: dict[str, Any], failed: set[str], reasons_of: Callable[[set[str]], list[str | None]]
) -> dict[str, Any]:
    """The summary of a failed run without what is of an attempt before, and with what failed outside its stages."""
    stage = summary["error"].partition(":")[0].partition(" ")[0]  # land has the names of files after it
    error = summary["error"] if stage in failed else "; ".join(filter(None, reasons_of(failed)))
    tests = summary["tests"] if "dbt_test" in failed else {**summary["tests"], "failed": []}
    return {**summary, "error": error, "tests": tests}


def _task_id(label: str) -> str:
    """``land`` of the instance ``land_3``."""
    return re.sub(r"_\d+$", "", label)


def new_files() -> str:
    """A name for the files of the scheduled folder that have not landed and are at rest, or nothing without any.

    Raises:
        AirflowFailException: no folder is named, or it cannot be used; people are told once.
    """
    from airflow.sdk.exceptions import AirflowFailException

    settings = Settings.from_environment()
    trouble = settings.make_state() / "watch_trouble"  # what people have been told
    try:
        data = os.environ.get(SCHEDULED_DATA)
        if not data:
            raise Customer360Error("no folder to watch", where=SCHEDULED_DATA, how="set it before make airflow")
        found = pipeline.new_files(settings, _from_clone(data))
    except Customer360Error as error:
        log.error("%s", error)
        if not trouble.exists() or trouble.read_text(encoding="utf-8") != str(error):
            alerts.tell(["the data folder cannot be watched", str(error)], "DAG customer360_watch")
            trouble.write_text(str(error), encoding="utf-8")
        raise AirflowFailException(error.what) from None
    trouble.unlink(missing_ok=True)
    return found


def _from_clone(folder: str) -> str:
    """The path of a data folder; relative ones count from the clone."""
    return str(Settings.from_environment().root / Path(folder).expanduser())


def _type_of(dag_run: Any) -> str:
    """``manual``, ``scheduled``, ``backfill`` ..."""
    return str(getattr(dag_run.run_type, "value", dag_run.run_type))
