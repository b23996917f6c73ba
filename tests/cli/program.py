"""The real program as a subprocess: what a person types, and what comes back."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from attrs import frozen

PROGRAM = (sys.executable, "-m", "looker_tasks")
PATIENCE = 100.0  # seconds


@frozen
class Ended:
    """How a program ended."""

    status: int
    out: str
    err: str


def environment(settings: Mapping[str, str]) -> dict[str, str]:
    """Return this environment with *settings* in place of every LOOKERSDK_ variable."""
    plain = {name: value for name, value in os.environ.items() if not name.startswith("LOOKERSDK_")}
    return {**plain, **settings}


def looker_tasks(*arguments: str | Path, cwd: Path, settings: Mapping[str, str] | None = None) -> Ended:
    """Run the program to its end."""
    ended = subprocess.run(
        [*PROGRAM, *map(str, arguments)],
        cwd=cwd,
        env=environment(settings or {}),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    return Ended(ended.returncode, ended.stdout, ended.stderr)


@contextmanager
def started(
    *arguments: str | Path, cwd: Path, settings: Mapping[str, str] | None = None
) -> Iterator[subprocess.Popen[str]]:
    """Start the program, and kill it at the end of the block if it still runs."""
    with subprocess.Popen(
        [*PROGRAM, *map(str, arguments)],
        cwd=cwd,
        env=environment(settings or {}),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as program:
        try:
            yield program
        finally:
            program.kill()


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


def rest_of(program: subprocess.Popen[str], within: float = 60.0) -> tuple[str, str]:
    """Read what a program still has to say, on stdout and stderr, until it ends.

    `Popen.communicate` would lose what `line_of` has read ahead.
    """
    assert program.stdout is not None
    assert program.stderr is not None
    said = program.stdout.read(), program.stderr.read()
    program.wait(within)
    return said


def line_of(stream: IO[str] | None) -> str:
    """Read the next line of a program's output."""
    assert stream is not None
    return stream.readline()
