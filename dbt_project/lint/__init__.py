"""Stand-ins for the project's macros, so that sqlfluff can render a model without dbt and without a database."""

from __future__ import annotations

from pathlib import Path
from typing import Any


class Macro:
    """A macro as sqlfluff sees it: a call of an SQL function of the same name."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __call__(self, *arguments: Any, **named: Any) -> str:
        """The call, with the arguments as SQL."""
        shown = [*arguments, *named.values()]
        return f"{self._name}({', '.join(_sql(argument) for argument in shown)})"


class Package:
    """A package of macros, such as dbt or dbt_utils."""

    def __getattr__(self, name: str) -> Any:
        return Macro(name) if "__test_" not in name else lambda *_arguments, **_named: "select 1 as failing"


def _sql(argument: Any) -> str:
    return ", ".join(map(str, argument)) if isinstance(argument, list) else str(argument)


globals().update({file.stem: Macro(file.stem) for file in Path("macros").rglob("*.sql")})
dbt = Package()
dbt_utils = Package()


def as_of_date() -> str:
    """A day."""
    return "cast('2024-06-30' as date)"


def horizons_days() -> list[int]:
    """The default horizons."""
    return [90, 180, 365]


def cohort_period() -> str:
    """The default."""
    return "month"


def outlook_days() -> list[int]:
    """The default horizons and the window of churn."""
    return [90, 180, 365]


def first_filled(expression: str, *_arguments: str) -> str:
    """An aggregate."""
    return f"max({expression})"


def date_order_join(entity: str, column: str) -> str:
    """A join of the same shape."""
    return f"left join base_date_orders as {column}_orders on {entity}._source = {column}_orders.source"


def standardised_phones(spellings: str) -> str:
    """A table expression that reads the spellings."""
    return spellings


def identity_blocking_rules() -> list[str]:
    """None."""
    return []


def fence() -> str:
    """Nothing."""
    return ""


def identity_candidate_pairs(nodes: object, _rules: list[str], _one_in: object = 1) -> str:
    """A query of the same columns."""
    return f"select node_no as node_no_1, node_no as node_no_2 from {nodes}"  # noqa: S608 - names of ours


def identity_frequency_fields() -> list[str]:
    """Some fields."""
    return ["email", "phone"]


def identity_frequency_joins(fields: list[str]) -> str:
    """Joins of the same shape."""
    return "\n".join(
        f"left join int_identity_frequencies as {field}_frequency on l.{field} = {field}_frequency.value_no"
        for field in fields
    )


def identity_weigh_patterns(patterns: str, _fields: list[str]) -> str:
    """A query of some of the columns."""
    return " ".join(("select entity_kind, pattern, match_bits, household_bits, random_bits from", patterns))


def identity_positions() -> str:
    """A query of the same columns."""
    return "select entity_kind, comparison, position from positions_of_comparisons"


def identity_rule_hits(patterns: str) -> str:
    """A query of the same columns."""
    return " ".join(("select entity_kind, pattern, rule, bits, meaning from", patterns))


def identity_crowds(records: object) -> str:
    """A query of the same columns."""
    return f"select email as field, email as value, email as meaning, records from {records}"  # noqa: S608 - names of ours


def folder_seed(name: str, *_arguments: object, **_named: object) -> str:
    """A query."""
    return " ".join(("select * from", name))


def identity_horizon() -> str:
    """A query."""
    return "select as_of_date, change_number, next_change from changes"


def fault_rules_rows() -> str:
    """A query of the same columns."""
    return "select entity, field, rule, meaning, is_needed from rules_of_faults"


def faults_in(_entity: str, _stage: str, found_before: str = "''") -> str:
    """A text."""
    return f"concat({found_before}, 'field:rule')"
