"""What users do wrong, each as a command that is really run; `make errors` writes docs/errors.md from it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "errors.md"

SOURCES = """\
version: 1
sources:
  shop:
    customers:
      files: ["customers.csv"]
      columns: {customer_id: id, email: mail}
    orders:
      files: ["orders.csv"]
      columns: {order_id: id, customer_id: client, ordered_at: date, amount: total}
"""
CUSTOMERS = "id,mail\n1,ann@example.com\n"
ORDERS = "id,client,date,total\nA,1,2026-01-05,10.00\n"
OLD_SERVER = Path("/usr/lib/postgresql/15/bin")


@dataclass(frozen=True)
class Case:
    """One mistake.

    Attributes:
        situation: in the user's words.
        prepare: changes a good data folder, and gives more arguments or environment; returns why it cannot run here.
        exit_code: of the command.
        says: what standard error (for a warning: standard output) has to contain.
    """

    situation: str
    prepare: Callable[[Setting], str | None]
    exit_code: int
    says: str


@dataclass
class Setting:
    """A good data folder and the command that is run on it; cases spoil them."""

    folder: Path
    command: list[str]
    environment: dict[str, str]
    clean_up: list[Callable[[], object]]


@dataclass(frozen=True)
class Outcome:
    exit_code: int
    output: str
    errors: str


def make_setting(parent: Path) -> Setting:
    folder = parent / "my shop"
    folder.mkdir(parents=True)
    (folder / "sources.yml").write_text(SOURCES)
    (folder / "customers.csv").write_text(CUSTOMERS)
    (folder / "orders.csv").write_text(ORDERS)
    environment = {**os.environ, "C360_STATE_DIR": str(parent / "state"), "C360_EXPORTS_DIR": str(parent / "exports")}
    environment.pop("C360_DATABASE_URL", None)
    return Setting(folder, [sys.executable, "-m", "customer360", "run-cli", "--data", str(folder)], environment, [])


def no_folder(s: Setting) -> None:
    shutil.rmtree(s.folder)


def no_sources(s: Setting) -> None:
    (s.folder / "sources.yml").unlink()


def edit(old: str, new: str, name: str = "sources.yml") -> Callable[[Setting], None]:
    def prepare(s: Setting) -> None:
        file = s.folder / name
        assert old in file.read_text()
        file.write_text(file.read_text().replace(old, new, 1))

    return prepare


def write(name: str, text: str) -> Callable[[Setting], None]:
    def prepare(s: Setting) -> None:
        (s.folder / name).write_text(text)

    return prepare


def directory(s: Setting) -> None:
    (s.folder / "orders.csv").unlink()
    (s.folder / "orders.csv").mkdir()


def no_permission(s: Setting) -> str | None:
    (s.folder / "orders.csv").chmod(0)
    if os.geteuid() == 0:  # root reads everything, unless it gives that right away
        if not shutil.which("setpriv"):
            return "runs as root, and setpriv is missing"
        s.command[:0] = ["setpriv", "--bounding-set=-dac_override,-dac_read_search"]
    return None


def wrong_url(s: Setting) -> None:
    s.environment["C360_DATABASE_URL"] = "postgresql://ann:secret@127.0.0.1:9/shop"


def older_server(s: Setting) -> str | None:
    if not (OLD_SERVER / "initdb").exists():
        return "needs the programs of PostgreSQL 15"
    as_user = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"] if os.geteuid() == 0 else []
    if as_user and not shutil.which("setpriv"):
        return "runs as root, and setpriv is missing"
    data = Path(tempfile.mkdtemp(prefix="c360-old-"))
    data.chmod(0o755)
    cluster = data / "cluster"
    cluster.mkdir()
    if as_user:
        os.chown(cluster, 65534, 65534)
    port = 49152 + os.getpid() % 16000

    def call(*words: str | Path) -> None:
        subprocess.run([*as_user, *words], check=True, stdout=subprocess.DEVNULL, cwd=data)

    call(OLD_SERVER / "initdb", "-D", cluster, "-U", "ann", "--auth=trust", "-N")
    options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories=''"
    control = (OLD_SERVER / "pg_ctl", "-D", cluster, "-s")
    s.clean_up.append(lambda: shutil.rmtree(data))
    call(*control, "-w", "-l", cluster / "log", "-o", options, "start")
    s.clean_up.insert(0, lambda: call(*control, "-m", "immediate", "stop"))
    s.environment["C360_DATABASE_URL"] = f"postgresql://ann@127.0.0.1:{port}/postgres"
    return None


def other_major_version(s: Setting) -> None:
    data = Path(s.environment["C360_STATE_DIR"]) / "postgres"
    data.mkdir(parents=True, mode=0o700)
    (data / "PG_VERSION").write_text("15\n")


def python_too_old(s: Setting) -> str | None:
    names = ["python3.10", "python3.9", "python3.8", "python3.7", "python3.6"]
    homes = [*os.environ["PATH"].split(":"), *map(str, Path.home().glob(".pyenv/versions/3.*/bin"))]
    for home in homes:
        for name in names:
            found = Path(home) / name
            if found.exists() and subprocess.run([found, "-c", ""], check=False, capture_output=True).returncode == 0:
                s.command[:] = [str(found), "customer360/bootstrap.py", str(s.folder / ".venv"), "requirements.txt"]
                s.environment["PATH"] = str(s.folder)
                return None
    return "no Python older than 3.11 here"


def as_of(s: Setting) -> None:
    s.command += ["--as-of", "31/12/2025"]


CASES = [
    Case("`DATA=` names no folder", no_folder, 1, "no such data folder"),
    Case("the folder has no `sources.yml`", no_sources, 1, "no sources.yml"),
    Case("`sources.yml` is not YAML", edit('["orders.csv"]', '["orders.csv"'), 1, "not valid YAML"),
    Case("an unknown field", edit("email: mail", "emial: mail"), 1, "did you mean 'email'"),
    Case("a required field is not mapped", edit("amount: total", "currency: total"), 1, "lacks amount"),
    Case("a mapped column that the file lacks", edit("total", "Total amount", "orders.csv"), 1, "lacks the column"),
    Case("no file matches the pattern", edit('"orders.csv"', '"order-*.csv"'), 1, "no file matches"),
    Case("an empty file: the rest goes on", write("orders.csv", ""), 0, "the file is empty"),
    Case("a file with a header only: no orders", write("orders.csv", "id,client,date,total\n"), 0, "customers found"),
    Case(
        "a line that does not fit: the rest goes on", write("orders.csv", ORDERS + "B,1\n"), 0, "1 rows in quarantine"
    ),
    Case("a directory instead of a file", directory, 1, "a directory stands where"),
    Case("no permission to read a file", no_permission, 1, "no permission"),
    Case("`AS_OF=` is no date", as_of, 1, "is no date"),
    Case("`C360_DATABASE_URL` names no server", wrong_url, 1, "127.0.0.1"),
    Case("`C360_DATABASE_URL` names an older server", older_server, 1, "15"),
    Case("the data directory is of another major version", other_major_version, 1, "15"),
    Case("Python is too old", python_too_old, 1, "needs Python 3.11"),
]


def run_case(case: Case, parent: Path) -> Outcome | str:
    """Runs a case in a folder of its own; a string says why it cannot run on this machine."""
    setting = make_setting(parent)
    try:
        if (reason := case.prepare(setting)) is not None:
            return reason
        done = subprocess.run(
            setting.command, cwd=ROOT, env=setting.environment, capture_output=True, text=True, check=False, timeout=300
        )
        return Outcome(done.returncode, shown(done.stdout, parent), shown(done.stderr, parent))
    finally:
        stop = [sys.executable, "-m", "customer360", "down"]
        subprocess.run(stop, cwd=ROOT, env=setting.environment, check=False, capture_output=True)
        for work in setting.clean_up:
            work()


def shown(text: str, parent: Path) -> str:
    """Output with this machine's paths, ports and versions taken out."""
    text = text.replace(str(parent), "~").replace(str(ROOT), "customer360")
    text = re.sub(r"this is 3\.\d+", "this is 3.9", text)
    return re.sub(r"(port |:)\d{5}\b", r"\g<1>54321", text)


def page(parent: Path) -> str:
    """docs/errors.md from what the commands print now."""
    parts = [
        "# When something is wrong",
        "",
        "What was tried, and what the command line said; written by `make errors`, which runs every case. Errors go to",
        "standard error, and make then fails; a warning stands in the summary, and the run goes on.",
        "",
        "| situation | exit | what is said |",
        "| --- | --- | --- |",
    ]
    for number, case in enumerate(CASES):
        outcome = run_case(case, parent / str(number))
        if isinstance(outcome, str) or outcome.exit_code != case.exit_code:
            raise SystemExit(f"{case.situation}: {outcome}")
        parts.append(f"| {case.situation} | {outcome.exit_code} | {cell(case, outcome)} |")
    return "\n".join(parts) + "\n"


def cell(case: Case, outcome: Outcome) -> str:
    lines = outcome.errors.strip().splitlines()
    if case.exit_code == 0:
        lines = [line.strip() for line in outcome.output.splitlines() if case.says in line][-1:]
    return "<br>".join(f"`{line.strip()}`".replace("|", "\\|") for line in lines if line.strip())


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="c360-errors-") as folder:
        PAGE.write_text(page(Path(folder)), encoding="utf-8")
    sys.stdout.write(f"wrote {PAGE}\n")
