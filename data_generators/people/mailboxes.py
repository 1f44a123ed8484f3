"""Mail addresses as people make them up from their names."""

from __future__ import annotations

import unicodedata
from functools import cache

import numpy as np

from data_generators.arrays import Ints, Rng, Texts, numerals, texts
from data_generators.words import lexicon

_HABITS = 16
_MARK = texts(["", ".", "", "_", ".", ".", "", ""])


def ascii_word(text: str) -> str:
    """The first word in lower case, letters and digits only: as in the user part of an e-mail."""
    word = text.split(" ", 1)[0].lower().replace("ß", "ss")
    plain = unicodedata.normalize("NFKD", word).encode("ascii", "ignore").decode()
    return "".join([letter for letter in plain if letter.isalnum()])


@cache
def _given() -> tuple[Texts, Texts]:
    words = [ascii_word(name) for name in lexicon().first_names.values.tolist()]
    return texts(words), texts([word[:1] for word in words])


@cache
def _family() -> tuple[Texts, Texts]:
    words = [ascii_word(name) for name in lexicon().surnames.values.tolist()]
    return texts(words), texts([word[:1] for word in words])


class Mailboxes:
    """Makes addresses that no two people of the block share, and hardly any two of different blocks.

    A name without a number is given only by the block that its letters fall to.
    """

    def __init__(self, block: int, blocks: int) -> None:
        self._block, self._blocks = block, blocks
        self._taken: set[str] = set()

    def make(self, given: Ints, family: Ints, born: Ints, country: Ints, person: Ints, rng: Rng) -> Texts:
        """One address for each entry.

        Args:
            given: index into the lexicon's first names.
            family: index into its surnames.
            born: year of birth.
            country: index into ``COUNTRIES``.
            person: number of the person over all blocks.
            rng: for habits and providers.
        """
        size = given.size
        provider = lexicon().domains.draw(country, rng)
        style = rng.integers(0, _HABITS, size)
        habit = style % 8
        first, initial = (table[given] for table in _given())
        last, last_initial = (table[family] for table in _family())
        backwards = (habit == 4) | (habit == 6)
        one = np.where(backwards, last, np.where((habit == 2) | (habit == 5), initial, first))
        two = np.where(
            habit == 4, first, np.where((habit == 6) | (habit == 7), np.where(backwards, initial, last_initial), last)
        )
        own = (given * 7919 + family * 104_729 + style * 31 + provider) % self._blocks == self._block
        year = np.where(style % 3 == 0, born, born % 100)
        digits = np.where(style >= 8, numerals()[year], "")
        digits = np.where(own, digits, numerals()[person % 9973])
        at = "@" + lexicon().domains.values
        addresses = one + _MARK[habit] + two + digits + at[provider]
        return self._unique(addresses, person)

    def _unique(self, addresses: Texts, person: Ints) -> Texts:
        taken = self._taken
        for row, wish in enumerate(addresses.tolist()):
            address = wish
            if wish in taken:
                user, _, domain = wish.partition("@")
                addresses[row] = address = f"{user}{person[row]}@{domain}"
            taken.add(address)
        return addresses
