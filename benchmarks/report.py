"""What its report costs a run: the same command with and without it, in turns.

python -m benchmarks.report [ROUNDS]

600 exports of the demo's dashboards, two PDFs to one PNG, by `looker-tasks export` on a farm of 16 render slots. All
that the command takes is measured, its start and its end as well. Files are real, and the farm draws them beforehand
(`benchmarks.serve_drawn`): a Looker has machines of its own, which this one does not have to be as well. Of the times
of several rounds the shortest counts: whatever else a machine does can only make them longer.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import cycle, islice
from pathlib import Path
from tempfile import TemporaryDirectory

from attrs import frozen

from benchmarks.contend import cpu_seconds
from benchmarks.results import write_results
from benchmarks.server import Server, running_server

ROUNDS = 3
_FORMATS = ("pdf", "png", "pdf")
_SUFFIXES = {".pdf", ".png"}


@frozen(kw_only=True)
class Farm:
    """What is exported, from what."""

    exports: int = 600
    concurrency: int = 32
    render_slots: int = 16
    render_seconds: float = 2.0  # the median
    dashboards: int | None = None  # None: all there are

    def settings(self, folder: Path) -> Mapping[str, object]:
        """Return the settings of its server, whose drawings are in *folder*."""
        slots = {"render_slots": self.render_slots, "caching_slots": 2 * self.render_slots}
        return {"folder": str(folder), "render_seconds": self.render_seconds, "query_seconds": 0.2, **slots}


@frozen
class Measured:
    """What one command took."""

    seconds: float  # from its start to its end
    after_last_file: float  # seconds of these
    cpu_seconds: float  # of it and its processes
    report_bytes: int  # of report.html; 0: there is none


@frozen
class ReportScore:
    """The command with and without the report: the shortest times of all rounds."""

    contender: str
    exports: int
    rounds: int
    seconds: float
    slowest: float  # seconds of the longest round: how noisy it was
    after_last_file: float
    cpu_seconds: float
    report_mb: float
    over_without: float  # how many times the seconds without the report


def rows(dashboards: Sequence[str], number: int) -> Iterator[str]:
    """Yield the lines of a manifest of *number* exports of *dashboards*, each with a file of its own."""
    for ordinal, (dashboard, result_format) in enumerate(islice(_pairs(dashboards), number)):
        name = f"{('North', 'South', 'East', 'West')[ordinal % 4]}/{ordinal:03}.{result_format}"
        yield json.dumps({"dashboard": dashboard, "format": result_format, "name": name})


def _pairs(dashboards: Sequence[str]) -> Iterator[tuple[str, str]]:
    for result_format in cycle(_FORMATS):
        for dashboard in dashboards:
            yield dashboard, result_format


def export(server: Server, manifest: Path, out: Path, concurrency: int, *options: str) -> Measured:
    """Run the command, and measure it. Raises `RuntimeError` where an export failed."""
    command = ("looker_tasks", "export", str(manifest), "--out", str(out), "--concurrency", str(concurrency), *options)
    environment = {
        **os.environ,
        "LOOKERSDK_BASE_URL": server.base_url,
        "LOOKERSDK_CLIENT_ID": server.client_id,
        "LOOKERSDK_CLIENT_SECRET": server.client_secret,
    }
    began, cpu_before = time.time(), cpu_seconds()
    program = subprocess.run(
        [sys.executable, "-m", *command, "--quiet"], env=environment, check=False, stderr=subprocess.PIPE, text=True
    )
    ended = time.time()
    if program.returncode:
        raise RuntimeError(program.stderr)
    made = max(path.stat().st_mtime for path in out.rglob("*") if path.suffix in _SUFFIXES)
    report = out / "report.html"
    return Measured(
        seconds=ended - began,
        after_last_file=ended - made,
        cpu_seconds=cpu_seconds() - cpu_before,
        report_bytes=report.stat().st_size if report.exists() else 0,
    )


def run(farm: Farm, rounds: int, folder: Path) -> Iterator[tuple[str, Measured]]:
    """Run the command in turns, with and without the report, each time with a server of its own."""
    manifest = folder / "manifest.jsonl"
    with running_server("serve_drawn", {**farm.settings(folder / "drawn"), "render_seconds": 0.0}) as server:
        dashboards = server.dashboards()[: farm.dashboards]
        manifest.write_text("\n".join(rows(dashboards, 2 * len(dashboards))))
        export(server, manifest, folder / "first", farm.concurrency)  # draws all, and has all modules compiled
    manifest.write_text("\n".join(rows(dashboards, farm.exports)))
    for number in range(rounds):
        for name, option in (("with", "--report"), ("without", "--no-report"))[:: -1 if number % 2 else 1]:
            with running_server("serve_drawn", farm.settings(folder / "drawn")) as server:
                yield name, export(server, manifest, folder / f"{name}-{number}", farm.concurrency, option)


def scores(farm: Farm, measured: Iterable[tuple[str, Measured]]) -> list[ReportScore]:
    """Return the shortest times of each, without the report first."""
    rounds: dict[str, list[Measured]] = {"without": [], "with": []}
    for name, each in measured:
        rounds[name].append(each)
    plain = min(each.seconds for each in rounds["without"])
    return [_score(f"{name} the report", farm, each, plain) for name, each in rounds.items()]


def _score(contender: str, farm: Farm, rounds: Sequence[Measured], plain: float) -> ReportScore:
    seconds = [each.seconds for each in rounds]
    return ReportScore(
        contender=contender,
        exports=farm.exports,
        rounds=len(rounds),
        seconds=min(seconds),
        slowest=max(seconds),
        after_last_file=min(each.after_last_file for each in rounds),
        cpu_seconds=min(each.cpu_seconds for each in rounds),
        report_mb=rounds[0].report_bytes / 1e6,
        over_without=min(seconds) / plain,
    )


def line(contender: str, measured: Measured) -> str:
    """Write the figures of one run below their titles."""
    return (
        f"{contender:20}{measured.seconds:9.2f}{measured.after_last_file:17.2f}{measured.cpu_seconds:8.2f}"
        f"{measured.report_bytes / 1e6:11.2f}"
    )


def main(arguments: Sequence[str]) -> None:
    """Print each run as it ends, then what is compared, and write that beside the other benchmarks' figures."""
    farm, rounds = Farm(), int(arguments[0]) if arguments else ROUNDS
    print(f"{'':20}{'seconds':>9}{'after last file':>17}{'CPU s':>8}{'report MB':>11}")

    def printed(folder: Path) -> Iterator[tuple[str, Measured]]:
        for name, measured in run(farm, rounds, folder):
            print(line(name, measured), flush=True)
            yield name, measured

    with TemporaryDirectory() as folder:
        found = scores(farm, printed(Path(folder)))
    write_results({"report": found})
    print(f"with the report: {found[1].over_without:.3f} times the time without it")


if __name__ == "__main__":
    main(sys.argv[1:])
