"""Every fault with its rate: the share of a system's records that it hits at ``--mess 1``.

This is the one place to make the data cleaner or dirtier. A cell suffers one fault at most. The CRM writes Windows-1252
and cannot hold invisible or full-width characters; the loyalty system has the whole name in one field.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from data_generators.mess import contacts, days, letters, names, numbers, places
from data_generators.mess.faults import CellFault, RecordFault

_Fault = CellFault | RecordFault


def _all(rate: float) -> dict[str, float]:
    return {"crm": rate, "shop": rate, "loyalty": rate}


def _names(field: str, *systems: str) -> Iterator[CellFault]:
    """The faults of any name, for the systems that have such a field."""
    for fault in (
        CellFault("typo", field, letters.typo, _all(0.022)),
        CellFault("transposed", field, letters.transposed, _all(0.012)),
        CellFault("dropped_letter", field, letters.dropped, _all(0.008)),
        CellFault("doubled_letter", field, letters.doubled, _all(0.005)),
        CellFault("upper_case", field, letters.upper_case, {"crm": 0.14, "shop": 0.05, "loyalty": 0.12}),
        CellFault("lower_case", field, letters.lower_case, {"crm": 0.02, "shop": 0.07, "loyalty": 0.03}),
        CellFault("stray_spaces", field, letters.stray_spaces, {"crm": 0.03, "shop": 0.05, "loyalty": 0.03}),
        CellFault("no_accents", field, letters.no_accents, {"crm": 0.04, "shop": 0.10, "loyalty": 0.20}),
        CellFault("invisible_character", field, letters.invisible_character, {"shop": 0.006, "loyalty": 0.004}),
        CellFault("full_width", field, letters.full_width, {"shop": 0.002, "loyalty": 0.002}),
        CellFault("symbol", field, letters.symbol, _all(0.004)),
        CellFault("mojibake", field, letters.mojibake, {"crm": 0.03, "shop": 0.02, "loyalty": 0.02}),
    ):
        yield replace(fault, rates={system: fault.rates[system] for system in systems if system in fault.rates})


_PERSON: tuple[_Fault, ...] = (
    RecordFault("swapped_names", ("first_name", "last_name"), names.swapped, {"crm": 0.02, "shop": 0.02}),
    RecordFault("name_in_one_field", ("first_name", "last_name"), names.in_one_field, {"crm": 0.015, "shop": 0.01}),
    *_names("first_name", "crm", "shop"),
    CellFault("nickname", "first_name", names.nickname, {"crm": 0.12, "shop": 0.20}),
    CellFault("initial", "first_name", names.initial, {"crm": 0.03, "shop": 0.02}),
    CellFault("title", "first_name", names.title, {"crm": 0.02, "shop": 0.01}),
    *_names("last_name", "crm", "shop"),
    CellFault("truncated", "last_name", letters.truncated, {"crm": 0.04, "shop": 0.01}),
    CellFault("first_part", "last_name", names.first_part, {"crm": 0.10, "shop": 0.14}),
    *_names("full_name", "loyalty"),
    CellFault("last_name_first", "full_name", names.last_name_first, {"loyalty": 0.08}),
    CellFault("title", "full_name", names.title, {"loyalty": 0.03}),
)

_CONTACTS: tuple[_Fault, ...] = (
    CellFault("missing", "email", letters.missing, {"crm": 0.11, "shop": 0.035, "loyalty": 0.10}),
    CellFault("malformed_email", "email", contacts.malformed_email, {"crm": 0.025, "shop": 0.012, "loyalty": 0.02}),
    CellFault("typo", "email", letters.typo, _all(0.018)),
    CellFault("wrong_domain", "email", contacts.wrong_domain, _all(0.015)),
    CellFault("placeholder_email", "email", contacts.placeholder_email, {"crm": 0.02, "shop": 0.005, "loyalty": 0.015}),
    CellFault("upper_case", "email", letters.upper_case, {"crm": 0.05, "shop": 0.03, "loyalty": 0.08}),
    CellFault("stray_spaces", "email", letters.stray_spaces, _all(0.02)),
    CellFault("plus_tag", "email", contacts.plus_tag, {"shop": 0.008, "loyalty": 0.004}),
    CellFault("missing", "phone", letters.missing, {"crm": 0.10, "shop": 0.22, "loyalty": 0.16}),
    CellFault("national_phone", "phone", contacts.national_phone, {"crm": 0.40, "shop": 0.26, "loyalty": 0.26}),
    CellFault("international_phone", "phone", contacts.international_phone, _all(0.08)),
    CellFault("wrong_digit", "phone", contacts.wrong_digit, _all(0.02)),
    CellFault("phone_extension", "phone", contacts.phone_extension, {"crm": 0.012, "shop": 0.004}),
    CellFault("placeholder_phone", "phone", contacts.placeholder_phone, {"crm": 0.02, "shop": 0.015, "loyalty": 0.01}),
)

_PLACES: tuple[_Fault, ...] = (
    CellFault("missing", "address", letters.missing, {"crm": 0.06, "shop": 0.05, "loyalty": 0.12}),
    CellFault("abbreviated_street", "address", places.abbreviated_street, _all(0.18)),
    CellFault("missing_house_number", "address", places.missing_house_number, _all(0.03)),
    CellFault("typo", "address", letters.typo, _all(0.03)),
    CellFault("upper_case", "address", letters.upper_case, {"crm": 0.12, "shop": 0.03, "loyalty": 0.10}),
    CellFault("lower_case", "address", letters.lower_case, {"shop": 0.06}),
    CellFault("no_accents", "address", letters.no_accents, {"crm": 0.03, "shop": 0.06, "loyalty": 0.12}),
    CellFault("truncated", "address", letters.truncated, {"crm": 0.03}),
    CellFault("placeholder_text", "address", letters.placeholder_text, {"crm": 0.012, "shop": 0.008}),
    CellFault("upper_case", "city", letters.upper_case, {"crm": 0.15, "shop": 0.04, "loyalty": 0.10}),
    CellFault("lower_case", "city", letters.lower_case, {"shop": 0.06, "loyalty": 0.02}),
    CellFault("typo", "city", letters.typo, _all(0.02)),
    CellFault("no_accents", "city", letters.no_accents, _all(0.05)),
    CellFault("stray_spaces", "city", letters.stray_spaces, _all(0.02)),
    CellFault("missing", "city", letters.missing, _all(0.02)),
    CellFault("missing", "postcode", letters.missing, {"crm": 0.05, "shop": 0.05, "loyalty": 0.06}),
    CellFault("lost_zero", "postcode", places.lost_zero, {"crm": 0.10, "shop": 0.03, "loyalty": 0.03}),
    CellFault("wrong_digit", "postcode", contacts.wrong_digit, _all(0.012)),
    CellFault("country_in_words", "country", places.country_in_words, {"crm": 0.10, "shop": 0.02, "loyalty": 0.04}),
    CellFault("wrong_country", "country", places.wrong_country, _all(0.01)),
    CellFault("missing", "country", letters.missing, _all(0.01)),
)

_DAYS: tuple[_Fault, ...] = (
    CellFault("missing", "birth_date", letters.missing, {"crm": 0.10, "shop": 0.22, "loyalty": 0.06}),
    CellFault("iso_date", "birth_date", days.iso, {"crm": 0.10}),
    CellFault("day_month_swapped", "birth_date", days.day_month_swapped, {"crm": 0.02, "shop": 0.02, "loyalty": 0.0}),
    CellFault("wrong_year", "birth_date", days.wrong_year, {"crm": 0.008, "shop": 0.012}),
    CellFault("placeholder_date", "birth_date", days.placeholder_day, {"crm": 0.02, "shop": 0.012}),
    CellFault("iso_date", "created_at", days.iso, {"crm": 0.14}),
    CellFault("date_with_clock", "created_at", days.with_clock, {"crm": 0.10, "shop": 0.16}),
    CellFault("dotted_date", "created_at", days.dotted, {"crm": 0.04}),
    CellFault("named_month", "created_at", days.named_month, {"crm": 0.02}),
    CellFault("american_slashes", "created_at", days.american_slashes, {"crm": 0.01}),
    CellFault("american_date", "created_at", days.american, {"shop": 0.16}),
    CellFault("european_date", "created_at", days.european, {"shop": 0.01}),
)

_ORDERS: tuple[_Fault, ...] = (
    CellFault("decimal_comma", "amount", numbers.decimal_comma, {"orders": 0.005}),
    CellFault("negative_amount", "amount", numbers.negative, {"orders": 0.002}),
    CellFault("with_currency", "amount", numbers.with_currency, {"orders": 0.001}),
    CellFault("upper_case", "status", letters.upper_case, {"orders": 0.008}),
    CellFault("stray_spaces", "status", letters.stray_spaces, {"orders": 0.004}),
    CellFault("missing", "currency", letters.missing, {"orders": 0.003}),
    CellFault("lower_case", "currency", letters.lower_case, {"orders": 0.004}),
)

FAULTS: tuple[_Fault, ...] = (*_PERSON, *_CONTACTS, *_PLACES, *_DAYS, *_ORDERS)

DUPLICATED_ROWS = {"crm": 0.006, "shop": 0.003, "loyalty": 0.003, "orders": 0.002}
"""Rows that stand in the file twice."""

LATE_CORRECTIONS = {"crm": 0.010, "shop": 0.006}
"""Records that come again further down, put right."""

ORPHAN_ORDERS = 0.004
"""Orders of accounts that the customer file does not hold."""
