"""The embedded PostgreSQL server: started, found, stopped and mended in the state directory, and nowhere else."""

from __future__ import annotations

import contextlib
import hashlib
import itertools
import logging
import os
import socket
import time
from collections.abc import Iterator

from customer360.errors import Customer360Error
from customer360.settings import Settings
from customer360.warehouse.configuration import settings_for_this_machine
from customer360.warehouse.datadir import DataDirectory
from customer360.warehouse.privileges import Privilege, choose_privilege
from customer360.warehouse.processes import (
    Postmaster,
    end_orphans,
    end_postmaster,
    is_alive,
    running_postmaster,
)
from customer360.warehouse.programs import server_program, start_detached
from customer360.warehouse.secrets import Secrets, file_lock, new_password

log = logging.getLogger(__name__)

HOST = "127.0.0.1"
ADMIN_SECRET = "postgres"  # noqa: S105 - the name of the secret

_START_TIMEOUT = 180.0  # seconds; recovery after a crash replays at most max_wal_size
_STOP_TIMEOUT = 60.0  # for another process that stops it
_ORPHANS_TIMEOUT = 15.0
_LOWEST_PORT, _PORTS = 20000, 10000  # below the range from which systems take ports for outgoing connections
_FAILS_ONCE = ": File exists"
_TRIES = 20  # ports that others may take between our look and the server's


