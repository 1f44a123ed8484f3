"""### customer360_watch: starts a run when files have come

Every five minutes it looks into the data folder in `C360_DATA`. Where files are new or changed and have been at rest
for half a minute, it triggers `customer360` on the folder: once for the same files, whatever becomes of that run.
Without `C360_WATCH=1` it has no schedule; triggered by hand it looks once.
"""

import os
from datetime import timedelta

from airflow.providers.standard.operators.trigger_dagrun import TriggerDagRunOperator
from airflow.sdk import dag, task


@task.short_circuit
def look() -> str:
    """A name for what is new in the folder; with nothing new the run ends here."""
    from customer360.orchestrator.tasks import new_files

    return new_files()


@dag(
    schedule=timedelta(minutes=5) if os.environ.get("C360_WATCH") == "1" else None,
    catchup=False,
    max_active_runs=1,
    dagrun_timeout=timedelta(minutes=30),
    default_args={"retries": 2, "retry_delay": timedelta(seconds=30)},
    doc_md=__doc__,
    tags=["customer360"],
)
def customer360_watch() -> None:
    """Look, then trigger."""
    found = look()
    found >> TriggerDagRunOperator(
        task_id="trigger",
        trigger_dag_id="customer360",
        trigger_run_id=f"files-{found}",
        conf={"data": os.environ.get("C360_DATA")},
        skip_when_already_exists=True,
    )


customer360_watch()
