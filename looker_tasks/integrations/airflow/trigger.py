"""The wait for one task of Looker's, in the triggerer: thousands of them share a client for each connection.

A shared client logs in once, learns how long tasks take, and so asks about each when it has likely ended.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from airflow.triggers.base import BaseTrigger, TriggerEvent
from attrs import define, field

from looker_tasks import ConfigurationError, LookerTasks, LookerTasksError
from looker_tasks.integrations.airflow.hook import LookerTasksHook

_LEAST_WAIT = 0.2  # seconds
_AFTER_TROUBLE = 5.0  # seconds, at first: the triggerer waits for a server that is away, as long as the task may take
_LONGEST_WAIT = 60.0


@define(eq=False)
class _Shared:
    """A client, and how many triggers use it."""

    opening: "asyncio.Task[LookerTasks]"
    users: int = field(default=0)


#: By event loop and connection: a triggerer has one loop.
_clients: dict[tuple[int, str], _Shared] = {}


@asynccontextmanager
async def shared_client(looker_conn_id: str) -> AsyncIterator[LookerTasks]:
    """Give the client that all triggers of a connection share; the last one closes it."""
    key = (id(asyncio.get_running_loop()), looker_conn_id)
    shared = _clients.get(key)
    if shared is None:
        opening = asyncio.create_task(LookerTasksHook(looker_conn_id).aclient())
        shared = _clients[key] = _Shared(opening)
    shared.users += 1
    try:
        yield await asyncio.shield(shared.opening)
    finally:
        shared.users -= 1
        if not shared.users:
            _clients.pop(key, None)
            if shared.opening.done() and not shared.opening.cancelled() and shared.opening.exception() is None:
                await shared.opening.result().aclose()


class LookerTaskTrigger(BaseTrigger):
    """Waits until Looker has finished the task of *token*, then fires once.

    Killed or cleared by a user, it stops the query on the server. What the task came to is told by who finishes it.
    """

    def __init__(self, token: str, looker_conn_id: str) -> None:
        super().__init__()
        self.token = token
        self.looker_conn_id = looker_conn_id

    def serialize(self) -> tuple[str, dict[str, Any]]:
        """Return what another triggerer makes this trigger of."""
        path = f"{type(self).__module__}.{type(self).__qualname__}"
        return path, {"token": self.token, "looker_conn_id": self.looker_conn_id}

    async def run(self) -> AsyncIterator[TriggerEvent]:
        """Poll by the client's learned pacing, and fire when the task has ended, well or not."""
        try:
            async with shared_client(self.looker_conn_id) as looker:
                status = await self._wait(looker)
        except ConfigurationError as error:
            yield TriggerEvent({"error": f"{error}. {error.advice}" if error.advice else str(error)})
        else:
            yield TriggerEvent({"status": status, "token": self.token})

    async def _wait(self, looker: LookerTasks) -> str:
        trouble = 0
        while True:
            try:
                status = await looker.poll(self.token)
            except ConfigurationError:
                raise
            except LookerTasksError as error:
                trouble += 1
                self.log.warning("%s; asking again", error)
                await asyncio.sleep(min(_LONGEST_WAIT, _AFTER_TROUBLE * trouble))
                continue
            trouble = 0
            if status.is_finished:
                return status.status
            await asyncio.sleep(max(_LEAST_WAIT, status.poll_again_in))

    async def on_kill(self) -> None:
        """Stop the query on the server: a user marked or cleared the task. A render cannot be stopped."""
        async with shared_client(self.looker_conn_id) as looker:
            await looker.kill(self.token)