class EmbeddedServer:
    """One server in one state directory. Every method may be called at any time and by several processes at once."""

    def __init__(self, settings: Settings, secrets: Secrets) -> None:
        self._settings = settings
        self._secrets = secrets
        self._logs = settings.logs / "postgres"
        self._start_log = settings.logs / "postgres-start.log"
        self._data = DataDirectory(settings.postgres_data, self._start_log)

    def running(self) -> Postmaster | None:
        """The server's process, or None."""
        return running_postmaster(self._data.path)

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
        with self._explained(), self._only_one():
            found = self.running()
            port = self._await_ready(found.pid) if found else None  # it may be starting, or about to end
            return self._start_stopped() if port is None else port

    def stop(self) -> bool:
        """Stops the server, if it runs, and waits until its last process has gone.

        Returns:
            Whether there was one to stop.

        Raises:
            Customer360Error: it belongs to another user.
        """
        if not self._settings.state.exists():
            return False
        with self._explained(), self._only_one():
            return self._stop_running()

    @contextlib.contextmanager
    def held_down(self) -> Iterator[int]:
        """Stops the server, and lets nobody start it until the end.

        Yields:
            A file descriptor for another server on the data directory to inherit (see `_lifeline`).

        Raises:
            Customer360Error: it belongs to another user, or cannot be stopped.
        """
        with self._explained(), self._only_one():
            self._stop_running()
            with self._lifeline() as lifeline:
                yield lifeline

    def _stop_running(self) -> bool:
        found = self.running()
        if found is not None:
            end_postmaster(found.pid)
        end_orphans(self._data.path, timeout=_ORPHANS_TIMEOUT)
        return found is not None

    @contextlib.contextmanager
    def _explained(self) -> Iterator[None]:
        """Says what is the matter with the state directory when the system refuses something in it."""
        try:
            yield
        except OSError as error:
            raise Customer360Error(
                f"the warehouse's server cannot be started or stopped: {error.strerror}",
                where=str(error.filename or self._settings.state),
                how="see who owns the state directory and whether its disk is full or read-only, "
                "or set C360_STATE_DIR to a folder of your own",
            ) from error

    @contextlib.contextmanager
    def _only_one(self) -> Iterator[None]:
        """Lets one process at a time start or stop the server."""
        path = self._settings.make_state() / "postgres.lock"
        timeout = _START_TIMEOUT + _STOP_TIMEOUT
        with file_lock(path, timeout=timeout, what="another process is starting or stopping the warehouse"):
            yield

    # --- the start of a server that does not run; one process at a time is here

    def _start_stopped(self) -> int:
        for folder in (self._settings.logs, self._logs):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._data.check()
        folders = [self._settings.state, self._settings.logs]
        privilege = choose_privilege(server_program("pg_config"), self._data.path, folders)
        if not self._data.is_complete() and not self._data.make(privilege, self._secrets.get_or_create(ADMIN_SECRET)):
            raise self._failure("PostgreSQL could not make the warehouse's data directory")
        end_orphans(self._data.path, timeout=_ORPHANS_TIMEOUT)
        with self._lifeline() as lifeline:
            for path in (self._data.path, self._logs):
                privilege.own(path)
            # Whoever has the pid in it is not our server, or we would not be here; PostgreSQL might take it for one.
            (self._data.path / "postmaster.pid").unlink(missing_ok=True)
            if self._secrets.get(ADMIN_SECRET) is None:
                self._renew_password(privilege)
            return self._start_on_some_port(privilege, lifeline)

    @contextlib.contextmanager
    def _lifeline(self) -> Iterator[int]:
        """A locked file that the server and all its processes inherit: while one of them lives, nobody gets the lock.

        This holds where process ids say nothing: a container and its host may share a data directory.
        """
        with file_lock(
            self._settings.state / "postgres.alive",
            timeout=_ORPHANS_TIMEOUT,
            what="processes of a server that is not to be seen from here use the warehouse's data",
            how="stop that server where it was started (a container, perhaps), or end its processes",
        ) as descriptor:
            yield descriptor

    def _renew_password(self, privilege: Privilege) -> None:
        log.warning("the generated passwords were lost; the warehouse gets new ones")
        password = new_password()
        self._configure(privilege, self.remembered_port() or _LOWEST_PORT)
        if not self._data.set_password(privilege, password):
            raise self._failure("the lost password of the warehouse could not be renewed")
        self._secrets.get_or_create(ADMIN_SECRET, lambda: password)

    def _start_on_some_port(self, privilege: Privilege, lifeline: int) -> int:
        remembered = self.remembered_port()
        command = [*privilege.prefix, str(server_program("postgres")), "-D", str(self._data.path)]
        for port in itertools.islice(self._free_ports(remembered), _TRIES):
            self._configure(privilege, port)
            if not self._starts(command, port, lifeline):
                continue  # somebody was faster
            if remembered not in (None, port):
                log.warning("port %s is taken by another program; the warehouse is on port %s now", remembered, port)
            (self._settings.state / "port").write_text(f"{port}\n", encoding="ascii")
            return port
        raise Customer360Error("no free port found for the warehouse", where=HOST, how="end some of the servers there")

    def _starts(self, command: list[str], port: int, lifeline: int, *, again: bool = True) -> bool:
        """Whether the server runs, with these settings; not, when somebody else has taken the port.

        Raises:
            Customer360Error: it ended for another reason.
        """
        started = time.time()
        pid = start_detached(command, folder=self._data.path, output=self._start_log, keep_open=lifeline)
        if self._await_ready(pid) is not None:
            return True
        if not _is_free(port):
            return False
        failure = self._failure("PostgreSQL did not start", since=started)
        # After a crash while unlogged tables were being made PostgreSQL fails once, and succeeds from then on (its bug
        # 17731).
        if again and _FAILS_ONCE in str(failure):
            return self._starts(command, port, lifeline, again=False)
        raise failure

    def _free_ports(self, remembered: int | None) -> Iterator[int]:
        """Ports that are free at this moment: the remembered one, then from a place of this installation's own."""
        digest = hashlib.sha256(os.fsencode(self._settings.state)).digest()
        first = int.from_bytes(digest[:4], "big")
        usual = (_LOWEST_PORT + (first + offset) % _PORTS for offset in range(_PORTS))
        return filter(_is_free, itertools.chain([remembered] if remembered else [], usual))

    def _configure(self, privilege: Privilege, port: int) -> None:
        self._data.configure(privilege, settings_for_this_machine(port=port, log_folder=self._logs))

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

    def _failure(self, what: str, *, since: float = 0) -> Customer360Error:
        """The error with the end of what the server wrote, before and after it took to its own log."""
        time.sleep(0.1)  # its logger writes a moment later
        lines: list[str] = []
        for path in [self._start_log, *sorted(self._logs.glob("*.log"), key=lambda log: log.stat().st_mtime)[-1:]]:
            with contextlib.suppress(OSError):
                if path.stat().st_mtime >= since:
                    lines += path.read_text(encoding="utf-8", errors="replace").splitlines()[-15:]
        tail = "\n".join(f"    {line}" for line in lines)
        how = "mend what the log says; C360_STATE_DIR names another place, C360_DATABASE_URL another server"
        for sign, advice in (
            ("No space left on device", "free some disk space, then run again: nothing is lost"),
            ("Cannot allocate memory", "end some programs: the machine has no memory left for the server"),
            ("invalid permissions", "this disk does not keep permissions: set C360_STATE_DIR to a folder on another"),
        ):
            if sign in tail:
                how = advice
        return Customer360Error(what, where=f"{self._start_log}, which ends:\n{tail}", how=how)


def _is_free(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as the server does
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
        return True
