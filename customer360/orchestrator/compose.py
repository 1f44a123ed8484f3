"""The secrets that docker-compose.yml reads from .env."""

from __future__ import annotations

from customer360.orchestrator.configuration import Keys
from customer360.warehouse import Secrets


def compose_environment(store: Secrets) -> dict[str, str]:
    """What docker-compose.yml cannot do without: name to value. The containers' own, made on first use.

    Every value is of letters, digits, ``-``, ``_`` and ``=`` only, so it is safe in URLs, JSON and .env alike.
    """
    keys = Keys.of(store)
    return {
        "AIRFLOW_ADMIN_PASSWORD": keys.admin,
        "AIRFLOW_API_SECRET": keys.api,
        "AIRFLOW_DB_PASSWORD": store.get_or_create("compose_airflow_database"),
        "AIRFLOW_FERNET_KEY": keys.fernet,
        "AIRFLOW_JWT_SECRET": keys.jwt,
        "POSTGRES_PASSWORD": store.get_or_create("compose_postgres"),
    }
