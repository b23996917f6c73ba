"""The server as the benchmark sees it: started in a process of its own, and asked afterwards what happened there."""

import json
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime

from attrs import frozen

from benchmarks.plain_http import connected, logged_in


@frozen
class Statistics:
    """What the server has counted."""

    calls: int
    peak_in_flight: int  # tasks created and not ended, at most


@frozen
class Render:
    """What the server knows about one finished task."""

    created: float  # seconds since the epoch
    finished: float  # the same
    seconds: float | None  # for which it held a render slot; None: this server has no slots


@frozen
class Server:
    """A running server and the credentials for it."""

    base_url: str
    client_id: str
    client_secret: str

    def statistics(self) -> Statistics:
        """Count what clients have done until now."""
        with connected(self.base_url) as server:
            counted = server.call("GET", "/emulator/statistics")
        return Statistics(counted["total_calls"], counted["peak_in_flight"])

    def dashboards(self) -> tuple[str, ...]:
        """List the ids of its dashboards."""
        with logged_in(self.base_url, self.client_id, self.client_secret) as looker:
            found = looker.call("GET", "/api/4.0/dashboards/search?fields=id")
        return tuple(each["id"] for each in found)

    def renders(self, task_ids: Iterable[str]) -> dict[str, Render]:
        """Tell what is known about each finished task."""
        with logged_in(self.base_url, self.client_id, self.client_secret) as looker:
            tasks = {task_id: looker.call("GET", f"/api/4.0/render_tasks/{task_id}") for task_id in task_ids}
        return {
            task_id: Render(_moment(task["created_at"]), _moment(task["finalized_at"]), task.get("render_runtime"))
            for task_id, task in tasks.items()
        }


@contextmanager
def running_server(module: str, settings: Mapping[str, object]) -> Iterator[Server]:
    """Run the server that is *module* of `benchmarks`, with *settings*, for as long as the block runs."""
    command = [sys.executable, "-m", f"benchmarks.{module}", json.dumps(settings)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        if process.stdin is None or process.stdout is None:
            raise RuntimeError("a process with pipes has none")
        yield Server(**json.loads(process.stdout.readline()))
        process.stdin.close()  # which ends it


def _moment(stamp: str) -> float:
    return datetime.fromisoformat(stamp).timestamp()
