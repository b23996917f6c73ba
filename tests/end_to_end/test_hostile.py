"""A server that is broken or means harm: each export ends in a clear failure or, later, in the right file."""

import asyncio
import tracemalloc
import zlib
from pathlib import Path

import pytest

from looker_tasks import (
    Deadlines,
    Exported,
    Failed,
    HostUnreachable,
    Limits,
    LookerTasks,
    Policy,
)
from tests.aio.one_export import CSV, PDF, exported, failed
from tests.aio.raw_server import raw_server, response, said, saying
from tests.aio.scripted_looker import DOCUMENTS, Operation, Response, scripted_looker

pytestmark = pytest.mark.virtual_time

PDF_BYTES, PDF_TYPE = DOCUMENTS["pdf"]
SMALL = Policy(limits=Limits(result_bytes=2**20), deadlines=Deadlines(export=900, progress=600))
MIB = 2**20


def pouring(head: str, block: bytes) -> Response:
    """Response with *head*, and then with *block* for as long as somebody reads."""

    async def pour(writer: asyncio.StreamWriter) -> None:
        writer.write(f"HTTP/1.1 200 OK\r\n{head}\r\n\r\n".encode())
        while not writer.is_closing():
            writer.write(block)
            await writer.drain()
            await asyncio.sleep(0)

    return pour


def chunk(block: bytes) -> bytes:
    """Return *block* as one chunk of a body without a length."""
    return b"%x\r\n%b\r\n" % (len(block), block)


def dripping(head: str, drop: bytes) -> Response:
    """Response with *head*, and then with *drop* each ten seconds."""

    async def drip(writer: asyncio.StreamWriter) -> None:
        writer.write(f"HTTP/1.1 200 OK\r\n{head}".encode())
        while not writer.is_closing():
            writer.write(drop)
            await writer.drain()
            await asyncio.sleep(10)

    return drip


def zeros(mib: int) -> bytes:
    """Return so many MiB of zeros, compressed a thousandfold."""
    packer = zlib.compressobj(9, wbits=31)
    return b"".join(packer.compress(bytes(MIB)) for _ in range(mib)) + packer.flush()


def closing(answer: bytes) -> Response:
    """Response, and close the connection."""

    async def close(writer: asyncio.StreamWriter) -> None:
        writer.write(answer)
        await writer.drain()
        writer.close()

    return close


def with_type(head: str) -> str:
    """Return *head* with the type of a PDF."""
    return f"Content-Type: {PDF_TYPE}\r\n{head}"


