"""Faults of addresses."""

from __future__ import annotations

import re

_SHORT = {
    "rue": "r.",
    "avenue": "av.",
    "boulevard": "bd",
    "chemin": "ch.",
    "street": "St",
    "avenue ": "Ave",
    "road": "Rd",
    "drive": "Dr",
    "lane": "Ln",
    "court": "Ct",
    "square": "Sq",
    "station": "Stn",
    "calle": "C/",
    "avenida": "Avda.",
    "plaza": "Pza.",
    "paseo": "Pº",
    "camino": "Cno.",
    "allee": "All.",
    "platz": "Pl.",
}
_GERMAN = re.compile(r"stra(?:ß|ss)e", re.IGNORECASE)
_NUMBER = re.compile(r"^\d+[ ,]+|[ ,]+\d+$")
_NAMES = {
    "FR": ("France", "FRANCE", "fra", "F"),
    "US": ("USA", "United States", "U.S.A.", "Etats-Unis"),
    "GB": ("UK", "United Kingdom", "England", "Great Britain"),
    "DE": ("Germany", "Deutschland", "Allemagne", "GER"),
    "ES": ("Spain", "España", "Espagne", "ESP"),
}
_CODES = tuple(_NAMES)


def abbreviated_street(text: str, _: int) -> str:
    """``av. Foch`` for ``avenue Foch``."""
    words = text.split(" ")
    for at, word in enumerate(words):
        if short := _SHORT.get(word) or _SHORT.get(word.lower()):
            words[at] = short
            return " ".join(words)
    return _GERMAN.sub("str.", text, count=1) if "tra" in text or "TRA" in text else text


def missing_house_number(text: str, _: int) -> str:
    """The street alone."""
    return _NUMBER.sub("", text) or text


def wrong_country(text: str, dice: int) -> str:
    """The first one of the list, or the next."""
    return _CODES[dice % len(_CODES)] if text in _NAMES else text


def country_in_words(text: str, dice: int) -> str:
    """Anything but the code that was asked for."""
    names = _NAMES.get(text)
    return names[dice % len(names)] if names else text


def lost_zero(text: str, _: int) -> str:
    """A postcode that a spreadsheet took for a number."""
    return text[1:] if text.startswith("0") and text.isdigit() and len(text) > 1 else text
