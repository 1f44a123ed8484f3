"""What is asked of the generator, and what it answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

GENERATOR_VERSION = "5"
"""Raised whenever the same parameters would give other bytes, so that folders made before are made again."""

AS_OF_DATE = date(2026, 6, 30)
"""The day the simulated shop stands at: fixed, or the same seed would give other data tomorrow."""

MAX_MESS = 4.0
MAX_DAYS = 90

Progress = Callable[[int, int], None]
"""Called with (records done, records in all) as the work goes on."""


class GeneratorError(ValueError):
    """A request that cannot be met; the message is one sentence for the user."""


@dataclass(frozen=True)
class GeneratorConfig:
    """Everything that the bytes depend on.

    Attributes:
        customers: customer records over all systems; people are about 85 in 100 of them.
        seed: of every random stream; 0 or more.
        mess: factor on the rate of every fault: 0 is clean, 1 the default, 2 doubles it.
        days: how many of the last days of web events lie in files of their own; older ones lie in one archive.
        as_of_date: last day of the simulated history, inclusive.

    Raises:
        GeneratorError: when a value is out of its range.
    """

    customers: int = 5000
    seed: int = 42
    mess: float = 1.0
    days: int = 2
    as_of_date: date = AS_OF_DATE

    def __post_init__(self) -> None:
        if self.customers < 1:
            raise GeneratorError(f"at least one customer record is needed, not {self.customers}")
        if self.seed < 0:
            raise GeneratorError(f"the seed is a whole number from 0, not {self.seed}")
        if not 0 <= self.mess <= MAX_MESS:
            raise GeneratorError(f"mess lies between 0 and {MAX_MESS:g}, not {self.mess:g}")

        if not 0 <= self.days < MAX_DAYS:
            raise GeneratorError(f"days of web events lie between 0 and {MAX_DAYS - 1}, not {self.days}")

    @property
    def people(self) -> int:
        """How many people the records are of."""
        return max(1, round(self.customers * 0.85))

    def fingerprint(self) -> dict[str, Any]:
        """The parameters and the generator's version as JSON: equal fingerprints mean equal bytes."""
        values = asdict(self) | {"as_of_date": self.as_of_date.isoformat(), "mess": float(self.mess)}
        return {"generator": GENERATOR_VERSION, **values}

    @classmethod
    def from_fingerprint(cls, found: dict[str, Any]) -> GeneratorConfig:
        """The configuration behind a fingerprint; KeyError, ValueError or TypeError when it is none."""
        values = {name: value for name, value in found.items() if name != "generator"}
        return cls(**values | {"as_of_date": date.fromisoformat(found["as_of_date"])})


@dataclass(frozen=True)
class Summary:
    """What a folder holds.

    Attributes:
        people: different people behind the customer records.
        customers: customer records over all systems.
        orders: order rows.
        files: data rows of each file, by path relative to the folder; ``truth/`` is not among them.
    """

    people: int
    customers: int
    orders: int
    files: dict[str, int]
