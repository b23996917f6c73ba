"""The real program as a process of its own: what a person types, and what comes back.

`looker_tasks`, `started` and `emulator` fork it from one that has imported all (`tests/fork_server.py`). `PROGRAM` is
the command itself, for a test of how the interpreter starts and for what a shell gives it.
"""

import functools
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

from attrs import frozen

PROGRAM = (sys.executable, "-m", "looker_tasks")
PATIENCE = 100.0  # seconds
ROOT = Path(__file__).parents[2]


@frozen
class Ended:
    """How a program ended."""

    status: int
    out: str
    err: str


class Program:
    """A program that runs, with what `subprocess.Popen` has of one. Its streams are *stdout* and *stderr*, pipes."""

    def __init__(
        self, arguments: Sequence[str], *, cwd: Path, environment: Mapping[str, str], outputs: tuple[int, int]
    ) -> None:
        self._ended, asked = socket.socketpair()
        with asked:
            socket.send_fds(_fork_server(), [b"!"], [0, *outputs, asked.fileno()])
        request = {"arguments": arguments, "cwd": str(cwd), "environment": dict(environment)}
        self._ended.sendall(json.dumps(request).encode())
        self._ended.shutdown(socket.SHUT_WR)
        self.pid = self._number()
        self.returncode: int | None = None
        self.stdout: IO[str] | None = None
        self.stderr: IO[str] | None = None

    def wait(self, timeout: float | None = None) -> int:
        """Wait until it has ended, and return its status; minus the number of the signal that ended it."""
        if self.returncode is None:
            self._ended.settimeout(timeout)
            try:
                self.returncode = self._number()
            except TimeoutError:
                raise subprocess.TimeoutExpired(str(self.pid), timeout or 0) from None
        return self.returncode

    def _number(self) -> int:
        """Read the next line of the server, and nothing beyond it."""
        line = self._ended.recv(1)
        while not line.endswith(b"\n"):
            line += self._ended.recv(1) or b"?\n"
        return int(line)

    def poll(self) -> int | None:
        """Return its status if it has ended."""
        with suppress(subprocess.TimeoutExpired, BlockingIOError):
            self.wait(0)
        return self.returncode

    def send_signal(self, number: int) -> None:
        """Send it a signal, if it still runs."""
        if self.poll() is None:
            with suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def close(self) -> None:
        """Kill it, if it still runs, and close its streams."""
        self.send_signal(signal.SIGKILL)
        self.wait(PATIENCE)
        for stream in (self.stdout, self.stderr, self._ended):
            if stream is not None:
                stream.close()


@functools.cache
def _fork_server() -> socket.socket:
    """Start the process that forks programs; it ends when this one does, and nobody can ask it any more."""
    ours, theirs = socket.socketpair()
    with theirs:
        subprocess.Popen(
            [sys.executable, "-m", "tests.fork_server"],
            stdin=theirs.fileno(),
            stdout=subprocess.DEVNULL,
            cwd=ROOT,
        ).returncode = 0  # nobody waits for it
    return ours


def environment(settings: Mapping[str, str]) -> dict[str, str]:
    """Return this environment with *settings* in place of every LOOKERSDK_ variable."""
    plain = {name: value for name, value in os.environ.items() if not name.startswith("LOOKERSDK_")}
    return {**plain, **settings}


def looker_tasks(*arguments: str | Path, cwd: Path, settings: Mapping[str, str] | None = None) -> Ended:
    """Run the program to its end."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        program = Program(
            [*map(str, arguments)],
            cwd=cwd,
            environment=environment(settings or {}),
            outputs=(out.fileno(), err.fileno()),
        )
        try:
            status = program.wait(PATIENCE)
        finally:
            program.close()
        texts = [os.pread(file.fileno(), 2**30, 0).decode() for file in (out, err)]
    return Ended(status, *texts)


@contextmanager
def started(*arguments: str | Path, cwd: Path, settings: Mapping[str, str] | None = None) -> Iterator[Program]:
    """Start the program, and kill it at the end of the block if it still runs."""
    (stdout, out), (stderr, err) = os.pipe(), os.pipe()
    try:
        program = Program([*map(str, arguments)], cwd=cwd, environment=environment(settings or {}), outputs=(out, err))
    finally:
        os.close(out)
        os.close(err)
    program.stdout, program.stderr = os.fdopen(stdout), os.fdopen(stderr)
    try:
        yield program
    finally:
        program.close()


@contextmanager
def emulator(*options: str) -> Iterator[tuple[dict[str, str], dict[str, Any]]]:
    """Run `looker-tasks emulator`; give the settings that lead to it, and its examples."""
    with started("emulator", *options, cwd=Path.cwd()) as program:
        told = json.loads(line_of(program.stdout))
        settings = {
            "LOOKERSDK_BASE_URL": told["url"],
            "LOOKERSDK_CLIENT_ID": told["client_id"],
            "LOOKERSDK_CLIENT_SECRET": told["client_secret"],
        }
        yield settings, told["examples"]


def wait_for(happened: Callable[[], bool]) -> None:
    """Return as soon as it has happened, in another process that gives no sign of it."""
    give_up_at = time.monotonic() + PATIENCE
    while not happened():
        assert time.monotonic() < give_up_at
        time.sleep(0.002)


def rest_of(program: Program, within: float = 60.0) -> tuple[str, str]:
    """Read what a program still has to say, on stdout and stderr, until it ends."""
    assert program.stdout is not None
    assert program.stderr is not None
    said = program.stdout.read(), program.stderr.read()
    program.wait(within)
    return said


def line_of(stream: IO[str] | None) -> str:
    """Read the next line of a program's output."""
    assert stream is not None
    return stream.readline()
