"""The emulator's one clock: the event loop's.

What happens follows loop time; the wall clock only dates it for people.
"""

import asyncio
from datetime import UTC, datetime, timedelta


class Clock:
    """Loop time, and the date that a loop time had on the wall.

    Under a virtual-time loop both advance together, so that stamps agree with what was simulated.
    """

    def __init__(self) -> None:
        self.loop = asyncio.get_running_loop()
        self._origin = self.loop.time()
        self._started = datetime.now(UTC)

    def now(self) -> float:
        """Return the loop's time, in seconds."""
        return self.loop.time()

    def date(self, moment: float) -> datetime:
        """Return which date a loop time had."""
        return self._started + timedelta(seconds=moment - self._origin)

    def stamp(self, moment: float | None) -> str | None:
        """Write a loop time as Looker writes a moment: ISO 8601, UTC, milliseconds."""
        if moment is None:
            return None
        return self.date(moment).isoformat(timespec="milliseconds")
