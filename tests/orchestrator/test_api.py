"""The REST client against a server that answers as Airflow does."""

from __future__ import annotations

import http.server
import json
import threading
from urllib.parse import parse_qs, urlsplit

import pytest

from customer360.orchestrator.api import Api, ApiError

RUN = "manual__2026-06-30T10:00:00+00:00"
TASKS = [
    {"task_id": "land", "map_index": number, "state": "success", "duration": 0.5, "try_number": 1}
    for number in range(150)
]


class Airflow(http.server.BaseHTTPRequestHandler):
    """Knows one user; its first token runs out at once."""

    tokens: list[str]
    asked: list[str]

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.path == "/auth/token":
            if body != {"username": "admin", "password": "right"}:
                return self.answer(401, {"detail": "no"})
            self.tokens.append(f"token-{len(self.tokens)}")
            return self.answer(201, {"access_token": self.tokens[-1]})
        self.asked.append(f"{self.path} {body}")
        return self.answer(200, {})

    def do_GET(self):
        url = urlsplit(self.path)
        self.asked.append(url.path)
        if url.path == "/execution/health":
            return self.answer(200 if "Authorization" not in self.headers else 403, {})
        if self.headers["Authorization"] != "Bearer token-1":
            return self.answer(401, {"detail": "expired"})
        if url.path.endswith("/taskInstances"):
            query = parse_qs(url.query)
            first, limit = int(query["offset"][0]), int(query["limit"][0])
            return self.answer(200, {"task_instances": TASKS[first : first + limit], "total_entries": len(TASKS)})
        if url.path == "/api/v2/dags/gone":
            return self.answer(404, {"detail": "no such dag"})
        return self.answer(500, {"detail": "the database is away"})

    def answer(self, status, body):
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_):
        pass


@pytest.fixture
def server(monkeypatch):
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")  # who asks it gets nowhere
    handler = type("Handler", (Airflow,), {"tokens": [], "asked": []})
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield running
        running.shutdown()


def url(server) -> str:
    return f"http://127.0.0.1:{server.server_port}"


def test_only_our_own_server_knows_our_password(server):
    assert Api(url(server), "right").answers()
    assert not Api(url(server), "wrong").answers()
    assert not Api("http://127.0.0.1:1", "right").answers()


def test_an_expired_token_is_renewed_and_every_page_is_read(server):
    tasks = Api(url(server), "right").tasks(RUN)
    assert [task.map_index for task in tasks] == list(range(150))
    assert tasks[3].name == "land[3]"
    assert server.RequestHandlerClass.tokens == ["token-0", "token-1"]


def test_run_ids_are_quoted(server):
    Api(url(server), "right").tasks(RUN)
    assert "manual__2026-06-30T10%3A00%3A00%2B00%3A00" in server.RequestHandlerClass.asked[-1]


def test_a_missing_dag_is_none_and_a_broken_server_an_error(server):
    api = Api(url(server), "right")
    assert api.dag("gone") is None
    with pytest.raises(ApiError, match="the database is away"):
        api.dag("other")


def test_warming_shows_no_token_to_the_part_that_does_not_know_it(server):
    api = Api(url(server), "right")
    api.log_in()
    api.warm()


def test_a_run_is_triggered_with_what_was_asked_for(server):
    Api(url(server), "right").trigger("airflow-1", {"customers": 500})
    assert server.RequestHandlerClass.asked == [
        "/api/v2/dags/customer360/dagRuns {'dag_run_id': 'airflow-1', 'logical_date': None, 'conf': {'customers': 500}}"
    ]
    assert "right" not in repr(Api("http://x", "right"))
