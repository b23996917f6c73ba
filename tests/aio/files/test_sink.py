"""The sink: a file is whole under its name or not there, whatever the stream and the server's bytes do."""

import asyncio
import hashlib
import json
import os
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import anyio
import pytest

from looker_tasks.aio.files.sink import BLOCK
from looker_tasks.aio.http.result import Result
from looker_tasks.errors import ConnectionBroken, ResultRejected, TaskFailed
from looker_tasks.sansio.naming import PART_FILE
from looker_tasks.sansio.protocol.json_stream import WHOLE
from tests.aio.saving import PDF, everything_in, refused, saved, stream
from tests.aio.scripted_looker import DOCUMENTS


@pytest.mark.parametrize("result_format", DOCUMENTS)
async def test_a_whole_result_is_kept_byte_for_byte(tmp_path: Path, result_format: str) -> None:
    """The file holds what came, and the artifact tells what the file holds."""
    body, content_type = DOCUMENTS[result_format]
    path = tmp_path / f"file.{result_format}"
    artifact = await saved(path, [body[:5], body[5:]], result_format)
    assert path.read_bytes() == body
    assert (artifact.path, artifact.size, artifact.sha256) == (path, len(body), hashlib.sha256(body).hexdigest())
    assert (artifact.content_type, artifact.result_format) == (content_type, result_format)
    assert everything_in(tmp_path) == {str(path): body}


@pytest.mark.parametrize("size", [1, 1000, 65_537, BLOCK - 1, BLOCK, BLOCK + 1, 3 * BLOCK])
async def test_the_sizes_of_chunks_do_not_matter(tmp_path: Path, size: int) -> None:
    """However the network cuts a result, the same file comes out, also where a block ends with the result."""
    body = b"%PDF-" + os.urandom(2 * BLOCK - 11) + b"%%EOF\n" if size > 1000 else b"%PDF-" + os.urandom(3000) + b"%%EOF"
    artifact = await saved(tmp_path / "file.pdf", [body[start : start + size] for start in range(0, len(body), size)])
    assert artifact.path.read_bytes() == body
    assert artifact.sha256 == hashlib.sha256(body).hexdigest()


async def test_folders_of_the_name_are_made(tmp_path: Path) -> None:
    """A name may lie in folders that are not there yet."""
    artifact = await saved(tmp_path / "west" / "2026" / "file.pdf", [PDF])
    assert artifact.path.read_bytes() == PDF


async def test_the_former_file_stays_until_the_new_one_is_whole(tmp_path: Path) -> None:
    """Whoever reads the file meanwhile finds the old one or the new one, never a part of one."""
    path = tmp_path / "file.pdf"
    path.write_bytes(b"the former one")
    seen = []

    async def watched() -> AsyncIterator[bytes]:
        for chunk in (PDF[:10], bytes(2 * BLOCK), PDF[10:]):
            yield chunk
            seen.append(path.read_bytes())

    await saved(path, watched())
    assert set(seen) == {b"the former one"}
    assert path.read_bytes().startswith(b"%PDF-")


async def test_a_result_that_fails_leaves_the_former_file(tmp_path: Path) -> None:
    """A failure takes nothing away."""
    (tmp_path / "file.pdf").write_bytes(b"the former one")
    await refused(tmp_path / "file.pdf", [b"no PDF"])
    assert (tmp_path / "file.pdf").read_bytes() == b"the former one"


async def test_a_stream_that_breaks_leaves_nothing(tmp_path: Path) -> None:
    """A connection that breaks in the middle is told as such, and the part file is gone."""

    async def breaking() -> AsyncIterator[bytes]:
        yield PDF[:10] + bytes(2 * BLOCK)
        raise ConnectionBroken(operation="render_task_results", message="reset", sent=True)

    assert isinstance(await refused(tmp_path / "file.pdf", breaking()), ConnectionBroken)


async def test_a_cancelled_download_leaves_nothing(tmp_path: Path) -> None:
    """Whoever stops waiting finds no half file."""
    begun = asyncio.Event()

    async def endless() -> AsyncIterator[bytes]:
        yield PDF + bytes(2 * BLOCK)
        begun.set()
        await asyncio.get_running_loop().create_future()

    task = asyncio.create_task(saved(tmp_path / "file.pdf", endless()))
    await begun.wait()
    (part,) = everything_in(tmp_path)
    assert re.fullmatch(f"{re.escape(str(tmp_path))}/{PART_FILE}", part)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert everything_in(tmp_path) == {}


