"""Fetching from real servers: another PostgreSQL, HTTP with faults, the S3 protocol, logs that grow and rotate."""

import contextlib
import gzip
import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import parse_qs, urlsplit

import pytest

from customer360.errors import Customer360Error
from customer360.fetching import fetch_feed, rest
from customer360.landing import find_files, land_file, map_sources
from customer360.sources import read_data_folder
from customer360.warehouse import Role, Warehouse
from tests.conftest import settings_in

SOURCES = """\
version: 1
sources:
  shop:
    events:
      from: {origin}
      columns: {{event_id: id, occurred_at: at, type: kind}}
"""


class Shop:
    """A data folder whose one feed is fetched."""

    def __init__(self, path: Path) -> None:
        self.path = path / "data"
        self.zone = path / "zone"
        self.path.mkdir()

    def declare(self, **origin: Any) -> None:
        (self.path / "sources.yml").write_text(SOURCES.format(origin=json.dumps(origin)))

    @property
    def folder(self) -> Any:
        return replace(read_data_folder(self.path), zone=self.zone)

    def fetch(self) -> int:
        folder = self.folder
        return fetch_feed(folder, folder.feeds[0])

    def lines(self) -> list[str]:
        found = []
        for file in sorted((self.zone / "shop_events").glob("[!.]*")):
            content = file.read_bytes()
            found += (gzip.decompress(content) if content[:2] == b"\x1f\x8b" else content).decode().splitlines()
        return found

    def records(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.lines()]


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return Shop(tmp_path)


def test_postgres_in_pages_from_the_high_water_mark_on(warehouse, database, shop, tmp_path_factory, monkeypatch):
    other = Warehouse(settings_in(tmp_path_factory.mktemp("other")))
    other.start()
    try:
        other.prepare("c360_shop_of_others")
        login = other.login(Role.LOADER, "c360_shop_of_others")
        monkeypatch.setenv("SHOP_DB_URL", login.sqlalchemy_url())
        source = login.connect(autocommit=True)
        source.cursor().execute(
            "create table raw.events (id int primary key, at timestamptz, kind text, amount numeric, about jsonb);"
            "insert into raw.events select n, timestamptz '2024-01-01' + (n / 10) * interval '1 hour', 'view', 1.10,"
            " '{}' from generate_series(1, 95) n"
        )
        shop.declare(
            type="postgres", url_env="SHOP_DB_URL", table="raw.events", key="id", high_water="at", page_rows=30
        )
        assert shop.fetch() == 4
        assert shop.fetch() == 0
        assert [record["id"] for record in shop.records()] == [str(n) for n in range(1, 96)]
        assert (shop.records()[0]["amount"], shop.records()[0]["about"]) == ("1.10", "{}")
        source.cursor().execute(
            "update raw.events set at = '2025-01-01', kind = 'click' where id = 7;"
            "insert into raw.events values (96, '2025-01-02', 'new', 1, null)"
        )
        assert shop.fetch() == 1
        assert [record["kind"] for record in shop.records()[-2:]] == ["click", "new"]
        source.close()
        with contextlib.closing(warehouse.login(Role.LOADER, database).connect()) as connection:
            for file in find_files(shop.folder, frozenset()):
                assert file.file_name.startswith("@shop_events/")
                result = land_file(connection, shop.folder, shop.folder.feeds[0], file.file_name, None)
                assert result.outcome == "landed"
            map_sources(connection, shop.folder)
            cursor = connection.cursor()
            cursor.execute("select count(*), count(distinct event_id) from raw.all_events")
            assert cursor.fetchall() == [(97, 96)]
    finally:
        other.stop()
    monkeypatch.delenv("SHOP_DB_URL")
    with pytest.raises(Customer360Error, match="environment variable SHOP_DB_URL is not set"):
        shop.fetch()


