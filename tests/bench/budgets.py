"""`make bench`: seconds of a warm demo run, with and without Airflow, beside what we allow ourselves on 2 cores."""

from __future__ import annotations

import json
import re
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from tests.e2e.support import Installation

BUDGETS = {"make run": 120, "  of which dbt": 25, "  Airflow's own": 45, "make run-cli": 35}


@dataclass(frozen=True)
class Took:
    """Seconds of a verb: on the clock, of its dbt stages, of all its stages, and of the DAG's run."""

    wall: float
    dbt: float
    stages: float
    dag: float


def seconds_of(installation: Installation, verb: str) -> Took:
    """Runs a make verb."""
    started = time.monotonic()
    said = installation.make(verb, timeout=600).stdout
    wall = time.monotonic() - started
    told = said[said.index("Time per stage") : said.index("Exports in")]
    stages = {name: float(seconds) for name, seconds in re.findall(r"^ *(\w+) +([\d.]+)$", told, re.MULTILINE)}
    dag = re.search(r"from the trigger to the end of the run: ([\d.]+) s", said)
    dbt = sum(seconds for name, seconds in stages.items() if name.startswith("dbt_"))
    return Took(wall, dbt, sum(stages.values()), float(dag[1]) if dag else 0.0)


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="c360-bench-") as home:
        installation = Installation(Path(home))
        try:
            installation.make("run", timeout=900)  # warms the caches: server, Airflow's metadata, dbt's parser
            run = seconds_of(installation, "run")
            cli = seconds_of(installation, "run-cli")
        finally:
            installation.down()
    # Nine steps wait for the scheduler, each forks a process that talks to the api-server and reads dbt's project anew.
    own = run.dag - cli.stages
    figures = {"make run": run.wall, "  of which dbt": run.dbt, "  Airflow's own": own, "make run-cli": cli.wall}
    for name, seconds in figures.items():
        verdict = "holds" if seconds <= BUDGETS[name] else "MISSED"
        sys.stdout.write(f"{name:<16} {seconds:6.1f} s  budget {BUDGETS[name]:>4} s  {verdict}\n")
    sys.stdout.write(json.dumps({name.strip(): round(seconds, 1) for name, seconds in figures.items()}) + "\n")


if __name__ == "__main__":
    main()
