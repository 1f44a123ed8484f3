"""All people of one block, as arrays: the truth that every system later spoils in its own way."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from data_generators.arrays import Flags, Ints, Texts, stream, texts
from data_generators.dates import year_of
from data_generators.people.contacts import Contacts, reach
from data_generators.people.homes import Homes, settle
from data_generators.people.households import Households, arrange
from data_generators.people.mailboxes import Mailboxes
from data_generators.people.naming import Names, name_everyone

_YEAR = 365.25


@dataclass(frozen=True)
class Population:
    """One entry a person.

    Attributes:
        number: from 1, over all blocks; ``P00000001`` is number 1.
        born: day number.
    """

    number: Ints
    households: Households
    female: Flags
    born: Ints
    names: Names
    homes: Homes
    contacts: Contacts

    @property
    def size(self) -> int:
        return int(self.number.size)

    def hard_negatives(self) -> Texts:
        """Why a matcher may take a person for another: kinds joined by ``|``, mostly empty."""
        kinds = {
            "twin": self.households.complete("twins"),
            "namesake": self.households.complete("namesakes"),
            "one_phone": self.contacts.one_phone,
            "family_mailbox": self.contacts.family,
            "role_mailbox": self.contacts.role,
            "recycled_phone": self.contacts.recycled,
        }
        found = [""] * self.size
        for kind, flags in kinds.items():
            for at in np.flatnonzero(flags).tolist():
                found[at] = f"{found[at]}|{kind}" if found[at] else kind
        return texts(found)


def populate(
    seed: int, block: int, blocks: int, people: int, first_person: int, window: tuple[int, int], as_of: int
) -> Population:
    """People of one block.

    Args:
        seed: of the whole folder.
        block: number of this block, which has its own streams.
        blocks: how many blocks there are.
        people: how many people it holds.
        first_person: how many people come before them.
        window: first and last day on which attributes may change.
        as_of: the day at which ages are taken.
    """
    rng = stream(seed, block, "people")
    homes = arrange(people, rng)
    female = rng.random(people) < 0.54
    partner = homes.follows("couple") & (rng.random(people) < 0.93)
    female[partner] = ~female[homes.head[partner]]
    female[homes.complete("namesakes")] = False
    alike = homes.follows("twins") & (rng.random(people) < 0.6)
    female[alike] = female[homes.head[alike]]
    born = _birthdays(homes, as_of, rng)
    names = name_everyone(homes, female, born, window, rng)
    years = year_of()[born]
    contacts = reach(
        names, homes, years, window, first_person, Mailboxes(block, blocks), stream(seed, block, "contacts")
    )
    return Population(
        number=first_person + 1 + np.arange(people),
        households=homes,
        female=female,
        born=born,
        names=names,
        homes=settle(homes, window, stream(seed, block, "homes")),
        contacts=contacts,
    )


def _birthdays(homes: Households, as_of: int, rng: np.random.Generator) -> Ints:
    """Birthdays of grown-ups: partners of like age, children 20 to 38 years younger, twins on one day."""
    size = homes.of.size
    age = 18 + 31 * (rng.random(size) + rng.random(size))
    parent = homes.complete("family") | homes.complete("parent_and_child") | homes.complete("namesakes")
    age[parent & (homes.position == 0)] = 42 + 36 * rng.random(int((parent & (homes.position == 0)).sum()))
    partner = homes.follows("couple")
    age[partner] = np.maximum(18, age[homes.head[partner]] + 14 * rng.random(int(partner.sum())) - 7)
    child = homes.follows("family", "parent_and_child", "namesakes")
    oldest = age[homes.head[child]] - 20
    age[child] = np.maximum(18, oldest - 18 * rng.random(int(child.sum())))
    born = as_of - (age * _YEAR).astype(np.int64)
    twin = homes.follows("twins")
    born[twin] = born[homes.head[twin]]
    return born
