"""airflow.cfg and the environment: secrets in one place, ports that agree, nothing of the caller's."""

from __future__ import annotations

import configparser
from types import MappingProxyType

import pytest

from customer360.orchestrator.configuration import MARK, Keys, config_text, environment, fingerprint
from customer360.warehouse import Login, Secrets
from tests.conftest import settings_in

KEYS = Keys(admin="a-secret", api="p-secret", fernet="f-secret", jwt="j-secret")
LOGIN = Login(host="127.0.0.1", port=5433, database="airflow", user="c360_airflow", password="50%/@:x")


@pytest.fixture
def settings(tmp_path):
    return settings_in(tmp_path)


def parsed(settings, login=LOGIN, port=8081, keep=False) -> configparser.ConfigParser:
    config = configparser.ConfigParser()
    config.read_string(config_text(settings, login, KEYS, port, keep))
    return config


def test_the_password_of_the_database_survives_the_percent_signs(settings):
    assert parsed(settings)["database"]["sql_alchemy_conn"] == LOGIN.sqlalchemy_url()


def test_port_base_url_and_execution_url_agree_and_stay_on_this_machine(settings):
    config = parsed(settings, port=8099)
    assert (config["api"]["host"], config["api"]["port"]) == ("127.0.0.1", "8099")
    assert config["api"]["base_url"] == "http://127.0.0.1:8099"
    assert config["core"]["execution_api_server_url"] == "http://127.0.0.1:8099/execution/"


def test_the_asynchronous_driver_gets_sslmode_under_its_own_name(settings):
    login = Login(
        "db", 5432, "airflow", "u", "p", params=MappingProxyType({"sslmode": "require", "gssencmode": "disable"})
    )
    url = parsed(settings, login)["database"]["sql_alchemy_conn_async"]
    assert url.startswith("postgresql+asyncpg://")
    assert url.endswith("?ssl=require")


def test_an_airflow_that_mostly_waits_looks_less_often(settings):
    idle = [float(parsed(settings, keep=keep)["scheduler"]["scheduler_idle_sleep_time"]) for keep in (False, True)]
    assert idle[0] < idle[1]


def test_nothing_of_the_callers_airflow_reaches_ours(settings):
    inherited = {
        "AIRFLOW__CORE__EXECUTOR": "CeleryExecutor",
        "AIRFLOW_HOME": "/elsewhere",
        "PYTHONPATH": "/elsewhere",
        "C360_DATABASE_URL": "postgresql://elsewhere/db",
        "no_proxy": "intranet",
        "HTTP_PROXY": "http://proxy:3128",
        "HOME": "/home/somebody",
    }
    environ = environment(settings, inherited)
    assert not [name for name in environ if name.startswith("AIRFLOW__")]
    assert "elsewhere" not in str(environ)
    assert environ["HOME"] == "/home/somebody"
    assert environ["NO_PROXY"] == environ["no_proxy"] == "intranet,127.0.0.1,localhost"
    assert environ[MARK] == environ["AIRFLOW_HOME"] == str(settings.airflow_home)


def test_the_fingerprint_tells_other_settings_apart(settings):
    environ = environment(settings, {})
    known = fingerprint("config", environ, "python")
    assert known == fingerprint("config", {**environ, "HOME": "/other"}, "python")
    others = [
        fingerprint("config 2", environ, "python"),
        fingerprint("config", {**environ, "C360_EXPORTS_DIR": "/other"}, "python"),
        fingerprint("config", environ, "python 2"),
    ]
    assert known not in others


def test_keys_are_made_once_long_enough_and_hidden(settings):
    store = Secrets(settings.make_state() / "secrets.json")
    keys = Keys.of(store)
    assert keys == Keys.of(store)
    assert len(keys.jwt) >= 64
    assert repr(keys) == "Keys(...)"
    assert len({keys.admin, keys.api, keys.fernet, keys.jwt}) == 4
