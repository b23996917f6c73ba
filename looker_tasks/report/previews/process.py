"""A worker process as its parent sees it: a file in, a preview out.

Our own and not `concurrent.futures`': those start by importing the caller's main module again, and one file that kills
a worker would end the whole pool.
"""

import json
import os
import selectors
import subprocess
import sys

from attrs import asdict

from looker_tasks.report.previews.values import Preview, Request

COMMAND: tuple[str, ...] = (sys.executable, "-m", "looker_tasks.report.previews.worker")
PATIENCE = 20.0  # seconds for one file
_IDLE_PATIENCE = 300.0


class WorkerProcess:
    """One process, started when it is needed and again after a file that ended it.

    An *idle* one has the time that nobody else on the machine wants, and more patience with a file.
    """

    def __init__(self, *, is_idle: bool = False) -> None:
        self._command = (*COMMAND, "--idle") if is_idle else COMMAND
        self._patience = _IDLE_PATIENCE if is_idle else PATIENCE
        self._process: subprocess.Popen[bytes] | None = None

    def look(self, request: Request) -> Preview:
        """Return the preview of one file; an empty one where the process breaks, or takes too long."""
        if self._process is None:
            self._process = subprocess.Popen(  # noqa: S603  # ours
                self._command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,  # decoders complain there of what the report just does not show
                start_new_session=True,  # a Ctrl-C is for its parent
            )
        try:
            return Preview(**json.loads(_answer(self._process, asdict(request), self._patience)))
        except (OSError, ValueError, TimeoutError):
            self.close()
            return Preview()

    def stop(self) -> None:
        """End the process from another thread than the one that looks, whose `look` then returns."""
        if self._process is not None:
            self._process.kill()

    def close(self) -> None:
        """End the process."""
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None


def _answer(process: "subprocess.Popen[bytes]", question: object, patience: float) -> bytes:
    """Return the line that *process* answers. Raises `TimeoutError` or `OSError` where there is none."""
    if process.stdin is None or process.stdout is None:  # never: both are pipes
        raise BrokenPipeError
    process.stdin.write(json.dumps(question).encode() + b"\n")
    process.stdin.flush()
    answer = b""
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ)
        while not answer.endswith(b"\n"):
            if not selector.select(patience):
                raise TimeoutError
            piece = os.read(process.stdout.fileno(), 65536)
            if not piece:
                raise BrokenPipeError
            answer += piece
    return answer
