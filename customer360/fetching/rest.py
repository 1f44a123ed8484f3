"""A REST interface that returns JSON in pages; patient with faults and limits, and resumed where it broke off."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests

from customer360.errors import Customer360Error
from customer360.landing.documents import find_records
from customer360.landing.json_values import decode, to_json

from .zone import Batch, State

_TRIES = 6
_LONGEST_WAIT = 60.0
_TIMEOUT = (10, 60)
_MOST_PAGES = 100_000


@dataclass
class _Client:
    """One session that waits between requests and after faults."""

    headers: Mapping[str, str]
    per_second: float | None
    session: requests.Session = field(default_factory=requests.Session)
    last: float = 0.0

    def get(self, url: str, params: Mapping[str, Any]) -> Any:
        """The answer's JSON, numbers as they are written.

        Raises:
            Customer360Error: refused, or still no answer after every try.
        """
        fault = ""
        for attempt in range(_TRIES):
            if attempt:
                time.sleep(self._pause)
            self._hold_back()
            self._pause = min(0.5 * 2**attempt, _LONGEST_WAIT)
            try:
                answer = self.session.get(url, params=dict(params), headers=dict(self.headers), timeout=_TIMEOUT)
                if answer.status_code == 429 or answer.status_code >= 500:
                    fault = f"status {answer.status_code}"
                    self._pause = _retry_after(answer, self._pause)
                    continue
                if not answer.ok:
                    raise Customer360Error(
                        f"{_shown(url)} answers {answer.status_code} {answer.reason}",
                        where="sources.yml",
                        how="check the address and the header that is named in headers_env",
                    )
                return decode(answer.content.decode("utf-8"))
            except (requests.ConnectionError, requests.Timeout, requests.exceptions.ChunkedEncodingError) as error:
                fault = type(error).__name__
            except ValueError:  # cut off, or no JSON at all
                fault = "an answer that is no JSON"
        raise Customer360Error(
            f"{_shown(url)} does not answer after {_TRIES} tries: {fault}",
            where="sources.yml",
            how="run again: what was fetched is kept, and the next run goes on there",
        )

    _pause: float = 0.0

    def _hold_back(self) -> None:
        if self.per_second:
            wait = self.last + 1 / self.per_second - time.monotonic()
            if wait > 0:
                time.sleep(wait)
        self.last = time.monotonic()


def pages(origin: Mapping[str, Any], state: State) -> Iterator[Batch]:
    """One batch for each page of the interface.

    The state holds the next page while a listing is under way, and the high-water mark for the next listing.
    """
    from .fetch import from_environment, secret

    headers = {name: from_environment(variable) for name, variable in origin.get("headers_env", {}).items()}
    client = _Client(headers, origin.get("requests_per_second"))
    base = secret(origin)
    mark, reached = state.get("high_water"), state.get("reached")
    fixed = {
        name: str(value).replace("{high_water}", mark or "")
        for name, value in origin.get("params", {}).items()
        if mark or "{high_water}" not in str(value)
    }
    url, params = base, dict(fixed)
    going_on = state.get("next")
    if going_on is not None:
        url, params = going_on["url"], going_on["params"]
    elif "page" in origin:
        params[origin["page"]] = 1
    for _ in range(_MOST_PAGES):
        document = client.get(url, params)
        records = list(find_records(document, origin.get("records")))
        reached = _highest(reached, records, origin.get("high_water"))
        following = _next(origin, base, fixed, document, params, len(records))
        if following is not None and (following["url"], following["params"]) == (url, params):
            raise Customer360Error(f"{_shown(url)} names itself as the next page", where="sources.yml")
        done: State = {"high_water": reached or mark}
        going: State = {"next": following, "high_water": mark, "reached": reached}
        yield Batch(map(to_json, records), done if following is None else going)
        if following is None:
            return
        url, params = following["url"], following["params"]


def _next(
    origin: Mapping[str, Any], base: str, fixed: Mapping[str, Any], document: Any, params: Mapping[str, Any], count: int
) -> dict[str, Any] | None:
    if "next" in origin:
        found = document
        for key in origin["next"].split("."):
            found = found.get(key) if isinstance(found, dict) else None
        if not found:
            return None
        if "cursor" in origin:
            return {"url": base, "params": {**fixed, origin["cursor"]: str(found)}}
        url = urljoin(base, str(found))
        if urlsplit(url)[:2] != urlsplit(base)[:2]:
            # The header with the secret must not go to a host that an answer names.
            raise Customer360Error(f"the next page lies on another host: {_shown(url)}", where="sources.yml")
        return {"url": url, "params": {}}
    if "page" in origin and count:
        return {"url": base, "params": {**fixed, origin["page"]: int(params[origin["page"]]) + 1}}
    return None


def _highest(reached: str | None, records: list[Any], name: str | None) -> str | None:
    marks = [str(record[name]) for record in records if name and isinstance(record, dict) and record.get(name)]
    return max([*marks, reached or ""]) or None


def _retry_after(answer: requests.Response, otherwise: float) -> float:
    try:
        return min(float(answer.headers["Retry-After"]), _LONGEST_WAIT)
    except (KeyError, ValueError):
        return otherwise


def _shown(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.hostname}{f':{parts.port}' if parts.port else ''}{parts.path}"
