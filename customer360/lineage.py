"""OpenLineage events of Airflow's tasks and of dbt's models, where ``C360_LINEAGE`` names a file or an endpoint."""

from __future__ import annotations

import logging
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

NAMESPACE = "customer360"
_PRODUCER = "https://github.com/OpenLineage/OpenLineage/tree/main/integration/dbt"

log = logging.getLogger("customer360.lineage")


def transport(environ: Mapping[str, str] = os.environ) -> dict[str, Any] | None:
    """Where events go, as OpenLineage's clients are configured: None when nobody asked for them.

    ``C360_LINEAGE`` is the URL of an endpoint, or the path of a file that gets an event a line.
    """
    wanted = environ.get("C360_LINEAGE")
    if not wanted:
        return None
    if "://" in wanted:
        return {"type": "http", "url": wanted}
    return {"type": "file", "log_file_path": str(Path(wanted).absolute()), "append": True}


def emit_dbt(project: Path, target: str) -> int:
    """Sends the events of dbt's last invocation, from its artefacts; returns how many. Raises nothing.

    Args:
        project: folder of the dbt project; the environment is the one that dbt ran in.
        target: of the profile.
    """
    where = transport()
    if where is None:
        return 0
    from openlineage.client.client import OpenLineageClient
    from openlineage.common.provider.dbt.local import DbtLocalArtifactProcessor  # type: ignore[import-untyped]

    try:
        processor = DbtLocalArtifactProcessor(
            project_dir=str(project), target=target, producer=_PRODUCER, job_namespace=NAMESPACE, logger=log
        )
        events = list(processor.parse().events())
        client = OpenLineageClient(config={"transport": where})
        for event in events:
            client.emit(event)
    except Exception:  # a run is not worse for events that were not sent
        log.exception("the events of dbt were not sent to %s", os.environ["C360_LINEAGE"])
        return 0
    return len(events)
