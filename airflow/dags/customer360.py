"""### customer360: from messy files to one trustworthy row per person

**What it does.** `generate` (or the data folder given) → `begin` opens the run → `land`, one task per file →
`map_sources` → dbt, layer by layer → `dbt_test` → `publish` swaps the tested marts in → `export` → `finish`.
Triggered without parameters it makes the demo data; each data folder has its own database.

**When a task fails**, read its log: it says what was wrong, where, and how to mend it. Readers keep the last good
state: nothing is published before every test has passed. Mend it, then *Clear* the task with all downstream: the run
goes on from there. Every task may run twice: a file that has landed is skipped, tables are built anew, the swap is one
transaction. Two runs never overlap: the second waits. Logs name every dbt model and test with its time and rows.
"""

from datetime import timedelta

from airflow.sdk import Param, chain, dag, task

PARAMS = {
    "data": Param(None, type=["null", "string"], description="Folder with a sources.yml; empty: the demo data"),
    "as_of": Param(None, type=["null", "string"], format="date", description="As-of date instead of the folder's"),
    "customers": Param(5000, type="integer", minimum=1, description="Demo: customer records"),
    "seed": Param(42, type="integer", minimum=0, description="Demo: the same seed gives the same bytes"),
    "mess": Param(1, type="number", minimum=0, description="Demo: factor on the mess; 0 is clean"),
}
RETRIES = {"retries": 2, "retry_delay": timedelta(seconds=5)}


@task
def generate(params: dict) -> str:
    """The data folder: the one given, else the demo's, written unless it is there."""
    from customer360.orchestrator.tasks import data_folder

    return data_folder(params)


@task
def begin(data: str, run_id: str, params: dict, ti: object) -> list[dict]:
    """The plan of the run, beside it, and its files: only what a task returns can be mapped over."""
    from customer360.orchestrator.tasks import call

    plan = call("begin", run_id, data, params["as_of"] or "", "airflow")
    ti.xcom_push("plan", plan)
    return plan["files"]


@task(multiple_outputs=False)
def verb(name: str, plan: dict, detail: object = None) -> dict:
    """A verb of customer360.pipeline; its figures."""
    from customer360.orchestrator.tasks import call

    return call(name, plan, *([] if detail is None else [detail]))


@task(trigger_rule="all_done")
def finish(run_id: str, ti: object) -> None:
    """Closes the run in the audit trail; fails when a task has failed."""
    from customer360.orchestrator.tasks import close

    close(ti.xcom_pull(task_ids="begin", key="plan"), ti.get_task_states(ti.dag_id, run_ids=[run_id])[run_id])


@dag(schedule=None, max_active_runs=1, params=PARAMS, doc_md=__doc__, tags=["customer360"], default_args=RETRIES)
def customer360() -> None:
    """The order of the flow."""
    files = begin(generate())
    plan, end = files["plan"], finish()
    landed = verb.override(task_id="land").partial(name="land", plan=plan).expand(detail=files)
    # A folder without files skips land; the rest still runs.
    mapped = verb.override(task_id="map_sources", trigger_rule="none_failed")("map_sources", plan)
    layers = [verb.override(task_id=f"dbt_{it}")("transform", plan, it) for it in ("staging", "intermediate", "marts")]
    tested = verb.override(task_id="dbt_test")("test", plan)
    out = [verb.override(task_id=name)(name, plan) for name in ("publish", "export")]
    chain(landed, mapped, *layers, tested, *out, end)
    chain(landed, end)  # the other files of a run may still be landing when one has failed


customer360()