class Api(BaseHTTPRequestHandler):
    """Pages of ten records; every third request fails in another way."""

    asked: ClassVar[list[str]] = []
    faults: ClassVar[list[str]] = []
    total: ClassVar[int] = 35

    def do_GET(self) -> None:
        if self.headers["Authorization"] != "Bearer s3cret":
            self.send_error(401)
            return
        asked = {key: value[0] for key, value in parse_qs(urlsplit(self.path).query).items()}
        self.asked.append(self.path)
        fault = self.faults.pop(0) if self.faults else ""
        if fault in ("429", "500", "503"):
            self.send_response(int(fault))
            self.send_header("Retry-After", "0.01")
            self.end_headers()
            return
        if fault == "drop":
            self.connection.close()
            return
        page = int(asked.get("page", 1))
        first = (page - 1) * 10 + 1 + int(asked.get("since", 0))
        records = [
            {"id": n, "at": f"{n:03d}", "kind": "x", "n": 1} for n in range(first, min(first + 10, self.total + 1))
        ]
        more = first + 10 <= self.total
        body = json.dumps({"next": f"/items?page={page + 1}" if more else None, "data": records}).replace("1}", "1.10}")
        if fault == "cut":
            body = body[: len(body) // 2]
        self.send_response(200)
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def api(monkeypatch) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Api)
    Api.asked, Api.faults, Api.total = [], [], 35
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setenv("SHOP_AUTH", "Bearer s3cret")
    monkeypatch.setattr(rest.time, "sleep", lambda _: None)
    yield f"http://127.0.0.1:{server.server_port}/items"
    server.shutdown()
    server.server_close()


def test_rest_pages_survive_faults(shop, api):
    Api.faults = ["", "429", "500", "drop", "cut", "", "503"]
    shop.declare(type="rest", url=api, next="next", headers_env={"Authorization": "SHOP_AUTH"})
    assert shop.fetch() == 4
    assert [record["id"] for record in shop.records()] == list(range(1, 36))
    assert '"n": 1.10' in shop.lines()[0]


def test_rest_goes_on_where_it_broke_off(shop, api):
    shop.declare(type="rest", url=api, page="page", records="data", headers_env={"Authorization": "SHOP_AUTH"})
    Api.faults = ["", "", *["500"] * 6]
    with pytest.raises(Customer360Error, match="does not answer after 6 tries: status 500"):
        shop.fetch()
    Api.faults, Api.asked = [], []
    shop.fetch()
    assert Api.asked[0].endswith("page=3")
    assert [record["id"] for record in shop.records()] == list(range(1, 36))


def test_rest_asks_only_for_what_is_new(shop, api):
    shop.declare(
        type="rest", url=api, next="next", high_water="at", params={"since": "{high_water}"},
        headers_env={"Authorization": "SHOP_AUTH"},
    )  # fmt: skip
    shop.fetch()
    Api.total, Api.asked = 37, []
    shop.fetch()
    assert Api.asked == ["/items?since=035"]
    assert [record["id"] for record in shop.records()][-2:] == [36, 37]


def test_rest_tells_a_refusal_without_the_secret(shop, api, monkeypatch):
    monkeypatch.setenv("SHOP_AUTH", "Bearer wrong")
    shop.declare(type="rest", url=api + "?token=abc", headers_env={"Authorization": "SHOP_AUTH"})
    with pytest.raises(Customer360Error, match="answers 401") as caught:
        shop.fetch()
    assert "abc" not in str(caught.value) and "wrong" not in str(caught.value)


def test_logs_that_grow_and_rotate_are_fetched_once(shop, tmp_path):
    log = tmp_path / "logs" / "web.jsonl"
    log.parent.mkdir()
    shop.declare(type="files", url=f"file://{log.parent}/web.jsonl*", growing=True)
    line = '{{"id": {}, "at": "x", "kind": "y"}}\n'.format
    log.write_text(line(1) + line(2) + '{"id": 3, "at')
    shop.fetch()
    assert [record["id"] for record in shop.records()] == [1, 2]
    with log.open("a") as file:
        file.write('": 0}\n' + line(4))
    shop.fetch()
    (log.parent / "web.jsonl.1.gz").write_bytes(gzip.compress(log.read_bytes() + line(5).encode()))
    log.write_text(line(6))
    shop.fetch()
    assert shop.fetch() == 0
    assert sorted(record["id"] for record in shop.records()) == [1, 2, 3, 4, 5, 6]


