"""What the DAG's tasks call: the pipeline's verbs, with their figures in the task's log."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from customer360 import pipeline
from customer360.errors import Customer360Error
from customer360.settings import Settings

log = logging.getLogger("customer360")


def data_folder(params: Mapping[str, Any]) -> str:
    """The data folder of a run: the one given, counted from the clone when relative, else the demo's."""
    if given := params["data"]:
        return str(Settings.from_environment().root / Path(given).expanduser())
    return str(call("generate", params["customers"], params["seed"], params["mess"]))


def call(verb: str, *arguments: Any) -> Any:
    """Calls a verb of the pipeline and logs what it did.

    Returns:
        What the verb returns.

    Raises:
        AirflowFailException: for what the user must mend; trying again would not help. Other errors are retried.
    """
    from airflow.sdk.exceptions import AirflowFailException

    try:
        result = getattr(pipeline, verb)(Settings.from_environment(), *arguments)
    except Customer360Error as error:
        log.error("%s", error)
        raise AirflowFailException(error.what) from None
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


def close(plan: dict[str, Any] | None, states: dict[str, Any]) -> None:
    """Closes the run in the audit trail, and fails when any task of it has failed.

    Args:
        plan: of `pipeline.begin`; None when that failed.
        states: of the other tasks of the run, by task id.
    """
    from airflow.sdk.exceptions import AirflowFailException

    failed = sorted(task for task, state in states.items() if state in ("failed", "upstream_failed"))
    if plan is not None:
        call("finish", plan, "failed" if failed else "succeeded")
    if failed:
        raise AirflowFailException(f"the run failed; not done: {', '.join(failed)}")
