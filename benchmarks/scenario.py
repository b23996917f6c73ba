"""A scenario: a server, what is exported from it, and who contends. Each contender gets a server of its own."""

import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Literal

from attrs import field, frozen

from benchmarks.receipts import read_receipts
from benchmarks.score import Score, score
from benchmarks.server import Server, running_server
from benchmarks.workload import Measured, Workload, converter


@frozen
class Contender:
    """Who contends: a module of `benchmarks.contenders`, and what it does otherwise than the scenario says."""

    module: str
    label: str
    poll_seconds: float = 1.0  # where it polls by the clock
    exports: int | None = None
    concurrency: int | Literal["auto"] | None = None


@frozen(kw_only=True)
class Scenario:
    """What is measured, and with what."""

    name: str
    purpose: str
    exports: int
    concurrency: int  # tasks that a contender keeps in flight
    render_slots: int
    server: Literal["serve", "serve_big"] = "serve"  # the module of `benchmarks` that serves
    settings: Mapping[str, object] = field(factory=dict)  # further ones of that server
    contenders: tuple[Contender, ...]

    def run(self, folder: Path) -> Iterator[Score]:
        """Let the contenders run one after the other, each alone with a server and a folder of its own in *folder*.

        Their files stay there: a file system that was just told to forget thousands of them is slow with new ones.
        """
        for number, contender in enumerate(self.contenders):
            settings = {"render_slots": self.render_slots, **self.settings}
            with running_server(self.server, settings) as server:
                workload = self._workload(server, folder / f"{self.name}-{number}", contender)
                before = server.statistics()
                measured = contend(contender, workload)
                after = server.statistics()
                received = read_receipts(workload.receipts)
                renders = server.renders(received)
            yield score(
                contender.label,
                measured,
                received,
                calls=after.calls - before.calls,
                peak_in_flight=after.peak_in_flight,
                renders=renders,
                slots=self.render_slots,
            )

    def _workload(self, server: Server, folder: Path, contender: Contender) -> Workload:
        (folder / "files").mkdir(parents=True)
        return Workload(
            base_url=server.base_url,
            client_id=server.client_id,
            client_secret=server.client_secret,
            dashboards=server.dashboards(),
            exports=contender.exports or self.exports,
            concurrency=contender.concurrency or self.concurrency,
            poll_seconds=contender.poll_seconds,
            folder=str(folder / "files"),
            receipts=str(folder / "receipts"),
        )


def contend(contender: Contender, workload: Workload) -> Measured:
    """Export *workload* in a process of its own, and tell what that cost."""
    command = [sys.executable, "-m", "benchmarks.contend", contender.module]
    process = subprocess.run(command, input=converter.dumps(workload), stdout=subprocess.PIPE, check=True, text=True)
    return converter.loads(process.stdout, Measured)
