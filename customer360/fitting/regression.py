"""Regressions that lean on what is known already: a generalised linear model with an offset and a ridge."""

from __future__ import annotations

from typing import Literal

import numpy as np

from .histories import Floats

Family = Literal["logistic", "poisson"]
_ROUNDS = 60
_TOLERANCE = 1e-9


def fit_glm(features: Floats, outcome: Floats, offset: Floats, ridge: Floats, family: Family) -> Floats:
    """Coefficients with the highest penalised likelihood, by Newton's method with halved steps where one is too far.

    Args:
        features: (rows, columns); the first is usually ones.
        outcome: 0 or 1 (logistic), or counts (poisson).
        offset: what each row is expected to be, on the scale of the linear predictor.
        ridge: penalty of each column; more pulls its coefficient to zero, that is to the offset.
        family: what the outcome is.
    """

    def worth(coefficients: Floats) -> float:
        linear = offset + features @ coefficients
        if family == "logistic":
            likelihood = outcome @ linear - np.logaddexp(0, linear).sum()
        else:
            likelihood = outcome @ linear - np.exp(np.minimum(linear, 50)).sum()
        return float(likelihood - 0.5 * (ridge @ coefficients**2))

    coefficients = np.zeros(features.shape[1])
    now = worth(coefficients)
    for _ in range(_ROUNDS):
        linear = offset + features @ coefficients
        mean = 1 / (1 + np.exp(-linear)) if family == "logistic" else np.exp(np.minimum(linear, 50))
        weight = np.maximum(mean * (1 - mean) if family == "logistic" else mean, 1e-9)
        step = np.linalg.solve(
            (features * weight[:, None]).T @ features + np.diag(ridge),
            features.T @ (outcome - mean) - ridge * coefficients,
        )
        size = 1.0
        while size > 1e-6 and not worth(coefficients + size * step) >= now:
            size /= 2
        coefficients = coefficients + size * step
        before, now = now, worth(coefficients)
        if now - before < _TOLERANCE * max(1.0, abs(now)):
            break
    return coefficients
