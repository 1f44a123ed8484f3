"""Airflow's settings and the environment of its processes: one airflow.cfg (0600), written at every start."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import secrets
import urllib.parse
from collections.abc import Mapping
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path

from customer360 import lineage
from customer360.settings import Settings
from customer360.warehouse import Login, Secrets

DAG_ID = "customer360"
HOST = "127.0.0.1"
USER = "admin"
MARK = "C360_AIRFLOW_HOME"  # in the environment of each process that we start, and of nobody else's
POOL, POOL_SLOTS = "warehouse", 4  # of tasks that work in the database; people may change the number in the UI
# What is read when Airflow starts; one that is kept up keeps them when `make run` finds it.
AT_START = ("C360_DATA", "C360_SCHEDULE", "C360_WATCH", "C360_DEADLINE_MINUTES", "C360_LINEAGE")
_CALLERS_OWN = ("C360_RUN_TIMEOUT",)  # of no interest to Airflow's processes
_NEVER_INHERITED = ("AIRFLOW_", "_AIRFLOW", "PYTHONPATH", "PYTHONHOME", MARK)
_CONNECTIONS = "AIRFLOW_CONN_"


@dataclass(frozen=True)
class Keys:
    """Generated secrets; none of them shows when printed."""

    admin: str
    api: str
    fernet: str
    jwt: str

    def __repr__(self) -> str:
        return "Keys(...)"

    @classmethod
    def of(cls, store: Secrets) -> Keys:
        """The installation's keys, made on first use."""
        return cls(
            admin=store.get_or_create("airflow_admin"),
            api=store.get_or_create("airflow_api_secret"),
            fernet=store.get_or_create("airflow_fernet", _new_fernet_key),
            jwt=store.get_or_create("airflow_jwt", lambda: secrets.token_urlsafe(64)),  # SHA-512 wants 64 bytes
        )


def config_text(
    settings: Settings, login: Login, keys: Keys, port: int, keep: bool, environ: Mapping[str, str] = os.environ
) -> str:
    """The whole airflow.cfg. What it does not say keeps Airflow's default."""
    home, url = settings.airflow_home, f"http://{HOST}:{port}"
    events_go_to = lineage.transport(environ)
    sections: dict[str, dict[str, object]] = {
        "core": {
            "dags_folder": settings.root / "airflow" / "dags",
            "plugins_folder": settings.root / "airflow" / "plugins",
            "executor": "LocalExecutor",
            # Each worker takes 150 MB; the work itself is in PostgreSQL and dbt, which have threads of their own.
            "parallelism": POOL_SLOTS,
            "load_examples": False,
            "dags_are_paused_at_creation": False,
            "fernet_key": keys.fernet,
            "simple_auth_manager_users": f"{USER}:admin",
            "simple_auth_manager_passwords_file": password_file(settings),
            # Port, base URL and this one must agree, or tasks stay queued for ever.
            "execution_api_server_url": f"{url}/execution/",
        },
        "database": {
            "sql_alchemy_conn": login.sqlalchemy_url(),
            "sql_alchemy_conn_async": _for_asyncpg(login).sqlalchemy_url("asyncpg"),
            # The start sees to migrations; four processes looking again would only take longer.
            "check_migrations": False,
        },
        "logging": {
            "base_log_folder": log_folder(settings),
            "dag_processor_child_process_log_directory": log_folder(settings) / "dag_processor",
            "file_task_handler_new_folder_permissions": "0o700",
            "file_task_handler_new_file_permissions": "0o600",
            "colored_console_log": False,
            "uvicorn_logging_level": "WARNING",
        },
        "api": {
            "host": HOST,  # the default is every interface
            "port": port,
            "base_url": url,
            "secret_key": keys.api,
            "instance_name": "customer360",
        },
        "api_auth": {"jwt_secret": keys.jwt},
        "scheduler": {
            # The default of a second passes between any two tasks, so a run would take 8 s longer. Looking four times a
            # second takes a tenth of a core, too much for an Airflow that mostly waits.
            "scheduler_idle_sleep_time": 1 if keep else 0.25,
        },
        "workers": {
            # A busy machine is no reason to send a request twice or to end a task.
            "execution_api_timeout": 60,
            "max_failed_heartbeats": 12,
        },
        "openlineage": {
            "disabled": events_go_to is None,
            "transport": json.dumps(events_go_to) if events_go_to else "",
            "namespace": lineage.NAMESPACE,
        },
        "dag_processor": {
            "parsing_processes": 1,  # there is one file
            "min_file_process_interval": 30,
            "print_stats_interval": 0,
        },
    }
    lines = [f"# Written at each start for {home}; changes here are lost."]
    for section, options in sections.items():
        lines += ["", f"[{section}]"]
        lines += [f"{option} = {str(value).replace('%', '%%')}" for option, value in options.items()]
    return "\n".join(lines) + "\n"


def environment(settings: Settings, inherited: Mapping[str, str] = os.environ) -> dict[str, str]:
    """What Airflow's processes, and so the tasks, see: of the caller's AIRFLOW_ variables only connections."""
    own = {
        name: value
        for name, value in inherited.items()
        if name.startswith(_CONNECTIONS) or not name.startswith(_NEVER_INHERITED)
    }
    local = ",".join(filter(None, [own.get("NO_PROXY", own.get("no_proxy", "")), HOST, "localhost"]))
    own |= {
        "AIRFLOW_HOME": str(settings.airflow_home),
        MARK: str(settings.airflow_home),
        "PYTHONPATH": str(settings.root),
        "SPT_NOENV": "1",  # process titles must not overwrite the environment, by which `stop` knows its processes
        "C360_STATE_DIR": str(settings.state),
        "C360_EXPORTS_DIR": str(settings.exports),
        "NO_PROXY": local,  # tasks talk to the api-server over HTTP, and not through anybody's proxy
        "no_proxy": local,
        # A task's process ends without ado, about which multiprocessing would complain in every log of dbt.
        "PYTHONWARNINGS": ",".join(
            filter(None, [own.get("PYTHONWARNINGS", ""), "ignore:resource_tracker:UserWarning"])
        ),
        "DO_NOT_TRACK": "1",
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
    }
    own.pop("C360_DATABASE_URL", None)
    if settings.database_url:
        own["C360_DATABASE_URL"] = settings.database_url
    return own


def fingerprint(config: str, environ: Mapping[str, str], python: str) -> str:
    """Changes when running processes would no longer do what new ones do."""
    ours = sorted(
        (name, value) for name, value in environ.items() if name.startswith("C360_") and name not in _CALLERS_OWN
    )
    text = repr((config, ours, python, version("apache-airflow-core")))
    return hashlib.sha256(text.encode()).hexdigest()


def password_file(settings: Settings) -> Path:
    """Where the simple auth manager reads the admin's password, as JSON."""
    return settings.airflow_home / "admin_password.json"


def state_file(settings: Settings) -> Path:
    """What is remembered of the running processes."""
    return settings.airflow_home / "processes.json"


def log_folder(settings: Settings) -> Path:
    """Where task logs are, in Airflow's own layout."""
    return settings.airflow_home / "logs"


def _for_asyncpg(login: Login) -> Login:
    """The login for asyncpg, which knows sslmode under another name and no other libpq parameter."""
    mode = login.params.get("sslmode")
    return replace(login, params={"ssl": mode} if mode else {})


def _new_fernet_key() -> str:
    return base64.urlsafe_b64encode(secrets.token_bytes(32)).decode("ascii")


def quoted(part: str) -> str:
    """A piece of a URL's path: run ids hold colons and plus signs."""
    return urllib.parse.quote(part, safe="")
