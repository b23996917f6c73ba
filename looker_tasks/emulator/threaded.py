"""The emulator in a thread of its own, for code that blocks: the official SDK, requests, a test without asyncio."""

from collections.abc import Iterator
from contextlib import contextmanager

from anyio.from_thread import start_blocking_portal

from looker_tasks.emulator.server import Emulator


@contextmanager
def in_thread(emulator: Emulator) -> Iterator[Emulator]:
    """Start *emulator* on an event loop of its own in another thread, for as long as the block runs."""
    with start_blocking_portal() as portal, portal.wrap_async_context_manager(emulator) as running:
        yield running
