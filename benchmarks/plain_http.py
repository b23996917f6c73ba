"""A few calls over one connection, by the standard library: for what prepares and what looks back, never measured."""

import json
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlencode, urlsplit

from attrs import field, frozen


@frozen
class PlainHttp:
    """One connection, and the headers that are sent with each call."""

    _connection: HTTPConnection
    headers: Mapping[str, str] = field(factory=dict)

    def call(self, method: str, path: str, body: str | None = None, headers: Mapping[str, str] | None = None) -> Any:  # noqa: ANN401 - JSON
        """Call, and return the JSON of the answer; raises RuntimeError when that is not 200."""
        self._connection.request(method, path, body, {**self.headers, **(headers or {})})
        response = self._connection.getresponse()
        answer = response.read()
        if response.status != 200:
            raise RuntimeError(f"{method} {path}: {response.status} {answer!r}")
        return json.loads(answer)


@contextmanager
def connected(base_url: str) -> Iterator[PlainHttp]:
    """Connect without logging in."""
    with closing(HTTPConnection(urlsplit(base_url).netloc, timeout=60)) as connection:
        yield PlainHttp(connection)


@contextmanager
def logged_in(base_url: str, client_id: str, client_secret: str) -> Iterator[PlainHttp]:
    """Connect and log in."""
    with closing(HTTPConnection(urlsplit(base_url).netloc, timeout=60)) as connection:
        form = urlencode({"client_id": client_id, "client_secret": client_secret})
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        token = PlainHttp(connection).call("POST", "/api/4.0/login", form, headers)
        yield PlainHttp(connection, {"Authorization": f"Bearer {token['access_token']}"})
