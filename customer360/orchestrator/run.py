"""One run of the DAG from the outside: start Airflow, trigger, follow to the end, tell the outcome, stop."""

from __future__ import annotations

import contextlib
import os
import signal
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NoReturn

from customer360 import console, pipeline
from customer360.errors import Customer360Error
from customer360.orchestrator.api import Api, ApiError, TaskState
from customer360.orchestrator.configuration import DAG_ID, log_folder
from customer360.orchestrator.failure import Failure, first_failure
from customer360.orchestrator.processes import GRACE
from customer360.orchestrator.progress import ENDED, Progress
from customer360.orchestrator.server import SILENCE, Airflow, start, stop
from customer360.orchestrator.tasks import in_words
from customer360.settings import Settings

# The order of the flow, for the eye; the DAG itself is the authority, and a test compares the two.
FLOW = (
    "generate",
    "begin",
    "land",
    "map_sources",
    "dbt_staging",
    "dbt_intermediate",
    "dbt_marts",
    "dbt_test",
    "publish",
    "export",
    "dashboard",
    "finish",
)
TIMEOUT = "C360_RUN_TIMEOUT"  # seconds
_DEFAULT_TIMEOUT = 6 * 3600.0
_POLL = 0.5  # seconds
_PARSE_TIMEOUT = 120.0
_IDLE_GRACE = 1.0  # seconds; left alone, api-server and triggerer take ten to end, with nothing to save


@dataclass(frozen=True)
class DagRunResult:
    """How a run ended.

    Attributes:
        run_id: Airflow's and audit.runs'.
        tasks: every task instance, with its state and seconds.
        start_seconds: until Airflow was up.
        run_seconds: from the trigger to the end of the run.
        failure: the first task that failed, with the end of its log.
        url: the run's page in the UI.
    """

    run_id: str
    succeeded: bool
    tasks: tuple[TaskState, ...]
    start_seconds: float
    run_seconds: float
    failure: Failure | None
    url: str


def run_dag(settings: Settings, conf: Mapping[str, Any], *, timeout: float | None = None) -> DagRunResult:
    """Runs the DAG to its end through the scheduler, showing progress; stops Airflow after it unless it is kept up.

    Args:
        settings: the installation.
        conf: overrides of the DAG's params; empty and None ones are left out.
        timeout: seconds from the trigger to the end; default ``C360_RUN_TIMEOUT``, else six hours.

    Returns:
        The outcome. A run that failed is a result, and what failed has then been printed.

    Raises:
        Customer360Error: Airflow does not start, one of its components died, or the run took too long.
        KeyboardInterrupt: Ctrl-C or SIGTERM; everything has been stopped.
    """
    limit = timeout if timeout is not None else float(os.environ.get(TIMEOUT) or _DEFAULT_TIMEOUT)
    with _sigterm_as_interrupt():
        console.say("starting Airflow ...")
        airflow = start(settings)
        grace = GRACE
        try:
            said = "is up already" if airflow.reused else f"is up after {airflow.seconds:.1f} s"
            console.say(f"Airflow {said}: {airflow.url} (user admin, password in {airflow.password_file})")
            _await_parsed(settings, airflow)
            given = {key: value for key, value in conf.items() if value not in ("", None)}
            result = _run(settings, airflow, given, limit)
            grace = _IDLE_GRACE
            return result
        except ApiError as error:
            airflow.check()
            raise Customer360Error("Airflow did not do as it was told", where=str(error)) from None
        finally:
            if not airflow.state.keep:
                stop(settings, grace)


