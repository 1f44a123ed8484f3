"""Landing: every line of every file ends in raw or in quarantine, and the sums are checked."""

from .books import BatchResult
from .budgets import BrokenPromise, check_budgets
from .find import FileToLand, find_files, parcels
from .load import land_file
from .views import map_sources
from .watch import unseen

__all__ = [
    "BatchResult",
    "BrokenPromise",
    "FileToLand",
    "check_budgets",
    "find_files",
    "land_file",
    "map_sources",
    "parcels",
    "unseen",
]