async def test_a_download_in_a_scope_that_is_cancelled_leaves_nothing(tmp_path: Path) -> None:
    """A scope of anyio cancels again and again, whatever is awaited: clearing up is not cut off by that."""

    async def endless() -> AsyncIterator[bytes]:
        yield PDF + bytes(2 * BLOCK)
        assert everything_in(tmp_path)
        await asyncio.get_running_loop().create_future()

    with anyio.move_on_after(0.2) as scope:
        await saved(tmp_path / "file.pdf", endless())
    assert scope.cancelled_caught
    assert everything_in(tmp_path) == {}


PAGE = b"<!DOCTYPE html><html><head><title>502 Bad Gateway</title></head></html>"


ERROR_ROWS = b'[{"looker_error": "SQL ERROR: table gone"}]'


DETAIL_ERROR = b'{"data": [], "errors": [{"message": "SQL ERROR", "message_details": "table gone"}]}'


BI_ERROR = b'{"metadata": {"sql": "SELECT 1"}, "rows": [{"looker_error": "SQL ERROR: table gone"}]}'


@pytest.mark.parametrize(
    ("result_format", "body", "reason"),
    [
        ("pdf", b"", "empty"),
        ("json", b"", "empty"),
        ("pdf", PAGE, "HTML page"),
        ("csv", PAGE, "HTML page"),
        ("json", PAGE, "HTML page"),
        ("html", PAGE, "HTML page"),
        ("txt", PAGE, "HTML page"),
        ("pdf", PDF[:-6], "cut short"),
        ("png", DOCUMENTS["png"][0][:-3], "cut short"),
        ("jpg", DOCUMENTS["jpg"][0][:-1], "cut short"),
        ("xlsx", b"PK\x03\x04 a spreadsheet without an end", "cut short"),
        ("png", PDF, "does not begin as png"),
        ("pdf", b'{"message": "An error has occurred."}', "does not begin as pdf"),
        ("json", b'[{"a": 1},', "not JSON"),
        ("json", b"\xff\xfe", "not JSON"),
        ("json_detail", b'{"data": [', "not JSON"),
    ],
)
async def test_what_is_no_file_of_its_format_is_refused(
    tmp_path: Path, result_format: str, body: bytes, reason: str
) -> None:
    """An error page, an empty body or one cut short comes with status 200, and is no file."""
    error = await refused(tmp_path / "file", [body], result_format)
    assert isinstance(error, ResultRejected)
    assert reason in str(error)
    assert error.task_id == "task-1"


@pytest.mark.parametrize(
    ("result_format", "body"),
    [
        ("json", ERROR_ROWS),
        ("inline_json", ERROR_ROWS),
        ("json_detail", DETAIL_ERROR),
        ("json_bi", BI_ERROR),
        ("csv", b"looker_error\nSQL ERROR: table gone\n"),
    ],
)
async def test_an_error_in_the_rows_is_the_queries_failure(tmp_path: Path, result_format: str, body: bytes) -> None:
    """A query that failed says so inside a 200: that is no file, and no fault of the download."""
    error = await refused(tmp_path / "file", [body], result_format)
    assert isinstance(error, TaskFailed)
    assert "table gone" in str(error)


async def test_json_is_checked_whole_though_it_came_in_blocks(tmp_path: Path) -> None:
    """An error in the middle of JSON that took several writes is seen too."""
    rows = json.dumps([{"orders.count": number} for number in range(100_000)]).encode()
    assert len(rows) > 2 * BLOCK > WHOLE
    assert (await saved(tmp_path / "good.json", [rows], "json")).size == len(rows)
    torn = rows.replace(b" 32000}", b" }")
    assert isinstance(await refused(tmp_path / "bad.json", [torn], "json"), ResultRejected)


@pytest.mark.parametrize("length", [None, 5000])
async def test_a_result_that_is_too_large_is_refused(tmp_path: Path, length: int | None) -> None:
    """A body without end fills no disk, whether or not its head warns of it."""
    with pytest.raises(ResultRejected, match="larger than 4000 bytes"):
        await saved(tmp_path / "file.pdf", [PDF, bytes(5000)], length=length, largest=4000)
    assert everything_in(tmp_path) == {}


class Shouting:
    """An encoder of JSON that writes in capitals, with a line of its own at the end."""

    def __init__(self) -> None:
        self._received = b""
        self.rows: int | None = None
        self.is_closed = False

    def feed(self, chunk: bytes) -> bytes:
        """Return the same in capitals."""
        self._received += chunk
        if b"{" in chunk[1:] and b"bad" in chunk:
            raise ValueError("there is something bad in it")
        return chunk.upper()

    def finish(self) -> Iterator[bytes]:
        """Give how many bytes there were, if they were JSON."""
        self.rows = len(json.loads(self._received))
        yield b"%d" % len(self._received)

    def close(self) -> None:
        """Note that it was let go."""
        self.is_closed = True


