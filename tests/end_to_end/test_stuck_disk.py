"""Disks that do not answer, and few files that may be open: what can be had is had, and the rest is told."""

import json
import resource
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from tests.cli.program import PROGRAM, emulator, environment

CLIENT = """
    import asyncio, json, os, signal, sys, threading
    from looker_tasks import DashboardExport, Deadlines, LookerTasks, Policy

    fsync = os.fsync

    def held(descriptor):
        if "/gone" in os.readlink(f"/proc/self/fd/{descriptor}"):
            threading.Event().wait()
        fsync(descriptor)

    os.fsync = held

    async def main(folder, deadline):
        names = [f"gone/{number}.pdf" if number % 4 == 0 else f"{number}.pdf" for number in range(24)]
        exports = [DashboardExport("1", "pdf", name=name) for name in names]
        policy = Policy(deadlines=Deadlines(export=deadline, stop=1.0))
        async with LookerTasks.from_env(policy=policy) as looker, looker.export_all(exports, folder) as outcomes:
            asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, outcomes.stop)
            async for outcome in outcomes:
                error = getattr(outcome, "error", None)
                print(json.dumps([type(outcome).__name__, outcome.export.name, str(error or "")]), flush=True)

    asyncio.run(main(sys.argv[1], float(sys.argv[2])))
"""


@pytest.fixture(scope="module")
def quick() -> Iterator[Mapping[str, str]]:
    """Run an emulator whose tasks take no time."""
    with emulator("--renderer", "fake", "--render-seconds", "0", "--query-seconds", "0") as (settings, _):
        yield settings


def client(quick: Mapping[str, str], folder: Path, deadline: float) -> "subprocess.Popen[str]":
    """Start the client; a folder called gone, below its own, does not answer to a sync."""
    return subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(CLIENT), str(folder), str(deadline)],
        env=environment(quick),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.long
def test_a_disk_that_does_not_answer_costs_its_own_files_alone(tmp_path: Path, quick: Mapping[str, str]) -> None:
    """At the deadline each of them is told with its path and for how long; the others are there; the process ends."""
    with client(quick, tmp_path / "out", 10.0) as program:
        out, err = program.communicate(timeout=60)
    assert (program.returncode, err) == (0, "")
    ended = {name: (kind, error) for kind, name, error in map(json.loads, out.splitlines())}
    gone = {name for name in ended if name.startswith("gone/")}
    assert len(ended) == 24
    assert {kind for name, (kind, _) in ended.items() if name not in gone} == {"Exported"}
    for name in gone:
        kind, error = ended[name]
        assert kind == "Failed"
        assert error.startswith(f"{tmp_path / 'out' / name}: the disk has not answered for "), error
    assert {path.name for path in (tmp_path / "out").glob("*.pdf")} == ended.keys() - gone


@pytest.mark.long
def test_a_polite_stop_ends_though_the_disk_does_not_answer(tmp_path: Path, quick: Mapping[str, str]) -> None:
    """SIGTERM is obeyed within the time for stopping, whatever a thread waits for."""
    with client(quick, tmp_path / "out", 3600.0) as program:
        assert program.stdout is not None
        for _ in range(18):  # those whose disk answers
            assert "Exported" in program.stdout.readline()
        asked = time.monotonic()
        program.send_signal(signal.SIGTERM)
        out, err = program.communicate(timeout=30)
    assert time.monotonic() - asked < 15
    assert (program.returncode, err) == (0, "")
    assert all("Cancelled" in line for line in out.splitlines())


@pytest.mark.long
def test_few_files_may_be_open(tmp_path: Path, quick: Mapping[str, str]) -> None:
    """With `ulimit -n 256`, as on macOS, three hundred exports are all whole."""
    rows = [{"dashboard": "1", "format": "pdf", "name": f"{number}.pdf"} for number in range(300)]
    (tmp_path / "m.jsonl").write_text("\n".join(map(json.dumps, rows)))
    ended = subprocess.run(
        [*PROGRAM, "export", "m.jsonl", "--out", "out", "--concurrency", "300"],
        cwd=tmp_path,
        env=environment(quick),
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (256, 256)),  # no threads here
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    bodies = {path.read_bytes()[-6:] for path in (tmp_path / "out").glob("*.pdf")}
    assert bodies == {b"%%EOF\n"}
    assert len(list((tmp_path / "out").glob("*.pdf"))) == 300
