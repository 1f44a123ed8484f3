"""### customer360: from messy files to one trustworthy row per person

**What it does.** `generate` (or the data folder given) → `begin` opens the run → `land`, one task per file →
`map_sources` → dbt, layer by layer → `dbt_test` → `publish` swaps the tested marts in → `export` →
`dashboard` → `finish`.
Triggered without parameters it makes the demo data; each data folder has its own database.

**When a task fails**, read its log: it says what was wrong, where, and how to mend it. Readers keep the last good
state: nothing is published before every test has passed. Mend it, then *Clear* the task with all downstream: the run
goes on from there. Every task may run twice: a file that has landed is skipped, tables are built anew, the swap is one
transaction. When another run has built its models meanwhile, clear from `generate` on. Logs name every dbt model and
test with its time and rows.

**Runs go one after the other**: a second one waits in the queue, and a task that cannot go on because of a backfill's
run or a command in a shell is started again every fifteen seconds until it can.

**By itself** it runs at the times in `C360_SCHEDULE` (cron, UTC) on the folder in `C360_DATA`. With a schedule,
*Trigger*, *Backfill* in this UI rebuilds past days: each goes into the history, newer marts stay.
Assets: `raw`, `warehouse`, `exports`. The connection `customer360_alerts` (SMTP, or a webhook) hears of runs that
failed, recovered, or are not done within `C360_DEADLINE_MINUTES` (60).
"""

import os
from datetime import datetime, timedelta

from airflow.sdk import (
    Asset,
    CronTriggerTimetable,
    DeadlineAlert,
    Param,
    SyncCallback,
    chain,
    dag,
    task,
)

from customer360.deadline import QueuedAt

LAYERS = ["staging", "intermediate", "marts"]
PARAMS = {
    "data": Param(None, type=["null", "string"], description="Folder with a sources.yml; empty: the demo data"),
    "as_of": Param(None, type=["null", "string"], format="date", description="As-of date instead of the folder's"),
    "customers": Param(5000, type="integer", minimum=1, description="Demo: customer records"),
    "seed": Param(42, type="integer", minimum=0, description="Demo: the same seed gives the same bytes"),
    "mess": Param(1, type="number", minimum=0, description="Demo: factor on the mess; 0 is clean"),
    "full_refresh": Param(False, type="boolean", description="Load and test seeds again that have not changed"),
    "layers": Param(
        LAYERS,
        type="array",
        items={"type": "string", "enum": LAYERS},
        examples=LAYERS,
        description="Layers of dbt; without marts none is published",
    ),
}
RAW, WAREHOUSE, EXPORTS = (Asset(name, uri=f"x-customer360://{name}") for name in ("raw", "warehouse", "exports"))
DEFAULTS = {
    "retries": 2,
    "retry_delay": timedelta(seconds=5),
    "retry_exponential_backoff": 2,
    "max_retry_delay": timedelta(minutes=2),
    "execution_timeout": timedelta(hours=4),
    "pool": "warehouse",
}
LATE = DeadlineAlert(
    name="not done in time",
    reference=QueuedAt(),
    interval=timedelta(minutes=float(os.environ.get("C360_DEADLINE_MINUTES", "60"))),
    callback=SyncCallback("customer360.alerts.late"),
)
CRON = os.environ.get("C360_SCHEDULE")


@task
def generate(params: dict, ti: object, dag_run: object) -> str:
    """The data folder: the one given, else the demo's, written unless it is there."""
    from customer360.orchestrator.tasks import at_work, data_folder

    with at_work(ti):
        return data_folder(params, dag_run)


@task
def begin(data: str, params: dict, ti: object, dag_run: object) -> list[dict]:
    """The plan of the run, beside it, and its files: only what a task returns can be mapped over."""
    from customer360.orchestrator.tasks import at_work
    from customer360.orchestrator.tasks import begin as open_run

    with at_work(ti):
        plan = open_run(data, params, dag_run)
        ti.xcom_push("plan", plan)
        return plan["files"]


@task(multiple_outputs=False)
def verb(name: str, plan: dict, ti: object, detail: object = None) -> dict:
    """A verb of customer360.pipeline; its figures."""
    from customer360.orchestrator.tasks import at_work, call

    with at_work(ti):
        return call(name, plan, *([] if detail is None else [detail]))


@task(trigger_rule="all_done")
def finish(run_id: str, ti: object) -> None:
    """Closes the run in the audit trail, tells people what is news; fails when a task has failed."""
    from customer360.orchestrator.tasks import REASON, close

    plan = ti.xcom_pull(task_ids="begin", key="plan")
    states = ti.get_task_states(ti.dag_id, run_ids=[run_id])[run_id]
    close(plan, states, run_id, lambda tasks: ti.xcom_pull(task_ids=sorted(tasks), key=REASON))


@dag(
    schedule=CronTriggerTimetable(CRON, timezone="UTC") if CRON else None,
    start_date=datetime(2000, 1, 1),
    catchup=False,
    max_active_runs=1,
    dagrun_timeout=timedelta(hours=12),
    deadline=LATE,
    params=PARAMS,
    default_args=DEFAULTS,
    doc_md=__doc__,
    tags=["customer360"],
)
def customer360() -> None:
    """The order of the flow."""
    files = begin(generate())
    plan, end = files["plan"], finish()
    landed = verb.override(task_id="land").partial(name="land", plan=plan).expand(detail=files)

    def step(task_id: str, *outlets: Asset, name: str = "", detail: str | None = None) -> object:
        # What a run leaves out is skipped, and what follows runs all the same: a folder without files, a layer.
        wired = verb.override(task_id=task_id, trigger_rule="none_failed", outlets=list(outlets))
        return wired(name or task_id, plan, detail=detail)

    layers = [step(f"dbt_{layer}", name="transform", detail=layer) for layer in LAYERS]
    tested = step("dbt_test", name="test")
    out = [step("publish", WAREHOUSE), step("export", EXPORTS), step("dashboard")]
    chain(landed, step("map_sources", RAW), *layers, tested, *out, end)
    chain(landed, end)  # the other files of a run may still be landing when one has failed


customer360()
