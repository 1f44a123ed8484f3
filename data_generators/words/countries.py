"""Where customers live, and what phones, mailboxes and addresses look like there."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Country:
    """One country.

    Attributes:
        code: ISO 3166 alpha-2.
        share: of all households.
        dial: dialling code.
        mobiles: what mobile numbers begin with after the dialling code, and how many digits follow.
        landline_digits: digits of a landline number after the dialling code.
        domains: mail providers with their weights.
        number_last: whether the house number follows the street.
        role: user parts of mailboxes that a whole firm reads.
    """

    code: str
    locale: str
    currency: str
    share: float
    dial: str
    mobiles: tuple[tuple[str, int], ...]
    landline_digits: int
    domains: tuple[tuple[str, float], ...]
    number_last: bool
    roles: tuple[str, ...]


_WORLD = (("gmail.com", 38.0), ("outlook.com", 8.0), ("hotmail.com", 9.0), ("icloud.com", 6.0), ("yahoo.com", 4.0))

COUNTRIES = (
    Country(
        "FR",
        "fr_FR",
        "EUR",
        0.40,
        "33",
        (("6", 8), ("6", 8), ("74", 7), ("76", 7), ("78", 7)),
        9,
        (*_WORLD, ("orange.fr", 14.0), ("free.fr", 8.0), ("laposte.net", 6.0), ("sfr.fr", 5.0), ("wanadoo.fr", 4.0)),
        number_last=False,
        roles=("contact", "info", "accueil", "commandes"),
    ),
    Country(
        "US",
        "en_US",
        "USD",
        0.20,
        "1",
        tuple((area, 7) for area in ("212", "213", "312", "415", "512", "602", "617", "646", "718", "917")),
        10,
        (*_WORLD, ("aol.com", 6.0), ("comcast.net", 5.0), ("verizon.net", 3.0), ("me.com", 2.0)),
        number_last=False,
        roles=("info", "sales", "office", "orders"),
    ),
    Country(
        "GB",
        "en_GB",
        "GBP",
        0.15,
        "44",
        (("7400", 6), ("7500", 6), ("7700", 6), ("7800", 6), ("7900", 6), ("7712", 6), ("7811", 6), ("7968", 6)),
        10,
        (*_WORLD, ("btinternet.com", 9.0), ("yahoo.co.uk", 8.0), ("sky.com", 5.0), ("live.co.uk", 3.0)),
        number_last=False,
        roles=("info", "enquiries", "office", "sales"),
    ),
    Country(
        "DE",
        "de_DE",
        "EUR",
        0.15,
        "49",
        (("151", 8), ("160", 7), ("170", 7), ("171", 7), ("172", 7), ("173", 7), ("175", 7), ("176", 8)),
        10,
        (*_WORLD, ("web.de", 14.0), ("gmx.de", 13.0), ("t-online.de", 9.0), ("freenet.de", 3.0)),
        number_last=True,
        roles=("info", "kontakt", "buero", "einkauf"),
    ),
    Country(
        "ES",
        "es_ES",
        "EUR",
        0.10,
        "34",
        (("6", 8), ("6", 8), ("6", 8), ("71", 7), ("72", 7)),
        9,
        (*_WORLD, ("hotmail.es", 12.0), ("yahoo.es", 7.0), ("telefonica.net", 4.0)),
        number_last=True,
        roles=("info", "contacto", "ventas", "pedidos"),
    ),
)