RESULTS: dict[str, tuple[Response, str]] = {
    "endless, in chunks": (
        pouring(with_type("Transfer-Encoding: chunked"), chunk(b"%PDF-" + bytes(2**16))),
        "larger than 1048576 bytes",
    ),
    "endless, without any length": (pouring(with_type("Connection: close"), bytes(2**16)), "larger than"),
    "a length beyond every disk": (
        response(200, b"%PDF-", {"Content-Type": PDF_TYPE, "Content-Length": "1" + "0" * 17}),
        "larger than",
    ),
    "a length beyond every number": (
        closing(response(200, b"%PDF-", {"Content-Type": PDF_TYPE, "Content-Length": "9" * 50})),
        "",
    ),
    "a length that is too long": (
        closing(response(200, PDF_BYTES, {"Content-Type": PDF_TYPE, "Content-Length": str(len(PDF_BYTES) + 1)})),
        "Not enough data",
    ),
    "a length that is too short": (
        closing(response(200, PDF_BYTES, {"Content-Type": PDF_TYPE, "Content-Length": "12"})),
        "",  # the file is cut short, or its rest no answer to the next question
    ),
    "a length that is no number": (
        closing(response(200, PDF_BYTES, {"Content-Type": PDF_TYPE, "Content-Length": "many"})),
        "Content-Length",
    ),
    "a bomb": (
        response(200, zeros(4), {"Content-Type": PDF_TYPE, "Content-Encoding": "gzip"}),
        "larger than",
    ),
    "compressed, and it is not": (
        response(200, PDF_BYTES, {"Content-Type": PDF_TYPE, "Content-Encoding": "gzip"}),
        "is not gzip",
    ),
    "chunks that are none": (
        closing(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nnot a number\r\n%PDF-\r\n"),
        "",
    ),
    "a part, as if asked for": (
        response(206, PDF_BYTES, {"Content-Type": PDF_TYPE, "Content-Range": f"bytes 0-{len(PDF_BYTES) - 1}/99"}),
        "206 a whole result comes with 200",
    ),
    "a success never heard of": (response(299, PDF_BYTES, {"Content-Type": PDF_TYPE}), "299"),
    "a status never heard of": (response(799, PDF_BYTES, {"Content-Type": PDF_TYPE}), "799"),
    "a change of protocol": (b"HTTP/1.1 101 Switching\r\nUpgrade: h2c\r\nConnection: upgrade\r\n\r\n", "101"),
    "a header without end": (dripping("", b"X-More: and more\r\n"), ""),
    "a body that drips for ever": (dripping(with_type("Content-Length: 999999\r\n\r\n"), b"%"), "deadline"),
    "another language": (b"220 mail.example.com ESMTP\r\n", "Bad status line"),
    "bytes without sense": (closing(bytes(range(256)) * 8), ""),
}


def everything_in(folder: Path) -> dict[str, bytes]:
    """Return the files of *folder*, hidden ones too."""
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.mark.parametrize("name", RESULTS)
async def test_a_hostile_result_is_no_file(tmp_path: Path, name: str) -> None:
    """Without end, with a length that lies, unpacked to anything, or no HTTP at all: a failure that says why."""
    answer, reason = RESULTS[name]
    async with scripted_looker() as looker:
        looker.always["results"] = answer
        error = await failed(looker, tmp_path, policy=SMALL)
    assert reason in str(error)
    assert str(error).isprintable()
    assert len(str(error)) < 500


FINAL = {"a status never heard of", "a change of protocol", "a body that drips for ever"}


@pytest.mark.parametrize("name", RESULTS)
async def test_a_hostile_result_once_costs_no_file(tmp_path: Path, name: str) -> None:
    """Where it was bad luck, the next answer is the file; what the first one said leaves no trace in it."""
    answer, _ = RESULTS[name]
    async with scripted_looker() as looker:
        looker.script["results"].append(answer)
        outcome = await exported(looker, tmp_path, policy=SMALL)
    if name in FINAL:
        assert isinstance(outcome, Failed)
        assert await asyncio.to_thread(everything_in, tmp_path) == {}
    else:
        assert await asyncio.to_thread(everything_in, tmp_path) == {"file": PDF_BYTES}


DEEP = b'{"id": "1", "status": ' + b"[" * 100_000 + b"]" * 100_000 + b"}"
ANSWERS: dict[str, tuple[Response, str]] = {
    "a list for an object": (said([{"id": "1"}]), "expected an object, got list"),
    "a text for an object": (said("task-1"), "expected an object, got str"),
    "a number for an object": (said(1), "expected an object, got int"),
    "nothing for an object": (said(None), "expected"),
    "an object for an id": (said({"id": {"id": "1"}, "status": "added"}), "expected str @ $.id"),
    "no id": (said({"status": "added"}), "required field missing @ $.id"),
    "an id that leads elsewhere": (said({"id": "..", "status": "added"}), "invalid value"),
    "an id that steers a terminal": (said({"id": "1\u001b[2J", "status": "added"}), "invalid value"),
    "an id without end": (said({"id": "1" * MIB, "status": "added"}), "invalid value"),
    "a list for a status": (said({"id": "1", "status": ["added"]}), "expected str | None @ $.status"),
    "a truth for a status": (said({"id": "1", "status": True}), "expected str | None @ $.status"),
    "no number": (response(200, b'{"id": "1", "status": NaN}'), "expected JSON"),
    "a number of a million digits": (response(200, b'{"id": ' + b"1" * 10**6 + b"}"), "expected JSON"),
    "nested beyond reason": (response(200, DEEP), "expected JSON"),
    "half of a text": (response(200, b'{"id": "1", "sta'), "expected JSON"),
    "no text": (response(200, b'{"id": "\xff\xfe", "status": "added"}'), "expected JSON"),
    "endless": (
        pouring("Content-Type: application/json\r\nTransfer-Encoding: chunked", chunk(b'{"id": ' + bytes(2**18))),
        "expected JSON",
    ),
    "a bomb": (response(200, zeros(64), {"Content-Encoding": "gzip"}), "expected JSON"),
    "a redirection": (response(302, b"", {"Location": "http://elsewhere.example/"}), "elsewhere.example"),
    "a success that says nothing": (b"HTTP/1.1 204 Told\r\n\r\n", "got nothing"),
    "a login page": (response(200, b"<html>Log in", {"Content-Type": "text/html"}), "an HTML page"),
    "a status never heard of": (said({"message": "\u001b[31mred"}, 799), "799"),
    "a body that drips for ever": (dripping("Content-Length: 999999\r\n\r\n", b" "), "no answer in time"),
    "a header without end": (dripping("", b"X-More: and more\r\n"), "no answer in time"),
}


@pytest.mark.parametrize("name", ANSWERS)
@pytest.mark.parametrize("operation", ["create", "poll"])
async def test_an_answer_that_is_not_what_it_says_is_told(tmp_path: Path, operation: Operation, name: str) -> None:
    """Wrong types, no JSON, too much or too slow: a failure in one short line, in memory and time that have a bound."""
    answer, reason = ANSWERS[name]
    async with scripted_looker() as looker:
        looker.always[operation] = answer
        tracemalloc.start()
        error = await failed(looker, tmp_path, policy=SMALL)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    if operation == "create" or "id" not in name:  # a poll's id is not looked at
        assert reason in str(error)
    assert str(error).isprintable()
    assert len(str(error)) < 600
    assert peak < 128 * MIB


@pytest.mark.parametrize("scheme", ["http", "https"])
async def test_the_wrong_kind_of_port_is_no_looker(tmp_path: Path, scheme: str) -> None:
    """TLS to a port without it, or a bare call to some other service: one line that names the address."""
    async with raw_server(saying(b"220 mail.example.com ESMTP\r\n")) as url:
        address = url.replace("http", scheme)
        async with LookerTasks(address, "id", "secret") as client:
            with pytest.raises(HostUnreachable, match=address):
                await client.export(PDF, tmp_path / "file.pdf")


async def test_each_name_of_a_header_may_have_any_case(tmp_path: Path) -> None:
    """Retry-After, Content-Type and Content-Length mean the same however they are written."""
    late = b"HTTP/1.1 202 Told\r\ncOnTeNt-LeNgTh: 0\r\nrEtRy-aFtEr: 40\r\n\r\n"
    page = b"HTTP/1.1 200 Told\r\nCONTENT-length: 6\r\ncontent-TYPE: TEXT/HTML\r\n\r\n<html>"
    async with scripted_looker() as looker:
        looker.script["results"].extend([late, page])
        outcome = await exported(looker, tmp_path, CSV)
        waited = looker.when("results")[1] - looker.when("results")[0]
    assert isinstance(outcome, Exported)
    assert waited >= 40
    assert looker.count("results") == 3
