"""Airflow from the outside: its processes, its REST API, and a run followed from trigger to summary."""

from customer360.orchestrator.run import DagRunResult, run_dag
from customer360.orchestrator.server import Airflow, AirflowStatus, is_running, start, status, stop

__all__ = ["Airflow", "AirflowStatus", "DagRunResult", "is_running", "run_dag", "start", "status", "stop"]
