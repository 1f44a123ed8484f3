"""First contact: meanings by names and values, and a sources.yml that can be used as it is."""

from pathlib import Path

import pytest
import yaml

from customer360.cli import main
from customer360.landing.inspect import inspect
from customer360.landing.propose import proposed
from customer360.sources import read_data_folder

CLIENTS = "".join(
    f"K{n};Zoé {n};Ünal;z{n}@example.com;0{n % 9 + 1}/{n % 28 + 1}/1980;12;rue Haute;75001;+33 6 12 34 56 {n:02d}\n"
    for n in range(10, 60)
)
FILES = {
    "clients [1].csv": "Kunden-ID;Vorname;Nachname;E-Mail;Geburtstag;Street No;Street;PLZ;Mobile\n" + CLIENTS,
    "bills.csv": "invoice_id,Kunden-ID,issued_at,amount_cents,currency,support_level\n"
    + "".join(f"I{n},K{n % 40 + 10},2024-01-{n % 28 + 1:02d},{n}00,EUR,{n % 2}\n" for n in range(100, 160)),
    "visits.jsonl": "".join(
        f'{{"event_id": "e{n}", "event_type": "view", "timestamp": "2024-01-02T03:04:{n}", "user_id": "u{n % 7}"}}\n'
        for n in range(10, 40)
    ),
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def test_columns_are_understood(folder: Path) -> None:
    columns = {column.name: (column.kind, column.meaning) for column in inspect(folder / "clients [1].csv").columns}
    assert columns == {
        "Kunden-ID": ("id", "id"), "Vorname": ("text", "first_name"), "Nachname": ("text", "last_name"),
        "E-Mail": ("email", "email"), "Geburtstag": ("date", "birth_date"), "Street No": ("number", "address"),
        "Street": ("text", "address"), "PLZ": ("number", "postcode"), "Mobile": ("phone", "phone"),
    }  # fmt: skip
    bills = {column.name: (column.kind, column.meaning) for column in inspect(folder / "bills.csv").columns}
    assert bills["amount_cents"] == ("money", "amount")
    assert bills["support_level"] == ("number", ""), "'ort' inside a word is no city"


def test_the_proposal_can_be_used(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = folder / "sources.yml"
    assert main(["inspect", "--out", str(out), *(str(folder / name) for name in FILES)]) == 0
    assert "clients [1].csv" in capsys.readouterr().out
    sources = yaml.safe_load(out.read_text(encoding="utf-8"))["sources"]
    assert sources["clients_1"]["customers"]["columns"] == {
        "customer_id": "Kunden-ID", "first_name": "Vorname", "last_name": "Nachname", "email": "E-Mail",
        "phone": "Mobile", "birth_date": "Geburtstag", "address": {"columns": ["Street No", "Street"], "join": " "},
        "postcode": "PLZ",
    }  # fmt: skip
    assert sources["clients_1"]["customers"]["date_order"] == "mdy"
    assert sources["bills"]["orders"]["columns"]["amount"] == {"column": "amount_cents", "scale": 0.01}
    assert sources["bills"]["orders"]["customers_of"] == "clients_1"
    assert sources["visits"]["events"]["columns"]["occurred_at"] == "timestamp"
    assert {feed.entity.name for feed in read_data_folder(folder).feeds} == {"customers", "orders", "events"}
    assert main(["inspect", "--out", str(out), str(folder / "bills.csv")]) == 1, "it overwrites nothing"


def test_what_is_missing_is_to_be_filled_in(folder: Path) -> None:
    (folder / "o.csv").write_text("id,total\n" + "".join(f"{n},{n}.50\n" for n in range(30)))
    columns = yaml.safe_load(proposed([inspect(folder / "o.csv")]))["sources"]["o"]["orders"]["columns"]
    assert columns == {"order_id": "id", "customer_id": "FILL IN", "ordered_at": "FILL IN", "amount": "total"}
