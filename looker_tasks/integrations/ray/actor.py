"""The worker's side: a Ray actor with a client for each Looker, which runs what the driver hands to it."""

import asyncio
from collections.abc import Sequence
from functools import partial
from typing import assert_never

from looker_tasks import ConfigurationError, LookerTasks, Report, Worker
from looker_tasks.integrations.ray.messages import (
    Cancel,
    Command,
    Grant,
    Message,
    Reported,
    Run,
    Setup,
    SlotNeeded,
    Stop,
    Unfit,
)

_BUNDLE = 0.005  # seconds in which messages to the driver come together


class Actor:
    """An async actor: its methods run on one event loop. Only the driver calls it."""

    def __init__(self) -> None:
        self._lookers: dict[int, asyncio.Task[Worker | None]] = {}
        self._clients: list[LookerTasks] = []
        self._running: dict[int, asyncio.Task[None]] = {}
        self._grants: dict[int, asyncio.Future[bool]] = {}
        self._messages: list[Message] = []
        self._has_messages = asyncio.Event()

    async def ready(self) -> None:
        """Answer, once there is a process to do so."""

    async def take(self, commands: Sequence[Command]) -> None:
        """Do as the driver says."""
        for command in commands:
            match command:
                case Setup(looker=looker):
                    self._lookers[looker] = asyncio.create_task(self._set_up(command))
                case Run(number=number):
                    self._running[number] = asyncio.create_task(self._run(command))
                case Grant(number=number, is_held=is_held):
                    if (grant := self._grants.pop(number, None)) is not None and not grant.done():
                        grant.set_result(is_held)
                case Cancel(number=number):
                    if number in self._running:
                        self._running[number].cancel()
                case Stop(looker=looker):
                    if looker in self._lookers and (worker := await self._lookers[looker]) is not None:
                        worker.stop()
                case never:
                    assert_never(never)

    async def messages(self) -> list[Message]:
        """Wait for something to say to the driver, and return all of it."""
        await self._has_messages.wait()
        await asyncio.sleep(_BUNDLE)
        self._has_messages.clear()
        messages, self._messages = self._messages, []
        return messages

    async def aclose(self) -> None:
        """Give the tokens back and close every connection."""
        for running in self._running.values():
            running.cancel()
        for client in self._clients:
            await client.aclose()

    async def _set_up(self, setup: Setup) -> Worker | None:
        """Return the worker for a Looker, or None, and say so, where its files cannot be written from here."""
        client = LookerTasks.from_settings(setup.settings, policy=setup.policy, concurrency=setup.concurrency)
        self._clients.append(client)
        try:
            return await client.worker(setup.out, storage=setup.storage)
        except ConfigurationError as error:
            self._send(Unfit(error))
            return None

    async def _run(self, run: Run) -> None:
        number = run.number
        try:
            worker = await asyncio.shield(self._lookers[run.looker])
            if worker is not None:  # else the driver hands it to another
                await worker.run(run.assignment, partial(self._report, number), partial(self._hold_slot, number))
        finally:
            del self._running[number]

    def _report(self, number: int, report: Report) -> None:
        self._send(Reported(number, report))

    async def _hold_slot(self, number: int) -> bool:
        grant: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._grants[number] = grant
        self._send(SlotNeeded(number))
        return await grant

    def _send(self, message: Message) -> None:
        self._messages.append(message)
        self._has_messages.set()
