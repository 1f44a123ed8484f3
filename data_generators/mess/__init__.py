"""What the systems do to the truth: every fault a small pure function, each with its rate in ``rates``."""

from data_generators.mess.faults import CellFault, Found, LazyColumn, Menu, RecordFault, menus, moved, spoil

__all__ = ["CellFault", "Found", "LazyColumn", "Menu", "RecordFault", "menus", "moved", "spoil"]
