"""What the program writes: an unread, closed or full stream never holds it up."""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress

import pytest

from looker_tasks.cli.streams import Output, OutputFile


@pytest.fixture
def pipe() -> Iterator[tuple[int, int]]:
    """Give the reading and the writing end of a pipe."""
    ends = os.pipe()
    yield ends
    for end in ends:
        with suppress(OSError):
            os.close(end)


def read_all(descriptor: int) -> bytes:
    """Read *descriptor* to its end."""
    with os.fdopen(descriptor, "rb") as file:
        return file.read()


def test_output_writes_all_in_its_order(pipe: tuple[int, int]) -> None:
    """`Output.close` returns when everything has arrived."""
    reading, writing = pipe
    output = Output(writing, encoding="utf-8", drops=False)
    found: list[bytes] = []
    reader = threading.Thread(target=lambda: found.append(read_all(reading)))
    reader.start()
    for number in range(20_000):
        output.write(f"line {number}\n")
    output.close()
    os.close(writing)
    reader.join()
    assert not output.failed
    assert found[0].decode().splitlines() == [f"line {number}" for number in range(20_000)]


def test_output_that_nobody_reads_is_given_up(pipe: tuple[int, int]) -> None:
    """A full pipe holds up neither `write` nor, for longer than told, `close`."""
    _, writing = pipe
    output = Output(writing, encoding="utf-8", drops=True)
    for _ in range(1000):
        output.write("x" * 10_000)
    assert output.is_behind
    output.close(within=0.05)
    assert output.failed


def test_output_takes_note_of_a_reader_that_went_away(pipe: tuple[int, int]) -> None:
    """A broken pipe is a fact, and no exception."""
    reading, writing = pipe
    os.close(reading)
    output = Output(writing, encoding="utf-8", drops=False)
    output.write("nobody reads this\n")
    output.close()
    assert output.failed


@pytest.mark.parametrize("path", ["/dev/full"])
def test_output_takes_note_of_a_full_device(path: str) -> None:
    """ENOSPC is a fact, and no exception."""
    descriptor = os.open(path, os.O_WRONLY)
    try:
        output = Output(descriptor, encoding="utf-8", drops=False)
        output.write("text\n")
        output.close()
        assert output.failed
    finally:
        os.close(descriptor)


def test_letters_that_an_encoding_lacks_are_escaped(pipe: tuple[int, int]) -> None:
    """A name in Chinese reaches an ASCII terminal as an escape, and ends nothing."""
    reading, writing = pipe
    output = Output(writing, encoding="ascii", drops=False)
    file = OutputFile(output, is_terminal=False, encoding="ascii")
    assert file.write("客户.pdf\n") == len("客户.pdf\n")
    output.close()
    os.close(writing)
    assert read_all(reading) == b"\\u5ba2\\u6237.pdf\n"


@pytest.mark.parametrize("closed", ["0<&-", ">&-", "2>&-", "0<&- >&- 2>&-"])
def test_closed_streams_are_opened_on_nothing(closed: str) -> None:
    """`prepare_standard_streams`: no file that is opened later gets the number of a closed stream."""
    script = (
        "import os, sys\n"
        "from looker_tasks.cli.streams import prepare_standard_streams\n"
        "prepare_standard_streams()\n"
        "print('out'); print('err', file=sys.stderr); sys.stdin.read()\n"
        "sys.exit(0 if os.open('/dev/null', os.O_RDONLY) > 2 else 1)\n"
    )
    ended = subprocess.run(
        ["bash", "-c", f'exec "$0" -c "$1" {closed}', sys.executable, script],  # noqa: S607  # the shell closes streams
        stdin=subprocess.DEVNULL,
        check=False,
    )
    assert ended.returncode == 0
