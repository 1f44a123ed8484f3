"""docker-compose.yml and airflow/Dockerfile, checked as far as that goes without a Docker engine."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import shlex
from pathlib import Path

import jsonschema
import pytest
import yaml

from customer360.orchestrator.compose import compose_environment
from customer360.orchestrator.configuration import Keys, config_text
from customer360.orchestrator.processes import COMMANDS
from customer360.warehouse import Login, Secrets
from tests.conftest import ROOT, settings_in

SCHEMA = os.environ.get("C360_COMPOSE_SCHEMA", "")
TEXT = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
COMPOSE = yaml.safe_load(TEXT)
SERVICES = COMPOSE["services"]
AIRFLOW_SERVICES = {name: service for name, service in SERVICES.items() if name != "postgres"}
DOCKERFILE = (ROOT / "airflow" / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ")
DOCKERFILE_STEPS = [shlex.split(line, comments=True) for line in DOCKERFILE.splitlines() if line and line[0] != "#"]


@pytest.fixture(scope="module")
def airflow_options() -> dict[str, set[str]]:
    """Section -> the options that the locked Airflow knows."""
    package = Path(importlib.util.find_spec("airflow").origin).parent
    known = yaml.safe_load((package / "config_templates" / "config.yml").read_text(encoding="utf-8"))
    return {section: set(entry["options"]) for section, entry in known.items()}


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
    assert required == set(provided)
    assert all(re.fullmatch(r"[A-Za-z0-9_=-]{40,}", value) for value in provided.values())
    assert len(set(provided.values())) == len(provided)
    optional = re.findall(r"(?<!\$)\$\{(\w+)(?::-([^}]*))?\}", TEXT)
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
