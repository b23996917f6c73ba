"""The trigger, its connection and its end, on Airflow's own classes."""

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from airflow.sdk.exceptions import AirflowException

from looker_tasks import ConfigurationError, DashboardExport, Exported, InvalidExport, QueryExport
from looker_tasks.emulator import Emulator, Fault, Scenario
from looker_tasks.emulator.threaded import in_thread
from looker_tasks.integrations.airflow import LookerExportOperator, LookerTasksHook, LookerTaskTrigger


def connection(emulator: Emulator) -> str:
    """Return the connection to *emulator*, as Airflow has it in its environment."""
    scheme, _, rest = emulator.url.partition("://")
    host, _, port = rest.partition(":")
    return json.dumps(
        {
            "conn_type": "looker",
            "host": f"{scheme}://{host}",
            "port": int(port),
            "login": emulator.client_id,
            "password": emulator.client_secret,
        }
    )


@pytest.fixture
def emulator(monkeypatch: pytest.MonkeyPatch) -> Iterator[Emulator]:
    """Run an emulator behind the connection ``looker_default``; its queries never end."""
    scenario = Scenario((Fault("stuck", operation="create_query_task"),))
    with in_thread(Emulator(scenario=scenario, renderer="fake", render_seconds=0.2, query_seconds=0)) as running:
        monkeypatch.setenv("AIRFLOW_CONN_LOOKER_DEFAULT", connection(running))
        yield running


async def fired(trigger: LookerTaskTrigger) -> object:
    """Return the payload of the one event of *trigger*."""
    (event,) = [event async for event in trigger.run()]
    return event.payload


def test_another_triggerer_goes_on_with_the_same_task(emulator: Emulator, tmp_path: Path) -> None:
    """A trigger that was killed is made again by its serialized form: one create in all, and a whole file."""

    async def story() -> None:
        async with LookerTasksHook().client() as looker:
            started = await looker.start(DashboardExport("42"))
        first = LookerTaskTrigger(started.token, "looker_default")
        path, arguments = first.serialize()
        assert path == "looker_tasks.integrations.airflow.trigger.LookerTaskTrigger"
        waiting = asyncio.create_task(fired(first))
        await asyncio.sleep(0)
        waiting.cancel()
        await asyncio.wait({waiting})
        assert await fired(LookerTaskTrigger(**arguments)) == {"status": "success", "token": started.token}
        async with LookerTasksHook().client() as looker:
            outcome = await looker.finish(started.token, tmp_path / "a.pdf")
        assert isinstance(outcome, Exported)

    asyncio.run(story())
    assert emulator.statistics.created.total() == 1


def test_many_triggers_share_one_login(emulator: Emulator) -> None:
    """Thirty triggers of one connection are one client: one login, and nothing left open."""

    async def story() -> None:
        async with LookerTasksHook().client() as looker:
            tokens = [(await looker.start(DashboardExport(str(number)))).token for number in range(1, 31)]
        logins = emulator.statistics.calls["login"]
        events = await asyncio.gather(*(fired(LookerTaskTrigger(token, "looker_default")) for token in tokens))
        assert all(isinstance(event, dict) and event["status"] == "success" for event in events)
        assert emulator.statistics.calls["login"] == logins + 1

    asyncio.run(story())


def test_a_killed_task_stops_its_query(emulator: Emulator) -> None:
    """`on_kill` of the trigger kills the query on the server."""

    async def story() -> None:
        async with LookerTasksHook().client() as looker:
            started = await looker.start(QueryExport("1", "csv"))
        await LookerTaskTrigger(started.token, "looker_default").on_kill()

    asyncio.run(story())
    assert emulator.statistics.ended["killed"] == 1


def test_a_token_of_another_looker_is_an_event_with_advice(emulator: Emulator) -> None:
    """What cannot be mended by waiting fires at once, and fails the task."""

    async def story() -> object:
        return await fired(LookerTaskTrigger("nonsense", "looker_default"))

    event = asyncio.run(story())
    assert isinstance(event, dict)
    with pytest.raises(AirflowException, match="token"):
        LookerExportOperator(task_id="x", dashboard="42", to="x.pdf").execute_complete({}, event)
    assert emulator.statistics.created.total() == 0


def test_a_connection_that_lacks_something_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """The missing field is said in Airflow's words."""
    monkeypatch.setenv("AIRFLOW_CONN_LOOKER_DEFAULT", json.dumps({"conn_type": "looker", "host": "h", "login": "i"}))
    with pytest.raises(ConfigurationError, match=r"the connection looker_default has no Password \(client_secret\)"):
        LookerTasksHook().client()


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        ({}, "dashboard"),
        ({"dashboard": "1", "look": "2"}, "dashboard"),
        ({"look": "2", "result_format": "csv", "filters": {"a": "b"}}, "filters"),
        ({"dashboard": "1", "options": {"colour": "red"}}, "options"),
        ({"dashboard": "1", "result_format": "doc"}, "result_format"),
    ],
)
def test_wrong_arguments_are_named_before_anything_is_created(arguments: dict[str, Any], field: str) -> None:
    """`export_requested` refuses what no Looker could make."""
    with pytest.raises(InvalidExport) as refused:
        LookerExportOperator(task_id="x", to="x.pdf", **arguments).export_requested()
    assert refused.value.field == field
