"""Writes the seed dialling_numbers: which numbers libphonenumber calls valid, found by asking it for samples.

The numbers of a country code and a number of digits are a tree of leading digits. A branch whose samples are all valid,
or all invalid, is a leaf; others are looked at digit by digit, deeper for the countries that we promise to read.
"""

from __future__ import annotations

import csv
import random
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass

import phonenumbers
from phonenumbers import COUNTRY_CODE_TO_REGION_CODE, PhoneMetadata, PhoneNumber, PhoneNumberType

from tests.conftest import ROOT

SEED = ROOT / "dbt_project" / "seeds" / "dialling_numbers.csv"
PROMISED = frozenset(["FR", "DE", "ES", "IT", "GB", "IE", "NL", "BE", "CH", "AT", "PT", "US", "CA", "AU"])
_WORLD = "001"  # libphonenumber's region of codes that are no country's
_TYPES = range(PhoneNumberType.FIXED_LINE, PhoneNumberType.VOICEMAIL + 1)


def is_valid(country_code: int, digits: str) -> bool:
    """Whether the digits after a country code are a number; leading zeros count."""
    zeros = min(len(digits) - len(digits.lstrip("0")), len(digits) - 1)
    number = PhoneNumber(
        country_code=country_code,
        national_number=int(digits),
        italian_leading_zero=zeros > 0 or None,
        number_of_leading_zeros=zeros if zeros > 1 else None,
    )
    return bool(phonenumbers.is_valid_number(number))


@dataclass(frozen=True)
class _Search:
    """How thoroughly the numbers of a country code are looked at.

    Attributes:
        examples: known numbers; the branches that lead to them are looked at in any case.
        always: digits down to which every branch is looked at.
        deepest: digits at which a branch is a leaf, valid when half of its samples are, or any where ``lenient``.
        samples: for each branch.
    """

    country_code: int
    examples: frozenset[str]
    always: int
    deepest: int
    samples: int
    lenient: bool

    def leaves(self, digits: int, lead: str = "") -> Iterator[str]:
        """The leading digits, in order, of all numbers that have so many digits."""
        rest = digits - len(lead)
        if rest <= 1:
            tails = ["" if rest == 0 else str(tail) for tail in range(10**rest)]
        else:
            dice = random.Random(f"{self.country_code} {digits} {lead}")
            tails = [f"{dice.randrange(10**rest):0{rest}}" for _ in range(self.samples)]
        valid = sum(is_valid(self.country_code, lead + tail) for tail in tails)
        mixed = 0 < valid < len(tails)
        on_the_way = any(len(number) == digits and number.startswith(lead) for number in self.examples)
        if rest and len(lead) < self.deepest and (mixed or len(lead) < self.always or (on_the_way and not valid)):
            for digit in "0123456789":
                yield from self.leaves(digits, lead + digit)
        elif valid * 2 >= len(tails) or (valid and self.lenient) or (on_the_way and len(lead) == self.deepest):
            yield lead


def leading_digits(country_code: int) -> dict[int, str]:
    """For each number of digits after the code the ranges of what such numbers begin with."""
    regions = COUNTRY_CODE_TO_REGION_CODE[country_code]
    examples, lengths = set(), set()
    for region in regions:
        if region == _WORLD:
            found = [phonenumbers.example_number_for_non_geo_entity(country_code)]
        else:
            found = [phonenumbers.example_number_for_type(region, kind) for kind in _TYPES]
            lengths |= set(PhoneMetadata.metadata_for_region(region, None).general_desc.possible_length)
        examples |= {phonenumbers.national_significant_number(number) for number in found if number}
    lengths |= {len(number) for number in examples}
    promised = not PROMISED.isdisjoint(regions)
    search = _Search(
        country_code,
        frozenset(examples),
        always=3 if promised else 2,
        deepest=5 if promised else 3,
        samples=40 if promised else 20,
        lenient=not promised or country_code == 1,
    )
    ranges = {digits: _ranges(list(search.leaves(digits)), digits) for digits in sorted(lengths) if digits > 3}
    return {digits: " ".join(found) for digits, found in ranges.items() if found}


def _ranges(leads: list[str], digits: int) -> list[str]:
    """Leads of numbers of so many digits, joined where one follows the other: 41, 42, 43 make 41-43."""
    joined: list[list[int]] = []
    for lead in leads:
        first, last = int(lead.ljust(digits, "0")), int(lead.ljust(digits, "9"))
        if joined and joined[-1][1] + 1 == first:
            joined[-1][1] = last
        else:
            joined.append([first, last])
    return [_shortened(f"{first:0{digits}}", f"{last:0{digits}}") for first, last in joined]


def _shortened(first: str, last: str) -> str:
    while len(first) > 1 and first[-1] == "0" and last[-1] == "9":
        first, last = first[:-1], last[:-1]
    return first if first == last else f"{first}-{last}"


def main() -> None:
    codes = sorted(COUNTRY_CODE_TO_REGION_CODE)
    with ProcessPoolExecutor() as pool:
        found = dict(zip(codes, pool.map(leading_digits, codes), strict=True))
    with SEED.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["country_code", "digits", "leading_digits"])
        writer.writerows([code, digits, leads] for code in codes for digits, leads in found[code].items())


if __name__ == "__main__":
    main()
