"""Generated passwords, kept in one file that only its owner reads."""

from __future__ import annotations

import base64
import contextlib
import fcntl
import hashlib
import hmac
import json
import logging
import os
import re
import secrets
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from customer360.errors import Customer360Error

log = logging.getLogger(__name__)


def new_password() -> str:
    """43 characters of A-Z a-z 0-9 - _ (256 bits): safe in URLs, SQL and shells."""
    return secrets.token_urlsafe(32)


@contextlib.contextmanager
def file_lock(
    path: Path, *, timeout: float, what: str, how: str = "wait for it or end it, then try again"
) -> Iterator[int]:
    """Holds an exclusive lock between processes and threads; the kernel frees it when its holder dies.

    Args:
        path: the lock file; created 0600, never removed (removing it would let two holders in).
        timeout: seconds to wait.
        what: what its holder does, for the error.
        how: what to do about it, for the error.

    Yields:
        The file descriptor. Processes that inherit it keep the lock for as long as one of them lives.

    Raises:
        Customer360Error: another process holds it for longer than the timeout.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        deadline = time.monotonic() + timeout
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > deadline:
                    raise Customer360Error(
                        what,
                        where=f"{path}, locked for {timeout:.0f} seconds",
                        how=how,
                    ) from None
                time.sleep(0.02)
        yield descriptor
    finally:
        os.close(descriptor)


class Secrets:
    """Passwords by name; each is made when it is first asked for. Shows nothing of them when printed."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __repr__(self) -> str:
        return f"Secrets({str(self._path)!r})"

    def get(self, name: str) -> str | None:
        """The secret of that name, or None when it was never made.

        Raises:
            Customer360Error: the file is damaged or not ours to read.
        """
        return self._read().get(name)

    def get_or_create(self, name: str, make: Callable[[], str] = new_password) -> str:
        """The secret of that name, made and written to disk first when it is missing."""
        found = self._read().get(name)
        if found is not None:
            return found
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with file_lock(
            self._path.with_suffix(".lock"), timeout=30, what="another process is writing the generated passwords"
        ):
            known = self._read()
            if name not in known:
                known[name] = make()
                self._write(known)
            return known[name]

    def _read(self) -> dict[str, str]:
        try:
            descriptor = os.open(self._path, os.O_RDONLY | os.O_CLOEXEC)
        except FileNotFoundError:
            return {}
        except OSError as error:
            raise Customer360Error(
                f"the file of generated passwords cannot be read: {error.strerror}",
                where=str(self._path),
                how="run as the user who owns it, or give it back to yours with chown",
            ) from None
        with os.fdopen(descriptor, encoding="utf-8") as file:
            if os.fstat(descriptor).st_mode & 0o077:
                log.warning("%s was open to other users; it is closed now", self._path)
                with contextlib.suppress(PermissionError):
                    os.fchmod(descriptor, 0o600)
            try:
                known = json.load(file)
            except ValueError:
                known = None
        if not isinstance(known, dict) or not all(isinstance(value, str) for value in known.values()):
            raise Customer360Error(
                "the file of generated passwords is damaged",
                where=str(self._path),
                how="put it back from a copy; without one, move it away and run `make down`, then `make up`: "
                "new passwords are made and no data is lost",
            )
        return known

    def _write(self, known: dict[str, str]) -> None:
        temporary = self._path.with_name(f"{self._path.name}.{os.getpid()}.{secrets.token_hex(4)}")
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                json.dump(known, file, indent=2, sort_keys=True)
                file.write("\n")
                file.flush()
                os.fsync(descriptor)
            temporary.replace(self._path)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise


def scram_verifier(password: str, *, salt: bytes | None = None, iterations: int = 4096) -> str:
    """What PostgreSQL stores instead of a password (RFC 5803), so that the password itself never goes to the server.

    Args:
        password: ASCII; others would have to be normalised first (SASLprep).
        salt: 16 bytes; default: random ones.
        iterations: of the hash; PostgreSQL's own default.
    """
    salt = salt or secrets.token_bytes(16)
    salted = hashlib.pbkdf2_hmac("sha256", password.encode("ascii"), salt, iterations)
    client_key = hmac.digest(salted, b"Client Key", "sha256")
    server_key = hmac.digest(salted, b"Server Key", "sha256")
    stored_key = hashlib.sha256(client_key).digest()
    salt_64, stored_64, server_64 = (base64.b64encode(part).decode("ascii") for part in (salt, stored_key, server_key))
    return f"SCRAM-SHA-256${iterations}:{salt_64}${stored_64}:{server_64}"


def is_verifier_of(verifier: str | None, password: str) -> bool:
    """Whether a stored verifier was made from this password."""
    match = re.fullmatch(r"SCRAM-SHA-256\$(\d+):([A-Za-z0-9+/=]+)\$.*", verifier or "")
    if verifier is None or match is None:
        return False
    expected = scram_verifier(password, salt=base64.b64decode(match[2]), iterations=int(match[1]))
    return hmac.compare_digest(verifier, expected)
