"""What the README says holds: verbs, variables, links and paths exist, and its commands do what they are said to."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
from contextlib import closing
from pathlib import Path

import pytest

from customer360.warehouse import Role
from data_generators import GeneratorConfig, generate
from tests.conftest import land_all
from tests.e2e import readme_figures
from tests.e2e.support import ROOT, Installation

README = (ROOT / "README.md").read_text(encoding="utf-8")
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
# What stands for something of the reader's own, and what runs write.
OWN = (
    "path/to/",
    "exports/csv",
    "exports/parquet",
    "exports/previous",
    "exports/dashboard",
    "exports/catalogue",
    ".c360",
    ".venv",
    ".env",
)


def commands(text: str) -> list[str]:
    """Commands that begin with make, from code blocks and code spans, comments taken off."""
    blocks = re.findall(r"```(?:bash|sh)\n(.*?)```", text, re.S)
    lines = [line.partition("  #")[0].strip() for block in blocks for line in block.splitlines()]
    spans = re.findall(r"`([^`\n]+)`", re.sub(r"```.*?```", "", text, flags=re.S))
    return [line for line in [*lines, *spans] if re.match(r"(\w+=\S+ )*make( |$)", line)]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_verbs_and_their_variables_exist(page):
    for command in commands(page.read_text(encoding="utf-8")):
        words = [word for word in shlex.split(command) if not word.startswith(("C360_", "-"))]
        for word in words[words.index("make") + 1 :]:
            name, equals, _ = word.partition("=")
            if equals:
                assert re.search(rf"^{name} \?=|\$\({name}\)", MAKEFILE, re.M), f"{command}: no variable {name}"
            else:
                assert re.search(rf"^{re.escape(name)}:", MAKEFILE, re.M), f"{command}: no verb {name}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page):
    text = page.read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", text):
        if "://" not in target:
            assert (page.parent / target).exists(), target


def test_paths_exist():
    spans = re.findall(r"`([\w./-]+/[\w./-]*)`", README)
    tree = re.search(r"```\n(airflow/.*?)```", README, re.S)[1]
    folders, inside = [], ""
    for line in tree.splitlines():
        name = line.split()[0]
        inside = name if not line.startswith(" ") else inside
        folders.append(name if not line.startswith(" ") else inside + name)
    for path in [*spans, *folders]:
        if not path.startswith(OWN) and "*" not in path:
            assert (ROOT / path).exists(), path


def test_the_tree_names_everything():
    tree = re.search(r"```\n(airflow/.*?)```", README, re.S)[1]
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode != 0:
        pytest.skip("this is no clone with git")
    tracked = listed.stdout.split("\0")
    folders = {f"{path.partition('/')[0]}/" for path in tracked if "/" in path}
    parts = {path.split("/")[1] + "/" * (path.count("/") > 1) for path in tracked if path.startswith("customer360/")}
    for name in folders | parts - {"__init__.py"}:
        assert re.search(rf"(^|\s){re.escape(name)}", tree), f"the README's tree does not name {name}"


def test_measured_figures_are_those_of_the_pages_in_docs():
    assert readme_figures.block(readme_figures.MEASURED) == list(readme_figures.measured_lines()), "run make readme"


def test_the_demo_lands_as_the_readme_says(warehouse, database, tmp_path):
    """The rest of that table needs a run: .ci/run compares it."""
    generate(GeneratorConfig(), tmp_path / "demo")
    land_all(warehouse, database, tmp_path / "demo")
    with closing(warehouse.login(Role.LOADER, database).connect()) as connection, connection.cursor() as cursor:
        landed = readme_figures.landed(cursor)
    names, _, counts = (line.strip("| ").split(" | ") for line in readme_figures.block(readme_figures.DEMO)[1:4])
    told = dict(zip(names, counts, strict=True))
    assert {name: told[name] for name in landed} == {name: f"{count:,}" for name, count in landed.items()}
    assert told["marts"] == str(len(re.findall(r"^## \w+\.csv$", (ROOT / "docs" / "contract.md").read_text(), re.M)))


class Clone(Installation):
    """A fresh clone, in whose folder everything happens, as a newcomer has it."""

    @property
    def environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("C360_", "AIRFLOW", "DBT_"))}
        return {**kept, "HOME": str(self.home)}

    def shell(self, command: str, timeout: float = 900) -> str:
        done = subprocess.run(
            ["bash", "-ec", command],
            cwd=self.home / "clone",
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=timeout,
            check=False,
        )
        assert done.returncode == 0, f"{command}\n{done.stdout[-4000:]}"
        return done.stdout


# What a command needs beside what the README shows, where it asks a person or stands for a value of one's own.
FIRST_LINK = "sed -n 2p exports/csv/identity_links.csv"
HELPED = {
    "make psql": "make psql ARGS='-c \"select count(*) from warehouse.segment_summary\"'",
    "make psql ROLE=analyst_pii": "make psql ROLE=analyst_pii ARGS='-c \"table warehouse.dim_customers limit 1\"'",
    "make who KEY=1234": "make who KEY=$(sed -n 2p exports/csv/customer_rfm.csv | cut -d, -f1)",
    "make why A=crm:123 B=shop:9": f"make why A=$({FIRST_LINK} | cut -d, -f1,2 | tr , :)"
    f" B=$({FIRST_LINK} | cut -d, -f3,4 | tr , :)",
    "make inspect FILE=customers.csv": "make inspect FILE=own/customers.csv",
    "make run DATA=path/to/folder": "make run DATA=own && make run-cli CUSTOMERS=500",  # what follows looks at the demo
    "make readme": "make help",  # .ci/run
    "make restore FILE=...": "make help",  # tests/warehouse
    "make test": "make help",  # it would run itself
    "make test-long": "make help",  # so would it
    "make reset": "make help",  # tests/cli
    "make compose-up": "make help",  # there may be no Docker
}
OWN_DATA = """\
version: 1
sources:
  crm:
    customers:
      files: ["customers*.csv"]
      columns: {customer_id: id, first_name: given_name, last_name: surname, email: mail}
    orders:
      files: ["orders_*.csv"]
      columns: {order_id: id, customer_id: client, ordered_at: date, amount: total}
"""


@pytest.mark.long
def test_each_command_of_the_readme_works_on_a_fresh_clone(tmp_path):
    subprocess.run(["git", "clone", "--quiet", ROOT, tmp_path / "clone"], check=True)
    clone = Clone(tmp_path)
    own = tmp_path / "clone" / "own"
    own.mkdir()
    assert OWN_DATA in README
    (own / "sources.yml").write_text(OWN_DATA)
    (own / "customers.csv").write_text("id,given_name,surname,mail\n1,Ann,Lee,ann@example.com\n")
    (own / "orders_1.csv").write_text("id,client,date,total\nA,1,2026-01-05,10.00\n")
    try:
        clone.shell("make run CUSTOMERS=500")
        seen = {"make run"}
        for command in commands(README):
            if command in seen or command.startswith("C360_DATABASE_URL"):
                continue
            seen.add(command)
            clone.shell(HELPED.get(command, command.replace(" make run ", " make run CUSTOMERS=500 ")))
        clone.shell("make env; set -a; . ./.env; cd dbt_project && ../.venv/bin/dbt run && ../.venv/bin/dbt test")
    finally:
        clone.shell("make down")
        shutil.rmtree(tmp_path, ignore_errors=True)


def test_the_readme_tells_the_two_commands():
    assert commands(README)[:2] == ["make run", "make test"]
    assert Path(ROOT / "Makefile").exists()
