"""The environment maker: current or not, and a wrong Python gets a clear error. (Whole installs are what CI does.)"""

import subprocess
import sys
from pathlib import Path

import pytest

from customer360 import bootstrap
from tests.e2e.support import ROOT

SCRIPT = ROOT / "customer360" / "bootstrap.py"


@pytest.fixture
def made(tmp_path: Path) -> tuple[Path, Path]:
    """An environment made from a lock that asks for nothing."""
    lock = tmp_path / "lock.txt"
    lock.write_text("# nothing\n")
    venv = tmp_path / "venv"
    subprocess.run([sys.executable, SCRIPT, venv, lock], check=True, capture_output=True)
    return venv, lock


def test_made_once_and_again_when_the_lock_changes_or_the_clone_moves(made, tmp_path):
    venv, lock = made
    assert bootstrap.is_current(str(venv), str(lock))
    done = subprocess.run([sys.executable, SCRIPT, venv, lock], check=True, capture_output=True, text=True)
    assert done.stderr == ""
    moved = tmp_path / "elsewhere"
    venv.rename(moved)
    assert not bootstrap.is_current(str(moved), str(lock))
    moved.rename(venv)
    lock.write_text("# nothing new\n")
    assert not bootstrap.is_current(str(venv), str(lock))


def test_a_link_to_an_environment_is_as_good_as_what_it_points_to(made, tmp_path):
    venv, lock = made
    link = tmp_path / "link"
    link.symlink_to(venv)
    (venv / "kept").touch()
    done = subprocess.run([sys.executable, SCRIPT, link, lock], check=True, capture_output=True, text=True)
    assert done.stderr == ""
    assert (venv / "kept").exists()


def test_a_changed_lock_brings_what_is_there_up_to_date(made, tmp_path):
    """An environment that was whole is not made anew; what the lock no longer names goes."""
    venv, lock = made
    site = next(venv.glob("lib/python*/site-packages"))
    (site / "old_one-1.dist-info").mkdir()
    (site / "old_one-1.dist-info" / "METADATA").write_text("Metadata-Version: 2.1\nName: old-one\nVersion: 1\n")
    (site / "old_one-1.dist-info" / "RECORD").write_text(
        "old_one-1.dist-info/METADATA,,\nold_one-1.dist-info/RECORD,,\n"
    )
    (venv / "customer360.stamp").write_text(f"{venv}\nold-one==1 \\\n    --hash=sha256:0\n")
    (venv / "kept").touch()
    done = subprocess.run([sys.executable, SCRIPT, venv, lock], check=True, capture_output=True, text=True)
    assert "up to date" in done.stderr
    assert (venv / "kept").exists()
    assert not (site / "old_one-1.dist-info").exists()
    assert bootstrap.is_current(str(venv), str(lock))


def test_half_an_install_is_not_taken_for_whole(made):
    venv, lock = made
    lock.write_text("no-such-package-of-ours==1 --hash=sha256:" + "0" * 64 + "\n")
    words = [sys.executable, SCRIPT, venv, lock]
    nowhere = {"PATH": "", "PIP_NO_INDEX": "1", "PIP_CONFIG_FILE": "/dev/null"}
    done = subprocess.run(words, capture_output=True, text=True, env=nowhere, check=False)
    assert done.returncode == 1
    assert "error: the packages could not be installed" in done.stderr
    assert not bootstrap.is_current(str(venv), str(lock))


def test_old_python_gets_a_clear_error(monkeypatch, capsys):
    monkeypatch.setattr(bootstrap.sys, "version_info", (3, 9, 2))
    monkeypatch.setenv("PATH", "")
    with pytest.raises(SystemExit) as caught:
        bootstrap.find_python()
    assert caught.value.code == 1
    assert "needs Python 3.11, 3.12, 3.13; this is 3.9" in capsys.readouterr().err
