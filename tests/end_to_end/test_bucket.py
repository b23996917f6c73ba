"""Runs into a bucket, on a real S3 server: killed and stopped at any moment, the same run again brings all of it."""

import json
import random
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from urllib.request import urlopen

import pytest

from looker_tasks import ConfigurationError, DashboardExport, Exported, LookerTasks
from looker_tasks.emulator import Emulator
from tests.aio.many_exports import all_of, dashboards
from tests.cli.program import emulator, environment
from tests.s3_server import S3Server, s3_server

EXPORTS = 80
KILLS = 8
STOPS = 4

#: The client's process: it is stopped politely by SIGTERM, and tells at its end how each export ended.
CLIENT = """
    import asyncio, json, os, signal, sys
    from looker_tasks import DashboardExport, LookerTasks

    async def main(url, count):
        exports = [
            DashboardExport("1", "jpg", name=f"pictures/{number}.jpg", width=16_000, height=16_000)
            if number % 8 == 3
            else DashboardExport("1", "pdf", name=f"{number}.pdf")
            for number in range(count)
        ]
        async with LookerTasks.from_env(concurrency=6) as looker, looker.export_all(exports, url) as outcomes:
            asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, outcomes.stop)
            print("begun", flush=True)
            async for outcome in outcomes:
                name = type(outcome).__name__
                print(json.dumps([name, outcome.export.name, getattr(outcome, "resumed", False)]), flush=True)

    asyncio.run(main(sys.argv[1], int(sys.argv[2])))
"""
SCENARIO = "faults: [{kind: slow, operation: '*_results', size: 262144, seconds: 0.02}]"


@pytest.fixture(scope="module")
def s3() -> Iterator[S3Server]:
    """Give a server that runs as long as these tests."""
    with s3_server() as server:
        yield server


@contextmanager
def client(settings: Mapping[str, str], url: str) -> Iterator["subprocess.Popen[str]"]:
    """Run the client, and kill it at the end of the block if it still runs."""
    with subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(CLIENT), url, str(EXPORTS)],
        env=environment(settings),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as program:
        try:
            yield program
        finally:
            program.kill()


def signalled(program: "subprocess.Popen[str]", sent: signal.Signals, after: float) -> str:
    """Send a signal so long after the first export may begin, and return what the program says from there on."""
    assert program.stdout is not None
    assert program.stdout.readline() == "begun\n", program.communicate()
    time.sleep(after)
    program.send_signal(sent)
    said, complaint = program.communicate(timeout=60)
    assert complaint == ""
    return said


def total_created(url: str) -> int:
    """Return how many tasks the emulator at *url* has made."""
    with urlopen(f"{url}/emulator/statistics") as answer:  # noqa: S310  # loopback
        found: int = json.load(answer)["total_created"]
    return found


def is_whole(name: str, body: bytes) -> bool:
    """Return whether a body is one of its kind from its beginning to its end."""
    if name.endswith(".pdf"):
        return body.startswith(b"%PDF-") and body.rstrip().endswith(b"%%EOF")
    return body.startswith(b"\xff\xd8\xff") and body.endswith(b"\xff\xd9")


@pytest.mark.long
@pytest.mark.timeout(300)
def test_kills_and_stops_cost_no_object(s3: S3Server, tmp_path: Path) -> None:
    """SIGKILL and SIGTERM at random moments, then the same run: all objects, whole; none left half by a polite stop."""
    url, moments = f"{s3.bucket('killed')}/a/b", random.Random(7)
    made = {f"pictures/{number}.jpg" if number % 8 == 3 else f"{number}.pdf" for number in range(EXPORTS)}
    (tmp_path / "s.yaml").write_text(SCENARIO)
    options = ("--renderer", "fake", "--render-seconds", "0.1", "--query-seconds", "0", "--render-slots", "6")
    with emulator(*options, "--scenario", str(tmp_path / "s.yaml")) as (looker, _):
        settings = {**looker, **s3.environ, "XDG_STATE_HOME": str(tmp_path)}
        for _ in range(KILLS):
            with client(settings, url) as program:
                signalled(program, signal.SIGKILL, moments.uniform(0, 0.5))
        for _ in range(STOPS):
            left = sorted(s3.incomplete("killed"))
            with client(settings, url) as program:
                signalled(program, signal.SIGTERM, moments.uniform(0, 0.5))
                assert program.returncode == 0
            assert sorted(s3.incomplete("killed")) == left
        with client(settings, url) as program:
            said, complaint = program.communicate(timeout=120)
        assert complaint == ""
        ended = [json.loads(line) for line in said.splitlines()[1:]]
        created = total_created(looker["LOOKERSDK_BASE_URL"])
        with client(settings, url) as program:
            again, _ = program.communicate(timeout=120)
        assert total_created(looker["LOOKERSDK_BASE_URL"]) == created
    assert {(kind, name) for kind, name, _ in ended} == {("Exported", name) for name in made}
    assert any(resumed for *_, resumed in ended)
    assert all(json.loads(line)[2] for line in again.splitlines()[1:])
    assert s3.objects("killed").keys() == {f"a/b/{name}" for name in made}
    assert [name for name in made if not is_whole(name, s3.body("killed", f"a/b/{name}"))] == []


async def test_a_run_goes_on_where_the_journal_was_lost(s3: S3Server, tmp_path: Path) -> None:
    """The objects' metadata tell which export made them; none is read, and none is made again but by a fresh run."""
    url = f"{s3.bucket('lost')}/out"
    resumed: list[list[bool]] = []
    async with Emulator(renderer="fake", render_seconds=0.0, query_seconds=0.0) as looker:
        for state, fresh in (("one", False), ("one", False), ("two", False), ("three", True), ("two", False)):
            async with (
                LookerTasks(looker.url, looker.client_id, looker.client_secret) as client,
                client.export_all(
                    dashboards(5), url, state=tmp_path / state, storage=s3.storage, fresh=fresh
                ) as outcomes,
            ):
                ended = await all_of(outcomes)
            assert all(isinstance(each, Exported) for each in ended)
            resumed.append([isinstance(each, Exported) and each.resumed for each in ended])
            assert len({each.artifact.sha256 for each in ended if isinstance(each, Exported)} - {""}) >= 1
    assert resumed == [[False] * 5, [True] * 5, [True] * 5, [False] * 5, [True] * 5]


async def test_a_single_export_goes_to_an_object(s3: S3Server) -> None:
    """By its URL, and a bucket that is not there is told before anything is created."""
    url = s3.bucket("single")
    async with (
        Emulator(renderer="fake", render_seconds=0.0, query_seconds=0.0) as looker,
        LookerTasks(looker.url, looker.client_id, looker.client_secret) as client,
    ):
        outcome = await client.export(DashboardExport("1", "pdf"), f"{url}/west/42.pdf", storage=s3.storage)
        assert isinstance(outcome, Exported)
        assert outcome.artifact.location == f"{url}/west/42.pdf"
        assert s3.objects("single") == {"west/42.pdf": outcome.artifact.size}
        created = looker.statistics.created.total()
        with pytest.raises(ConfigurationError, match="no such bucket"):
            await client.export(DashboardExport("1", "pdf"), "s3://nowhere/42.pdf", storage=s3.storage)
        assert looker.statistics.created.total() == created
