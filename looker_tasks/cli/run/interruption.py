"""SIGINT, SIGTERM and SIGHUP: the first asks a run to stop in order, the second stops it at once."""

import asyncio
import signal
import sys
from collections.abc import Callable
from types import TracebackType
from typing import Self

from looker_tasks.cli.streams import write_line

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Interruption:
    """Catches the signals inside its block, on the running loop, for the task that enters it.

    *ask_to_stop* is called at the first signal, and returns what the program says then. Before it is set, and from the
    second signal on, that task is cancelled.
    """

    def __init__(self) -> None:
        self.ask_to_stop: Callable[[], str] | None = None
        self.signal: signal.Signals | None = None
        """The first signal that came."""
        self.since = 0.0
        """When it came, by the loop's clock."""
        self._loop = asyncio.get_running_loop()
        self._task = asyncio.current_task()
        self._caught = [each for each in _SIGNALS if each is signal.SIGINT or signal.getsignal(each) != signal.SIG_IGN]

    @property
    def status(self) -> int:
        """The exit status of a program that a signal ended: 130 for SIGINT, 143 for SIGTERM, 129 for SIGHUP."""
        return 128 + (self.signal or 0)

    def __enter__(self) -> Self:
        for each in self._caught:
            self._loop.add_signal_handler(each, self._on_signal, each)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for each in self._caught:
            self._loop.remove_signal_handler(each)
            if self.signal is not None:  # what is left is to end with the right status
                signal.signal(each, signal.SIG_IGN)

    def _on_signal(self, received: signal.Signals) -> None:
        is_first, self.signal = self.signal is None, self.signal or received
        if is_first:
            self.since = self._loop.time()
        if is_first and self.ask_to_stop is not None:
            message = self.ask_to_stop()
            # A terminal shows ^C on the line where it was typed.
            write_line(f"\n{message}" if received is signal.SIGINT and sys.stderr.isatty() else message)
        elif self._task is not None:
            self._task.cancel()
