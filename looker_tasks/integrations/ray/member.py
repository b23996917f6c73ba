"""One worker, as the driver sees it: what it runs, and the messages to and from its actor."""

import asyncio
from contextlib import suppress
from itertools import count
from typing import Any, assert_never

import anyio
import ray
from attrs import define, field
from ray.exceptions import RayError

from looker_tasks import RemoteExport
from looker_tasks.integrations.ray.messages import (
    Cancel,
    Command,
    Grant,
    Message,
    Reported,
    Run,
    Setup,
    SlotNeeded,
    Unfit,
)

_CANCEL_WITHIN = 7.0  # seconds; the worker takes five to kill a query
_CLOSE_WITHIN = 5.0  # seconds


class Lost(Exception):
    """The worker is gone, and what it ran has not ended."""


@define(eq=False)
class _Running:
    export: RemoteExport
    over: asyncio.Event = field(factory=asyncio.Event)  # it has ended, or its worker is gone


class Member:
    """A worker and its *actor*."""

    def __init__(self, actor: Any) -> None:  # noqa: ANN401  # Ray's handles have no types
        self._actor = actor
        self._running: dict[int, _Running] = {}
        self._numbers = count()
        self._set_up: set[int] = set()
        self._commands: list[Command] = []
        self._granting: set[asyncio.Task[None]] = set()
        self._is_lost = False

    @property
    def load(self) -> int:
        """How many exports it runs."""
        return len(self._running)

    async def ready(self) -> None:
        """Wait until the actor has a process. Raises `RayError` where it gets none."""
        await self._actor.ready.remote()

    async def listen(self) -> None:
        """Take what the actor says, as long as it lives.

        Raises `RayError` when it died, and `ConfigurationError` where it cannot write to a destination.
        """
        while True:
            for message in await self._actor.messages.remote():
                self._take(message)

    async def run(self, export: RemoteExport, setup: Setup) -> None:
        """Have the worker run *export* to its end. Raises `Lost` where the worker ends before."""
        number, running = next(self._numbers), _Running(export)
        if setup.looker not in self._set_up:
            self._set_up.add(setup.looker)
            self.send(setup)
        self._running[number] = running
        self.send(Run(number, setup.looker, export.assignment))
        try:
            await running.over.wait()
        except asyncio.CancelledError:
            self.send(Cancel(number))
            with anyio.move_on_after(_CANCEL_WITHIN, shield=True):
                await running.over.wait()
            raise
        finally:
            del self._running[number]
        if not export.has_ended:
            raise Lost

    def send(self, command: Command) -> None:
        """Send *command*, with all others of this turn of the event loop."""
        if not self._commands:
            asyncio.get_running_loop().call_soon(self._send_all)
        self._commands.append(command)

    def lose(self) -> None:
        """Take note that the worker is gone."""
        self._is_lost = True
        for running in self._running.values():
            running.over.set()
        ray.kill(self._actor)

    async def aclose(self) -> None:
        """Have the worker close its connections, if it does so in time."""
        with anyio.move_on_after(_CLOSE_WITHIN), suppress(RayError):
            await self._actor.aclose.remote()

    def _send_all(self) -> None:
        commands, self._commands = self._commands, []
        if not self._is_lost:
            self._actor.take.options(num_returns=0).remote(commands)

    def _take(self, message: Message) -> None:
        match message:
            case Unfit(error=error):
                raise error
            case Reported(number=number, report=report):
                if (running := self._running.get(number)) is not None:
                    running.export.take(report)
                    if running.export.has_ended:
                        running.over.set()
            case SlotNeeded(number=number):
                if (running := self._running.get(number)) is not None:
                    granting = asyncio.create_task(self._grant(number, running.export))
                    self._granting.add(granting)
                    granting.add_done_callback(self._granting.discard)
            case never:
                assert_never(never)

    async def _grant(self, number: int, export: RemoteExport) -> None:
        self.send(Grant(number, await export.hold_slot()))
