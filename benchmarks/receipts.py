"""When the file of which task had come: a line each, so that no contender's memory grows by being measured."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from attrs import field, frozen


@frozen
class Receipts:
    """The file of receipts, while a contender runs."""

    _file: TextIO
    _lock: threading.Lock = field(factory=threading.Lock)  # threads share it, and a text file is not theirs to share

    def note(self, task_id: str) -> None:
        """Note that the file of *task_id* is here, whole, now."""
        with self._lock:
            self._file.write(f"{task_id} {time.time()!r}\n")


@contextmanager
def receipts_at(path: str) -> Iterator[Receipts]:
    """Keep receipts at *path* for as long as the block runs."""
    with Path(path).open("w") as file:
        yield Receipts(file)


def read_receipts(path: str) -> dict[str, float]:
    """Tell of each task when its file had come, in seconds since the epoch."""
    lines = (line.split() for line in Path(path).read_text().splitlines())
    return {task_id: float(moment) for task_id, moment in lines}
