"""What speaks for and against two records being one customer, comparison by comparison, in bits."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from psycopg2 import sql


@dataclass(frozen=True)
class Step:
    """One part of the weight of a pair.

    Attributes:
        what: the comparison, or what else counts.
        finding: how the two agree, in words.
        values: what the records say, as compared.
        bits: what it adds: each bit doubles the odds of a match.
    """

    what: str
    finding: str
    values: tuple[str, str]
    bits: float


@dataclass(frozen=True)
class Evidence:
    """All that is known about a pair.

    Attributes:
        pair: the two records, as ``source:id``.
        kind: ``rule``, ``score``, ``override``, or empty where they were never linked.
        rule: the rule or the decision.
        steps: in the order of the waterfall; none where only a rule speaks.
        weight: their sum in bits.
    """

    pair: tuple[str, str]
    kind: str
    rule: str
    steps: tuple[Step, ...]
    weight: float | None

    @property
    def probability(self) -> float | None:
        if self.weight is None:
            return None
        return float(1 / (1 + 2.0 ** -max(-60.0, min(60.0, self.weight))))


# Which columns of the standardised record a comparison looks at.
_LOOKED_AT = {
    "given_name": ("given",),
    "address": ("house_number", "street"),
    "locality": ("postcode", "city"),
    "birth_date": ("birth",),
}


def evidence_of(cursor: Any, one: str, other: str) -> Evidence:
    """The evidence for a pair, linked or not, by the seeds that the last run used."""
    first, second = sorted((one, other), key=lambda name: name.encode())
    cursor.execute(
        "select link_kind, rule, weight, decision from intermediate.int_identity_links"
        " where record_id_1 = %s and record_id_2 = %s",
        (first, second),
    )
    kind, rule, weight, decision = cursor.fetchone() or ("", "", None, "")
    cursor.execute("select to_regclass('staging.identity_comparisons') is not null")
    if not cursor.fetchone()[0]:
        return Evidence((first, second), kind if decision == "link" else "", rule or "", (), weight)
    steps, by_levels = _steps(cursor, first, second)
    if weight is None:
        weight = _scored(cursor, first, second)
    if steps and weight is not None:
        rest = weight - sum(step.bits for step in steps)
        steps.append(Step("rarity", "how rare the values are, and what households share", ("", ""), rest))
    elif steps:
        weight = by_levels
        rest = weight - sum(step.bits for step in steps)
        steps.append(Step("household", "what people of one household share", ("", ""), rest))
    return Evidence((first, second), kind if decision == "link" else "", rule or "", tuple(steps), weight)


def _scored(cursor: Any, first: str, second: str) -> float | None:
    cursor.execute(
        "select s.weight from (select node_no_1, node_no_2, weight from intermediate.int_identity_scores"
        " union all select node_no_1, node_no_2, weight from intermediate.int_identity_component_pairs) as s"
        " join intermediate.int_identity_standardised as a on a.record_id = %s"
        " join intermediate.int_identity_standardised as b on b.record_id = %s"
        " where s.node_no_1 = least(a.node_no, b.node_no) and s.node_no_2 = greatest(a.node_no, b.node_no) limit 1",
        (first, second),
    )
    found = cursor.fetchone()
    return None if found is None else float(found[0])


def _steps(cursor: Any, first: str, second: str) -> tuple[list[Step], float]:
    """Prior and comparisons, and the weight that they make without the frequencies of values."""
    cursor.execute("select entity_kind from intermediate.int_identity_standardised where record_id = %s", (first,))
    (entity_kind,) = cursor.fetchone()
    cursor.execute(
        "select comparison, level, condition, meaning from staging.identity_comparisons where entity_kind = %s"
        ' order by comparison collate "C", step',
        (entity_kind,),
    )
    comparisons: dict[str, list[tuple[int, str, str]]] = {}
    for comparison, level, condition, meaning in cursor.fetchall():
        comparisons.setdefault(comparison, []).append((level, condition, meaning))
    cursor.execute(
        "select comparison, level, match, household, random from staging.identity_weights where entity_kind = %s"
        " and not exists (select from raw.folder_seeds where seed = 'identity_weights')"
        " union all select row_values ->> 'comparison', (row_values ->> 'level')::int,"
        " (row_values ->> 'match')::float8, (row_values ->> 'household')::float8, (row_values ->> 'random')::float8"
        " from raw.folder_seeds"
        " where seed = 'identity_weights' and row_values ->> 'entity_kind' = %s",
        (entity_kind, entity_kind),
    )
    weights = {
        (comparison, level): tuple(map(float, (m, h, r or 1))) for comparison, level, m, h, r in cursor.fetchall()
    }
    cursor.execute("select count(*) from intermediate.int_identity_nodes where entity_kind = %s", (entity_kind,))
    others = max(1, cursor.fetchone()[0] - 1)

    # The conditions are SQL of the project's own seed, as in the models.
    cases = [
        f"case {' '.join(f'when {condition} then {level}' for level, condition, _ in levels)} end"
        for levels in comparisons.values()
    ]
    looked_at = [_LOOKED_AT.get(comparison, (comparison,)) for comparison in comparisons]
    shown = [f"concat_ws(' ', {', '.join(f'{side}.{c}' for c in columns)})" for columns in looked_at for side in "lr"]
    query = sql.SQL(
        "select {} from intermediate.int_identity_nodes as l, intermediate.int_identity_nodes as r"
        " where l.node_no = (select node_no from intermediate.int_identity_standardised where record_id = {})"
        " and r.node_no = (select node_no from intermediate.int_identity_standardised where record_id = {})"
    ).format(sql.SQL(", ".join([*cases, *shown])), sql.Literal(first), sql.Literal(second))
    cursor.execute(query)
    found = cursor.fetchone()
    levels_found, said = found[: len(cases)], found[len(cases) :]

    prior = weights[("pairs_per_record", 0)]
    matches, households = min(0.5, 2 * prior[0] / others), max(1e-15, min(0.3, 2 * prior[1] / others))
    steps = [Step("before looking", f"one of {others + 1:,} records", ("", ""), math.log2(matches))]
    total = [math.log2(matches), math.log2(households), 0.0]
    for place, (comparison, level) in enumerate(zip(comparisons, levels_found, strict=True)):
        meaning = next((text for number, _, text in comparisons[comparison] if number == level), "")
        bits = 0.0
        if weight := weights.get((comparison, level)):
            logs = [math.log2(max(share, 1e-300)) for share in weight]
            total = [sofar + log for sofar, log in zip(total, logs, strict=True)]
            bits = logs[0] - logs[2]
        steps.append(Step(comparison, meaning, (said[2 * place], said[2 * place + 1]), bits))
    for rule in _rules(cursor, entity_kind, dict(zip(comparisons, levels_found, strict=True))):
        steps.append(rule)
        total[0] += rule.bits
    return steps, total[0] - math.log2(2.0 ** total[1] + 2.0 ** total[2])


def _rules(cursor: Any, entity_kind: str, level_of: dict[str, int]) -> list[Step]:
    """The rules that hold, with what they add."""
    cursor.execute(
        "select rule, comparison, levels, bits, meaning from staging.identity_rules where entity_kind = %s"
        ' order by rule collate "C"',
        (entity_kind,),
    )
    found: dict[str, tuple[bool, Step]] = {}
    for rule, comparison, levels, bits, meaning in cursor.fetchall():
        holds, _ = found.get(rule, (True, None))
        holds = holds and str(level_of.get(comparison)) in levels.split()
        found[rule] = (holds, Step(f"rule {rule}", meaning, ("", ""), float(bits)))
    return [step for holds, step in found.values() if holds]
