"""Decisions of people about pairs of records: read, checked, added."""

from __future__ import annotations

from pathlib import Path

import pytest

from customer360.errors import Customer360Error
from customer360.landing import find_files
from customer360.overrides import MUST_LINK, NEVER_LINK, Override, append_override, read_overrides
from customer360.sources import read_data_folder
from tests.conftest import settings_in

HEADER = "source_1,customer_id_1,source_2,customer_id_2,decision,decided_by,decided_at,reason\n"


def write(folder: Path, *rows: str) -> None:
    (folder / "identity_overrides.csv").write_text(HEADER + "".join(f"{row}\n" for row in rows))


def test_a_folder_without_decisions_has_none(tmp_path):
    assert read_overrides(settings_in(tmp_path), tmp_path) == []


def test_contradictions_name_their_rows(tmp_path):
    chain = [f"crm,{number},crm,{number + 1},must_link,me,2026-01-01,same" for number in range(1, 4)]
    write(tmp_path, *chain, "shop,9,crm,2,must_link,me,2026-01-01,", "crm,4,shop,9,never_link,you,2026-01-02,twins")
    with pytest.raises(Customer360Error) as caught:
        read_overrides(settings_in(tmp_path), tmp_path)
    assert "crm:4 never_link shop:9 (identity_overrides.csv row 5)" in str(caught.value)
    for row in (2, 3, 4):
        assert f"(identity_overrides.csv row {row})" in str(caught.value)
    assert "row 1)" not in str(caught.value), "the first row has no part in it"
    write(tmp_path, *chain, "crm,4,shop,9,never_link,you,2026-01-02,twins")
    assert len(read_overrides(settings_in(tmp_path), tmp_path)) == 4


def test_one_pair_decided_both_ways_is_a_contradiction(tmp_path):
    write(tmp_path, "a,1,b,1,must_link,me,,", "b,1,a,1,never_link,me,,")
    with pytest.raises(Customer360Error, match=r"row 2.*row 1"):
        read_overrides(settings_in(tmp_path), tmp_path)


@pytest.mark.parametrize(
    ("row", "what"),
    [
        ("a,,b,1,must_link,,,", "row 1: a source or an id is missing"),
        ("a,1,a,1,never_link,,,", "row 1: a record cannot be decided against itself"),
        ("a,1,b,1,maybe,,,", "row 1: the decision is maybe; it has to be must_link or never_link"),
        ("a,1,b,1,,,,", "row 1: the decision is missing"),
    ],
)
def test_rows_that_decide_nothing_are_told(tmp_path, row, what):
    write(tmp_path, row)
    with pytest.raises(Customer360Error, match=what) as caught:
        read_overrides(settings_in(tmp_path), tmp_path)
    assert caught.value.where == str(tmp_path / "identity_overrides.csv")


def test_decisions_are_added_one_by_one(tmp_path):
    settings, folder = settings_in(tmp_path), tmp_path / "data"
    folder.mkdir()
    first = Override("crm:1", "shop:a:b", MUST_LINK, "me", "2026-01-01T10:00:00", 'says "yes", twice')
    assert append_override(settings, folder, first) == folder / "identity_overrides.csv"
    append_override(settings, folder, Override("crm:2", "crm:3", NEVER_LINK))
    with pytest.raises(Customer360Error, match="contradict"):
        append_override(settings, folder, Override("shop:a:b", "crm:1", NEVER_LINK))
    read = read_overrides(settings, folder)
    assert [(it.record_1, it.record_2, it.decision, it.reason) for it in read] == [
        ("crm:1", "shop:a:b", MUST_LINK, 'says "yes", twice'),
        ("crm:2", "crm:3", NEVER_LINK, ""),
    ]


def test_they_are_no_data(tmp_path):
    (tmp_path / "sources.yml").write_text(
        "version: 1\nsources:\n  crm:\n    customers:\n      files: ['*.csv']\n      columns: {customer_id: id}\n"
    )
    (tmp_path / "customers.csv").write_text("id\n1\n")
    write(tmp_path)
    assert [file.file_name for file in find_files(read_data_folder(tmp_path), frozenset())] == ["customers.csv"]
