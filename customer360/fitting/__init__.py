"""``make fit``: constants fitted on a data folder, written as seeds that later runs on that folder read.

Lands and builds what each fitter looks at, lets it fit, and writes what it found.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from customer360 import pipeline
from customer360.folder_seeds import write_seed
from customer360.settings import Settings

from .fitter import Fitted, Fitter
from .health import HEALTH
from .identity import IDENTITY
from .predictions import PREDICTIONS
from .spend import SPEND

__all__ = ["FITTERS", "HEALTH", "IDENTITY", "Fitted", "Fitter", "fit"]

Say = Callable[[str], None]

# In the order of the flow: each sees models that were built with what was fitted before.
FITTERS: tuple[Fitter, ...] = (IDENTITY, PREDICTIONS, SPEND, HEALTH)


def fit(
    settings: Settings,
    data: str,
    as_of: str = "",
    *,
    say: Say = lambda _: None,
    fitters: Sequence[Fitter] = FITTERS,
) -> list[Path]:
    """Fits what the folder has data for; nothing is published.

    Args:
        settings: the installation.
        data: the data folder.
        as_of: ISO date, or empty: rows after it are not seen.
        say: hears a line for each stage as it ends, then what was found.
        fitters: what to fit; everything, unless told otherwise.

    Returns:
        The files written.
    """
    written: list[Path] = []
    with pipeline.opened(settings, data, as_of, trigger="fit", say=say) as plan:
        for fitter in fitters:
            if fitter.needs:
                pipeline.map_sources(settings, plan)
                pipeline.build_models(settings, plan, fitter.needs)
            fitted = pipeline.read_models(settings, plan, fitter.fit)
            for line in fitted.words:
                say(line)
            for seed, rows in fitted.seeds.items():
                folder = Path(plan["data_folder"])
                path = write_seed(settings, folder, seed, rows)
                written.append(path)
                say(f"{fitter.name}: wrote {path}")
                if folder not in path.parents:
                    say(f"  ({folder} cannot be written; later runs on it use this file all the same)")
    return written
