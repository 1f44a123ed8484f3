"""Match weights fitted on a folder's own records, without labels: EM over counts of comparison patterns.

Each pair of records is of one of three classes: one person (match), one household but two people, or two people at
random. How often each level of each comparison occurs in each class is what is fitted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from customer360.folder_seeds import IDENTITY_WEIGHTS

from .fitter import Fitted, Fitter

Floats = npt.NDArray[np.float64]
LEVELS = 10
KINDS = ("person", "organisation")
PAIRS_PER_RECORD = "pairs_per_record"
# Below so many pairs of one person that a fit expects to have seen, the shipped weights are as good.
FEWEST_MATCHES = 10.0


@dataclass(frozen=True)
class Comparison:
    """One comparison of a kind of entity.

    Attributes:
        name: as in the seed.
        levels: of the seed, without 0 (missing).
        household_share: None: two people of one household may agree as often as it turns out; else they agree as
            often as people at random, but for this share of them, who agree as one person does with itself.
    """

    name: str
    levels: tuple[int, ...]
    household_share: float | None
    match_at_most: Floats
    household_at_most: Floats


@dataclass(frozen=True)
class Patterns:
    """Pairs of records of one kind by how they agree.

    Attributes:
        levels: pattern x comparison, the level of each.
        pairs: candidate pairs with each pattern.
        random_levels: the same for pairs at random.
        random_pairs: how many.
        nodes: records that differ.
    """

    levels: npt.NDArray[np.int64]
    pairs: Floats
    random_levels: npt.NDArray[np.int64]
    random_pairs: Floats
    nodes: int


@dataclass(frozen=True)
class Model:
    """Probabilities by comparison and level (0 to 9), and pairs per record."""

    match: Floats
    household: Floats
    random: Floats
    match_pairs: float
    household_pairs: float


def level_counts(levels: npt.NDArray[np.int64], weights: Floats) -> Floats:
    """Comparison x level: summed weights."""
    counts = np.zeros((levels.shape[1], LEVELS))
    for k in range(levels.shape[1]):
        counts[k] = np.bincount(levels[:, k], weights=weights, minlength=LEVELS)[:LEVELS]
    return counts


def shares(counts: Floats, allowed: npt.NDArray[np.bool_], floor: float = 1e-9) -> Floats:
    """Probabilities of the levels where both sides say something."""
    told = np.where(allowed, np.maximum(counts, 0), 0.0)
    told[:, 0] = 0
    total = told.sum(axis=1, keepdims=True)
    spread = allowed / np.maximum(allowed.sum(axis=1, keepdims=True), 1)
    found = np.where(total > 0, told / np.maximum(total, 1e-300), spread)
    return np.where(allowed, np.maximum(found, floor), 1.0)


def bounded(found: Floats, caps: Floats, allowed: npt.NDArray[np.bool_]) -> Floats:
    """The probabilities nearest to these (by likelihood) in which no level exceeds its cap; 1 where none is allowed."""
    over = allowed & (found > caps)
    kept = np.where(over, caps, 0.0).sum(axis=1, keepdims=True)
    given = np.where(allowed & ~over, found, 0.0).sum(axis=1, keepdims=True)
    within = np.where(over, caps, found * (1 - kept) / np.maximum(given, 1e-300))
    return np.where(allowed, np.where(over.any(axis=1, keepdims=True), within, found), 1.0)


def fit_model(
    comparisons: list[Comparison],
    patterns: Patterns,
    start: Model,
    *,
    with_household: bool,
    prior_pairs: float = 20.0,
    rounds: int = 300,
) -> tuple[Model, Floats]:
    """EM from a start, which is also the prior of the match and household classes.

    Returns:
        The model, and the probability of a match for each pattern.
    """
    allowed = np.zeros((len(comparisons), LEVELS), dtype=bool)
    for k, comparison in enumerate(comparisons):
        allowed[k, list(comparison.levels)] = True
    share = np.array([np.nan if c.household_share is None else c.household_share for c in comparisons])[:, None]
    all_pairs = patterns.nodes * (patterns.nodes - 1) / 2 + 1e-9
    seen = level_counts(patterns.levels, patterns.pairs)
    scale = all_pairs / max(patterns.random_pairs.sum(), 1)
    population = level_counts(patterns.random_levels, patterns.random_pairs * scale)
    outside = np.maximum(population - seen, 0)
    index = np.arange(len(comparisons))
    m, h = start.match.copy(), start.household.copy()
    u = shares(population + seen * 1e-3 + allowed * 0.5 * min(scale, 1.0), allowed)
    lm = start.match_pairs * patterns.nodes / all_pairs
    lh = start.household_pairs * patterns.nodes / all_pairs if with_household else 0.0
    gamma_m = np.zeros(len(patterns.pairs))
    match_caps = np.stack([c.match_at_most for c in comparisons])
    household_caps = np.stack([c.household_at_most for c in comparisons])
    pinned = ~np.isnan(share[:, 0])
    for _ in range(rounds):
        if with_household:
            h[pinned] = ((1 - share) * u + share * m)[pinned]
        lm, lh = min(lm, 0.5), min(lh, 0.3)
        logs = np.stack(
            [
                np.log(max(lm, 1e-300)) + np.log(m)[index, patterns.levels].sum(axis=1),
                np.log(max(lh, 1e-300)) + np.log(h)[index, patterns.levels].sum(axis=1),
                np.log(max(1 - lm - lh, 1e-9)) + np.log(u)[index, patterns.levels].sum(axis=1),
            ]
        )
        logs -= logs.max(axis=0)
        gammas = np.exp(logs)
        gammas /= gammas.sum(axis=0)
        old, gamma_m = gamma_m, gammas[0]
        matches = level_counts(patterns.levels, patterns.pairs * gamma_m)
        m = shares(matches + prior_pairs * np.where(allowed, start.match, 0), allowed, 1e-5)
        m = bounded(m, match_caps, allowed)
        if with_household:
            homes = level_counts(patterns.levels, patterns.pairs * gammas[1])
            free = shares(homes + prior_pairs * np.where(allowed, start.household, 0), allowed, 1e-5)
            h = np.where(np.isnan(share), bounded(free, household_caps, allowed), h)
            lh = (patterns.pairs * gammas[1]).sum() / all_pairs
        u = shares(level_counts(patterns.levels, patterns.pairs * gammas[2]) + outside + allowed * 0.5, allowed)
        lm = (patterns.pairs * gamma_m).sum() / all_pairs
        if np.abs(gamma_m - old).max() < 1e-7:
            break
    if with_household:
        h[pinned] = ((1 - share) * u + share * m)[pinned]
    per_record = all_pairs / patterns.nodes
    return Model(m, h if with_household else u, u, lm * per_record, lh * per_record), gamma_m


def digits(pattern: npt.NDArray[np.int64], comparisons: int) -> npt.NDArray[np.int64]:
    """Pattern x comparison from patterns as numbers."""
    return (pattern[:, None] // 10 ** np.arange(comparisons, dtype=np.int64)) % 10


def read_start(connection: Any, kind: str, comparisons: list[Comparison]) -> Model:
    """The shipped weights of a kind, which a fit starts from; levels without any get a share by their place."""
    match, household, random = (np.ones((len(comparisons), LEVELS)) for _ in range(3))
    pairs = (0.5, 0.5)
    for k, comparison in enumerate(comparisons):
        for place, level in enumerate(comparison.levels):
            last = place == len(comparison.levels) - 1
            match[k, level] = 0.7 if place == 0 else 0.1 if last else 0.05
            household[k, level] = 0.3 if place == 0 else 0.5 if last else 0.05
            random[k, level] = 0.9 if last else 0.01
    index = {comparison.name: k for k, comparison in enumerate(comparisons)}
    with connection.cursor() as cursor:
        cursor.execute(
            "select comparison, level, match, household, random from staging.identity_weights where entity_kind = %s",
            (kind,),
        )
        for name, level, *shares_of_level in cursor.fetchall():
            if name == PAIRS_PER_RECORD:
                pairs = (shares_of_level[0], shares_of_level[1])
            elif name in index:
                k = index[name]
                match[k, level], household[k, level], random[k, level] = shares_of_level
    return Model(match, household, random, *pairs)


def read_patterns(connection: Any, kind: str, comparisons: int) -> Patterns:
    """What the models counted."""
    with connection.cursor() as cursor:
        cursor.execute("select pattern, pairs from intermediate.int_identity_patterns where entity_kind = %s", (kind,))
        found = np.array(cursor.fetchall(), dtype=np.int64).reshape(-1, 2)
        cursor.execute(
            "select pattern, pairs from intermediate.int_identity_random_patterns where entity_kind = %s", (kind,)
        )
        chance = np.array(cursor.fetchall(), dtype=np.int64).reshape(-1, 2)
        cursor.execute("select count(*) from intermediate.int_identity_nodes where entity_kind = %s", (kind,))
        (nodes,) = cursor.fetchone()
    return Patterns(
        digits(found[:, 0], comparisons),
        found[:, 1].astype(float),
        digits(chance[:, 0], comparisons),
        chance[:, 1].astype(float),
        nodes,
    )


def read_comparisons(connection: Any, kind: str) -> list[Comparison]:
    """The comparisons of a kind in the order of the pattern's digits."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select comparison, array_agg(distinct level order by level) filter (where level > 0),"
            " max(household_share), jsonb_object_agg(level, match_at_most) filter (where match_at_most is not null),"
            " jsonb_object_agg(level, household_at_most) filter (where household_at_most is not null)"
            " from staging.identity_comparisons where entity_kind = %s group by comparison"
            ' order by comparison collate "C"',
            (kind,),
        )
        return [
            Comparison(name, tuple(levels), share, _caps(match), _caps(household))
            for name, levels, share, match, household in cursor.fetchall()
        ]


