"""The one exception that users see: what happened, where, and how to mend it."""

from __future__ import annotations


class Customer360Error(Exception):
    """Something a user can mend.

    Args:
        what: the problem in one sentence, without a full stop.
        where: file, line, column, host: whatever finds the place.
        how: the next step for the user.
    """

    def __init__(self, what: str, *, where: str = "", how: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.where = where
        self.how = how

    def __str__(self) -> str:
        """The three parts as the command line prints them, one a line."""
        lines = [self.what]
        if self.where:
            lines.append(f"  where: {self.where}")
        if self.how:
            lines.append(f"  to mend: {self.how}")
        return "\n".join(lines)
