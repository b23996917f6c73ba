"""The clock of a run: the event loop's own, in seconds, so that a loop with another clock takes everything with it."""

import asyncio


def now() -> float:
    """Return the time; it has no meaning but beside another."""
    return asyncio.get_running_loop().time()
