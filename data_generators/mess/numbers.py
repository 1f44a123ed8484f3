"""Faults of amounts."""

from __future__ import annotations

import re

_AMOUNT = re.compile(r"[0-9]+\.[0-9]{2}\Z")


def decimal_comma(text: str, _: int) -> str:
    """``12,50`` for ``12.50``."""
    return text.replace(".", ",") if _AMOUNT.match(text) else text


def negative(text: str, _: int) -> str:
    """The sign of a credit note on a sale."""
    return f"-{text}" if _AMOUNT.match(text) and text.strip("0.") else text


def with_currency(text: str, dice: int) -> str:
    """``€ 12.50`` in a field for numbers."""
    return f"{('€ ', 'EUR ')[dice % 2]}{text}" if _AMOUNT.match(text) else text
