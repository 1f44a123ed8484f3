"""The commands and the environment of docker-compose.yml, run without containers: a run comes out of them."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
import yaml

from customer360.orchestrator.api import Api
from customer360.orchestrator.compose import compose_environment
from customer360.warehouse import Role, Secrets, Warehouse
from customer360.warehouse.programs import server_program
from tests.conftest import ROOT, settings_in

pytestmark = pytest.mark.long

COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
SERVICES = COMPOSE["services"]
DOCKERFILE = (ROOT / "airflow" / "Dockerfile").read_text(encoding="utf-8")


class Containers:
    """What stands in for them: the server, folders and ports of this machine in place of the containers' own."""

    def __init__(self, folder: Path, warehouse: Warehouse) -> None:
        self.folder = folder
        self.secrets = compose_environment(Secrets(folder / "secrets.json"))
        login = warehouse.login(Role.ADMIN, "postgres")
        with socket.create_server(("127.0.0.1", 0)) as probe:
            self.port = probe.getsockname()[1]
        self.places = {
            "@postgres:5432": f"@{login.host}:{login.port}",
            "http://airflow-api-server:8080": f"http://127.0.0.1:{self.port}",
            "http://localhost:8080": f"http://127.0.0.1:{self.port}",
            "/var/lib/customer360": str(folder / "state"),
            "/opt/customer360/exports": str(folder / "exports"),
            "/opt/customer360": str(ROOT),
            "/opt/venv": str(Path(sys.executable).parents[1]),
        }

    def resolved(self, text: str) -> str:
        """As Compose fills variables in; then the places of this machine."""
        text = re.sub(r"\$\{(\w+)(?::\?[^}]*)?\}", lambda it: self.secrets[it[1]], text)
        text = re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", text).replace("$$", "$")
        for there, here in self.places.items():
            text = text.replace(there, here)
        return text

    def environment(self, service: str) -> dict[str, str]:
        image = dict(re.findall(r"(\w+)=(\S+)", re.search(r"^ENV ((?:.+\\\n)*.+)", DOCKERFILE, re.M)[1]))
        own = {name: str(value) for name, value in SERVICES[service]["environment"].items() if value is not None}
        image["PATH"] = f"/opt/venv/bin:{os.environ['PATH']}"
        found = {name: self.resolved(value.strip('"')) for name, value in {**image, **own}.items()}
        # The api-server of a container has port 8080 and all its addresses for itself.
        natively = {"AIRFLOW__API__HOST": "127.0.0.1", "AIRFLOW__API__PORT": str(self.port), "HOME": str(self.folder)}
        return found | natively


@pytest.fixture
def containers(tmp_path: Path) -> Iterator[Containers]:
    """The server as the postgres service makes it, with what the init script adds."""
    warehouse = Warehouse(settings_in(tmp_path / "server"))
    warehouse.settings.make_state()
    try:
        warehouse.start()
        containers = Containers(tmp_path, warehouse)
        postgres = {name: containers.resolved(str(it)) for name, it in SERVICES["postgres"]["environment"].items()}
        admin = warehouse.login(Role.ADMIN, "postgres")
        assert (postgres["POSTGRES_USER"], postgres["POSTGRES_DB"]) == (admin.user, admin.database)
        with closing(admin.connect(autocommit=True)) as connection, connection.cursor() as cursor:
            cursor.execute("drop role c360_loader, c360_transformer, c360_reader, c360_analyst_pii")
        path = f"{server_program('psql').parent}:{os.environ['PATH']}"
        script = ROOT / "airflow" / "init-metadata.sh"
        environment = {**postgres, **admin.libpq_environ(), "PATH": path}
        subprocess.run([str(script)], env=environment, check=True, capture_output=True)
        for name in ("state", "exports"):
            (tmp_path / name).mkdir()
        yield containers
    finally:
        warehouse.stop()


def test_the_services_do_a_run(containers: Containers) -> None:
    init = [containers.resolved(word) for word in SERVICES["airflow-init"]["command"]]
    done = subprocess.run(
        init,
        env=containers.environment("airflow-init"),
        cwd=containers.folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    password_file = containers.folder / "state" / "admin_password.json"
    assert password_file.stat().st_mode & 0o777 == 0o600
    running: dict[str, subprocess.Popen[bytes]] = {}
    try:
        for name in ("api-server", "scheduler", "dag-processor", "triggerer"):
            (command,) = SERVICES[f"airflow-{name}"]["command"]
            running[name] = subprocess.Popen(
                [str(Path(sys.executable).with_name("airflow")), command],
                env=containers.environment(f"airflow-{name}"),
                cwd=containers.folder,
                stdout=(containers.folder / f"{name}.log").open("wb"),
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        password = json.loads(password_file.read_text(encoding="utf-8"))["admin"]
        assert password == containers.secrets["AIRFLOW_ADMIN_PASSWORD"]
        api = Api(f"http://127.0.0.1:{containers.port}", password)
        wait_for(lambda: api.answers() and api.dag() is not None, running, containers.folder)
        api.trigger("natively", {"customers": 200})
        wait_for(lambda: api.run_state("natively") in ("success", "failed"), running, containers.folder)
        assert api.run_state("natively") == "success", [
            task for task in api.tasks("natively") if task.state != "success"
        ]
        with urllib.request.urlopen(SERVICES["airflow-scheduler"]["healthcheck"]["test"][-1], timeout=30) as answer:
            assert answer.status == 200
    finally:
        for process in running.values():
            os.killpg(process.pid, 15)
        for process in running.values():
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, 9)
                process.wait()
    manifest = json.loads((containers.folder / "exports" / "csv" / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["as_of_date"] == "2026-06-30"


def wait_for(done, running, folder: Path, timeout: float = 420) -> None:
    deadline = time.monotonic() + timeout
    while not done():
        for name, process in running.items():
            log = (folder / f"{name}.log").read_text(encoding="utf-8", errors="replace")[-3000:]
            assert process.poll() is None, f"{name} ended:\n{log}"
            assert time.monotonic() < deadline, f"{name}:\n{log}"
        time.sleep(1)
