"""What the embedded server recovers from by itself, and what it refuses with a word on what to do."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from contextlib import closing
from pathlib import Path

import psutil
import psycopg2
import pytest

from customer360.errors import Customer360Error
from customer360.settings import Settings
from customer360.warehouse import Role, Warehouse
from customer360.warehouse.processes import is_alive, running_postmaster, wait_until_gone
from tests.conftest import settings_in
from tests.warehouse.conftest import kill, pid_of, python, query

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="needs root")


def write_row(warehouse: Warehouse, value: str) -> None:
    login = warehouse.login(Role.ADMIN, "postgres")
    with closing(login.connect(autocommit=True)) as connection, connection.cursor() as cursor:
        cursor.execute("create table if not exists kept (value text)")
        cursor.execute("insert into kept values (%s)", (value,))


def test_a_killed_server_starts_again_with_its_data(installation: Settings) -> None:
    warehouse = Warehouse(installation)
    warehouse.start()
    port = warehouse.status().port
    write_row(warehouse, "committed")

    def keep_busy() -> None:
        with pytest.raises(psycopg2.Error):
            query(warehouse, "select count(*) from generate_series(1, 1000000000) as n where md5(n::text) = ''")

    busy = threading.Thread(target=keep_busy)
    busy.start()
    time.sleep(0.3)
    family = psutil.Process(pid_of(warehouse)).children(recursive=True)
    kill(pid_of(warehouse))
    warehouse.start()  # at once, while the busy backend has not noticed yet
    busy.join(20)
    assert not busy.is_alive()
    assert not any(is_alive(process.pid) for process in family)
    assert warehouse.status().port == port
    assert query(warehouse, "select value from kept") == "committed"


def test_one_killed_while_an_unlogged_table_is_made_starts_again(installation: Settings) -> None:
    """As dbt makes them: PostgreSQL itself fails at the first start after that."""
    warehouse = Warehouse(installation)
    warehouse.start()
    with closing(warehouse.login(Role.ADMIN, "postgres").connect()) as making:
        making.cursor().execute("create unlogged table made (value text)")
        write_row(warehouse, "committed")  # and with it, the disk knows that the table was begun
        family = psutil.Process(pid_of(warehouse)).children(recursive=True)
        kill(pid_of(warehouse))
        assert not psutil.wait_procs(family, timeout=20)[1]
    warehouse.start()
    log = max((installation.logs / "postgres").glob("*.log"), key=lambda path: path.stat().st_mtime).read_text()
    assert ": File exists" in log  # else this tests nothing
    assert query(warehouse, "select value from kept") == "committed"
    assert query(warehouse, "select to_regclass('made')::text") is None


def test_a_killed_server_is_not_running_and_its_leftovers_can_be_stopped(installation: Settings) -> None:
    warehouse = Warehouse(installation)
    warehouse.start()
    family = psutil.Process(pid_of(warehouse)).children(recursive=True)
    kill(pid_of(warehouse))
    assert wait_until_gone(int((installation.postgres_data / "postmaster.pid").read_text().split()[0]), 5)
    assert not warehouse.status().running
    warehouse.stop()
    assert not any(is_alive(process.pid) for process in family)


def leave_pid_file(settings: Settings, pid: int) -> None:
    lines = [pid, settings.postgres_data, 1700000000, 20000, "", "127.0.0.1", "12345 12345", "ready"]
    (settings.postgres_data / "postmaster.pid").write_text("".join(f"{line}\n" for line in lines))


def test_a_pid_file_of_another_program_is_not_believed(installation: Settings) -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as other:
        leave_pid_file(installation, other.pid)
        warehouse = Warehouse(installation)
        assert not warehouse.status().running
        assert not warehouse.stop()
        warehouse.start()
        assert pid_of(warehouse) != other.pid
        assert warehouse.stop()
        assert other.poll() is None
        other.communicate(b"\n")


def test_a_pid_file_of_another_server_is_not_believed(warehouse: Warehouse, installation: Settings) -> None:
    leave_pid_file(installation, pid_of(warehouse))
    mine = Warehouse(installation)
    assert not mine.stop()
    mine.start()
    assert pid_of(mine) != pid_of(warehouse)
    mine.stop()
    assert query(warehouse, "select 1") == 1


@pytest.mark.parametrize("content", ["", "x\n", "999999999\n", "-1\n", "1\n/somewhere\n"])
def test_a_damaged_pid_file_is_not_believed(installation: Settings, content: str) -> None:
    (installation.postgres_data / "postmaster.pid").write_text(content)
    assert running_postmaster(installation.postgres_data) is None


def test_a_lost_port_and_damaged_configuration_are_made_anew(installation: Settings) -> None:
    (installation.state / "port").write_text("not a port")
    (installation.postgres_data / "customer360.conf").write_text("this is = not ' a configuration")
    shutil.rmtree(installation.logs)
    warehouse = Warehouse(installation)
    warehouse.start()
    assert query(warehouse, "select 1") == 1


def test_what_an_interrupted_initialisation_left_is_cleared(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    first = python("w.start()", settings)
    while not (data := list(settings.state.glob("postgres.unfinished-*/data/PG_VERSION"))):
        assert first.poll() is None
        time.sleep(0.005)
    first.kill()
    first.communicate()
    assert not settings.postgres_data.exists()
    warehouse = Warehouse(settings)
    try:
        warehouse.start()
        assert query(warehouse, "select 1") == 1
        assert not data[0].exists()
        assert not list(settings.state.glob("postgres.unfinished-*/password"))
    finally:
        warehouse.stop()


def test_a_start_that_was_killed_is_carried_on(installation: Settings) -> None:
    starter = python("w.start()", installation)
    while running_postmaster(installation.postgres_data) is None:
        assert starter.poll() is None
        time.sleep(0.002)
    starter.kill()
    starter.communicate()
    warehouse = Warehouse(installation)
    warehouse.start()
    assert query(warehouse, "select 1", role=Role.READER) == 1


def test_a_server_that_is_just_stopping_is_started_again(installation: Settings) -> None:
    warehouse = Warehouse(installation)
    warehouse.start()
    before = pid_of(warehouse)
    os.kill(before, signal.SIGINT)
    time.sleep(0.01)
    Warehouse(installation).start()
    assert query(warehouse, "select 1") == 1


def test_another_major_version_is_refused_and_left_alone(installation: Settings) -> None:
    (installation.postgres_data / "PG_VERSION").write_text("17\n")
    before = sorted(installation.postgres_data.rglob("*"))
    with pytest.raises(Customer360Error, match="made by PostgreSQL 17, this is PostgreSQL 18") as error:
        Warehouse(installation).start()
    assert "make upgrade" in error.value.how
    assert sorted(installation.postgres_data.rglob("*")) == before


def test_a_directory_that_is_no_data_directory_is_refused_and_left_alone(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    settings.postgres_data.mkdir(parents=True)
    (settings.postgres_data / "letter.txt").write_text("mine")
    with pytest.raises(Customer360Error, match="damaged"):
        Warehouse(settings).start()
    assert (settings.postgres_data / "letter.txt").read_text() == "mine"


def test_lost_passwords_are_made_anew_without_losing_data(
    installation: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    warehouse = Warehouse(installation)
    warehouse.start()
    write_row(warehouse, "committed")
    installation.secrets_file.unlink()
    with pytest.raises(Customer360Error, match="passwords are lost") as error:
        warehouse.start()
    assert "make down" in error.value.how
    warehouse.stop()
    warehouse.start()
    assert "passwords were lost" in caplog.text
    assert query(warehouse, "select value from kept") == "committed"
    assert query(warehouse, "select current_user", role=Role.LOADER) == "c360_loader"


def test_passwords_of_another_installation_are_an_error(warehouse: Warehouse, installation: Settings) -> None:
    shutil.copy(warehouse.settings.secrets_file, installation.secrets_file)
    with pytest.raises(Customer360Error, match="does not let us in") as error:
        Warehouse(installation).start()
    assert "secrets.json" in error.value.how


def test_a_server_that_cannot_start_says_why(installation: Settings) -> None:
    (installation.postgres_data / "global" / "pg_control").write_bytes(b"\0" * 8192)
    with pytest.raises(Customer360Error, match="did not start") as error:
        Warehouse(installation).start()
    assert "postgres-start.log" in error.value.where
    assert "database system is shut down" in error.value.where


def test_a_data_directory_in_use_out_of_sight_is_left_alone(
    installation: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    from customer360.warehouse import server

    first = Warehouse(installation)
    first.start()
    # As from another container: the same files, none of the processes.
    monkeypatch.setattr(server, "running_postmaster", lambda data: None)
    monkeypatch.setattr(server, "end_orphans", lambda data, timeout: None)
    monkeypatch.setattr(server, "_ORPHANS_TIMEOUT", 0.1)
    with pytest.raises(Customer360Error, match="not to be seen from here"):
        Warehouse(installation).start()
    monkeypatch.undo()
    assert query(first, "select 1") == 1


def test_a_state_directory_that_is_not_ours_says_so(tmp_path: Path) -> None:
    if os.geteuid() == 0:
        (tmp_path / "state").write_text("a file")  # root may write anywhere
    else:
        (tmp_path / "state").mkdir(mode=0o500)
    with pytest.raises(Customer360Error) as error:
        Warehouse(settings_in(tmp_path)).start()
    assert "C360_STATE_DIR" in error.value.how
