"""The kinds of people who shop here. The mix is ``PERSONAS``; everything else follows from a persona's numbers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from data_generators.arrays import Floats


@dataclass(frozen=True)
class Persona:
    """How a kind of people behaves on average; each of them then differs by chance.

    Attributes:
        share: of all people.
        orders: purchases a year after the first, while they are with us.
        years: mean time until they drop out for good.
        basket: typical basket, in the shop's currency.
        season: the rhythm of the year that they follow, a name in ``seasons``.
        returns: share of orders that they send back, in whole or in part.
        complains: tickets an order.
        visits: days a year on which they look around without buying.
        consent: share that agrees to e-mails.
    """

    share: float
    orders: float
    years: float
    basket: float
    season: str = "steady"
    returns: float = 0.04
    complains: float = 0.06
    visits: float = 12.0
    consent: float = 0.6


class Regular(Persona):
    """Says: I buy here because I always have."""


class OneOff(Persona):
    """Says: I needed that one thing."""


class BargainHunter(Persona):
    """Says: Tell me when the sales begin."""


class GiftGiver(Persona):
    """Says: Is it already December?"""


class Gardener(Persona):
    """Says: From March to June you will find me here."""


class Enthusiast(Persona):
    """Says: I have told all my friends."""


class SmallBusiness(Persona):
    """Says: Invoice to the firm, please."""


class WindowShopper(Persona):
    """Says: Just looking."""


PERSONAS: tuple[Persona, ...] = (
    Regular(share=0.33, orders=5.2, years=5.0, basket=38, visits=11),
    OneOff(share=0.18, orders=0.4, years=0.5, basket=36, returns=0.06, visits=3, consent=0.4),
    BargainHunter(share=0.17, orders=4.8, years=3.2, basket=30, season="sales", returns=0.09, visits=14),
    GiftGiver(share=0.12, orders=3.6, years=5.0, basket=46, season="gifts", returns=0.07, visits=7),
    Gardener(share=0.06, orders=4.5, years=5.0, basket=42, season="garden", visits=11),
    Enthusiast(share=0.05, orders=8.8, years=5.4, basket=44, returns=0.03, complains=0.05, visits=28, consent=0.85),
    SmallBusiness(share=0.01, orders=8.0, years=5.0, basket=80, season="office", returns=0.02, visits=14),
    WindowShopper(share=0.08, orders=0.0, years=0.8, basket=30, visits=12, consent=0.5),
)


def by_persona(number: Callable[[Persona], float]) -> Floats:
    """A number of each persona, in the order of ``PERSONAS``."""
    return np.array([number(persona) for persona in PERSONAS])
