"""Becomes one of Airflow's commands, as `airflow scheduler` would, only sooner. It imports nothing of ours.

Usage: ``python -P component.py [--preload MODULE,...] [--wait] COMMAND ...``
    --preload  modules to import first: tasks are forks of the scheduler, and need not import these again.
    --wait     get ready, then begin when a line comes on standard input, and end when none comes.
"""

from __future__ import annotations

import gc
import importlib
import sys


def _main(words: list[str]) -> None:
    # The collector, at its usual eagerness, takes a fifth of the time that Airflow takes to load.
    gc.set_threshold(50_000, 20, 100)
    modules: list[str] = []
    if words[0] == "--preload":
        modules, words = words[1].split(","), words[2:]
    wait, words = words[0] == "--wait", words[words[0] == "--wait" :]
    from airflow.__main__ import main

    for module in modules:
        importlib.import_module(module)
    if wait and not sys.stdin.readline():
        sys.exit(1)  # whoever started us is gone
    sys.argv = ["airflow", *words]
    main()  # type: ignore[no-untyped-call]


if __name__ == "__main__":
    _main(sys.argv[1:])
