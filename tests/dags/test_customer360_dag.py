"""The DAG as Airflow sees it: its exact graph, its form, and that reading it reads nothing else."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from customer360.orchestrator.configuration import POOL

ROOT = Path(__file__).resolve().parents[2]
FILE = ROOT / "airflow" / "dags" / "customer360.py"

# Loads the folder as the dag-processor does, in a process of its own, where every way out is watched.
LOAD = """
import json, os, sys
from airflow.dag_processing.dagbag import DagBag

folder = sys.argv[1]
seen = []

def watch(event, arguments):
    if event in ("socket.connect", "socket.getaddrinfo", "subprocess.Popen", "os.system", "os.posix_spawn"):
        seen.append([event, str(arguments[:2])])
    if event == "open" and isinstance(arguments[0], str) and not arguments[0].endswith((".py", ".pyc")):
        seen.append([event, arguments[0]])

DagBag(dag_folder=os.devnull, collect_dags=False)  # what Airflow itself reads has been read now
sys.addaudithook(watch)
bag = DagBag(dag_folder=folder)
read = list(seen)
try:
    open("/nowhere")
except OSError:
    pass
dag = bag.dags.get("customer360")
print(json.dumps({
    "errors": bag.import_errors,
    "dags": sorted(bag.dags),
    "seen": read,
    "watched": seen[len(read):],
    "ours": [name for name in sys.modules if name.split(".")[0] in ("customer360", "data_generators")],
    "doc": dag.doc_md,
    "max_active_runs": dag.max_active_runs,
    "schedule": str(dag.schedule),
    "watch_schedule": str(bag.dags["customer360_watch"].schedule),
    "deadlines": [[type(it.reference).__name__, str(it.interval), it.callback.path] for it in dag.deadline],
    "run_timeout": str(dag.dagrun_timeout),
    "outlets": {t.task_id: [it.name for it in t.outlets] for t in dag.tasks if t.outlets},
    "params": {name: [p.value, p.schema, p.description] for name in dag.params for p in [dag.params.get_param(name)]},
    "tasks": {t.task_id: {
        "downstream": sorted(t.downstream_task_ids), "rule": t.trigger_rule.value, "mapped": t.is_mapped,
        "retries": t.retries, "backoff": t.retry_exponential_backoff, "pool": t.pool,
        "timeout": str(t.execution_timeout), "doc": t.doc_md or "",
    } for t in dag.tasks},
}, default=str))
"""

FLOW = [
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
]


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict:
    home = tmp_path_factory.mktemp("airflow")
    poison = {
        "AIRFLOW_HOME": str(home),
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": "postgresql+psycopg2://nobody:nothing@127.0.0.1:1/none",
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "C360_STATE_DIR": "/nowhere/state",
        "C360_EXPORTS_DIR": "/nowhere/exports",
        "C360_DATABASE_URL": "postgresql://nobody:nothing@127.0.0.1:1/none",
        "HOME": str(home),
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    done = subprocess.run(
        [sys.executable, "-c", LOAD, str(FILE.parent)],
        env=poison,
        cwd=home,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def test_the_folder_holds_two_dags_and_no_error(found):
    assert found["errors"] == {}
    assert found["dags"] == ["customer360", "customer360_watch"]


def test_the_graph_is_the_flow(found):
    expected = {task: [after] for task, after in zip(FLOW, [*FLOW[1:], None], strict=True)}
    expected["finish"] = []
    expected["land"] = ["finish", "map_sources"]
    for task in FLOW[2:-1]:  # they take their plan from begin
        expected["begin"] = sorted({*expected["begin"], task})
    assert {name: task["downstream"] for name, task in found["tasks"].items()} == expected


def test_each_file_is_a_task_and_each_layer_is_one(found):
    assert [name for name, task in found["tasks"].items() if task["mapped"]] == ["land"]


def test_a_run_without_files_goes_on_and_every_run_is_closed(found):
    rules = {name: task["rule"] for name, task in found["tasks"].items() if task["rule"] != "all_success"}
    skipping = FLOW[FLOW.index("map_sources") : -1]
    assert rules == {**dict.fromkeys(skipping, "none_failed"), "finish": "all_done"}


def test_the_form_explains_each_parameter(found):
    params = found["params"]
    assert {name: value for name, (value, _, _) in params.items()} == {
        "data": None,
        "as_of": None,
        "customers": 5000,
        "seed": 42,
        "mess": 1,
        "full_refresh": False,
        "layers": ["staging", "intermediate", "marts"],
    }
    assert all(description for _, _, description in params.values())
    assert params["as_of"][1]["format"] == "date"
    assert all(schema["type"] for _, schema, _ in params.values())


def test_the_runbook_is_shown(found):
    assert "When a task fails" in found["doc"]
    assert all(f"`{task}`" in found["doc"] for task in FLOW if not task.startswith("dbt"))


def test_runs_do_not_overlap_and_tasks_are_tried_again(found):
    assert found["max_active_runs"] == 1
    assert {task["retries"] for task in found["tasks"].values()} == {2}
    assert {task["backoff"] for task in found["tasks"].values()} == {2}
    assert {task["timeout"] for task in found["tasks"].values()} == {"4:00:00"}
    assert {task["pool"] for task in found["tasks"].values()} == {POOL}


def test_nothing_runs_by_itself_unless_somebody_says_when(found):
    assert found["schedule"] == found["watch_schedule"] == "None"


def test_a_late_run_is_told(found):
    assert found["deadlines"] == [["QueuedAt", "1:00:00", "customer360.alerts.late"]]
    assert found["run_timeout"] == "12:00:00"


def test_others_can_wait_for_what_a_run_brings(found):
    assert found["outlets"] == {"map_sources": ["raw"], "publish": ["warehouse"], "export": ["exports"]}


def test_parsing_reads_nothing(found):
    # The deadline's reference, and alerts, whose callback has a name only.
    assert set(found["ours"]) == {"customer360", "customer360.alerts", "customer360.deadline"}
    assert found["seen"] == []
    assert found["watched"] == [["open", "/nowhere"]]  # it would have been seen


def test_the_file_is_wiring():
    text = FILE.read_text(encoding="utf-8")
    code = text.split('"""', 2)[2]
    assert len(code.splitlines()) <= 130
    imports = [line for line in text.splitlines() if line.startswith(("import ", "from "))]
    assert imports == [
        "import os",
        "from datetime import datetime, timedelta",
        "from airflow.sdk import (",
        "from customer360.deadline import QueuedAt",
    ]


def test_the_view_of_a_run_knows_the_same_flow():
    from customer360.orchestrator.run import FLOW as SHOWN

    assert list(SHOWN) == FLOW
