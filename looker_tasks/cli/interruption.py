"""SIGINT and SIGTERM: the first asks a run politely to stop, the second stops at once."""

import asyncio
import signal
import sys
from collections.abc import Callable
from types import TracebackType
from typing import Self

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Interruption:
    """Catches the signals inside its block, on the running loop, for the task that enters it.

    Before `politely` has a callable, and from the second signal on, that task is cancelled.
    """

    def __init__(self) -> None:
        self.politely: Callable[[], None] | None = None
        self.happened = False
        self._loop = asyncio.get_running_loop()
        self._task = asyncio.current_task()

    def __enter__(self) -> Self:
        for signal_ in _SIGNALS:
            self._loop.add_signal_handler(signal_, self._on_signal)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for signal_ in _SIGNALS:
            self._loop.remove_signal_handler(signal_)
            if self.happened:  # what is left is to end with the right status
                signal.signal(signal_, signal.SIG_IGN)

    def _on_signal(self) -> None:
        if self.politely is not None and not self.happened:
            sys.stderr.write("stopping: nothing new is created, what is ready is fetched; once more to stop at once\n")
            self.politely()
        elif self._task is not None:
            self._task.cancel()
        self.happened = True
