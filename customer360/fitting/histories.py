"""What is known of each customer's purchases on some day: what predictions are fitted on and made from.

The SQL of ``int_customer_predictions`` computes the same from the same table; a test holds the two together.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

# A customer who was seen in this many days has been around lately; the dbt variable visit_days says the same.
VISIT_DAYS = 45
YEAR = 365


def _none() -> Integers:
    return np.zeros(0, dtype=np.int64)


@dataclass(frozen=True)
class Contacts:
    """Days on which customers were heard of otherwise, in any order: equally long arrays of customers and days."""

    customer: Integers = field(default_factory=_none)
    day: Integers = field(default_factory=_none)


@dataclass(frozen=True)
class CustomerDays:
    """One row per customer and day with an order, in any order.

    Attributes:
        customer: key of the customer.
        day: whole days since some epoch.
        revenue: net of refunds, in the reporting currency.
        is_purchase: whether the day is a purchase.
        visits: days with an event.
        tickets: days on which a ticket was opened.
    """

    customer: Integers
    day: Integers
    revenue: Floats
    is_purchase: NDArray[np.bool_]
    visits: Contacts = field(default_factory=Contacts)
    tickets: Contacts = field(default_factory=Contacts)

    def until(self, day: int) -> CustomerDays:
        """The rows of this day and before."""
        known = self.day <= day
        visits, tickets = (
            Contacts(kind.customer[kind.day <= day], kind.day[kind.day <= day]) for kind in (self.visits, self.tickets)
        )
        return CustomerDays(
            self.customer[known], self.day[known], self.revenue[known], self.is_purchase[known], visits, tickets
        )

    @property
    def span(self) -> int:
        """Days from the first purchase of all to the last row."""
        return int(self.day.max() - self.day[self.is_purchase].min()) if self.is_purchase.any() else 0


@dataclass(frozen=True)
class Histories:
    """Who had bought by a day, sorted by customer: arrays of equal length.

    Attributes:
        customer: key.
        repeats: purchases after the first one.
        active_days: from the first purchase to the last.
        tenure_days: from the first purchase to the day itself.
        late: purchases after the middle of the tenure.
        last_year: purchases in the last 365 days.
        revenue: all of it, net.
        has_complained: 1 where a ticket was opened on the day of the last purchase or since.
        has_visited: 1 where there was an event in the last ``VISIT_DAYS``.
    """

    customer: Integers
    repeats: Floats
    active_days: Floats
    tenure_days: Floats
    late: Floats
    last_year: Floats
    revenue: Floats
    has_complained: Floats
    has_visited: Floats

    def __len__(self) -> int:
        return len(self.customer)


def histories_at(days: CustomerDays, day: int) -> Histories:
    """The histories that could be known at the end of a day."""
    known = days.until(day)
    bought = known.customer[known.is_purchase]
    bought_on = known.day[known.is_purchase]
    customers, place, counts = np.unique(bought, return_inverse=True, return_counts=True)
    first = np.full(len(customers), np.iinfo(np.int64).max)
    last = np.full(len(customers), np.iinfo(np.int64).min)
    np.minimum.at(first, place, bought_on)
    np.maximum.at(last, place, bought_on)
    is_late = 2 * (bought_on - first[place]) > day - first[place]
    late = np.bincount(place, weights=is_late, minlength=len(customers))
    theirs, spot = locate(customers, known.customer)
    revenue = np.bincount(spot, weights=known.revenue[theirs], minlength=len(customers))
    theirs, spot = locate(customers, known.tickets.customer)
    last_ticket = np.full(len(customers), np.iinfo(np.int64).min)
    np.maximum.at(last_ticket, spot, known.tickets.day[theirs])
    lately = known.visits.day > day - VISIT_DAYS
    _, spot = locate(customers, known.visits.customer[lately])
    visits = np.bincount(spot, minlength=len(customers))
    last_year = np.bincount(place, weights=bought_on > day - YEAR, minlength=len(customers))
    return Histories(
        customer=customers,
        repeats=(counts - 1).astype(float),
        active_days=(last - first).astype(float),
        tenure_days=(day - first).astype(float),
        late=late.astype(float),
        last_year=last_year.astype(float),
        # to the cent, so that equal sums are equal
        revenue=np.round(revenue, 2).astype(float),
        has_complained=(last_ticket >= last).astype(float),
        has_visited=(visits > 0).astype(float),
    )


def purchases_between(days: CustomerDays, customers: Integers, after: int, until: int) -> Floats:
    """How often each of the customers (sorted) bought after one day, up to and including another."""
    wanted = days.is_purchase & (days.day > after) & (days.day <= until)
    return _per_customer(customers, days.customer[wanted], np.ones(int(wanted.sum())))


def revenue_between(days: CustomerDays, customers: Integers, after: int, until: int) -> Floats:
    """What each of the customers (sorted) brought on purchases after one day, up to and including another."""
    wanted = days.is_purchase & (days.day > after) & (days.day <= until)
    return _per_customer(customers, days.customer[wanted], days.revenue[wanted])


def _per_customer(customers: Integers, of: Integers, values: Floats) -> Floats:
    theirs, place = locate(customers, of)
    sums: Floats = np.bincount(place, weights=values[theirs], minlength=len(customers)).astype(float)
    return sums


def places(values: Floats) -> Floats:
    """Where each value stands among all, from -1 (lowest) to 1; equal values stand in the middle of theirs."""
    ordered = np.sort(values)
    below = np.searchsorted(ordered, values, side="left")
    up_to = np.searchsorted(ordered, values, side="right")
    place: Floats = (below + up_to) / len(values) - 1
    return place


def locate(customers: Integers, wanted: Integers) -> tuple[NDArray[np.bool_], Integers]:
    """Which of the wanted are among the customers (sorted), and where those stand."""
    place = np.searchsorted(customers, wanted)
    place[place == len(customers)] = 0
    theirs = customers[place] == wanted if len(customers) else np.zeros(len(wanted), dtype=bool)
    return theirs, place[theirs]
