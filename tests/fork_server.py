"""Real programs at a tenth of the price: a process that has imported `looker_tasks`, and forks for each that is asked.

To import all that the program needs takes a core for two seconds. `python -m tests.fork_server` does it once, then
makes a process for each request: with its own arguments, environment, folder, streams and signals, and an end like any
other's. One server a test worker; it ends with it.

A request on stdin, a socket, is one byte with four descriptors: the program's stdin, stdout and stderr, and a socket
from which the program reads its arguments, folder and environment as JSON; there the server writes the program's id,
and its exit status when it has ended, a line each.
"""

import atexit
import gc
import importlib
import io
import json
import os
import runpy
import select
import signal
import socket
import sys
import threading
import traceback
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import NoReturn

from looker_tasks.errors import ConfigurationError

PROGRAM = "looker_tasks"
APART = (
    "integrations",
    "opentelemetry",
    "tables",
    "__main__",
)  # not installed, or with threads, which no fork takes along


def modules(folder: Path, package: str) -> Iterator[str]:
    """Name each module below *folder* that the program may import."""
    for path in sorted(folder.glob("*")):
        if path.stem not in APART and (path.suffix == ".py" or (path / "__init__.py").exists()):
            yield f"{package}.{path.stem}".removesuffix(".__init__")
            yield from modules(path, f"{package}.{path.stem}")


def serve(requests: socket.socket) -> None:
    """Fork for each request until nobody can send any more; in the new process, run the program."""
    wakes, woken = os.pipe()
    os.set_blocking(woken, False)
    signal.set_wakeup_fd(woken)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # of a terminal; the programs and the tests get it too
    running: dict[int, int] = {}
    while True:
        ready, _, _ = select.select([requests.fileno(), wakes], [], [])
        if wakes in ready:
            os.read(wakes, 4096)
            report_ends(running)
        if requests.fileno() in ready:
            sent, descriptors, _, _ = socket.recv_fds(requests, 1, 4)
            if not sent:
                return
            if (program := os.fork()) == 0:
                requests.detach()
                run(descriptors)
            write_line(descriptors[3], program)
            running[program] = descriptors.pop()
            for descriptor in descriptors:
                os.close(descriptor)


def report_ends(running: dict[int, int]) -> None:
    """Write the exit status of each program that has ended to whoever asked for it."""
    while running:
        program, status = os.waitpid(-1, os.WNOHANG)
        if program == 0:
            return
        asked_by = running.pop(program)
        write_line(asked_by, os.waitstatus_to_exitcode(status))
        os.close(asked_by)


def write_line(descriptor: int, number: int) -> None:
    """Write *number* to the socket *descriptor*, if anybody still listens."""
    with suppress(BrokenPipeError):
        os.write(descriptor, b"%d\n" % number)


def run(descriptors: list[int]) -> NoReturn:
    """Be the program: as the interpreter would begin it, with nothing of the server's but its modules."""
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    with os.fdopen(descriptors[3], "rb", closefd=False) as file:
        request = json.load(file)
    for ours, theirs in enumerate(descriptors[:3]):
        os.dup2(theirs, ours)
    os.closerange(3, 1024)
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        raw = io.FileIO(number, "w" if number else "r", closefd=False)
        text = io.TextIOWrapper(
            io.BufferedWriter(raw) if number else io.BufferedReader(raw), line_buffering=number == 2
        )
        setattr(sys, name, text)
    os.chdir(request["cwd"])
    os.environ.clear()
    os.environ.update(request["environment"])
    sys.argv[1:] = request["arguments"]
    status = 1
    try:
        runpy.run_module(PROGRAM, run_name="__main__", alter_sys=True)
    except SystemExit as ended:
        status = int(ended.code or 0)
    except BaseException:  # noqa: BLE001  # as the interpreter does with whatever it is
        traceback.print_exc()
    end(status)


def end(status: int) -> NoReturn:
    """End as the interpreter does, but for the collection of what the server imported, which takes most of a second."""
    threading._shutdown()  # type: ignore[attr-defined]  # threads that are no daemons, as in `multiprocessing`
    atexit._run_exitfuncs()
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except OSError:
        status = 120
    os._exit(status)


def main() -> None:
    """Import what the program may need, and serve."""
    for name in modules(Path(__file__).parents[1] / PROGRAM, PROGRAM):
        with suppress(ImportError, ConfigurationError):  # an extra is not installed
            importlib.import_module(name)
    threads = Path("/proc/self/task")
    assert not threads.exists() or len(list(threads.iterdir())) == 1  # a fork has no other, and may wait for its lock
    gc.freeze()  # or each collection of a program would copy what it shares with the server
    with socket.socket(fileno=os.dup(0)) as requests:
        serve(requests)


if __name__ == "__main__":
    main()
