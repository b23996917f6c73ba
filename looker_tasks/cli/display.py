"""The progress of a run on stderr: a live display on a terminal, plain lines otherwise."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Protocol

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from looker_tasks.cli import wording
from looker_tasks.cli.tally import Tally
from looker_tasks.outcomes import Failed

_LINE_EVERY = 5.0  # seconds
_FRAME_EVERY = 0.1  # seconds


class Display(Protocol):
    """Shows a failure as it comes; the rest shows by itself."""

    def failed(self, failed: Failed) -> None:
        """Tell a failure at once."""


@asynccontextmanager
async def displayed(tally: Tally, *, plain: bool) -> AsyncIterator[Display]:
    """Show *tally* for as long as the block runs."""
    display: PlainDisplay | LiveDisplay
    display, every = (PlainDisplay(tally), _LINE_EVERY) if plain else (LiveDisplay(tally), _FRAME_EVERY)
    ticking = asyncio.create_task(_tick(display, every))
    try:
        yield display
    finally:
        ticking.cancel()
        await asyncio.wait({ticking})
        display.close()


async def _tick(display: "PlainDisplay | LiveDisplay", every: float) -> None:
    loop = asyncio.get_running_loop()
    began = loop.time()
    while True:
        await asyncio.sleep(every)
        display.show(loop.time() - began)


class PlainDisplay:
    """A line every few seconds, for logs."""

    def __init__(self, tally: Tally) -> None:
        self._tally = tally

    def show(self, seconds: float) -> None:
        """Write how far the run is after *seconds*."""
        sys.stderr.write(f"{wording.progress(self._tally, seconds)}\n")

    def failed(self, failed: Failed) -> None:
        """Tell a failure at once."""
        sys.stderr.write(f"{wording.failure(failed)}\n")

    def close(self) -> None:
        """Leave the lines as they are."""


class LiveDisplay:
    """A bar, the bytes and what is in flight, drawn anew in place."""

    def __init__(self, tally: Tally) -> None:
        self._tally = tally
        self._console = Console(stderr=True)
        self._progress = Progress(
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.description}", markup=False),
            TimeElapsedColumn(),
            console=self._console,
            auto_refresh=False,
            redirect_stdout=False,
            redirect_stderr=False,
        )
        self._progress.start()
        self._bar = self._progress.add_task("", total=tally.expected)

    def show(self, seconds: float) -> None:
        """Draw how far the run is after *seconds*."""
        said = wording.progress(self._tally, seconds).partition("; ")[2]
        self._progress.update(self._bar, completed=self._tally.ended, description=said, refresh=True)

    def failed(self, failed: Failed) -> None:
        """Tell a failure at once, above the bar."""
        self._console.print(wording.failure(failed), markup=False, highlight=False, soft_wrap=True)

    def close(self) -> None:
        """Leave the bar as it ended."""
        self._progress.update(self._bar, completed=self._tally.ended, description="", refresh=True)
        self._progress.stop()
