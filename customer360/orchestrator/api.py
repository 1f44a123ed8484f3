"""Airflow's REST API, as much of it as a run needs, over the standard library and past every proxy."""

from __future__ import annotations

import json
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from customer360.orchestrator.configuration import DAG_ID, USER, quoted

Json = dict[str, Any]

_PAGE = 100  # Airflow's [api] maximum_page_limit
UNFINISHED = ("queued", "running")


class ApiError(Exception):
    """The api-server answered, but not what was wanted; ``status`` is HTTP's, or 0 when nobody answered."""

    def __init__(self, what: str, status: int = 0) -> None:
        super().__init__(what)
        self.status = status


@dataclass(frozen=True)
class TaskState:
    """One task instance of a run; ``seconds`` is how long it took or has taken, None before it started."""

    task_id: str
    map_index: int
    state: str
    seconds: float | None
    attempt: int
    started: str
    ended: str

    @property
    def name(self) -> str:
        """``land[3]`` for a mapped one."""
        return self.task_id if self.map_index < 0 else f"{self.task_id}[{self.map_index}]"


class Api:
    """A client of one api-server; logs in when it first has to."""

    def __init__(self, url: str, password: str) -> None:
        self.url = url
        self._password = password
        self._token = ""
        self._open = urllib.request.build_opener(urllib.request.ProxyHandler({})).open

    def __repr__(self) -> str:
        return f"Api({self.url!r})"

    def answers(self, timeout: float = 5) -> bool:
        """Whether our own api-server serves there: it, and nobody else's, knows our password."""
        try:
            self.log_in(timeout)
        except ApiError:
            return False
        return True

    def log_in(self, timeout: float = 30) -> None:
        """Gets a new token.

        Raises:
            ApiError: nobody answers, or the password is not known there.
        """
        self._token = ""
        answer = self._send("POST", "/auth/token", {"username": USER, "password": self._password}, timeout)
        self._token = str(answer["access_token"])

    def warm(self) -> None:
        """Has the api-server build now what it else builds while the first task waits: 5 seconds, once."""
        Api(self.url, "")._send("GET", "/execution/health", None, 120)  # this part does not know our token

    def ensure_pool(self, name: str, slots: int, description: str) -> None:
        """Makes a pool unless it is there: tasks of a pool that is not would wait for ever."""
        try:
            self._call("GET", f"/pools/{quoted(name)}")
        except ApiError as error:
            if error.status != 404:
                raise
            self._call("POST", "/pools", {"name": name, "slots": slots, "description": description})

    def unpause(self, dag_id: str = DAG_ID) -> None:
        """Lets runs of the DAG start."""
        self._call("PATCH", f"/dags/{dag_id}", {"is_paused": False})

    def dag(self, dag_id: str = DAG_ID) -> Json | None:
        """What is known of the DAG, or None while it was never parsed."""
        try:
            return self._call("GET", f"/dags/{dag_id}")
        except ApiError as error:
            if error.status == 404:
                return None
            raise

    def parse_again(self, token: str) -> None:
        """Asks the dag-processor to parse a file now; ``token`` is the DAG's ``file_token``."""
        self._call("PUT", f"/parseDagFile/{quoted(token)}")

    def import_errors(self) -> list[Json]:
        """DAG files that could not be imported: filename, timestamp, stack_trace."""
        return list(self._pages("/importErrors", "import_errors"))

    def trigger(self, run_id: str, conf: Json, dag_id: str = DAG_ID) -> None:
        """Creates a run; ``conf`` overrides the DAG's params."""
        body = {"dag_run_id": run_id, "logical_date": None, "conf": conf}
        self._call("POST", f"/dags/{dag_id}/dagRuns", body)

    def run_state(self, run_id: str, dag_id: str = DAG_ID) -> str:
        """queued, running, success or failed."""
        return str(self._call("GET", f"/dags/{dag_id}/dagRuns/{quoted(run_id)}")["state"])

    def unfinished_runs(self, dag_id: str = DAG_ID) -> list[str]:
        """The ids of runs that wait or run."""
        query = "&".join(f"state={state}" for state in UNFINISHED)
        return [str(run["dag_run_id"]) for run in self._pages(f"/dags/{dag_id}/dagRuns?{query}", "dag_runs")]

    def fail_run(self, run_id: str, dag_id: str = DAG_ID) -> None:
        """Marks a run as failed; what still runs of it is ended by its worker."""
        self._call("PATCH", f"/dags/{dag_id}/dagRuns/{quoted(run_id)}", {"state": "failed"})

    def tasks(self, run_id: str, dag_id: str = DAG_ID) -> list[TaskState]:
        """The task instances of a run."""
        path = f"/dags/{dag_id}/dagRuns/{quoted(run_id)}/taskInstances"
        return [_task_state(found) for found in self._pages(path, "task_instances")]

    def returned(self, run_id: str, task: TaskState, dag_id: str = DAG_ID) -> Any:
        """What a task returned, or None."""
        path = f"/dags/{dag_id}/dagRuns/{quoted(run_id)}/taskInstances/{quoted(task.task_id)}/xcomEntries/return_value"
        try:
            return self._call("GET", f"{path}?map_index={task.map_index}")["value"]
        except ApiError as error:
            if error.status == 404:
                return None
            raise

    def _pages(self, path: str, key: str) -> Iterator[Json]:
        mark, offset = "&" if "?" in path else "?", 0
        while True:
            answer = self._call("GET", f"{path}{mark}limit={_PAGE}&offset={offset}")
            yield from answer[key]
            offset += _PAGE
            if offset >= answer["total_entries"]:
                return

    def _call(self, method: str, path: str, body: Json | None = None) -> Json:
        for attempt in (1, 2):
            if not self._token:
                self.log_in()
            try:
                return self._send(method, f"/api/v2{path}", body, 60)
            except ApiError as error:
                if error.status != 401 or attempt == 2:
                    raise
                self._token = ""  # it ran out
        raise AssertionError

    def _send(self, method: str, path: str, body: Json | None, timeout: float) -> Json:
        request = urllib.request.Request(f"{self.url}{path}", method=method)  # noqa: S310 - always http to 127.0.0.1
        if self._token:
            request.add_header("Authorization", f"Bearer {self._token}")
        if body is not None:
            request.data = json.dumps(body).encode("utf-8")
            request.add_header("Content-Type", "application/json")
        try:
            with self._open(request, timeout=timeout) as response:
                text = response.read()
        except urllib.error.HTTPError as error:
            detail = error.read().decode("utf-8", "replace")[:2000]
            raise ApiError(f"{method} {path}: {error.code} {detail}", error.code) from None
        except OSError as error:  # refused, reset, timed out
            raise ApiError(f"{method} {path}: {error}") from None
        found: Json = json.loads(text) if text else {}
        return found


def _task_state(found: Json) -> TaskState:
    seconds = found.get("duration")
    return TaskState(
        task_id=str(found["task_id"]),
        map_index=int(found.get("map_index", -1)),
        state=str(found.get("state") or "waiting"),
        seconds=None if seconds is None else float(seconds),
        attempt=int(found.get("try_number") or 0),
        started=str(found.get("start_date") or ""),
        ended=str(found.get("end_date") or ""),
    )