def _caps(found: dict[str, float] | None) -> Floats:
    caps = np.ones(LEVELS)
    for level, cap in (found or {}).items():
        caps[int(level)] = cap
    return caps


def fit_identity(connection: Any) -> Fitted:
    """Weights for the kinds of entity that the folder has enough of; the others keep what is shipped."""
    rows, words = fit_rows(connection)
    return Fitted({IDENTITY_WEIGHTS: rows} if rows else {}, tuple(words))


def fit_rows(connection: Any) -> tuple[list[Sequence[Any]], list[str]]:
    """Rows of the seed, and what to tell the user."""
    rows: list[Sequence[Any]] = []
    words: list[str] = []
    fitted = False
    for kind in KINDS:
        comparisons = read_comparisons(connection, kind)
        patterns = read_patterns(connection, kind, len(comparisons))
        start = read_start(connection, kind, comparisons)
        model = start
        if patterns.nodes > 1:
            found, matches = fit_model(comparisons, patterns, start, with_household=kind == "person")
            expected = float((patterns.pairs * matches).sum())
            if expected >= FEWEST_MATCHES:
                model, fitted = found, True
                words += chart(kind, comparisons, patterns, model, matches)
            else:
                words.append(
                    f"warning: {patterns.nodes:,} {kind} records hold about {expected:.0f} pairs of one {kind}:"
                    " too few to fit, the shipped weights stay"
                )
        rows.append([kind, PAIRS_PER_RECORD, 0, _short(model.match_pairs), _short(model.household_pairs), 1, None])
        for k, comparison in enumerate(comparisons):
            for level in comparison.levels:
                m, h, u = model.match[k, level], model.household[k, level], model.random[k, level]
                weight = round(float(np.log2(m / u)), 2)
                rows.append([kind, comparison.name, level, _short(m), _short(h), _short(u), weight])
    if not words:
        words.append("warning: no records of customers, nothing to fit for identity")
    return (rows if fitted else []), words


