"""Makes a virtual environment from a lock file, when it is missing or stale. Run by make with any Python 3.

Only the standard library, and a syntax that old Pythons can read: a wrong Python has to get a clear error.
uv is used where it is on the PATH, else pip.
"""

import argparse
import os
import shutil
import subprocess
import sys

SUPPORTED = ((3, 11), (3, 12), (3, 13))
NAMES = ", ".join("%d.%d" % version for version in SUPPORTED)


def main():
    """Entry point; exit code 1 with a message on standard error when the environment cannot be made."""
    parser = argparse.ArgumentParser(description="make a virtual environment from a lock file when missing or stale")
    parser.add_argument("venv")
    parser.add_argument("lock")
    arguments = parser.parse_args()
    venv = os.path.realpath(arguments.venv)  # of a link: where its scripts are
    if is_current(venv, arguments.lock):
        return 0
    with open(venv + ".lock", "w") as lock:
        if os.name == "posix":
            import fcntl

            fcntl.flock(lock, fcntl.LOCK_EX)
        if not is_current(venv, arguments.lock):
            install(venv, arguments.lock)
    return 0


def stamp_text(venv, lock):
    """What the stamp of a finished environment holds: its place (scripts name it) and the lock it was made from."""
    with open(lock) as file:
        return "%s\n%s" % (venv, file.read())


def is_current(venv, lock):
    """Whether the environment is whole, in its place, runs, and was made from this very lock."""
    try:
        with open(os.path.join(venv, "customer360.stamp")) as file:
            return file.read() == stamp_text(venv, lock) and os.path.exists(os.path.join(venv, "bin", "python"))
    except OSError:
        return False


def find_python():
    """A supported interpreter: this one, else one on the PATH."""
    if sys.version_info[:2] in SUPPORTED:
        return sys.executable
    for version in reversed(SUPPORTED):
        found = shutil.which("python%d.%d" % version)
        if found and subprocess.call([found, "-c", ""], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) == 0:
            return found
    fail(
        "customer360 needs Python %s; this is %d.%d" % ((NAMES,) + tuple(sys.version_info[:2])),
        "install one of them, then: make PYTHON=/path/to/python3.12 ...",
    )


def packages_of(text):
    """Names of the packages of a lock."""
    return {line.partition("==")[0] for line in text.splitlines() if "==" in line and not line.startswith((" ", "#"))}


def take_stamp(venv):
    """The lock that a whole environment in its place was made from, or None; the stamp is gone afterwards."""
    path = os.path.join(venv, "customer360.stamp")
    try:
        with open(path) as file:
            place, _, lock = file.read().partition("\n")
        os.remove(path)
    except OSError:
        return None
    runs = os.path.exists(os.path.join(venv, "bin", "python"))
    return lock if runs and place == venv and "==" in lock else None


def install(venv, lock):
    """Makes the environment, or brings one that was whole to the lock.

    Its stamp is taken first and written last, so that half of one is never taken for whole.
    """
    python = find_python()
    with open(lock) as file:
        wanted = packages_of(file.read())
    total, before = len(wanted), take_stamp(venv)
    if before is None:
        say("setting up %s: %d packages, once" % (os.path.basename(venv), total))
    else:
        say("bringing %s up to date" % os.path.basename(venv))
    environment = dict(os.environ, UV_PYTHON_DOWNLOADS="never", PIP_DISABLE_PIP_VERSION_CHECK="1")
    environment.pop("VIRTUAL_ENV", None)
    target = os.path.join(venv, "bin", "python")
    gone = sorted(packages_of(before or "") - wanted)
    if shutil.which("uv"):
        if before is None:
            run(["uv", "venv", "--quiet", "--clear", "--python", python, venv], environment)
        # The lock is whole: nothing beside it is resolved.
        words = ["uv", "pip", "install", "--quiet", "--no-deps", "--require-hashes", "--python", target, "-r", lock]
        run(words, environment)
        if gone:
            run(["uv", "pip", "uninstall", "--quiet", "--python", target] + gone, environment)
    else:
        if before is None:
            try:
                run([python, "-m", "venv", "--clear", venv], environment)
            except SystemExit:
                say("  to mend: python3-venv may be missing (Debian, Ubuntu: apt-get install python3-venv)")
                raise
        words = [target, "-m", "pip", "install", "--no-deps", "--require-hashes", "--progress-bar", "off", "-r", lock]
        pip(words, environment, total)
        if gone:
            run([target, "-m", "pip", "uninstall", "--quiet", "--yes"] + gone, environment)
    with open(os.path.join(venv, "customer360.stamp"), "w") as file:
        file.write(stamp_text(venv, lock))


def pip(words, environment, total):
    """Runs pip and counts its packages; what it printed is shown only when it fails."""
    lines, seen = [], 0
    process = subprocess.Popen(
        words, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, universal_newlines=True
    )
    for line in process.stdout:
        lines.append(line)
        if line.startswith("Collecting "):
            seen += 1
            if seen % 25 == 0:
                say("  %d of %d fetched" % (seen, total))
        elif line.startswith("Installing collected"):
            say("  installing")
    if process.wait() != 0:
        sys.stderr.write("".join(lines[-30:]))
        fail("the packages could not be installed", "see pip's message above; is the package registry reachable?")


def run(words, environment):
    """Runs a command that has to succeed."""
    if subprocess.call(words, env=environment) != 0:
        fail("failed: " + " ".join(words), "see the message above")


def say(text):
    """Progress, on standard error."""
    sys.stderr.write(text + "\n")
    sys.stderr.flush()


def fail(what, how):
    """Ends with the error in our usual form."""
    sys.stderr.write("error: %s\n  to mend: %s\n" % (what, how))
    sys.exit(1)


if __name__ == "__main__":
    sys.exit(main())
