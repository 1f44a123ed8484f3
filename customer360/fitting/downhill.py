"""The lowest point of a function of few numbers, without its derivatives."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from .histories import Floats


def downhill(loss: Callable[[Floats], float], start: Floats, rounds: int = 2000) -> tuple[Floats, float]:
    """The simplex of Nelder and Mead (1965), begun twice, the second time where the first one ended."""
    best = start
    for size in (1.0, 0.1):
        points = np.vstack([best, best + size * np.eye(len(start))])
        values = np.array([loss(point) for point in points])
        for _ in range(rounds):
            order = np.argsort(values)
            points, values = points[order], values[order]
            if values[-1] - values[0] < 1e-9:
                break
            centre = points[:-1].mean(axis=0)
            mirrored = 2 * centre - points[-1]
            reached = loss(mirrored)
            if reached < values[0]:
                further = 3 * centre - 2 * points[-1]
                far = loss(further)
                points[-1], values[-1] = (further, far) if far < reached else (mirrored, reached)
            elif reached < values[-2]:
                points[-1], values[-1] = mirrored, reached
            else:
                nearer = (centre + (mirrored if reached < values[-1] else points[-1])) / 2
                near = loss(nearer)
                if near < min(reached, values[-1]):
                    points[-1], values[-1] = nearer, near
                else:
                    points[1:] = (points[1:] + points[0]) / 2
                    values[1:] = [loss(point) for point in points[1:]]
        best = points[int(values.argmin())]
    return best, float(values.min())
