"""The server as the benchmark sees it: started in a process of its own, and asked afterwards what happened there.

Standard library alone: a child process inherits the peak memory of its parent, so this one stays small.
"""

import json
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import datetime
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlencode, urlsplit

from attrs import frozen


@frozen
class Render:
    """What the server knows about one finished task."""

    created: float  # seconds since the epoch
    finished: float  # the same
    seconds: float  # for which it held a render slot


@frozen
class Server:
    """A running server and the credentials for it."""

    base_url: str
    client_id: str
    client_secret: str

    def calls(self) -> int:
        """Count the calls that clients have made until now."""
        with closing(self._connection()) as connection:
            return int(_answer(connection, "GET", "/emulator/statistics")["total_calls"])

    def dashboards(self) -> list[str]:
        """List the ids of its dashboards."""
        with closing(self._connection()) as connection:
            found = _answer(connection, "GET", "/api/4.0/dashboards/search?fields=id", headers=self._login(connection))
        return [each["id"] for each in found]

    def renders(self, task_ids: Iterable[str]) -> dict[str, Render]:
        """Tell of each finished task when it was finished, and how long it was rendered."""
        with closing(self._connection()) as connection:
            headers = self._login(connection)
            tasks = {
                task_id: _answer(connection, "GET", f"/api/4.0/render_tasks/{task_id}", headers=headers)
                for task_id in task_ids
            }
        return {
            task_id: Render(_moment(task["created_at"]), _moment(task["finalized_at"]), task["render_runtime"])
            for task_id, task in tasks.items()
        }

    def _connection(self) -> HTTPConnection:
        return HTTPConnection(urlsplit(self.base_url).netloc, timeout=60)

    def _login(self, connection: HTTPConnection) -> Mapping[str, str]:
        body = urlencode({"client_id": self.client_id, "client_secret": self.client_secret})
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        token = _answer(connection, "POST", "/api/4.0/login", body=body, headers=form)["access_token"]
        return {"Authorization": f"Bearer {token}"}


@contextmanager
def running_server(settings: Mapping[str, object]) -> Iterator[Server]:
    """Run an emulator with *settings* for as long as the block runs."""
    command = [sys.executable, "-m", "benchmarks.serve", json.dumps(settings)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        if process.stdin is None or process.stdout is None:
            raise RuntimeError("a process with pipes has none")
        yield Server(**json.loads(process.stdout.readline()))
        process.stdin.close()  # which ends it


def _moment(stamp: str) -> float:
    return datetime.fromisoformat(stamp).timestamp()


def _answer(connection: HTTPConnection, method: str, path: str, **request: Any) -> Any:  # noqa: ANN401 - JSON
    connection.request(method, path, **request)
    response = connection.getresponse()
    body = response.read()
    if response.status != 200:
        raise RuntimeError(f"{method} {path}: {response.status} {body!r}")
    return json.loads(body)
