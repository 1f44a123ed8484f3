"""What docker-compose.yml reads from .env, and the command that starts it."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Sequence

from customer360.errors import Customer360Error
from customer360.orchestrator.configuration import Keys
from customer360.settings import Settings
from customer360.warehouse import Secrets


def compose_environment(store: Secrets) -> dict[str, str]:
    """What docker-compose.yml cannot do without: name to value. The containers' own, made on first use.

    Every value is of letters, digits, ``-``, ``_`` and ``=`` only, so it is safe in URLs, JSON and .env alike. With the
    user's id (not root's) the containers can write to the folder of exports.
    """
    keys = Keys.of(store)
    own_id = {"AIRFLOW_UID": str(os.getuid())} if os.getuid() else {}
    return own_id | {
        "AIRFLOW_ADMIN_PASSWORD": keys.admin,
        "AIRFLOW_API_SECRET": keys.api,
        "AIRFLOW_DB_PASSWORD": store.get_or_create("compose_airflow_database"),
        "AIRFLOW_FERNET_KEY": keys.fernet,
        "AIRFLOW_JWT_SECRET": keys.jwt,
        "CUSTOMER360_DB_PASSWORD": store.get_or_create("compose_warehouse"),
        "MINIO_PASSWORD": store.get_or_create("compose_minio"),
        "MONGODB_PASSWORD": store.get_or_create("compose_mongodb"),
        "POSTGRES_PASSWORD": store.get_or_create("compose_postgres"),
    }


def compose_command(settings: Settings, profiles: Sequence[str] = ()) -> list[str]:
    """The command that builds the image and starts the containers.

    Args:
        settings: whose ``.env`` is read.
        profiles: of docker-compose.yml: servers to fetch from.

    Raises:
        Customer360Error: this machine has no Docker, no Compose, or no engine that answers.
    """
    instead = "or do without: make run needs no Docker"
    docker = shutil.which("docker")
    if docker is None:
        raise Customer360Error("there is no docker on this machine", where="PATH", how=f"install Docker, {instead}")
    for words, what, how in (
        (("compose", "version"), "docker has no compose", "install the Compose plugin of Docker"),
        (("info",), "no Docker engine answers", "start it, and see that your user may use it (docker info)"),
    ):
        done = subprocess.run([docker, *words], capture_output=True, text=True, errors="replace", check=False)
        if done.returncode != 0:
            said = (done.stderr.strip().splitlines() or [""])[0]
            raise Customer360Error(what, where=f"{docker} {' '.join(words)}: {said}", how=f"{how}, {instead}")
    command = [docker, "compose", f"--project-directory={settings.root}", f"--env-file={settings.env_file}"]
    return [*command, *(f"--profile={profile}" for profile in profiles), "up", "--build", "--detach"]