def test_objects_of_s3_are_fetched_once(shop, monkeypatch):
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        for name, value in (("S3_KEY", "k"), ("S3_SECRET", "s"), ("S3_URL", f"http://{host}:{port}")):
            monkeypatch.setenv(name, value)
        import boto3

        store = boto3.client(
            "s3", endpoint_url=os.environ["S3_URL"], aws_access_key_id="k", aws_secret_access_key="s",
            region_name="us-east-1",
        )  # fmt: skip
        store.create_bucket(Bucket="shop")
        store.put_object(Bucket="shop", Key="in/a.jsonl", Body=b'{"id": 1}\n')
        shop.declare(
            type="files", url="s3://shop/in/*.jsonl",
            options_env={"key": "S3_KEY", "secret": "S3_SECRET", "client_kwargs.endpoint_url": "S3_URL"},
        )  # fmt: skip
        assert (shop.fetch(), shop.fetch()) == (1, 0)
        store.put_object(Bucket="shop", Key="in/b.jsonl", Body=b'{"id": 2}\n')
        store.put_object(Bucket="shop", Key="in/a.jsonl", Body=b'{"id": 3}\n')
        assert shop.fetch() == 2
        assert [record["id"] for record in shop.records()] == [1, 3, 2]
    finally:
        server.stop()


@pytest.fixture
def mongodb(tmp_path: Path) -> Iterator[str]:
    """The server that C360_TEST_MONGO_URI names, else one that speaks MongoDB's wire protocol and is no MongoDB."""
    if "C360_TEST_MONGO_URI" in os.environ:
        yield os.environ["C360_TEST_MONGO_URI"]
        return
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    program = [str(Path(sys.executable).with_name("nx-27017")), "--db", "memory", "--port", str(port)]
    program += ["--log-file", str(tmp_path / "log"), "--pid-file", str(tmp_path / "pid")]
    with (tmp_path / "out").open("wb") as out:
        server = subprocess.Popen(program, stdout=out, stderr=out, cwd=tmp_path)
    try:
        yield f"mongodb://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(20)


def test_mongodb(shop, mongodb, monkeypatch):
    import pymongo

    monkeypatch.setenv("SHOP_MONGO", mongodb)
    with contextlib.closing(pymongo.MongoClient(mongodb)) as client:
        collection = client["c360_test"]["events"]
        collection.drop()
        collection.insert_many(
            [
                {"_id": n, "at": n // 2, "kind": "x", "day": datetime(2024, 1, 2, 3), "of": {"n": [1, 2.5]}}
                for n in range(25)
            ]
        )
        shop.declare(
            type="mongodb", url_env="SHOP_MONGO", database="c360_test", collection="events", high_water="at",
            page_rows=10,
        )  # fmt: skip
        assert shop.fetch() == 3
        collection.update_one({"_id": 3}, {"$set": {"at": 99}})
        assert shop.fetch() == 1
        assert shop.fetch() == 0
    records = shop.records()
    assert [record["_id"] for record in records] == [*range(25), 3]
    assert records[0]["day"] == {"$date": "2024-01-02T03:00:00Z"}
    assert records[0]["of"] == {"n": [1, 2.5]}


def test_mongodb_that_does_not_answer(shop, monkeypatch):
    monkeypatch.setenv("SHOP_MONGO", "mongodb://somebody:secret@127.0.0.1:1/?serverSelectionTimeoutMS=200")
    shop.declare(type="mongodb", url_env="SHOP_MONGO", database="d", collection="events")
    with pytest.raises(Customer360Error, match="MongoDB does not answer") as caught:
        shop.fetch()
    assert "secret" not in str(caught.value)
