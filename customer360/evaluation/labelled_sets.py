"""Public sets of records whose duplicates are known, as data folders: found below C360_CORPORA."""

from __future__ import annotations

import csv
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

_FEBRL = (
    "{customer_id: record_id, first_name: given_name, last_name: surname, address: [street_number, address_1],"
    " address_2: address_2, city: suburb, postcode: postcode, region: state, birth_date: date_of_birth%s}"
)


@dataclass(frozen=True)
class LabelledSet:
    """A set with ``records.csv`` and ``truth.csv``.

    Attributes:
        name: what to call it.
        folder: below C360_CORPORA.
        columns: what its columns mean, as sources.yml says it.
        entity: person or organisation.
        goal: pairwise F1 that is asked for; None where none is.
    """

    name: str
    folder: str
    columns: str
    entity: str = "person"
    goal: float | None = None


SETS = (
    LabelledSet("febrl1", "febrl1", _FEBRL % ", external_id_1: soc_sec_id", goal=0.99),
    LabelledSet("febrl3", "febrl3", _FEBRL % ", external_id_1: soc_sec_id", goal=0.996),
    LabelledSet("febrl3 without soc_sec_id", "febrl3", _FEBRL % "", goal=0.990),
    LabelledSet(
        "fake_1000",
        "fake_1000",
        "{customer_id: record_id, first_name: first_name, last_name: surname, birth_date: dob, city: city,"
        " email: email}",
        goal=0.97,
    ),
    LabelledSet(
        "rldata500",
        "rldata500",
        "{customer_id: record_id, first_name: fname_c1, middle_name: fname_c2, last_name: [lname_c1, lname_c2],"
        " birth_date: {columns: [by, bm, bd], join: '-'}}",
        goal=0.97,
    ),
    LabelledSet(
        "dedupe_csv_example",
        "dedupe_csv_example",
        "{customer_id: record_id, organisation_name: Site name, address: Address, postcode: Zip, phone: Phone,"
        " email: Email Address}",
        entity="organisation",
        goal=0.88,
    ),
    LabelledSet(
        "restaurants",
        "restaurants",
        "{customer_id: record_id, organisation_name: name, address: address, city: city}",
        entity="organisation",
    ),
)


def corpora() -> Path | None:
    """Where the public sets are, if anywhere."""
    folder = os.environ.get("C360_CORPORA")
    return Path(folder) if folder and Path(folder).is_dir() else None


def available() -> list[LabelledSet]:
    """The sets that are there."""
    folder = corpora()
    return [each for each in SETS if folder and (folder / each.folder / "records.csv").is_file()]


def make_folder(labelled: LabelledSet, out: Path) -> Path:
    """A data folder with the set's records; the truth stays where it is."""
    folder = corpora()
    assert folder is not None  # noqa: S101 - for mypy: it was looked up before
    out.mkdir(parents=True)
    shutil.copyfile(folder / labelled.folder / "records.csv", out / "records.csv")
    (out / "sources.yml").write_text(
        "version: 1\nsources:\n  data:\n    customers:\n      files: [records.csv]\n"
        f"      entity: {labelled.entity}\n      date_order: ymd\n      columns: {labelled.columns}\n",
        encoding="utf-8",
    )
    return out


def truth_of(labelled: LabelledSet) -> dict[str, str]:
    """Entity by record."""
    folder = corpora()
    assert folder is not None  # noqa: S101 - for mypy: it was looked up before
    with (folder / labelled.folder / "truth.csv").open(encoding="utf-8", newline="") as file:
        return {f"data:{row['record_id']}": row["entity_id"] for row in csv.DictReader(file)}