def chart(kind: str, comparisons: list[Comparison], patterns: Patterns, model: Model, matches: Floats) -> list[str]:
    """The weights as bars, and what to expect of them."""
    lines = [f"weights of a {kind} in bits: for (+) and against (-) being the same one"]
    seen = level_counts(patterns.levels, patterns.pairs)
    for k, comparison in enumerate(comparisons):
        if not seen[k, 1:].any():
            continue
        for level in comparison.levels:
            weight = float(np.log2(model.match[k, level] / model.random[k, level]))
            bar = ("+" if weight >= 0 else "-") * min(30, round(abs(weight)))
            lines.append(f"  {comparison.name:<14} {level}  {weight:6.1f}  {bar}")
    linked = matches >= 0.5
    right = float((patterns.pairs * matches)[linked].sum())
    precision = right / max(float(patterns.pairs[linked].sum()), 1e-9)
    recall = right / max(float((patterns.pairs * matches).sum()), 1e-9)
    pairs = float((patterns.pairs * matches).sum())
    lines.append(
        f"  {patterns.nodes:,} different records; about {pairs:,.0f} pairs of one {kind};"
        f" expected precision {precision:.3f}, recall among compared pairs {recall:.3f}"
    )
    return lines


def _short(number: float) -> float:
    """A probability with six significant digits, so that the seed can be read and compared."""
    return float(f"{number:.6g}")


# The two seeds are read when models are compiled, so nothing depends on their tables.
IDENTITY = Fitter(
    "identity",
    "+int_identity_patterns int_identity_random_patterns identity_comparisons identity_weights",
    fit_identity,
)
