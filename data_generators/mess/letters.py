"""Faults of any text. Each takes the text and a whole number that decides what exactly happens; empty stays empty."""

from __future__ import annotations

import unicodedata

_KEYBOARD = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_NEIGHBOURS = {
    key: "".join(
        other
        for r, others in enumerate(_KEYBOARD)
        for c, other in enumerate(others)
        if other != key and abs(r - row) <= 1 and abs(c - column) <= 1
    )
    for row, keys in enumerate(_KEYBOARD)
    for column, key in enumerate(keys)
}
_TRIES = 12
_SYMBOLS = "™©®"
_INVISIBLE = "\u200b\u00a0\u200d\ufeff\u00ad"
_FULL_WIDTH = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}
_PLACEHOLDERS = ("n/a", "N/A", "-", "NULL", "none", "unknown", "xxx", "inconnu", "?")


def missing(_: str, __: int) -> str:
    """The value was never asked for."""
    return ""


def typo(text: str, dice: int) -> str:
    """A letter replaced by its neighbour on the keyboard."""
    for step in range(min(len(text), _TRIES)):
        at = (dice + step) % len(text)
        near = _NEIGHBOURS.get(text[at].lower())
        if near:
            letter = near[dice // 64 % len(near)]
            return text[:at] + (letter.upper() if text[at].isupper() else letter) + text[at + 1 :]
    return text


def transposed(text: str, dice: int) -> str:
    """Two neighbouring letters in the wrong order."""
    if len(text) < 3:
        return text
    for step in range(_TRIES):
        at = 1 + (dice + step) % (len(text) - 2)
        if text[at] != text[at + 1] and text[at : at + 2].isalnum():
            return text[:at] + text[at + 1] + text[at] + text[at + 2 :]
    return text


def dropped(text: str, dice: int) -> str:
    """A letter left out."""
    if len(text) < 4:
        return text
    at = 1 + dice % (len(text) - 1)
    return text[:at] + text[at + 1 :]


def doubled(text: str, dice: int) -> str:
    """A letter typed twice."""
    for step in range(min(len(text), _TRIES)):
        at = (dice + step) % len(text)
        if text[at].isalpha():
            return text[: at + 1] + text[at:]
    return text


def truncated(text: str, dice: int) -> str:
    """Cut off where a field of the old system ended."""
    return text[: 8 + dice % 5].rstrip() or text


def upper_case(text: str, _: int) -> str:
    """A clerk with caps lock."""
    return text.upper()


def lower_case(text: str, _: int) -> str:
    """A customer in a hurry."""
    return text.lower()


def stray_spaces(text: str, dice: int) -> str:
    """Blanks before and behind, as forms leave them, or two instead of one inside."""
    if not text:
        return text
    if " " in text.strip() and dice % 3 == 0:
        return text.replace(" ", "  ", 1)
    return " " * (dice // 3 % 3) + text + " " * (1 + dice // 9 % 2)


def no_accents(text: str, _: int) -> str:
    """A system that knows ASCII only."""
    if text.isascii():
        return text
    plain = unicodedata.normalize("NFKD", text.replace("ß", "ss")).encode("ascii", "ignore").decode()
    return plain or text


def invisible_character(text: str, dice: int) -> str:
    """A zero-width or no-break space, pasted from a web page."""
    if not text:
        return text
    at = dice // 8 % (len(text) + 1)
    return text[:at] + _INVISIBLE[dice % len(_INVISIBLE)] + text[at:]


def full_width(text: str, _: int) -> str:
    """Letters of an East Asian keyboard."""
    return text.translate(_FULL_WIDTH)


def symbol(text: str, dice: int) -> str:
    """A trade mark or copyright sign that an editor put in."""
    return text + _SYMBOLS[dice % len(_SYMBOLS)] if text else text


def mojibake(text: str, _: int) -> str:
    """UTF-8 read as Windows-1252."""
    return text.encode("utf-8", "ignore").decode("cp1252", "ignore") or text


def placeholder_text(text: str, dice: int) -> str:
    """Something for a field that must not be empty."""
    return _PLACEHOLDERS[dice % len(_PLACEHOLDERS)] if text else text
