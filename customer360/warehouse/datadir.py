"""The embedded server's data directory: checked, made, configured. What was ever complete is never deleted."""

from __future__ import annotations

import logging
import os
import shutil
import tempfile
from pathlib import Path

from customer360.errors import Customer360Error
from customer360.warehouse.privileges import Privilege
from customer360.warehouse.programs import run_program, server_program
from customer360.warehouse.secrets import scram_verifier

log = logging.getLogger(__name__)

MAJOR_VERSION = "18"
SUPERUSER = "postgres"

_CONFIGURATION = "customer360.conf"
_UNFINISHED = "postgres.unfinished-"


class DataDirectory:
    """The data directory at a path; the programs' output goes to a file."""

    def __init__(self, path: Path, output: Path) -> None:
        self.path = path
        self._output = output

    def is_complete(self) -> bool:
        """Whether it was made to the end; it comes to its place only then."""
        return self.path.is_dir() and any(self.path.iterdir())

    def check(self) -> None:
        """Refuses a directory that this version cannot use; clears what an interrupted `make` left beside it.

        Raises:
            Customer360Error: another user's, damaged, or of another major version.
        """
        if os.geteuid() != 0 and self.path.exists() and (owner := self.path.stat().st_uid) != os.geteuid():
            raise Customer360Error(
                "the warehouse's data belongs to another user",
                where=str(self.path),
                how=f"run as that user (id {owner}), or let root give you the whole state directory with chown -R",
            )
        for leftover in self.path.parent.glob(f"{_UNFINISHED}*"):
            shutil.rmtree(leftover, ignore_errors=True)
        if not self.is_complete():
            return
        if (version := self.version()) != MAJOR_VERSION:
            raise Customer360Error(
                f"the warehouse's data directory was made by PostgreSQL {version}, this is PostgreSQL {MAJOR_VERSION}",
                where=str(self.path),
                how="make upgrade",
            )

    def version(self) -> str:
        """The major version of the server that made it.

        Raises:
            Customer360Error: it does not say.
        """
        try:
            return (self.path / "PG_VERSION").read_text(encoding="ascii").strip()
        except (OSError, ValueError):
            raise Customer360Error(
                "the warehouse's data directory is damaged: its file PG_VERSION cannot be read",
                where=str(self.path),
                how="put it back from a copy, or move it away and run again: the warehouse is rebuilt from your files",
            ) from None

    def make(self, privilege: Privilege, password: str) -> bool:
        """Makes it beside its place and moves it there when it is complete, so that it is never half there.

        Returns:
            Whether that succeeded; if not, the output says why.
        """
        log.info("making the warehouse's data directory %s", self.path)
        workshop = Path(tempfile.mkdtemp(prefix=_UNFINISHED, dir=self.path.parent))  # 0700
        try:
            data, password_file = workshop / "data", workshop / "password"
            password_file.touch(mode=0o600)
            password_file.write_text(password, encoding="ascii")
            privilege.own(workshop)
            command = [
                *privilege.prefix,
                str(server_program("initdb")),
                f"--pgdata={data}",
                f"--username={SUPERUSER}",
                f"--pwfile={password_file}",
                "--auth=scram-sha-256",
                "--encoding=UTF8",
                "--locale=C",  # for the few things that still ask the C library
                "--locale-provider=builtin",
                "--builtin-locale=C.UTF-8",  # sorts and folds alike on every system
                "--no-instructions",
            ]
            succeeded = run_program(command, folder=workshop, output=self._output)
            password_file.unlink()
            if succeeded:
                with (data / "postgresql.conf").open("a", encoding="utf-8") as file:
                    file.write(f"\ninclude '{_CONFIGURATION}'\n")
                data.rename(self.path)
            return succeeded
        finally:
            shutil.rmtree(workshop, ignore_errors=True)

    def configure(self, privilege: Privilege, text: str) -> None:
        """Writes our settings, which overrule PostgreSQL's own file."""
        path = self.path / _CONFIGURATION
        path.write_bytes(text.encode("utf-8", "surrogateescape"))
        privilege.own(path)

    def set_password(self, privilege: Privilege, password: str) -> bool:
        """Gives the superuser a password while the server does not run: whoever owns the data needs none for that.

        Returns:
            Whether that succeeded; if not, the output says why.
        """
        command = [*privilege.prefix, str(server_program("postgres")), "--single", "-D", str(self.path)]
        command += ["-c", "log_min_error_statement=panic", "-c", "logging_collector=off", "postgres"]
        statement = f"alter role {SUPERUSER} password '{scram_verifier(password)}'\n"
        return run_program(command, folder=self.path, output=self._output, text=statement)
