from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data_generators.mess import CellFault, RecordFault, menus, moved, spoil
from data_generators.mess.rates import FAULTS

CELLS = [fault for fault in FAULTS if isinstance(fault, CellFault)]
RECORDS = [fault for fault in FAULTS if isinstance(fault, RecordFault)]
FUNCTIONS = {f"{fault.spoil.__module__}.{fault.spoil.__name__}": fault for fault in CELLS}

steady = settings(deadline=None, derandomize=True, max_examples=60)
dice = st.integers(0, (1 << 62) - 1)
likely = st.sampled_from(
    (
        *(
            "",
            " ",
            "\u200b",
            "ß",
            "Ⅷ",
            "²",
            "Jean",
            "Jean-Pierre Müller",
            "O'Neil",
            "jean.martin@gmail.com",
            "FR",
            "01234",
        ),
        *("+33612345678", "+14155550100", "12.50", "0.00", "2026-06-30", "30/06/2026", "1999-02-12", "12 avenue Foch"),
        *("Hauptstraße 5", "01234"),
    )
)
values = st.one_of(st.text(max_size=40), likely)


@pytest.mark.parametrize("name", sorted(FUNCTIONS))
@steady
@given(text=values, number=dice)
def test_a_cell_fault_never_raises_and_gives_the_same_text_for_the_same_dice(name: str, text: str, number: int) -> None:
    function = FUNCTIONS[name].spoil
    spoiled = function(text, number)
    assert type(spoiled) is str
    assert "\n" not in spoiled or "\n" in text
    assert spoiled == function(text, number)
    if not text:
        assert spoiled == ""


@pytest.mark.parametrize("fault", RECORDS, ids=lambda fault: fault.name)
@steady
@given(data=st.data(), number=dice)
def test_a_record_fault_keeps_the_number_of_fields(fault: RecordFault, data: st.DataObject, number: int) -> None:
    before = tuple(data.draw(values) for _ in fault.fields)
    after = fault.spoil(before, number)
    assert type(after) is tuple
    assert len(after) == len(before)
    assert all(type(text) is str for text in after)
    assert after == fault.spoil(before, number)


@steady
@given(
    system=st.sampled_from(["crm", "shop", "loyalty", "orders"]),
    mess=st.floats(0, 4),
    seed=st.integers(0, 1 << 32),
    texts=st.lists(values, min_size=1, max_size=30),
)
def test_a_fault_is_recorded_exactly_when_it_changed_something(
    system: str, mess: float, seed: int, texts: list[str]
) -> None:
    fields = {part for fault in FAULTS for part in fault.field.split("+")}
    before = {field: list(texts) for field in sorted(fields)}
    columns = {field: list(texts) for field in sorted(fields)}
    found = spoil(columns, menus(FAULTS, system, mess), np.random.default_rng(seed))
    recorded: dict[tuple[int, str], int] = {}
    marks = [(row, mark) for mark, rows in found for row in rows.tolist()]
    for row, mark in marks:
        for field in mark.split(",")[0].split("+"):
            recorded[row, field] = recorded.get((row, field), 0) + 1
    changed = {(row, f) for f in columns for row, text in enumerate(columns[f]) if text != before[f][row]}
    assert changed <= set(recorded)
    assert all(count == 1 for count in recorded.values()), "a cell suffers one fault at most"
    alone = {(row, mark.split(",")[0]) for row, mark in marks if "+" not in mark}
    assert alone <= changed
    if not mess:
        assert not found


def test_rates_are_shares_and_each_pair_of_name_and_field_is_there_once() -> None:
    assert len({(fault.name, fault.field) for fault in FAULTS}) == len(FAULTS)
    assert all(0 <= rate < 1 for fault in FAULTS for rate in fault.rates.values())


@pytest.mark.parametrize("system", ["crm", "shop", "loyalty", "orders"])
@pytest.mark.parametrize("mess", [1.0, 2.0, 4.0])
def test_however_high_the_mess_some_cells_stay_as_they_are(system: str, mess: float) -> None:
    for menu in menus(FAULTS, system, mess):
        assert menu.chances[-1] <= 0.95 + 1e-9


@steady
@given(
    size=st.integers(1, 30),
    hit=st.sets(st.integers(0, 29)),
    kept=st.permutations(range(30)).map(lambda p: p[:12]),
    first=st.integers(0, 5),
)
def test_faults_move_with_their_rows(size: int, hit: set[int], kept: list[int], first: int) -> None:
    rows = [row for row in kept if row < size]
    found = [("name,typo", np.array(sorted(row for row in hit if row < size), dtype=np.int64))]
    ((mark, now),) = moved(found, np.array(rows, dtype=np.int64), size, first)
    assert mark == "name,typo"
    assert sorted(now.tolist()) == sorted(first + at for at, row in enumerate(rows) if row in hit)
