"""Seeds that a data folder brings along: found, checked, loaded, and never landed as data."""

from pathlib import Path

import pytest

from customer360 import folder_seeds
from customer360.errors import Customer360Error
from customer360.folder_seeds import FolderSeed, load_folder_seeds, read_seed, write_seed
from customer360.landing import find_files
from customer360.sources import read_data_folder
from customer360.warehouse import Role
from tests.conftest import settings_in

WEIGHTS = FolderSeed("health_weights")
BANDS = FolderSeed("health_bands", fitted=False)
ROWS = [("recency", "40.00", "days, weighted"), ("frequency", "60.00", None)]


@pytest.fixture(autouse=True)
def seeds(monkeypatch):
    monkeypatch.setattr(folder_seeds, "SEEDS", (WEIGHTS, BANDS))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "data").mkdir()
    return tmp_path / "data"


def test_what_is_written_is_read_again(tmp_path, folder):
    settings = settings_in(tmp_path)
    assert read_seed(settings, folder, WEIGHTS) == []
    assert write_seed(settings, folder, WEIGHTS, ROWS) == folder / "fitted" / "health_weights.csv"
    assert read_seed(settings, folder, WEIGHTS) == [
        {"factor": "recency", "points": "40.00", "meaning": "days, weighted"},
        {"factor": "frequency", "points": "60.00", "meaning": None},
    ]
    assert [path.name for path in (folder / "fitted").iterdir()] == ["health_weights.csv"]


def test_a_folder_that_cannot_be_written_is_served_from_the_state_directory(tmp_path, folder):
    settings = settings_in(tmp_path)
    (folder / "fitted").write_text("in the way")
    path = write_seed(settings, folder, WEIGHTS, ROWS)
    assert settings.state in path.parents
    assert len(read_seed(settings, folder, WEIGHTS)) == 2
    (folder / "fitted").unlink()
    write_seed(settings, folder, WEIGHTS, ROWS[:1])
    assert not path.exists()
    assert len(read_seed(settings, folder, WEIGHTS)) == 1


@pytest.mark.parametrize(
    ("text", "what"),
    [
        (b"factor,points\n", "the columns are factor, points; they have to be factor, points, meaning"),
        (b"factor,points,meaning\nrecency,1\n", "row 1 has 2 cells, the header has 3"),
        (b"factor,points,meaning\n\xff,1,x\n", "not a CSV file in UTF-8"),
        (b"", "the columns are none"),
    ],
)
def test_a_broken_file_is_told_with_its_place(tmp_path, folder, text, what):
    (folder / "fitted").mkdir()
    (folder / "fitted" / "health_weights.csv").write_bytes(text)
    with pytest.raises(Customer360Error, match=what) as caught:
        read_seed(settings_in(tmp_path), folder, WEIGHTS)
    assert "make fit" in str(caught.value)
    assert "health_weights.csv" in str(caught.value)


def test_loaded_rows_replace_earlier_ones(warehouse, database, tmp_path, folder):
    settings = settings_in(tmp_path)
    connection = warehouse.login(Role.LOADER, database).connect()
    write_seed(settings, folder, WEIGHTS, ROWS)
    assert load_folder_seeds(connection, settings, folder) == {"health_weights": 2}
    write_seed(settings, folder, WEIGHTS, ROWS[1:])
    assert load_folder_seeds(connection, settings, folder) == {"health_weights": 1}
    with connection, connection.cursor() as cursor:
        cursor.execute(
            "select seed, row_number, row_values ->> 'points', row_values -> 'meaning' from raw.folder_seeds"
        )
        assert cursor.fetchall() == [("health_weights", 1, "60.00", None)]
    connection.close()


def test_they_never_land_as_data(folder):
    (folder / "sources.yml").write_text(
        "version: 1\nsources:\n  crm:\n    customers:\n      files: ['**/*.csv']\n      columns: {customer_id: id}\n"
    )
    (folder / "fitted").mkdir()
    for name in ("fitted/health_weights.csv", "fitted/old.csv", "health_bands.csv", "customers.csv"):
        (folder / name).write_text("id\n1\n")
    assert [file.file_name for file in find_files(read_data_folder(folder), frozenset())] == ["customers.csv"]
