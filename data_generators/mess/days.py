"""Faults of dates: other formats than the system's own, doubtful ones, invented ones.

They take a day as ``2026-06-30`` or ``30/06/2026`` and leave any other text alone.
"""

from __future__ import annotations

from functools import lru_cache

from data_generators.dates import clock_times

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@lru_cache(maxsize=1 << 16)
def _parts(text: str) -> tuple[str, str, str] | None:
    """Year, month and day, if it is such a text."""
    if len(text) != 10:
        return None
    if text[4] == "-" == text[7]:
        year, month, day = text[:4], text[5:7], text[8:]
    elif text[2] == "/" == text[5]:
        day, month, year = text[:2], text[3:5], text[6:]
    else:
        return None
    digits = year + month + day
    if not (digits.isascii() and digits.isdigit() and "01" <= month <= "12" and "01" <= day <= "31"):
        return None
    return year, month, day


def iso(text: str, _: int) -> str:
    """``2026-06-30``."""
    return "-".join(parts) if (parts := _parts(text)) else text


def with_clock(text: str, dice: int) -> str:
    """``2026/06/30 13:05:59``."""
    if not (parts := _parts(text)):
        return text
    return f"{'/'.join(parts)} {clock_times()[dice % 86_400]}"


def european(text: str, _: int) -> str:
    """``30/06/2026``."""
    return "/".join(reversed(parts)) if (parts := _parts(text)) else text


def dotted(text: str, _: int) -> str:
    """``30.06.2026``."""
    return ".".join(reversed(parts)) if (parts := _parts(text)) else text


def american(text: str, _: int) -> str:
    """``06-30-2026``."""
    return f"{parts[1]}-{parts[2]}-{parts[0]}" if (parts := _parts(text)) else text


def american_slashes(text: str, _: int) -> str:
    """``06/30/2026`` in a column of ``30/06/2026``: nobody can tell once both are below 13."""
    return f"{parts[1]}/{parts[2]}/{parts[0]}" if (parts := _parts(text)) else text


def named_month(text: str, _: int) -> str:
    """``30 Jun 2026``."""
    return f"{parts[2]} {_MONTHS[int(parts[1]) - 1]} {parts[0]}" if (parts := _parts(text)) else text


def day_month_swapped(text: str, _: int) -> str:
    """Day and month in each other's place where both are possible."""
    parts = _parts(text)
    if not parts or parts[2] > "12" or parts[1] == parts[2]:
        return text
    year, month, day = parts
    return f"{year}-{day}-{month}" if text[4] == "-" else f"{month}/{day}/{year}"


def wrong_year(text: str, dice: int) -> str:
    """A year next to the right one."""
    parts = _parts(text)
    if not parts or not "1901" <= parts[0] <= "2098":
        return text
    year = str(int(parts[0]) + (1 if dice % 2 else -1))
    return f"{year}-{parts[1]}-{parts[2]}" if text[4] == "-" else f"{parts[2]}/{parts[1]}/{year}"


def placeholder_day(text: str, dice: int) -> str:
    """1900-01-01 or the first day of computers, in the format of the system."""
    if not _parts(text):
        return text
    year = ("1900", "1900", "1970", "1901")[dice % 4]
    return f"{year}-01-01" if text[4] == "-" else f"01/01/{year}"
