"""The files of timelines: that of the run, which grows, and those of the runs before it."""

import logging
import os
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

#: The file of the run that is, or was the last; `earlier` names those of the runs before.
FILE = "timeline.jsonl"
#: So many runs are kept beside the last one.
KEPT = 5

_logger = logging.getLogger("looker_tasks")


def earlier(number: int) -> str:
    """Return the name of the file of the run *number* runs before the last."""
    return f"timeline.{number}.jsonl"


class TimelineFile:
    """Appends texts to the run's file, one after the other, in a thread of its own."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._file: int | None = None
        self._has_failed = False
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="looker-tasks-timeline")

    def write(self, text: str) -> None:
        """Have *text* appended."""
        self._thread.submit(self._append, text.encode("utf-8", "surrogatepass"))

    def close(self) -> None:
        """Wait until all is written."""
        self._thread.shutdown()
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def _append(self, text: bytes) -> None:
        if self._has_failed:
            return
        try:
            if self._file is None:
                self._file = _new_file(self._folder)
            while text:
                text = text[os.write(self._file, text) :]
        except OSError as error:
            self._has_failed = True
            _logger.warning("%s: the timeline is not kept: %s", self._folder / FILE, error.strerror or error)


def _new_file(folder: Path) -> int:
    """Make room for a new run, and return its file, which was not there before: a link planted there leads nowhere."""
    folder.mkdir(0o700, parents=True, exist_ok=True)
    for number in range(KEPT, 0, -1):
        with suppress(FileNotFoundError):
            (folder / (earlier(number - 1) if number > 1 else FILE)).replace(folder / earlier(number))
    return os.open(folder / FILE, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_EXCL, 0o600)
