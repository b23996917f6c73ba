"""Previews made while the run goes on, in time that nobody wants: what is left for its end is little."""

import os
from collections.abc import Mapping
from pathlib import Path
from queue import SimpleQueue
from threading import Thread
from types import TracebackType
from typing import Self

from looker_tasks.events import Event, ExportFinished
from looker_tasks.outcomes import Artifact, Exported
from looker_tasks.report.folder import plain_file
from looker_tasks.report.previews.process import WorkerProcess
from looker_tasks.report.previews.values import MOST_SHOWN, Amount, Preview

_FEW = 8  # files that may be waited for at the end: a new process would take longer until it has begun …
_SOON = 0.5  # … and this many seconds at the most: a busy machine has no time for an idle process


class BackgroundPreviews:
    """Looks into each file of *folder* once it is exported, by one idle process. `observe` is the observer.

    Leave the block, and what is not looked into by then, or within half a second where it is little, is left. Of more
    than `MOST_SHOWN` files the rest is left too.
    """

    def __init__(self, folder: str | os.PathLike[str], *, expected: int | None = None) -> None:
        self._folder = Path(folder)
        self._amount = Amount.of(expected or 0)
        self._found: dict[str, Preview] = {}
        self._files: SimpleQueue[tuple[str, Artifact] | None] = SimpleQueue()
        self._count = 0
        self._is_over = False
        self._worker = WorkerProcess(is_idle=True)
        self._thread: Thread | None = None

    @property
    def found(self) -> Mapping[str, Preview]:
        """What files look like, by their SHA-256."""
        return self._found

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        is_little = self._files.qsize() <= _FEW
        self._files.put(None)
        if self._thread is not None and is_little:
            self._thread.join(_SOON)
        self._is_over = True
        self._worker.stop()
        if self._thread is not None:
            self._thread.join()

    def observe(self, event: Event) -> None:
        """See an event of the run: a file that was just made is looked into."""
        match event:
            case ExportFinished(name=name, outcome=Exported(artifact=artifact, resumed=False)) if (
                self._count < MOST_SHOWN
            ):
                self._count += 1
                self._files.put((name, artifact))
                if self._thread is None:
                    self._thread = Thread(target=self._look, name="looker-tasks-previews", daemon=True)
                    self._thread.start()

    def _look(self) -> None:
        while (file := self._files.get()) is not None and not self._is_over:
            name, artifact = file
            path = plain_file(self._folder, name)
            if path is None:  # it is an object in a bucket
                continue
            preview = self._worker.look(self._amount.request(path, artifact.result_format))
            if not self._is_over and preview != Preview():
                self._found[artifact.sha256] = preview
        self._worker.close()
