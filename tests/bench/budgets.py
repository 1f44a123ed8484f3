"""`make bench`: seconds of a warm demo run, with and without Airflow, beside what we allow ourselves on 2 cores."""

from __future__ import annotations

import json
import re
import sys
import tempfile
import time
from pathlib import Path

from tests.e2e.support import Installation

BUDGETS = {"make run": 120, "  of which dbt": 25, "make run-cli": 35}


def seconds_of(installation: Installation, verb: str) -> tuple[float, float]:
    """Wall seconds of a make verb and, of these, the seconds of its dbt stages."""
    started = time.monotonic()
    said = installation.make(verb, timeout=600).stdout
    wall = time.monotonic() - started
    stages = said[said.index("Time per stage") :]
    return wall, sum(float(s) for s in re.findall(r"^ *dbt_\w+ +([\d.]+)$", stages, re.MULTILINE))


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="c360-bench-") as home:
        installation = Installation(Path(home))
        try:
            installation.make("run", timeout=900)  # warms the caches: server, Airflow's metadata, dbt's parser
            run, dbt = seconds_of(installation, "run")
            cli, _ = seconds_of(installation, "run-cli")
        finally:
            installation.down()
    figures = {"make run": run, "  of which dbt": dbt, "make run-cli": cli}
    for name, seconds in figures.items():
        verdict = "holds" if seconds <= BUDGETS[name] else "MISSED"
        sys.stdout.write(f"{name:<16} {seconds:6.1f} s  budget {BUDGETS[name]:>4} s  {verdict}\n")
    sys.stdout.write(json.dumps({name.strip(): round(seconds, 1) for name, seconds in figures.items()}) + "\n")


if __name__ == "__main__":
    main()
