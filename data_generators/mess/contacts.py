"""Faults of e-mail addresses and phone numbers."""

from __future__ import annotations

import re

_TRUNK = {"33": "0", "44": "0", "49": "0", "34": "", "1": ""}
_E164 = re.compile(rf"\+({'|'.join(_TRUNK)})([0-9]{{6,}})")
_LEAD = {"33": 2, "44": 5, "49": 4, "34": 3}
PLACEHOLDER_EMAILS = (
    "test@test.com",
    "noemail@example.com",
    "none@none.com",
    "n/a",
    "a@a.fr",
    "xxx@xxx.xx",
    "nomail@nomail.com",
)
PLACEHOLDER_PHONES = ("0000000000", "1234567890", "9999999999", "0600000000", "n/a", "+33000000000", "1111111111")
_WRONG_DOMAINS = {
    "gmail.com": ("gmial.com", "gmai.com", "gmail.co", "gmail.con", "gnail.com"),
    "hotmail.com": ("hotmial.com", "hotmai.com", "hotmail.con"),
    "outlook.com": ("outlok.com", "outlook.co"),
    "yahoo.com": ("yaho.com", "yahoo.con"),
    "orange.fr": ("orange.com", "oragne.fr"),
    "icloud.com": ("iclou.com", "icould.com"),
}


def malformed_email(text: str, dice: int) -> str:
    """No at sign, two of them, no dot, a blank inside, a comma for the dot, half of it only."""
    user, at, domain = text.partition("@")
    if not (user and at and domain):
        return text
    shapes = (
        f"{user}{domain}",
        f"{user}@@{domain}",
        f"{user}@{domain.split('.')[0]}",
        f"{user} @{domain}",
        f"{user}@",
        f"{user}@{domain.replace('.', ',')}",
        f"@{domain}",
        f"{user}@.{domain}",
    )
    return shapes[dice % len(shapes)]


def wrong_domain(text: str, dice: int) -> str:
    """A mail provider misspelt, as ``gmial.com``: well-formed, and never read."""
    user, _, domain = text.partition("@")
    wrong = _WRONG_DOMAINS.get(domain)
    return f"{user}@{wrong[dice % len(wrong)]}" if wrong else text


def placeholder_email(text: str, dice: int) -> str:
    """An address that a clerk invented for everybody."""
    return PLACEHOLDER_EMAILS[dice % len(PLACEHOLDER_EMAILS)] if text else text


def plus_tag(text: str, dice: int) -> str:
    """``name+shop@``: another text, the same mailbox."""
    user, at, domain = text.partition("@")
    return f"{user}+{('shop', 'promo', 'news')[dice % 3]}{at}{domain}" if user and domain else text


def _parts(text: str) -> tuple[str, str] | None:
    """Dialling code and the rest of a number in E.164, for the countries that we sell to."""
    found = _E164.fullmatch(text)
    return (found[1], found[2]) if found else None


def _pairs(lead: str, rest: str, mark: str) -> str:
    """``06 12 34 56 78``: the lead, then the rest two by two."""
    if len(rest) == 8:
        return f"{lead}{mark}{rest[:2]}{mark}{rest[2:4]}{mark}{rest[4:6]}{mark}{rest[6:]}"
    return mark.join([lead, *[rest[at : at + 2] for at in range(0, len(rest), 2)]])


def national_phone(text: str, dice: int) -> str:
    """As people write it at home: trunk prefix, pairs, dots, brackets."""
    parts = _parts(text)
    if not parts:
        return text
    dial, rest = parts
    style = dice % 4
    if dial == "1":
        area, office, line = rest[:3], rest[3:6], rest[6:]
        return f"({area}) {office}-{line}" if style < 2 else f"{area}-{office}-{line}" if style < 3 else rest
    number = _TRUNK[dial] + rest
    lead = _LEAD[dial]
    return _pairs(number[:lead], number[lead:], " .-"[style - 1]) if style else number


def international_phone(text: str, dice: int) -> str:
    """With its dialling code, but spaced, with two zeros, or with the trunk zero in brackets."""
    parts = _parts(text)
    if not parts:
        return text
    dial, rest = parts
    trunk = f"({_TRUNK[dial]})" if _TRUNK[dial] else ""
    return (f"00{dial}{rest}", f"+{dial} {trunk}{_pairs(rest[:1], rest[1:], ' ')}", f"+{dial} {rest}")[dice % 3]


def phone_extension(text: str, dice: int) -> str:
    """A number of a switchboard, with the extension behind it."""
    return f"{text}{(' ext. ', ' x', ' poste ')[dice % 3]}{10 + dice // 3 % 490}" if text else text


def wrong_digit(text: str, dice: int) -> str:
    """One of the last digits misread."""
    at = len(text) - 1 - dice % 6
    if at < 1 or not ("0" <= text[at] <= "9"):
        return text
    return text[:at] + str((int(text[at]) + 1 + dice // 8 % 9) % 10) + text[at + 1 :]


def placeholder_phone(text: str, dice: int) -> str:
    """A number that a clerk invented for everybody."""
    return PLACEHOLDER_PHONES[dice % len(PLACEHOLDER_PHONES)] if text else text