def _run(settings: Settings, airflow: Airflow, conf: dict[str, Any], limit: float) -> DagRunResult:
    api, run_id = airflow.api, pipeline.new_run_id("airflow")
    for other in api.unfinished_runs():
        console.say(f"waiting for the run {other}, which goes first")
    began = time.monotonic()
    api.trigger(run_id, conf)
    try:
        state, tasks = _follow(airflow, run_id, began + limit)
    except BaseException:
        with contextlib.suppress(ApiError):
            api.fail_run(run_id)
        raise
    result = DagRunResult(
        run_id=run_id,
        succeeded=state == "success",
        tasks=tuple(tasks),
        start_seconds=airflow.seconds,
        run_seconds=time.monotonic() - began,
        failure=None if state == "success" else first_failure(tasks, log_folder(settings), run_id),
        url=f"{airflow.url}/dags/{DAG_ID}/runs/{run_id}",
    )
    console.say(f"from the trigger to the end of the run: {result.run_seconds:.1f} s")
    if not result.succeeded:
        console.complain(f"error: {result.failure or f'the run {run_id} failed'}")
    return result


def _follow(airflow: Airflow, run_id: str, deadline: float) -> tuple[str, list[TaskState]]:
    """Shows the run until it ends; returns its state and its tasks'."""
    api = airflow.api
    progress = Progress(FLOW, lambda task: in_words(_returned(api, run_id, task)))
    last_answer, look = time.monotonic(), 0
    try:
        while True:
            airflow.check()
            look += 1
            try:
                tasks = api.tasks(run_id)
                progress.show(tasks)
                # Each question costs the api-server 30 ms, which the tasks would like to have.
                if look % 8 == 0 or all(task.state in ENDED for task in tasks):
                    state = api.run_state(run_id)
                    if state in ("success", "failed"):
                        return state, tasks
                last_answer = time.monotonic()
            except ApiError:
                if time.monotonic() - last_answer > SILENCE:
                    raise
            if time.monotonic() > deadline:
                raise Customer360Error(
                    f"the run {run_id} took longer than allowed", how=f"set {TIMEOUT} to more seconds"
                )
            time.sleep(_POLL)
    finally:
        progress.end()


def _returned(api: Api, run_id: str, task: TaskState) -> Any:
    with contextlib.suppress(ApiError):
        return api.returned(run_id, task)
    return None


def _await_parsed(settings: Settings, airflow: Airflow) -> None:
    """Waits until the DAG is known as it is in this tree now, and lets it run."""
    file = settings.root / "airflow" / "dags" / f"{DAG_ID}.py"
    if not file.exists():
        raise Customer360Error("the DAG is missing", where=str(file), how="git checkout airflow/dags")
    changed = file.stat().st_mtime
    since = changed if airflow.reused else max(changed, airflow.state.started_at)
    deadline = time.monotonic() + _PARSE_TIMEOUT
    asked = False
    while True:
        airflow.check()
        dag = airflow.api.dag()
        if dag and not dag["is_stale"] and _seconds(dag["last_parsed_time"]) >= since:
            if dag["is_paused"]:
                airflow.api.unpause()
            return
        for error in airflow.api.import_errors():
            if error["filename"].endswith(file.name) and _seconds(error["timestamp"]) >= since:
                raise Customer360Error("Airflow cannot import the DAG", where=f"{file}\n{error['stack_trace']}")
        if dag and airflow.reused and not asked:
            airflow.api.parse_again(dag["file_token"])
            asked = True
        if time.monotonic() > deadline:
            raise Customer360Error(
                f"Airflow did not parse the DAG within {_PARSE_TIMEOUT:.0f} seconds",
                where=str(settings.logs / "airflow-dag-processor.log"),
            )
        time.sleep(0.2)


def _seconds(timestamp: str | None) -> float:
    return datetime.fromisoformat(timestamp).timestamp() if timestamp else 0.0


@contextlib.contextmanager
def _sigterm_as_interrupt() -> Iterator[None]:
    """SIGTERM and a closed terminal end a run as cleanly as Ctrl-C."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def interrupt(_number: int, _frame: object) -> NoReturn:
        raise KeyboardInterrupt

    before = {number: signal.signal(number, interrupt) for number in (signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
