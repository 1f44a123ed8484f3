"""From when a run counts as late."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from airflow.sdk.definitions.deadline import BaseDeadlineReference


class QueuedAt(BaseDeadlineReference):
    """The moment at which a run was first queued, for a ``DeadlineAlert``; airflow/plugins makes it known.

    Airflow 3.3's own ``DAGRUN_QUEUED_AT`` makes every clear of a task fail (apache/airflow issue 70368).
    """

    required_kwargs: ClassVar[set[str]] = {"dag_id", "run_id"}

    def _evaluate_with(self, *, session: Any, dag_id: str, run_id: str) -> datetime | None:
        from airflow.models import DagRun
        from sqlalchemy import select

        queued_at: datetime | None = session.scalar(
            select(DagRun.queued_at).where(DagRun.dag_id == dag_id, DagRun.run_id == run_id)
        )
        return queued_at
