from __future__ import annotations

import csv
import hashlib
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
import yaml

from data_generators import GeneratorConfig, GeneratorError, Summary, generate, is_current
from data_generators.cli import main


@pytest.fixture(scope="module")
def default(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Summary]:
    out = tmp_path_factory.mktemp("generated") / "default"
    return out, generate(GeneratorConfig(), out)


def hashes(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_same_seed_gives_the_same_bytes_also_in_another_process(tmp_path: Path) -> None:
    config = GeneratorConfig(customers=300, seed=7)
    generate(config, tmp_path / "a")
    script = "import sys; from data_generators.cli import main; sys.exit(main())"
    command = [sys.executable, "-c", script, "--customers", "300", "--seed", "7", "--out", str(tmp_path / "b")]
    subprocess.run(command, check=True, env={"PYTHONHASHSEED": "1", "LC_ALL": "C", "TZ": "Asia/Tokyo"})
    generate(GeneratorConfig(customers=300, seed=8), tmp_path / "c")
    assert hashes(tmp_path / "a") == hashes(tmp_path / "b")
    assert hashes(tmp_path / "a")["crm_customers.csv"] != hashes(tmp_path / "c")["crm_customers.csv"]


def test_the_default_has_the_proportions_that_were_promised(default: tuple[Path, Summary]) -> None:
    out, summary = default
    customers = {source: rows(out / f"{source}_customers.csv") for source in ("crm", "shop")}
    assert sum(map(len, customers.values())) == summary.customers == 5000
    assert summary.people == 4250
    emails = [r.get("courriel", r.get("email", "")) for rs in customers.values() for r in rs]
    assert 0.03 < sum(not e for e in emails) / len(emails) < 0.10
    assert 0.005 < sum(bool(e) and e.count("@") != 1 for e in emails) / len(emails) < 0.05
    shapes = Counter(len(r["cree_le"]) * 10 + r["cree_le"].count("/") for r in customers["crm"])
    assert len(shapes) == 3


def test_everything_refers_to_something(default: tuple[Path, Summary]) -> None:
    out, summary = default
    truth = rows(out / "truth" / "records.csv")
    people = {p["person_id"] for p in rows(out / "truth" / "people.csv")}
    assert {t["person_id"] for t in truth} == people
    assert len(people) == summary.people
    known = {(t["source"], t["source_customer_id"]) for t in truth}
    assert len(known) == summary.customers
    orders = rows(out / "shop_orders.csv")
    assert len(orders) == summary.orders == len({o["order_id"] for o in orders})
    assert {("shop", o["customer_id"]) for o in orders} <= known
    assert max(o["ordered_at"] for o in orders) < "2026-07-01"
    assert 3 < len(orders) / summary.people < 5
    per_customer = Counter(o["customer_id"] for o in orders)
    assert 0.15 < sum(n == 1 for n in per_customer.values()) / len(per_customer) < 0.6


def test_sources_yml_names_columns_that_the_files_have(default: tuple[Path, Summary]) -> None:
    out, _ = default
    declared = yaml.safe_load((out / "sources.yml").read_text("utf-8"))
    for entities in declared["sources"].values():
        for entity in entities.values():
            (file,) = out.glob(entity["files"][0])
            with file.open(encoding="utf-8") as opened:
                header = opened.readline().strip().split(",")
            assert set(entity["columns"].values()) <= set(header)


def test_without_mess_records_say_the_truth(tmp_path: Path) -> None:
    generate(GeneratorConfig(customers=200, mess=0), tmp_path / "clean")
    people = {p["person_id"]: p for p in rows(tmp_path / "clean" / "truth" / "people.csv")}
    person_of = {
        (t["source"], t["source_customer_id"]): people[t["person_id"]]
        for t in rows(tmp_path / "clean" / "truth" / "records.csv")
    }
    for record in rows(tmp_path / "clean" / "shop_customers.csv"):
        person = person_of["shop", record["customer_id"]]
        assert {f: record[f] for f in ("email", "phone", "birth_date", "address")} == {
            f: person[f] for f in ("email", "phone", "birth_date", "address")
        }


@pytest.mark.parametrize("customers", [1, 2, 3])
def test_few_customers(tmp_path: Path, customers: int) -> None:
    assert generate(GeneratorConfig(customers=customers), tmp_path / "few").customers == customers


def test_a_folder_is_current_for_its_own_parameters_only(tmp_path: Path) -> None:
    out = tmp_path / "data"
    config = GeneratorConfig(customers=20)
    assert not is_current(config, out)
    generate(config, out)
    assert is_current(config, out)
    assert not is_current(GeneratorConfig(customers=20, mess=2), out)
    assert not is_current(GeneratorConfig(customers=20, seed=1), out)


def test_a_failing_run_leaves_the_old_folder_and_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = tmp_path / "data"
    generate(GeneratorConfig(customers=20), out)
    before = hashes(out)

    def fail(*_: object) -> None:
        raise OSError("No space left on device")

    monkeypatch.setattr("data_generators.generate_messy_customers.write_fingerprint", fail)
    with pytest.raises(OSError, match="No space"):
        generate(GeneratorConfig(customers=30), out)
    assert hashes(out) == before
    assert list(tmp_path.iterdir()) == [out]


def test_a_folder_of_somebody_else_is_not_touched(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("years of work")
    with pytest.raises(GeneratorError, match="nothing was written"):
        generate(GeneratorConfig(customers=20), tmp_path / "mine")
    assert (tmp_path / "mine" / "thesis.txt").exists()


@pytest.mark.parametrize("values", [{"customers": 0}, {"seed": -1}, {"mess": -0.1}, {"mess": 99.0}])
def test_values_out_of_range_are_refused(values: dict[str, float]) -> None:
    with pytest.raises(GeneratorError):
        GeneratorConfig(**values)  # type: ignore[arg-type]


def test_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["--customers", "20", "--out", str(tmp_path / "a folder")]
    assert main(arguments) == 0
    assert "20 customer records of 17 people" in capsys.readouterr().out
    assert main(arguments) == 0
    assert "already" in capsys.readouterr().out
    assert main(["--customers", "0", "--out", str(tmp_path / "x")]) == 1
    assert "error: at least one" in capsys.readouterr().err
