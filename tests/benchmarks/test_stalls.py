"""The stalls of a loop: found where they are, and only there."""

import asyncio
import time

from benchmarks.stalls import run_watched


def test_a_callback_that_blocks_is_a_stall() -> None:
    """The longest of two blocks is told, a sleep of the loop is none, and the result comes back."""

    async def main() -> str:
        time.sleep(0.02)  # noqa: ASYNC251 - blocking the loop is the point
        await asyncio.sleep(0)
        time.sleep(0.05)  # noqa: ASYNC251 - the same
        await asyncio.sleep(0.3)
        return "done"

    result, longest = run_watched(main)
    assert result == "done"
    assert 0.05 <= longest < 0.3
