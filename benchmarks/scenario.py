"""A scenario: a server, what is exported from it, and who contends. Each contender gets a server of its own."""

import subprocess
import sys
from collections.abc import Iterator, Mapping
from itertools import cycle, islice
from tempfile import TemporaryDirectory

from attrs import field, frozen

from benchmarks.score import Score, score
from benchmarks.server import Server, running_server
from benchmarks.workload import Dashboard, Measured, Workload, converter


@frozen
class Contender:
    """Who contends: a module of `benchmarks.contenders`, and how often it asks where it polls by the clock."""

    module: str
    label: str
    poll_seconds: float = 1.0


@frozen
class Scenario:
    """What is measured, and what it is to show."""

    name: str
    purpose: str
    exports: int
    concurrency: int  # tasks that each contender keeps in flight
    render_slots: int
    server: Mapping[str, object] = field(factory=dict)  # further settings of the emulator
    contenders: tuple[Contender, ...] = ()

    def run(self) -> Iterator[Score]:
        """Let the contenders run one after the other, each alone with a server."""
        for contender in self.contenders:
            settings = {"renderer": "fake", "render_slots": self.render_slots, **self.server}
            with running_server(settings) as server, TemporaryDirectory() as folder:
                workload = self._workload(server, folder, contender)
                calls_before = server.calls()
                measured = contend(contender, workload)
                calls = server.calls() - calls_before
                renders = server.renders(measured.told.received)
            yield score(contender.label, measured, calls=calls, renders=renders, slots=self.render_slots)

    def _workload(self, server: Server, folder: str, contender: Contender) -> Workload:
        dashboards = (Dashboard(each, "pdf") for each in server.dashboards())
        return Workload(
            base_url=server.base_url,
            client_id=server.client_id,
            client_secret=server.client_secret,
            exports=tuple(islice(cycle(dashboards), self.exports)),
            folder=folder,
            concurrency=self.concurrency,
            poll_seconds=contender.poll_seconds,
        )


def contend(contender: Contender, workload: Workload) -> Measured:
    """Export *workload* in a process of its own, and tell what that cost."""
    command = [sys.executable, "-m", "benchmarks.contend", contender.module]
    process = subprocess.run(command, input=converter.dumps(workload), stdout=subprocess.PIPE, check=True, text=True)
    return converter.loads(process.stdout, Measured)
