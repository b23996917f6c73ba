"""LookerTasks: how it is set up, what it shows of itself, and what it refuses before anything is created."""

import asyncio
import inspect
import logging
from collections.abc import Iterator
from pathlib import Path

import aiohttp
import pytest
from aioresponses import aioresponses

from looker_tasks import (
    ConfigurationError,
    CredentialsRefused,
    DashboardExport,
    Deadlines,
    Event,
    Exported,
    Failed,
    HostUnreachable,
    LookerTasks,
    Policy,
    QueryExport,
    Throttled,
)
from looker_tasks.emulator import Emulator
from looker_tasks.sansio.protocol.operations import ApiVersion
from tests.aio.raw_server import raw_server, response, said, saying
from tests.aio.scripted_looker import Operation, scripted_looker

SECRET = "hush-hush-hush"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give an empty working directory, and an environment that says nothing of Looker."""
    for name in ("BASE_URL", "CLIENT_ID", "CLIENT_SECRET", "VERIFY_SSL", "TIMEOUT", "API_VERSION"):
        monkeypatch.delenv(f"LOOKERSDK_{name}", raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def everything_in(folder: Path) -> bytes:
    """Return the content of every file below *folder*, hidden ones too."""
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


def dashboards(count: int) -> Iterator[DashboardExport]:
    """Give *count* exports of one dashboard, each with a file of its own."""
    return (DashboardExport("1", "pdf", name=f"{number}.pdf") for number in range(count))


async def test_the_example_of_the_design_works(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the README promises, line by line, against an emulator."""
    async with Emulator(renderer="fake", render_seconds=0.01, query_seconds=0.01) as emulator:
        monkeypatch.setenv("LOOKERSDK_BASE_URL", emulator.url)
        monkeypatch.setenv("LOOKERSDK_CLIENT_ID", emulator.client_id)
        monkeypatch.setenv("LOOKERSDK_CLIENT_SECRET", emulator.client_secret)
        async with LookerTasks.from_env() as looker:
            outcome = await looker.export(DashboardExport("1", "pdf", filters={"Region": "West"}), "west.pdf")
            assert isinstance(outcome, Exported)
            async with looker.export_all(dashboards(3), "exports/", concurrency="auto") as outcomes:
                assert [type(outcome) async for outcome in outcomes] == [Exported] * 3
            task = await looker.api.create_dashboard_render_task("1", "pdf", width=1200, height=800)
            assert task.status == "enqueued_for_query"
            assert looker.calls == emulator.statistics.calls.total()
    assert (folder / "west.pdf").read_bytes().startswith(b"%PDF-")  # a local file, after all is done
    assert sorted(path.name for path in (folder / "exports").glob("*.pdf")) == ["0.pdf", "1.pdf", "2.pdf"]


