"""docker-compose.yml and airflow/Dockerfile, checked as far as that goes without a Docker engine."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import json
import os
import re
import shlex
from pathlib import Path

import jsonschema
import pytest
import yaml

from customer360.errors import Customer360Error
from customer360.orchestrator.compose import compose_command, compose_environment
from customer360.orchestrator.configuration import POOL, POOL_SLOTS, Keys, config_text
from customer360.orchestrator.processes import COMMANDS
from customer360.warehouse import Login, Secrets
from tests.conftest import ROOT, settings_in

SCHEMA = os.environ.get("C360_COMPOSE_SCHEMA", "")
TEXT = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
COMPOSE = yaml.safe_load(TEXT)
SERVICES = COMPOSE["services"]
AIRFLOW_SERVICES = {name: service for name, service in SERVICES.items() if name.startswith("airflow-")}
DOCKERFILE = (ROOT / "airflow" / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ")
DOCKERFILE_STEPS = [shlex.split(line, comments=True) for line in DOCKERFILE.splitlines() if line and line[0] != "#"]


@pytest.fixture(scope="module")
def airflow_options() -> dict[str, set[str]]:
    """Section -> the options that the locked Airflow and its providers know."""
    package = Path(importlib.util.find_spec("airflow").origin).parent
    known = yaml.safe_load((package / "config_templates" / "config.yml").read_text(encoding="utf-8"))
    for provider in importlib.metadata.entry_points(group="apache_airflow_provider"):
        known |= provider.load()().get("config") or {}
    return {section: set(entry["options"]) for section, entry in known.items()}


def airflow_parser():
    from airflow.cli.cli_parser import get_parser

    return get_parser()


@pytest.mark.skipif(not Path(SCHEMA).is_file(), reason="C360_COMPOSE_SCHEMA names no Compose schema")
def test_the_file_keeps_to_the_compose_specification():
    schema = json.loads(Path(SCHEMA).read_text(encoding="utf-8"))
    extensions = {key: value for key, value in COMPOSE.items() if key.startswith("x-")}
    assert list(extensions) == ["x-airflow"]
    jsonschema.Draft7Validator(schema).validate(COMPOSE)


def test_the_same_four_processes_run_as_without_docker():
    commands = {service["command"][0] for name, service in AIRFLOW_SERVICES.items() if name != "airflow-init"}
    assert commands == set(COMMANDS)


def test_make_env_knows_every_secret_and_none_is_in_the_file(tmp_path):
    provided = compose_environment(Secrets(tmp_path / "secrets.json"))
    required = set(re.findall(r"\$\{(\w+):\?", TEXT))
    assert provided.pop("AIRFLOW_UID", "0") == str(os.getuid())
    assert required == set(provided)
    assert all(re.fullmatch(r"[A-Za-z0-9_=-]{40,}", value) for value in provided.values())
    assert len(set(provided.values())) == len(provided)
    optional = re.findall(r"(?<!\$)\$\{(\w+)(:-[^}]*)?\}", TEXT)
    assert all(default for name, default in optional if name not in required)


def test_ports_are_open_to_this_machine_only():
    ports = [port for service in SERVICES.values() for port in service.get("ports", [])]
    assert ports
    assert all(port.startswith("127.0.0.1:") for port in ports)


def test_every_mounted_and_copied_path_exists():
    mounts = [mount for service in SERVICES.values() for mount in service["volumes"]]
    named = {mount.split(":")[0] for mount in mounts if mount[0] not in ".$"}
    assert named == set(COMPOSE["volumes"])
    beside = {mount.split(":")[0] for mount in mounts if mount.startswith("./")} | {"./docs/examples"}
    copied = {step[-2] for step in DOCKERFILE_STEPS if step[0] == "COPY"}
    for path in beside | copied:
        assert (ROOT / path).exists(), path
    ignore = (ROOT / "airflow" / "Dockerfile.dockerignore").read_text(encoding="utf-8").splitlines()
    assert {line[1:] for line in ignore if line.startswith("!")} == copied
    assert os.access(ROOT / "airflow" / "init-metadata.sh", os.X_OK)


def test_the_image_is_the_locked_airflow_and_not_root():
    lock = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    version = re.search(r"^apache-airflow==([\d.]+)", lock, re.MULTILINE).group(1)
    assert DOCKERFILE_STEPS[0][:2] == ["FROM", f"apache/airflow:{version}-python3.12"]
    users = [step[1] for step in DOCKERFILE_STEPS if step[0] == "USER"]
    assert users[-1] == "airflow"
    assert all(service["user"] == "${AIRFLOW_UID:-50000}:0" for service in AIRFLOW_SERVICES.values())
    assert "--require-hashes" in DOCKERFILE


def test_every_option_that_we_set_is_one_of_this_airflow(airflow_options, tmp_path):
    words = {name for service in AIRFLOW_SERVICES.values() for name in service["environment"]}
    words |= set(re.findall(r"AIRFLOW__\w+", DOCKERFILE))
    options = [name.lower().split("__")[1:] for name in words if name.startswith("AIRFLOW__")]
    keys = Keys(admin="a", api="b", fernet="c", jwt="d")
    section = ""
    for line in config_text(settings_in(tmp_path), Login("h", 1, "d", "u", "p"), keys, 8080, keep=False).splitlines():
        if line.startswith("["):
            section = line.strip("[]")
        elif " = " in line:
            options.append([section, line.split(" = ")[0]])
    assert len(options) > 30
    assert [option for option in options if option[1] not in airflow_options.get(option[0], ())] == []


def test_every_command_is_one_of_this_airflow():
    """Arguments too: what the parser does not know ends a container at once."""
    parser = airflow_parser()
    commands = [service["command"] for name, service in AIRFLOW_SERVICES.items() if name != "airflow-init"]
    shell = [SERVICES["airflow-init"]["command"][-1]]
    shell += [
        s["healthcheck"]["test"][1] for s in AIRFLOW_SERVICES.values() if "CMD-SHELL" in str(s.get("healthcheck"))
    ]
    found = [shlex.split(words) for text in shell for words in re.findall(r"\bairflow ((?:[^\n|&]|\|(?!\|))+)", text)]
    assert ["db", "migrate"] in found
    assert len(found) == 5
    for command in commands + found:
        assert parser.parse_args(command).func, command


def test_the_pool_is_the_one_that_tasks_wait_for():
    script = SERVICES["airflow-init"]["command"][-1]
    assert f"airflow pools set {POOL} {POOL_SLOTS} " in script


def test_addresses_in_health_checks_are_those_that_are_served(airflow_options):
    package = Path(importlib.util.find_spec("airflow").origin).parent
    known = yaml.safe_load((package / "config_templates" / "config.yml").read_text(encoding="utf-8"))
    scheduler, api = (
        " ".join(SERVICES[f"airflow-{name}"]["healthcheck"]["test"]) for name in ("scheduler", "api-server")
    )
    port = known["scheduler"]["options"]["scheduler_health_check_server_port"]["default"]
    assert f"http://127.0.0.1:{port}/health" in scheduler
    assert f"http://127.0.0.1:{known['api']['options']['port']['default']}/api/v2/monitor/health" in api


def test_every_service_is_looked_after():
    """Restarted, watched, of an image of one version, and with no more rights than it needs."""
    for name, service in SERVICES.items():
        assert service["restart"] == ("no" if name == "airflow-init" else "unless-stopped"), name
        assert ("healthcheck" in service) != (name == "airflow-init"), name
        assert not set(service) & {"privileged", "cap_add", "network_mode", "pid", "devices"}, name
        if "build" not in service:
            tag = service["image"].partition(":")[2]
            assert re.match(r"(\d|RELEASE\.\d)", tag), name
    assert all(service["security_opt"] == ["no-new-privileges:true"] for service in AIRFLOW_SERVICES.values())
    optional = {name for name, service in SERVICES.items() if service.get("profiles")}
    assert optional == {"mongodb", "minio"}
    assert all(SERVICES[name]["profiles"] == [name] for name in optional)
    needed = {needs for service in SERVICES.values() for needs in service.get("depends_on", ())}
    assert needed <= set(SERVICES) - optional


def test_every_variable_of_ours_is_read_by_somebody():
    names = {name for service in SERVICES.values() for name in service["environment"] if name.startswith("C360_")}
    names |= set(re.findall(r"\bC360_\w+", DOCKERFILE))
    code = "".join(
        path.read_text(encoding="utf-8")
        for folder in ("customer360", "airflow")
        for path in (ROOT / folder).rglob("*.py")
    )
    assert {name for name in names if f'"{name}"' not in code} == set()
    assert "C360_DATA_DIR" in TEXT


def test_the_dockerfile_keeps_to_the_rules_of_linters():
    words = [step[0] for step in DOCKERFILE_STEPS]
    assert set(words) <= {"FROM", "USER", "RUN", "COPY", "ENV", "WORKDIR"}  # no ADD, no ARG for secrets to stay in
    assert re.fullmatch(r"[\w./-]+:[\w.-]+", DOCKERFILE_STEPS[0][1])
    assert not DOCKERFILE_STEPS[0][1].endswith(":latest")
    for step in DOCKERFILE_STEPS:
        if step[0] == "COPY":
            assert step[1] == "--chown=airflow:0"
            assert step[-1].startswith("/")
        if step[0] == "WORKDIR":
            assert step[1].startswith("/")
        if step[0] == "RUN":
            assert not {"sudo", "cd", "apt-get", "curl", "wget"} & set(step)
            assert "install" not in step[2:] or "pip" not in " ".join(step) or "--no-cache-dir" in step
        if step[0] == "ENV":
            assert not re.search(r"(?i)password|secret|token|key=", " ".join(step))
    # What root does comes first, and is little.
    root = words.index("USER")
    assert [step[0] for step in DOCKERFILE_STEPS[root : root + 3]] == ["USER", "RUN", "USER"]


def test_compose_up_says_what_is_missing(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Customer360Error, match="there is no docker on this machine"):
        compose_command(settings_in(tmp_path))
    for missing, said in (("compose", "docker has no compose"), ("info", "no Docker engine answers")):
        docker = tmp_path / "docker"
        docker.write_text(f'#!/bin/sh\n[ "$1" != {missing} ] || {{ echo "not here" >&2; exit 1; }}\n')
        docker.chmod(0o755)
        with pytest.raises(Customer360Error, match=said) as error:
            compose_command(settings_in(tmp_path))
        assert "not here" in error.value.where
        assert "make run needs no Docker" in error.value.how
    docker.write_text("#!/bin/sh\n")
    command = compose_command(settings_in(tmp_path), ["minio"])
    assert command[-4:] == ["--profile=minio", "up", "--build", "--detach"]
    assert f"--env-file={tmp_path / '.env'}" in command
