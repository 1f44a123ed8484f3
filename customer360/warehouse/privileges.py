"""How PostgreSQL's programs run when we are root, which they refuse.

Two ways, tried in this order, neither of which changes anything outside the state directory:

userns
    A user namespace in which we are ``nobody``. The programs hold no capability at all and still own root's files,
    so a clone under ``/root`` works. The host shows such a process as root without capabilities.
setpriv
    The user ``nobody`` in earnest, who then owns the data directory. Where that user cannot reach the clone (some
    folder above it is closed), a single capability is kept to get through: to read and search, or, where the
    container does not have that one, to pass file permissions.

``C360_PRIVILEGE_DROP=userns`` or ``setpriv`` forces one of them.
"""

from __future__ import annotations

import logging
import os
import pwd
import shutil
import stat
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from customer360.errors import Customer360Error

log = logging.getLogger(__name__)

_USERNS = "userns"
_SETPRIV = "setpriv"
_FORCE = "C360_PRIVILEGE_DROP"

# Fails unless it runs as somebody whom the system knows by name, is not root, and can use program and folders.
_PROBE = """
test "$(id -u)" != 0 && id -un >&2 && "$1" --version >&2 || exit 1
shift
for folder; do cd "$folder" && test -w "$folder" || exit 1; done
"""


@dataclass(frozen=True)
class Privilege:
    """A way to run the server's programs.

    Attributes:
        prefix: words to put before a command; empty when it runs as we do.
        owner: user and group id that must own the server's files, as seen from outside.
        name: ``plain``, ``userns`` or ``setpriv``.
        passes_through: our folders must let its group through (not: list or read them).
    """

    prefix: tuple[str, ...]
    owner: tuple[int, int]
    name: str
    passes_through: bool = False

    def own(self, path: Path) -> None:
        """Gives a file or folder, with all that is in it, to the server's user."""
        status = path.lstat()
        if self.name == "plain" or (status.st_uid, status.st_gid) == self.owner:
            return
        # Contents first: a change that is interrupted is then found unfinished and done again.
        for folder, folders, files in os.walk(path, topdown=False):
            for name in files + folders:
                os.chown(Path(folder, name), *self.owner, follow_symlinks=False)
        os.chown(path, *self.owner, follow_symlinks=False)


def choose_privilege(program: Path, data: Path, folders: list[Path]) -> Privilege:
    """The way that works on this machine, found by trying.

    Args:
        program: one of the server's programs, which the chosen user must be able to run; pg_config is the best
            probe, as the only one that looks for its own place as the server does, and then does nothing.
        data: the data directory, which need not exist. Its owner tells which way served it before.
        folders: existing folders of ours in which the server's own folders are to lie.

    Raises:
        Customer360Error: we are root and no way works.
    """
    if os.geteuid() != 0:
        return Privilege(prefix=(), owner=(os.geteuid(), os.getegid()), name="plain")
    tried: list[str] = []
    for candidate in _candidates(data):
        if (trouble := _trouble(candidate, program, folders)) is None:
            return candidate
        log.debug("%s does not work here: %s", " ".join(candidate.prefix), trouble)
        tried.append(f"{candidate.name}: {trouble}")
    raise Customer360Error(
        "PostgreSQL refuses to run as root, and this system offers no way to run it as somebody else",
        where="; ".join(dict.fromkeys(tried)),
        how="run as an ordinary user, or set C360_DATABASE_URL to a PostgreSQL 18 server",
    )


def _candidates(data: Path) -> Iterator[Privilege]:
    """The ways, the one that the data directory's owner tells of first."""
    forced = os.environ.get(_FORCE, "")
    if forced not in ("", _USERNS, _SETPRIV):
        raise Customer360Error(f"{_FORCE} is {forced!r}", how=f"set it to {_USERNS} or {_SETPRIV}, or unset it")
    try:
        nobody = pwd.getpwnam("nobody")
    except KeyError:
        return
    uid, gid, order = nobody.pw_uid, nobody.pw_gid, [_USERNS, _SETPRIV]
    if data.exists() and (status := data.stat()).st_uid != 0:
        uid, gid, order = status.st_uid, status.st_gid, [_SETPRIV, _USERNS]
    for name in [forced] if forced else order:
        if shutil.which("unshare" if name == _USERNS else "setpriv") is None:
            continue
        if name == _USERNS:
            unshare = ("unshare", "--user", f"--map-user={nobody.pw_uid}", f"--map-group={nobody.pw_gid}")
            yield Privilege(prefix=unshare, owner=(os.geteuid(), os.getegid()), name=name)
            continue
        for kept in ("", ",+dac_read_search", ",+dac_override"):
            setpriv: tuple[str, ...] = (
                "setpriv",
                f"--reuid={uid}",
                f"--regid={gid}",
                "--clear-groups",
                "--no-new-privs",
            )
            setpriv += tuple(f"--{kind}=-all{kept}" for kind in ("inh-caps", "ambient-caps", "bounding-set"))
            if kept:  # else access(), by which the programs look for themselves, would not count it
                setpriv += ("--securebits=+no_setuid_fixup",)
            yield Privilege(prefix=setpriv, owner=(uid, gid), name=name, passes_through=not kept)


def _trouble(candidate: Privilege, program: Path, folders: list[Path]) -> str | None:
    """None when the candidate can run the program and write below the folders, else a few words why not."""
    before = [folder.stat() for folder in folders]
    probes: list[Path] = []
    trouble: str | None = "interrupted"
    try:
        for folder in folders:
            if candidate.passes_through:
                os.chown(folder, -1, candidate.owner[1])
                folder.chmod(stat.S_IMODE(folder.stat().st_mode) | stat.S_IXGRP)
            probes.append(Path(tempfile.mkdtemp(prefix=".probe-", dir=folder)))
            os.chown(probes[-1], *candidate.owner)
        trouble = _try([*candidate.prefix, "/bin/sh", "-c", _PROBE, "sh", str(program), *map(str, probes)])
    finally:
        for probe in probes:
            shutil.rmtree(probe, ignore_errors=True)
        if trouble is not None and candidate.passes_through:
            for folder, status in zip(folders, before, strict=True):
                os.chown(folder, -1, status.st_gid)
                folder.chmod(stat.S_IMODE(status.st_mode))
    return trouble


def _try(command: list[str]) -> str | None:
    """None when the command succeeds, else the last line it said."""
    try:
        result = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace", timeout=30, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return str(error)
    if result.returncode == 0:
        return None
    return (result.stderr.strip().splitlines() or [f"exit code {result.returncode}"])[-1]
