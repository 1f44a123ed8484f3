"""Mobile numbers and mailboxes: own ones, second ones, changed ones, and those that several people share."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from data_generators.arrays import NEVER, Flags, Ints, Rng, Texts, padded, texts
from data_generators.people.households import Households
from data_generators.people.mailboxes import Mailboxes, ascii_word
from data_generators.people.naming import Names
from data_generators.people.versions import Versions, change_days, versions
from data_generators.words import COUNTRIES, lexicon

_NEW_NUMBER = 0.10
_NEW_MAILBOX = 0.10


@dataclass(frozen=True)
class Contacts:
    """How people are reached; empty texts where they have no such mailbox.

    Attributes:
        mobile: in E.164.
        email: the mailbox that they use most.
        second: another of their own (36 in 100 have one).
        common: the one of the whole household, or of the whole firm.
        one_phone: people whose household gives one number for all of its members.
        role: people of firms with one mailbox for all; ``family``: people of households with one.
        recycled: people whose mobile number was another person's before.
    """

    mobile: Versions
    email: Versions
    second: Texts
    common: Texts
    one_phone: Flags
    role: Flags
    family: Flags
    recycled: Flags


def mobiles(country: Ints, rng: Rng) -> Texts:
    """A mobile number for each entry."""
    table = lexicon().mobiles
    leads, lengths = _mobile_shapes()
    drawn = table.draw(country, rng)
    size = country.size
    tail = np.where(lengths[drawn] == 8, 4, np.where(lengths[drawn] == 7, 3, 2))
    head = padded(4)[rng.integers(2000, 9999, size)]
    last = rng.integers(0, 10_000, size)
    end = np.where(tail == 4, padded(4)[last], np.where(tail == 3, padded(3)[last % 1000], padded(2)[last % 100]))
    number: Texts = leads[drawn] + head + end
    return number


@cache
def _mobile_shapes() -> tuple[Texts, Ints]:
    """What mobile numbers begin with, and how many digits follow: four, and two to four more."""
    shapes = [shape.split("|") for shape in lexicon().mobiles.values.tolist()]
    return texts([lead for lead, _ in shapes]), np.array([int(digits) for _, digits in shapes])


def reach(
    names: Names, homes: Households, born: Ints, window: tuple[int, int], first_person: int, boxes: Mailboxes, rng: Rng
) -> Contacts:
    """Numbers and mailboxes for all; ``born`` are years, ``window`` the time in which people may change them."""
    size = homes.of.size
    everyone = np.arange(size)
    mobile = mobiles(homes.country, rng)
    changed = change_days(_NEW_NUMBER, window, size, rng)
    mobile, recycled = _recycle(mobile, changed, rng)
    new = np.flatnonzero(changed < NEVER)
    later_mobile = mobile.copy()
    later_mobile[new] = mobiles(homes.country[new], rng)
    phones = versions(mobile, later_mobile, changed)

    def addresses(at: Ints, family: Ints, salt: int) -> Texts:
        found = np.full(size, "", dtype=object)
        found[at] = boxes.make(names.given[at], family[at], born[at], homes.country[at], first_person + at + salt, rng)
        return found

    main = addresses(everyone, names.family, 0)
    renewed = change_days(_NEW_MAILBOX, window, size, rng)
    later = np.where(renewed < NEVER, addresses(np.flatnonzero(renewed < NEVER), names.later_family, 3331), main)
    second = addresses(np.flatnonzero(rng.random(size) < 0.36), names.family, 6007)
    head_chance = rng.random(size)[homes.head]
    family = homes.shared & (head_chance < 0.16) & ~homes.complete("namesakes")
    one_phone = homes.shared & (rng.random(size)[homes.head] < 0.14)
    common = np.full(size, "", dtype=object)
    for at, head in zip(np.flatnonzero(family).tolist(), homes.head[family].tolist(), strict=True):
        common[at] = (
            f"famille.{main[head].split('@')[0]}@{main[head].split('@')[1]}" if homes.country[at] == 0 else main[head]
        )
    role = _firms(common, names, homes.country, first_person, everyone[~family], rng)
    return Contacts(phones, versions(main, later, renewed), second, common, one_phone, role, family, recycled)


def _recycle(mobile: Texts, changed: Ints, rng: Rng) -> tuple[Texts, Flags]:
    """Gives numbers that their owners gave up to other people."""
    free = np.flatnonzero(changed < NEVER)
    free = free[rng.random(free.size) < 0.08]
    takers = rng.integers(0, mobile.size, free.size)
    recycled = np.zeros(mobile.size, dtype=np.bool_)
    mobile = mobile.copy()
    for owner, taker in zip(free.tolist(), takers.tolist(), strict=True):
        if changed[taker] == NEVER and not recycled[taker] and mobile[owner][:3] == mobile[taker][:3]:
            mobile[taker] = mobile[owner]
            recycled[taker] = True
    return mobile, recycled


def _firms(common: Texts, names: Names, country: Ints, first_person: int, who: Ints, rng: Rng) -> Flags:
    """Small firms: two to nine people of one country who order through one mailbox such as info@."""
    role = np.zeros(common.size, dtype=np.bool_)
    firms = round(who.size * 0.0035)
    compatriots = [who[country[who] == index] for index in range(len(COUNTRIES))]
    for firm, start in enumerate(rng.choice(who, size=firms, replace=False).tolist() if firms else []):
        where = COUNTRIES[country[start]]
        user = where.roles[int(rng.integers(len(where.roles)))]
        suffix = {"US": "com", "GB": "co.uk"}.get(where.code, where.code.lower())
        mailbox = f"{user}@{ascii_word(names.last.before(np.array([start]))[0])}{first_person + firm}.{suffix}"
        nearby = compatriots[country[start]]
        staff = nearby[np.searchsorted(nearby, start) :][: int(rng.integers(2, 10))]
        staff = staff[common[staff] == ""]
        if staff.size > 1:
            common[staff] = mailbox
            role[staff] = True
    return role