def test_settings_come_from_the_ini_then_the_environment_then_the_arguments(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each over the one before, as in the official SDK."""
    (folder / "looker.ini").write_text(
        f"[Looker]\nbase_url=https://ini.example.com\nclient_id=me\nclient_secret={SECRET}\n"
    )
    assert LookerTasks.from_env().base_url == "https://ini.example.com"
    with monkeypatch.context() as alone:  # the secret of one Looker goes to no other
        alone.setenv("LOOKERSDK_BASE_URL", "https://environment.example.com")
        with pytest.raises(ConfigurationError):
            LookerTasks.from_env()
    for name, value in (
        ("BASE_URL", "https://environment.example.com"),
        ("CLIENT_ID", "me"),
        ("CLIENT_SECRET", SECRET),
    ):
        monkeypatch.setenv(f"LOOKERSDK_{name}", value)
    assert LookerTasks.from_env().base_url == "https://environment.example.com"
    assert LookerTasks.from_env(base_url="https://argument.example.com").base_url == "https://argument.example.com"


@pytest.mark.usefixtures("folder")
def test_a_missing_setting_is_told_where_to_put_it() -> None:
    """Nothing set up is one clear line."""
    with pytest.raises(ConfigurationError, match="LOOKERSDK_BASE_URL"):
        LookerTasks.from_env()


@pytest.mark.parametrize("base_url", ["", "looker.example.com", "https://looker.example.com/api/4.0", "ftp://x"])
def test_an_address_that_is_none_is_refused(base_url: str) -> None:
    """A wrong base_url shows where the client is made, not at its first call."""
    with pytest.raises(ConfigurationError, match="base_url"):
        LookerTasks(base_url, "me", SECRET)


def test_a_version_that_is_none_is_refused() -> None:
    """There are two."""
    version: ApiVersion = "4.1"  # type: ignore[assignment]  # the mistake that is refused
    with pytest.raises(ConfigurationError, match="api_version"):
        LookerTasks("https://looker.example.com", "me", SECRET, api_version=version)


def test_the_time_for_a_call_comes_from_the_settings(folder: Path) -> None:
    """`timeout` of looker.ini bounds each call, unless the caller's policy says otherwise."""
    ini = folder / "own.ini"
    lines = ("[Looker]", "base_url=https://x.example.com", "client_id=me", f"client_secret={SECRET}", "timeout=7")
    ini.write_text("\n".join(lines))
    assert LookerTasks.from_env(ini=ini).policy.deadlines.call == 7
    assert LookerTasks.from_env(ini=ini, policy=Policy()).policy.deadlines.call == 7
    stricter = Policy(deadlines=Deadlines(call=3))
    assert LookerTasks.from_env(ini=ini, policy=stricter).policy == stricter


async def test_making_a_client_calls_nobody() -> None:
    """Neither the constructor nor the block connects: what is never asked for costs nothing."""
    async with scripted_looker() as looker:
        async with LookerTasks(looker.url, "me", SECRET) as client:
            assert client.calls == 0
        assert looker.asked == []


@pytest.mark.parametrize("concurrency", [0, -1, True, 2.5, "ten", None])
async def test_a_concurrency_that_is_none_is_refused(tmp_path: Path, concurrency: int) -> None:
    """Before anything is created, and naming what would do."""
    async with scripted_looker() as looker, LookerTasks(looker.url, "me", SECRET) as client:
        with pytest.raises(ConfigurationError, match="it must be 'auto' or at least 1"):
            async with client.export_all(dashboards(1), tmp_path, concurrency=concurrency):
                pass
        assert looker.asked == []


async def test_a_folder_that_cannot_be_written_is_told_before_any_call(tmp_path: Path) -> None:
    """Nobody renders for a folder that is none."""
    (tmp_path / "taken").write_bytes(b"a file")  # before anything runs
    async with scripted_looker() as looker, LookerTasks(looker.url, "me", SECRET) as client:
        with pytest.raises(ConfigurationError, match="taken"):
            async with client.export_all(dashboards(1), tmp_path / "taken"):
                pass
        assert looker.asked == []


async def test_wrong_credentials_are_told_before_anything_is_created(tmp_path: Path) -> None:
    """The emulator answers 404, as Looker does; the error says what it means."""
    async with Emulator(renderer="fake") as emulator, LookerTasks(emulator.url, "me", SECRET) as client:
        with pytest.raises(CredentialsRefused, match="404 Not found") as raised:
            async with client.export_all(dashboards(1), tmp_path):
                pass
        with pytest.raises(CredentialsRefused):
            await client.export(DashboardExport("1", "pdf"), tmp_path / "file.pdf")
        assert "client_secret" in raised.value.advice
        assert emulator.statistics.created.total() == 0


@pytest.mark.virtual_time
async def test_a_host_that_is_not_there_is_told_with_its_address(tmp_path: Path) -> None:
    """Whether by one export or by many."""
    async with raw_server(saying(b"")) as url:
        pass
    async with LookerTasks(url, "me", SECRET) as client:
        with pytest.raises(HostUnreachable, match=url):
            await client.export(DashboardExport("1", "pdf"), tmp_path / "file.pdf")
        with pytest.raises(HostUnreachable, match=url):
            async with client.export_all(dashboards(1), tmp_path):
                pass


async def test_a_session_of_the_caller_is_used_and_left_open(tmp_path: Path) -> None:
    """Its headers go along, and closing it is the caller's business."""
    async with scripted_looker() as looker, aiohttp.ClientSession(headers={"X-Mine": "yes"}) as session:
        async with LookerTasks(looker.url, "me", SECRET, session=session) as client:
            outcome = await client.export(DashboardExport("1", "pdf"), tmp_path / "file.pdf")
        assert not session.closed
        assert isinstance(outcome, Exported)
        assert {asked.headers["x-mine"] for _, asked in looker.asked} == {"yes"}


async def test_services_can_mock_it_as_any_aiohttp_client(tmp_path: Path) -> None:
    """A team that has aioresponses in its tests needs no emulator for the simplest case."""
    url = "https://looker.example.com"
    with aioresponses() as mocked:
        mocked.post(f"{url}/api/4.0/login", payload={"access_token": "token", "expires_in": 3600})
        mocked.post(f"{url}/api/4.0/query_tasks?fields=id,status", payload={"id": "t1", "status": "complete"})
        mocked.get(f"{url}/api/4.0/query_tasks/t1/results", body="Orders Count\n1\n", content_type="text/csv")
        mocked.delete(f"{url}/api/4.0/logout", status=204)
        async with LookerTasks(url, "me", SECRET) as client:
            outcome = await client.export(QueryExport("7", "csv"), tmp_path / "file.csv")
    assert isinstance(outcome, Exported)
    assert outcome.artifact.size == 15


async def test_the_token_is_given_back_and_the_client_may_go_on(tmp_path: Path) -> None:
    """Leaving the block logs out; entering it again logs in anew."""
    async with scripted_looker() as looker:
        client = LookerTasks(looker.url, "me", SECRET)
        for number in range(2):
            async with client:
                await client.export(DashboardExport("1", "pdf"), tmp_path / f"{number}.pdf")
        assert (looker.count("login"), looker.count("logout")) == (2, 2)


async def test_several_runs_at_once_share_the_client(tmp_path: Path) -> None:
    """One client serves as many runs as a service has requests, by one token."""
    async with scripted_looker() as looker, LookerTasks(looker.url, "me", SECRET) as client:

        async def run(name: str) -> int:
            async with client.export_all(dashboards(5), tmp_path / name) as outcomes:
                return len([outcome async for outcome in outcomes if isinstance(outcome, Exported)])

        assert set(await asyncio.gather(run("west"), run("east"), run("south"))) == {5}
        assert looker.count("login") == 1


@pytest.mark.virtual_time
async def test_concurrent_single_exports_share_the_limit_and_the_pause(tmp_path: Path) -> None:
    """Fifty requests of a service are one client to Looker: eight tasks, and quiet when it asks for it."""
    async with (
        Emulator(renderer="fake", render_seconds=3, render_slots=20, spread=0) as emulator,
        LookerTasks(emulator.url, emulator.client_id, emulator.client_secret, concurrency=8) as client,
    ):
        exports = [client.export(DashboardExport("1"), tmp_path / f"{number}.pdf") for number in range(50)]
        outcomes = await asyncio.gather(*exports)
        assert {type(outcome) for outcome in outcomes} == {Exported}
        assert emulator.statistics.in_flight.peak == 8


@pytest.mark.virtual_time
@pytest.mark.parametrize("operation", ["create", "poll", "results"])
async def test_a_429_pauses_that_operation_of_all(tmp_path: Path, operation: Operation) -> None:
    """For as long as it says, whoever asks: single exports, a batch, the operations themselves."""
    async with scripted_looker() as looker, LookerTasks(looker.url, "me", SECRET, concurrency=8) as client:
        looker.script[operation].append(said({"message": "slow down"}, 429, {"Retry-After": "2"}))

        async def batch() -> None:
            async with client.export_all(dashboards(20), tmp_path / "batch") as run:
                assert [type(outcome) async for outcome in run] == [Exported] * 20

        singles = [client.export(DashboardExport("1"), tmp_path / f"{number}.pdf") for number in range(20)]
        await asyncio.gather(batch(), *singles)
        throttled, following = looker.when(operation)[0], looker.when(operation)[1:]
        assert not [moment for moment in following if throttled + 0.1 < moment < throttled + 2]


@pytest.mark.virtual_time
async def test_the_operations_wait_out_the_pause_too() -> None:
    """`api` is the same client to Looker; a pause that is longer than a call may take is told at once."""
    async with scripted_looker() as looker, LookerTasks(looker.url, "me", SECRET) as client:
        looker.script["look"].append(said({"message": "slow down"}, 429, {"Retry-After": "2"}))
        with pytest.raises(Throttled):
            await client.api.look("1")
        await client.api.look("1")
        first, second = looker.when("look")
        assert second - first >= 2
        looker.script["look"].append(said({"message": "slow down"}, 429, {"Retry-After": "1000"}))
        with pytest.raises(Throttled):
            await client.api.look("1")
        with pytest.raises(Throttled, match="slow down") as raised:
            await client.api.look("1")
        assert raised.value.retry_after == pytest.approx(1000, abs=1)
        assert looker.count("look") == 3


async def test_a_closed_client_says_so_and_may_be_opened_again(tmp_path: Path) -> None:
    """Nothing is called behind a close: not by an export, a batch or an operation."""
    async with scripted_looker() as looker:
        client = LookerTasks(looker.url, "me", SECRET)
        assert isinstance(await client.export(DashboardExport("1"), tmp_path / "a.pdf"), Exported)
        await client.aclose()
        await client.aclose()
        asked = len(looker.asked)
        for use in (client.export(DashboardExport("1"), tmp_path / "b.pdf"), client.login(), client.api.look("1")):
            with pytest.raises(ConfigurationError, match="the client is closed"):
                await use
        with pytest.raises(ConfigurationError, match="the client is closed"):
            async with client.export_all(dashboards(1), tmp_path):
                pass
        assert len(looker.asked) == asked
        async with client:
            assert isinstance(await client.export(DashboardExport("1"), tmp_path / "c.pdf"), Exported)


def test_a_second_event_loop_is_refused_unless_the_first_closed_it(tmp_path: Path) -> None:
    """Connections belong to one event loop: one line says so, and what to do."""
    client = LookerTasks("https://looker.example.com", "me", SECRET)

    async def use() -> None:
        with aioresponses() as mocked:
            mocked.post(f"{client.base_url}/api/4.0/login", payload={"access_token": "token", "expires_in": 3600})
            await client.login()

    async def use_and_close() -> None:
        async with client:
            await use()

    for count in (1, 2):
        asyncio.run(use_and_close())
        assert client.calls >= count


def test_a_client_left_open_belongs_to_its_event_loop() -> None:
    """Used in another one, it says what to do."""
    client = LookerTasks("https://looker.example.com", "me", SECRET)

    async def enter() -> None:
        await client.__aenter__()

    asyncio.run(enter())
    with pytest.raises(ConfigurationError, match="another event loop; close it there"):
        asyncio.run(enter())


@pytest.mark.parametrize("concurrency", [0, True, "ten"])
def test_a_concurrency_of_the_client_that_is_none_is_refused(concurrency: int) -> None:
    """Where the client is made."""
    with pytest.raises(ConfigurationError, match="it must be 'auto' or at least 1"):
        LookerTasks("https://looker.example.com", "me", SECRET, concurrency=concurrency)


async def test_no_secret_shows_anywhere(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Reprs, logs, events, outcomes and files of a run with failures hold neither the secret nor the token."""
    caplog.set_level(logging.DEBUG)
    seen: list[Event] = []
    async with scripted_looker() as looker:
        looker.script["create"].append(said({"message": "Validation failed"}, 422))
        looker.script["poll"].append(said({"message": "Requires authentication."}, 401))
        looker.script["results"].append(b"nonsense\r\n\r\n")
        looker.script["results"].append(response(502, b"<html>", {"Content-Type": "text/html"}))
        async with LookerTasks(looker.url, "me", SECRET, observers=(seen.append,)) as client:
            async with client.export_all(dashboards(5), tmp_path) as run:
                outcomes = [outcome async for outcome in run]
            shown = [repr(part) for part in (client, client.api, run, *seen, *outcomes)]
            shown += [repr(value) for _, value in inspect.getmembers(client)]
        assert looker.count("login") == 2
    failures = [outcome.error for outcome in outcomes if isinstance(outcome, Failed)]
    assert failures
    shown += [f"{error} {error!r} {vars(error)} {error.__cause__!r}" for error in failures]
    shown += [record.getMessage() for record in caplog.records]
    files = everything_in(tmp_path)
    assert not [each for each in shown if SECRET in each or "token-" in each]
    assert SECRET.encode() not in files
    assert b"token-" not in files
