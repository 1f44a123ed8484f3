"""The file of generated passwords."""

from __future__ import annotations

import json
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from customer360.errors import Customer360Error
from customer360.warehouse.secrets import Secrets, file_lock, is_verifier_of, new_password, scram_verifier
from tests.conftest import ROOT


def test_a_secret_is_made_once_and_kept(tmp_path: Path) -> None:
    secrets = Secrets(tmp_path / "secrets.json")
    assert secrets.get("a") is None
    first = secrets.get_or_create("a")
    assert len(first) >= 40
    assert Secrets(tmp_path / "secrets.json").get_or_create("a") == first
    assert secrets.get_or_create("b", lambda: "made") == "made"
    assert secrets.get("a") == first


def test_only_the_owner_reads_the_file(tmp_path: Path) -> None:
    path = tmp_path / "secrets.json"
    Secrets(path).get_or_create("a")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_file_that_was_opened_to_others_is_closed(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = tmp_path / "secrets.json"
    Secrets(path).get_or_create("a")
    path.chmod(0o644)
    Secrets(path).get("a")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert "open to other users" in caplog.text


def test_printing_shows_no_secret(tmp_path: Path) -> None:
    secrets = Secrets(tmp_path / "secrets.json")
    value = secrets.get_or_create("a")
    assert value not in repr(secrets)
    assert value not in str(vars(secrets))


@pytest.mark.parametrize("content", ["", "{", "[]", '{"a": 1}', "null"])
def test_a_damaged_file_is_an_error_and_stays_as_it_is(tmp_path: Path, content: str) -> None:
    path = tmp_path / "secrets.json"
    path.write_text(content)
    with pytest.raises(Customer360Error, match="damaged"):
        Secrets(path).get_or_create("b")
    assert path.read_text() == content


def test_processes_that_write_at_once_lose_nothing(tmp_path: Path) -> None:
    path = tmp_path / "secrets.json"
    code = "import sys, pathlib\nfrom customer360.warehouse.secrets import Secrets\n"
    code += "s = Secrets(pathlib.Path(sys.argv[1]))\n"
    code += "for i in range(20): s.get_or_create(f'own-{sys.argv[2]}-{i}'); s.get_or_create(f'shared-{i}')\n"
    writers = [subprocess.Popen([sys.executable, "-c", code, str(path), str(n)], cwd=ROOT) for n in range(3)]
    assert [writer.wait(30) for writer in writers] == [0, 0, 0]
    known = json.loads(path.read_text())
    assert len(known) == 3 * 20 + 20
    assert {entry.name for entry in tmp_path.iterdir()} == {"secrets.json", "secrets.lock"}


def test_a_lock_that_is_held_is_an_error_after_the_timeout(tmp_path: Path) -> None:
    with (
        file_lock(tmp_path / "lock", timeout=1, what="working"),
        pytest.raises(Customer360Error, match="working") as error,
        file_lock(tmp_path / "lock", timeout=0.05, what="working", how="wait"),
    ):
        pytest.fail("two holders")
    assert error.value.how == "wait"
    with file_lock(tmp_path / "lock", timeout=0, what="working"):
        pass


def test_a_verifier_fits_its_password_only() -> None:
    password = new_password()
    assert is_verifier_of(scram_verifier(password), password)
    assert not is_verifier_of(scram_verifier(password), password + "x")
    assert not is_verifier_of(None, password)
    assert not is_verifier_of("md5abc", password)


def test_a_verifier_is_the_one_of_the_standard() -> None:
    # RFC 7677, section 3: user "user", password "pencil"
    salt = b"\x5b\x6d\x99\x68\x9d\x12\x35\x8e\xec\xa0\x4b\x14\x12\x36\xfa\x81"
    verifier = scram_verifier("pencil", salt=salt, iterations=4096)
    expected = "SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$"
    expected += "WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU="
    assert verifier == expected