async def test_a_format_that_is_made_here_is_encoded_on_its_way(tmp_path: Path) -> None:
    """The file holds what the encoder makes, and the artifact's size and digest are those of the file."""
    rows = json.dumps([{"a": "b" * 50}] * 60_000).encode()
    assert len(rows) > 3 * BLOCK
    chunks = [rows[start : start + 99_999] for start in range(0, len(rows), 99_999)]
    encoder = Shouting()
    artifact = await saved(tmp_path / "file.json", chunks, "json", encoders=lambda _: encoder)
    made = rows.upper() + b"%d" % len(rows)
    assert artifact.path.read_bytes() == made
    assert (artifact.size, artifact.sha256) == (len(made), hashlib.sha256(made).hexdigest())
    assert artifact.rows == 60_000
    assert encoder.is_closed


class Unfolding:
    """An encoder that makes a file of many pieces, and looks before each how many bytes lie in *folder* by then."""

    rows = None

    def __init__(self, folder: Path, pieces: int) -> None:
        self._folder = folder
        self._pieces = pieces
        self.written: list[int] = []

    def feed(self, chunk: bytes) -> bytes:  # all is made at the end
        """Return nothing yet."""
        return b""

    def finish(self) -> Iterator[bytes]:
        """Give the pieces, of which one is empty."""
        for number in range(self._pieces):
            self.written.append(sum(path.stat().st_size for path in self._folder.iterdir()))
            yield bytes(0 if number == 1 else BLOCK)

    def close(self) -> None:
        """Hold nothing."""


async def test_what_is_made_of_a_large_result_is_written_piece_by_piece(tmp_path: Path) -> None:
    """No piece is made before the one before it was written: of a large table, memory holds one row group."""
    encoder = Unfolding(tmp_path, 5)
    rows = json.dumps(["a" * 90] * 30_000).encode()
    assert len(rows) > 2 * BLOCK
    artifact = await saved(tmp_path / "file.json", [rows[:-1], rows[-1:]], "json", encoders=lambda _: encoder)
    assert encoder.written == [0, BLOCK, BLOCK, 2 * BLOCK, 3 * BLOCK]
    assert artifact.path.read_bytes() == bytes(4 * BLOCK)
    assert artifact.sha256 == hashlib.sha256(bytes(4 * BLOCK)).hexdigest()


@pytest.mark.parametrize("body", [b'[{"a": "bad"}]', b'[{"a": 1}', b"<html>a gateway's page</html>", b""])
async def test_what_cannot_be_encoded_is_no_file(tmp_path: Path, body: bytes) -> None:
    """An encoder that cannot go on refuses the result, and what is no JSON at all is told as ever."""
    encoder = Shouting()
    with pytest.raises((ResultRejected, TaskFailed), match=r"something bad|no json can be made|HTML page|empty"):
        await saved(tmp_path / "file.json", [body], "json", encoders=lambda _: encoder)
    assert encoder.is_closed
    assert everything_in(tmp_path) == {}


@pytest.mark.parametrize(
    ("result_format", "second", "is_kept"),
    [("csv", b"a,b\n1,2\n", True), ("csv", b"a,b\n1,2\n3,4\n", False), ("csv", b"", False), ("pdf", b"", True)],
)
async def test_where_nothing_proves_the_end_it_is_fetched_again_and_compared(
    tmp_path: Path, result_format: str, second: bytes, is_kept: bool
) -> None:
    """A body that ends with its connection may have been cut: rows come twice; a PDF proves its own end."""
    first = PDF if result_format == "pdf" else b"a,b\n1,2\n"
    fetched = []

    @asynccontextmanager
    async def again() -> AsyncIterator[Result]:
        fetched.append(second)
        yield Result("text/csv", None, stream([second]), is_length_proven=False)

    saving = saved(tmp_path / "file", [first[:3], first[3:]], result_format, is_length_proven=False, again=again)
    if is_kept:
        assert (await saving).path.read_bytes() == first
    else:
        with pytest.raises(ResultRejected, match="it came twice"):
            await saving
        assert everything_in(tmp_path) == {}
    assert len(fetched) == (result_format == "csv")


async def test_a_proven_length_is_believed(tmp_path: Path) -> None:
    """Most results come with their length, and once."""

    def never() -> AbstractAsyncContextManager[Result]:
        raise AssertionError("it was fetched again")

    assert (await saved(tmp_path / "file.csv", [b"a\n1\n"], "csv", again=never)).size == 4


async def test_rows_may_be_none(tmp_path: Path) -> None:
    """An empty CSV is a file without a byte."""
    artifact = await saved(tmp_path / "file.csv", [], "csv")
    assert artifact.path.read_bytes() == b""
    assert artifact.sha256 == hashlib.sha256(b"").hexdigest()
