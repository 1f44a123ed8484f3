"""The embedded server's ordinary life: started, used, found by other processes, stopped."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
import time
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import psutil
import psycopg2
import pytest

from customer360.settings import Settings
from customer360.warehouse import Role, Warehouse
from customer360.warehouse.configuration import configuration_text, server_settings
from customer360.warehouse.logins import STAGE_ROLES
from customer360.warehouse.processes import is_alive
from tests.conftest import ROOT, settings_in
from tests.warehouse.conftest import pid_of, python, query


def test_it_starts_from_nothing_and_stops_without_a_trace(tmp_path: Path) -> None:
    settings = settings_in(tmp_path / "a 'quoted' $HOME \"Größe\" %s")
    warehouse = Warehouse(settings)
    assert not warehouse.status().running
    assert not warehouse.stop()
    assert not settings.state.exists()
    try:
        warehouse.start()
        status = warehouse.status()
        assert status.running
        assert (status.kind, status.host) == ("embedded", "127.0.0.1")
        assert status.version is not None
        assert status.version.startswith("18.")
        assert status.data_directory == settings.postgres_data
        assert stat.S_IMODE(settings.postgres_data.stat().st_mode) == 0o700
        assert stat.S_IMODE(settings.secrets_file.stat().st_mode) == 0o600
        family = psutil.Process(status.pid).children(recursive=True)
        assert len(family) > 3
    finally:
        assert warehouse.stop()
    assert not any(is_alive(process.pid) for process in family)
    assert not warehouse.status().running
    assert not warehouse.stop()
    assert not list(settings.state.glob("postgres.unfinished-*"))


def test_starting_again_changes_nothing(warehouse: Warehouse) -> None:
    before = warehouse.status()
    warehouse.start()
    assert warehouse.status() == before


def test_it_runs_without_privileges(warehouse: Warehouse) -> None:
    status = Path(f"/proc/{pid_of(warehouse)}/status")
    if not status.exists():
        pytest.skip("needs /proc")
    capabilities = next(line for line in status.read_text().splitlines() if line.startswith("CapEff"))
    assert int(capabilities.split()[1], 16) == 0


def test_it_listens_on_this_machine_only(warehouse: Warehouse) -> None:
    listening = {c.laddr for c in psutil.Process(pid_of(warehouse)).net_connections() if c.status == "LISTEN"}
    assert listening == {("127.0.0.1", warehouse.status().port)}
    assert query(warehouse, "show unix_socket_directories") == ""


def test_each_role_logs_in_with_its_own_password(warehouse: Warehouse) -> None:
    for role in STAGE_ROLES:
        assert query(warehouse, "select current_user", role=role) == role.value
    logins = [warehouse.login(role, "postgres") for role in Role]
    assert len({login.password for login in logins}) == len(Role)
    roles = "select bool_or(rolsuper or rolcreaterole or rolcreatedb) from pg_roles where rolname like 'c360%'"
    assert query(warehouse, roles) is False


def test_a_wrong_password_and_none_are_refused(warehouse: Warehouse) -> None:
    login = warehouse.login(Role.READER, "postgres")
    for password in ("wrong", None):
        with pytest.raises(psycopg2.OperationalError, match="password"):
            replace(login, password=password).connect()
    assert query(warehouse, "select bool_and(auth_method = 'scram-sha-256') from pg_hba_file_rules") is True


def everything_logged(settings: Settings) -> str:
    return "".join(path.read_text() for path in settings.logs.rglob("*") if path.is_file())


def test_no_password_is_in_a_log_or_on_a_command_line(warehouse: Warehouse) -> None:
    settings = warehouse.settings
    with pytest.raises(psycopg2.Error):
        query(warehouse, "this statement fails, and is logged")
    deadline = time.monotonic() + 10
    while "this statement fails" not in (text := everything_logged(settings)):
        assert time.monotonic() < deadline  # its logger writes a moment later
        time.sleep(0.05)
    commands = " ".join(" ".join(process.info["cmdline"] or []) for process in psutil.process_iter(["cmdline"]))
    for role in Role:
        password = warehouse.login(role, "postgres").password
        assert password is not None
        assert password not in text
        assert password not in commands
    assert "SCRAM-SHA-256$" not in text


def test_our_settings_rule_and_durability_stays(warehouse: Warehouse) -> None:
    for name in ("fsync", "full_page_writes", "synchronous_commit", "data_checksums"):
        assert query(warehouse, f"show {name}") == "on"
    assert query(warehouse, "show jit") == "off"
    assert query(warehouse, "show timezone") == "UTC"
    assert query(warehouse, "show server_encoding") == "UTF8"
    assert query(warehouse, "select datlocale from pg_database where datname = 'postgres'") == "C.UTF-8"
    assert query(warehouse, "select lower('ÄÉ')") == "äé"
    assert query(warehouse, "select count(*) from pg_file_settings where error is not null") == 0


@pytest.mark.parametrize(("gigabytes", "buffers", "work"), [(2, 128, 16), (8, 256, 32), (64, 1024, 128)])
def test_the_settings_fit_the_memory(gigabytes: int, buffers: int, work: int) -> None:
    settings = server_settings(port=1, log_folder=Path("/l'og"), memory=gigabytes << 30, cores=2)
    values = {name: value for name, value, _ in settings}
    assert (values["shared_buffers"], values["work_mem"]) == (f"{buffers}MB", f"{work}MB")
    assert all(why for _, _, why in settings)
    assert "log_directory = '/l''og'" in configuration_text(settings)


def test_the_shell_of_its_user_does_not_reach_it(warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGOPTIONS", "-c search_path=elsewhere")
    monkeypatch.setenv("PGSSLMODE", "require")
    monkeypatch.setenv("PGHOST", "nowhere.invalid")
    assert query(warehouse, "show search_path") == '"$user", public'


def test_it_outlives_its_starter_and_keeps_nobody_waiting(installation: Settings) -> None:
    starter = python("w.start(); print(w.status().pid)", installation)
    output, errors = starter.communicate(timeout=60)  # would hang if the server held the pipe
    assert starter.returncode == 0, errors
    pid = int(output)
    assert os.getsid(pid) not in (os.getsid(0), starter.pid)
    assert psutil.Process(pid).terminal() is None
    assert psutil.Process(pid).ppid() not in (os.getpid(), starter.pid)
    assert query(Warehouse(installation), "select 1") == 1


def test_its_starter_s_terminal_may_close(installation: Settings) -> None:
    if shutil.which("script") is None:
        pytest.skip("needs the program script, to make a terminal")
    code = "import os; from customer360.settings import Settings; from customer360.warehouse import Warehouse\n"
    code += "Warehouse(Settings.from_environment()).start()\n"
    code += "import signal; os.killpg(os.getpgid(0), signal.SIGHUP)"
    command = f"exec {sys.executable} -c '{code}'"
    environment = {**os.environ, "C360_STATE_DIR": str(installation.state)}
    terminal = ["script", "-qc", command, "/dev/null"]
    subprocess.run(terminal, env=environment, cwd=ROOT, capture_output=True, timeout=60, check=False)
    assert query(Warehouse(installation), "select 1") == 1


def test_processes_that_start_it_at_once_share_it(installation: Settings) -> None:
    starters = [python("w.start(); print(w.status().pid)", installation) for _ in range(3)]
    outputs = [starter.communicate(timeout=60) for starter in starters]
    assert [starter.returncode for starter in starters] == [0, 0, 0], outputs
    assert {output for output, _ in outputs} == {f"{pid_of(Warehouse(installation))}\n"}


def test_the_port_is_remembered(installation: Settings) -> None:
    warehouse = Warehouse(installation)
    warehouse.start()
    port = warehouse.status().port
    warehouse.stop()
    assert warehouse.status().port == port
    warehouse.start()
    assert warehouse.status().port == port


def test_a_taken_port_is_given_up_and_said(installation: Settings, caplog: pytest.LogCaptureFixture) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as other:
        taken = other.getsockname()[1]
        (installation.state / "port").write_text(f"{taken}\n")
        warehouse = Warehouse(installation)
        warehouse.start()
        assert f"port {taken} is taken" in caplog.text
        new = warehouse.status().port
        assert new != taken
        assert (installation.state / "port").read_text() == f"{new}\n"


def test_a_port_taken_in_the_last_moment_is_given_up(installation: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    from customer360.warehouse import server

    with closing(socket.create_server(("127.0.0.1", 0))) as other:
        taken = other.getsockname()[1]
        (installation.state / "port").write_text(f"{taken}\n")
        really, asked = server._is_free, []

        def first_free_then_not(port: int) -> bool:
            asked.append(port)
            return len(asked) == 1 or really(port)

        monkeypatch.setattr(server, "_is_free", first_free_then_not)
        warehouse = Warehouse(installation)
        warehouse.start()
        assert warehouse.status().port != taken
    assert asked[0] == taken


def test_two_installations_do_not_meet(warehouse: Warehouse, installation: Settings) -> None:
    other = Warehouse(installation)
    other.start()
    assert other.status().port != warehouse.status().port
    other.prepare("c360_only_there")
    assert "c360_only_there" not in warehouse.databases()
    other.stop()
    assert query(warehouse, "select 1") == 1


def test_a_stop_ends_what_is_connected(installation: Settings) -> None:
    warehouse = Warehouse(installation)
    warehouse.start()
    with closing(warehouse.login(Role.ADMIN, "postgres").connect()) as connection:
        with connection.cursor() as cursor:
            cursor.execute("select 1")
        assert warehouse.stop()
        with pytest.raises(psycopg2.Error), connection.cursor() as cursor:
            cursor.execute("select 1")


def test_psql_gets_in_without_a_password_on_its_command_line(warehouse: Warehouse) -> None:
    code = "from customer360.warehouse import Role; w.psql(Role.READER, 'postgres', ['-XAtc', 'select current_user'])"
    psql = python(code, warehouse.settings, PGHOST="nowhere.invalid")
    output, errors = psql.communicate(timeout=30)
    assert (psql.returncode, output) == (0, "c360_reader\n"), errors


def test_a_command_while_it_is_stopped_says_so(installation: Settings) -> None:
    from customer360.errors import Customer360Error

    warehouse = Warehouse(installation)
    with pytest.raises(Customer360Error, match="never started"):
        warehouse.prepare("c360_x")
    warehouse.start()
    os.kill(pid_of(warehouse), signal.SIGINT)
    warehouse.stop()
    with pytest.raises(Customer360Error, match="does not run"):
        warehouse.prepare("c360_x")
