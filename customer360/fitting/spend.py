"""Fits what purchases bring, the Gamma-Gamma model of Fader and Hardie (2013), for each currency; writes a seed.

A customer's baskets are gamma distributed, and so, over all customers, is the rate of that gamma. Fitted by maximum
likelihood on every basket, not only on each customer's mean: how much one customer's baskets differ says the most of
how far a mean of few is to be believed.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from customer360.folder_seeds import SPEND_PARAMETERS

from .downhill import downhill
from .fitter import Fitted, Fitter
from .histories import Floats

# For all currencies that have no row of their own.
OTHER = "other"
_FEWEST_CUSTOMERS = 100
_FEWEST_REPEAT_CUSTOMERS = 30

# The currency of a customer is that of the last purchase, as in int_customer_purchases.
_BASKETS = """
select (array_agg(currency order by order_date desc))[1], count(*), sum(revenue)::float8, sum(ln(revenue))::float8
from intermediate.int_customer_days
where is_purchase
group by customer_key
order by customer_key
"""


@dataclass(frozen=True)
class GammaGamma:
    """Parameters, called p, q and gamma in the paper; money in the reporting currency.

    Attributes:
        purchase_shape: how alike the baskets of one customer are.
        customer_shape: how alike customers are; above 1, so that there is a mean.
        customer_rate: the scale of it all.
    """

    purchase_shape: float
    customer_shape: float
    customer_rate: float

    @property
    def prior_purchases(self) -> float:
        """How many purchases everybody's mean basket weighs against a customer's own."""
        return (self.customer_shape - 1) / self.purchase_shape

    @property
    def mean(self) -> float:
        """The mean basket of a customer of whom nothing is known."""
        return self.customer_rate / self.prior_purchases


def fit_gamma_gamma(purchases: Floats, revenue: Floats, log_revenue: Floats) -> GammaGamma:
    """Maximum likelihood.

    Args:
        purchases: of each customer, how many.
        revenue: the sum of their revenue.
        log_revenue: the sum of the logarithms of it.
    """
    unit = float(revenue.sum() / purchases.sum())
    money, logs = revenue / unit, log_revenue - purchases * math.log(unit)
    counts, place = np.unique(purchases, return_inverse=True)
    customers, total, all_logs = len(purchases), float(purchases.sum()), float(logs.sum())

    def loss(parameters: Floats) -> float:
        p, above_one, rate = (float(value) for value in np.exp(np.clip(parameters, -20, 20)))
        q = 1 + above_one
        rising = np.array([math.lgamma(p * count + q) for count in counts])
        return -float(
            rising[place].sum()
            - total * math.lgamma(p)
            - customers * (math.lgamma(q) - q * math.log(rate))
            + (p - 1) * all_logs
            - (p * purchases + q) @ np.log(rate + money)
        )

    best, _ = downhill(loss, np.ones(3))
    p, above_one, rate = (float(value) for value in np.exp(best))
    return GammaGamma(p, 1 + above_one, rate * unit)


def fit_spend(connection: Any) -> Fitted:
    """Fits each currency with customers enough, and all of them together for the rest."""
    with connection.cursor() as cursor:
        cursor.execute(_BASKETS)
        rows = cursor.fetchall()
    groups = {OTHER: rows}
    for row in rows:
        groups.setdefault(row[0], []).append(row)
    found = {
        currency: fit_gamma_gamma(*np.array([row[1:] for row in theirs], dtype=float).T)
        for currency, theirs in sorted(groups.items())
        if len(theirs) >= _FEWEST_CUSTOMERS and sum(row[1] > 1 for row in theirs) >= _FEWEST_REPEAT_CUSTOMERS
    }
    if OTHER not in found:
        return Fitted(words=(f"spend: {len(rows):,} customers are too few to learn from; what is shipped stays",))
    words = tuple(
        f"spend, {currency}: a basket of {model.mean:,.2f}, which weighs {model.prior_purchases:.1f} purchases"
        for currency, model in found.items()
    )
    return Fitted(seeds={SPEND_PARAMETERS: [_row(*one) for one in found.items()]}, words=words)


def _row(currency: str, model: GammaGamma) -> tuple[str, ...]:
    return (currency, f"{model.purchase_shape:.6f}", f"{model.customer_shape:.6f}", f"{model.customer_rate:.6f}")


SPEND = Fitter("spend", "", fit_spend)
