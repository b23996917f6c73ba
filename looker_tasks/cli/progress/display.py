"""The progress of a run on stderr: drawn in place on a terminal, a line now and then in a log, nothing if quiet."""

import asyncio
import os
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import IO, Literal, Protocol, TypeAlias, cast

from rich.console import Console, Group
from rich.live import Live

from looker_tasks.cli import wording
from looker_tasks.cli.progress import lines
from looker_tasks.cli.progress.tally import Tally
from looker_tasks.cli.streams import Output, OutputFile
from looker_tasks.outcomes import Failed

#: How much is shown.
Manner: TypeAlias = Literal["live", "plain", "quiet"]

_LINE_EVERY = 5.0  # seconds, at first …
_SLOWEST_LINE = 60.0  # … and at the most: a log of hours should be readable
_LINES_SLOW_DOWN = 1.3
_FRAME_EVERY = 0.1  # seconds
_STDERR = 2
# ConEmu's progress protocol, which Windows Terminal, Ghostty, WezTerm and others follow: OSC 9 ; 4 ; state ; percent.
_OSC_PROGRESS = "\x1b]9;4;{state};{percent}\x1b\\"
_WITH_OSC_PROGRESS = ("WT_SESSION", "ConEmuANSI", "WEZTERM_PANE", "GHOSTTY_RESOURCES_DIR")


class Display(Protocol):
    """Shows a failure as it comes; the rest shows by itself."""

    def show(self, seconds: float) -> float:
        """Show how far the run is after *seconds*; return after how many more to show it again."""

    def failed(self, failed: Failed) -> None:
        """Show a failure at once."""

    def close(self) -> None:
        """Leave the last state as it is."""


@asynccontextmanager
async def displayed(tally: Tally, manner: Manner) -> AsyncIterator[Display]:
    """Show *tally* for as long as the block runs."""
    output = Output(_STDERR, encoding=sys.stderr.encoding or "utf-8", drops=True)
    display: Display
    match manner:
        case "live":
            display = LiveDisplay(tally, output)
        case "plain":
            display = PlainDisplay(tally, output)
        case "quiet":
            display = QuietDisplay(output)
    ticking = asyncio.create_task(_tick(display))
    try:
        yield display
    finally:
        ticking.cancel()
        await asyncio.wait({ticking})
        display.close()
        output.close()


async def _tick(display: Display) -> None:
    loop = asyncio.get_running_loop()
    began = loop.time()
    while True:  # noqa: ASYNC110  # what it shows changes with the time as well
        await asyncio.sleep(display.show(loop.time() - began))


class QuietDisplay:
    """Failures alone."""

    def __init__(self, output: Output) -> None:
        self._output = output

    def show(self, seconds: float) -> float:  # noqa: ARG002  # as every display has it
        """Show nothing."""
        return _SLOWEST_LINE

    def failed(self, failed: Failed) -> None:
        """Show a failure at once."""
        self._output.write(f"{wording.failure(failed)}\n")

    def close(self) -> None:
        """Do nothing."""


class PlainDisplay(QuietDisplay):
    """A line every few seconds, and ever fewer of them, for logs."""

    def __init__(self, tally: Tally, output: Output) -> None:
        super().__init__(output)
        self._tally = tally
        self._every = _LINE_EVERY

    def show(self, seconds: float) -> float:
        """Write how far the run is after *seconds*."""
        if seconds < _LINE_EVERY / 2:  # nothing to say yet
            return _LINE_EVERY
        self._output.write(f"{wording.progress(self._tally, seconds)}\n")
        self._every = min(_SLOWEST_LINE, self._every * _LINES_SLOW_DOWN)
        return self._every


class LiveDisplay:
    """A few lines, drawn anew in place."""

    def __init__(self, tally: Tally, output: Output) -> None:
        self._tally = tally
        self._output = output
        file = OutputFile(output, is_terminal=True, encoding=sys.stderr.encoding or "utf-8")
        self._console = Console(file=cast("IO[str]", file), force_terminal=True)
        self._live = Live(
            console=self._console, auto_refresh=False, redirect_stdout=False, redirect_stderr=False, transient=True
        )
        self._has_osc = any(variable in os.environ for variable in _WITH_OSC_PROGRESS)
        self._live.start()

    def show(self, seconds: float) -> float:
        """Draw how far the run is after *seconds*."""
        width = _terminal_width(self._console.width)
        frame = lines.frame(self._tally, seconds, width, now=time.time())
        self._live.update(Group(*frame), refresh=True)
        if self._has_osc:
            state = 2 if self._tally.failed else 1  # 2: an error
            percent = round(100 * lines.share_done(self._tally))
            self._output.write(_OSC_PROGRESS.format(state=state, percent=percent))
        return _FRAME_EVERY

    def failed(self, failed: Failed) -> None:
        """Show a failure at once, above the lines."""
        self._console.print(wording.failure(failed), markup=False, highlight=False, soft_wrap=True, style="red")

    def close(self) -> None:
        """Take the lines away; the summary follows."""
        self._live.stop()
        if self._has_osc:
            self._output.write(_OSC_PROGRESS.format(state=0, percent=0))


def _terminal_width(default: int) -> int:
    with suppress(OSError):
        return os.get_terminal_size(_STDERR).columns or default
    return default
