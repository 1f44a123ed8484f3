"""What the scheduler has to know of customer360 beside its DAGs."""

from airflow.plugins_manager import AirflowPlugin

from customer360.deadline import QueuedAt


class Customer360Plugin(AirflowPlugin):
    """The reference of the DAG's deadline."""

    name = "customer360"
    deadline_references = [QueuedAt]  # noqa: RUF012 - as Airflow reads it
