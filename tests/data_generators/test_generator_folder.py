from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from data_generators import GeneratorConfig, GeneratorError, generate, is_current
from data_generators import plan as plan_module
from data_generators.cli import main

Hashes = Callable[[Path], dict[str, str]]


def test_one_two_and_four_processes_write_the_same_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, hashes: Hashes
) -> None:
    monkeypatch.setattr(plan_module, "BLOCK_RECORDS", 150)
    config = GeneratorConfig(customers=700, seed=3)
    for processes in (1, 2, 4):
        generate(config, tmp_path / str(processes), processes=processes)
    assert hashes(tmp_path / "1") == hashes(tmp_path / "2") == hashes(tmp_path / "4")
    generate(config, tmp_path / "again", processes=1)
    assert hashes(tmp_path / "1") == hashes(tmp_path / "again")


def test_the_surroundings_do_not_matter_but_the_seed_does(tmp_path: Path, hashes: Hashes) -> None:
    generate(GeneratorConfig(customers=300, seed=7), tmp_path / "a")
    script = "import sys; from data_generators.cli import main; sys.exit(main())"
    command = [sys.executable, "-c", script, "--customers", "300", "--seed", "7", "--out", str(tmp_path / "b")]
    environment = {"PYTHONHASHSEED": "1", "LC_ALL": "C", "TZ": "Asia/Tokyo", "PYTHONUTF8": "0"}
    subprocess.run(command, check=True, env=environment, stdout=subprocess.DEVNULL)
    generate(GeneratorConfig(customers=300, seed=8), tmp_path / "c")
    assert hashes(tmp_path / "a") == hashes(tmp_path / "b")
    other = hashes(tmp_path / "c")
    same = {name for name, digest in hashes(tmp_path / "a").items() if other[name] == digest}
    assert same == {"sources.yml"}


@pytest.mark.parametrize("customers", [1, 2, 3, 7, 19])
def test_few_customers(tmp_path: Path, customers: int) -> None:
    assert generate(GeneratorConfig(customers=customers), tmp_path / "few").customers == customers


def test_as_many_records_and_people_as_planned() -> None:
    for customers in (1, 2, 5, 99, 5000, 10_000, 10_001, 123_456):
        blocks = plan_module.plan(GeneratorConfig(customers=customers))
        assert sum(quota.records for block in blocks for quota in block.quotas.values()) == customers
        assert sum(block.people for block in blocks) == GeneratorConfig(customers=customers).people
        assert all(quota.base >= 0 and quota.extra >= 0 for block in blocks for quota in block.quotas.values())


def test_a_folder_is_current_for_its_own_parameters_only(tmp_path: Path) -> None:
    out = tmp_path / "data"
    config = GeneratorConfig(customers=20)
    assert not is_current(config, out)
    generate(config, out)
    assert is_current(config, out)
    for other in ({"mess": 2.0}, {"seed": 1}, {"days": 5}):
        assert not is_current(GeneratorConfig(customers=20, **other), out)
    (out / "generator.json").write_text("{")
    assert not is_current(config, out)


def test_a_failing_run_leaves_the_old_folder_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, hashes: Hashes
) -> None:
    out = tmp_path / "data"
    generate(GeneratorConfig(customers=20), out)
    before = hashes(out)

    def fail(*_: object) -> None:
        raise OSError("No space left on device")

    monkeypatch.setattr("data_generators.generate_messy_customers.write_made", fail)
    with pytest.raises(OSError, match="No space"):
        generate(GeneratorConfig(customers=30), out)
    assert hashes(out) == before
    assert list(tmp_path.iterdir()) == [out]


def test_killed_in_the_middle_leaves_no_half_folder_and_no_process(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "data_generators", "--customers", "60000", "--processes", "2"]
    started = subprocess.Popen([*command, "--out", str(tmp_path / "data")], stdout=subprocess.DEVNULL)
    deadline = time.monotonic() + 30
    while not list(tmp_path.glob(".data.*/shop_orders_*")) and time.monotonic() < deadline:
        time.sleep(0.05)
    children = [int(pid) for pid in Path(f"/proc/{started.pid}/task/{started.pid}/children").read_text().split()]
    started.send_signal(signal.SIGKILL)
    started.wait()
    assert children
    assert not (tmp_path / "data").exists()
    while any(Path(f"/proc/{pid}/cmdline").exists() for pid in children) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not any(Path(f"/proc/{pid}/cmdline").exists() for pid in children)
    generate(GeneratorConfig(customers=10), tmp_path / "data")
    assert list(tmp_path.iterdir()) == [tmp_path / "data"]


def test_a_folder_of_somebody_else_is_not_touched(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("years of work")
    with pytest.raises(GeneratorError, match="nothing was written"):
        generate(GeneratorConfig(customers=20), tmp_path / "mine")
    assert (tmp_path / "mine" / "thesis.txt").exists()


@pytest.mark.parametrize("values", [{"customers": 0}, {"seed": -1}, {"mess": -0.1}, {"mess": 99.0}, {"days": -1}])
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
    assert main(["--day", "2026-07-01", "--out", str(tmp_path / "x")]) == 1
    assert "not a folder" in capsys.readouterr().err
    with pytest.raises(SystemExit) as usage:
        main(["--customers", "many", "--out", "x"])
    assert usage.value.code == 2


def test_help_names_every_parameter(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main(["--help"])
    assert end.value.code == 0
    text = capsys.readouterr().out
    for option in ("--customers", "--seed", "--mess", "--days", "--day", "--out", "--processes"):
        assert option in text
