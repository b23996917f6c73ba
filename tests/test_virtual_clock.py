"""The clock of the tests: exact where time is simulated, never ahead of real work."""

import asyncio
import contextlib
import socket
import threading
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures import ProcessPoolExecutor

import anyio
import anyio.to_thread
import pytest
from aiohttp import ClientSession, web
from aioresponses import aioresponses

from tests.virtual_clock import VirtualClockLoop

pytestmark = pytest.mark.virtual_time
HOUR = 3600.0


def virtual_now() -> float:
    """Tell the time of the running loop."""
    return asyncio.get_running_loop().time()


@contextlib.asynccontextmanager
async def served(handler: Callable[[web.Request], Awaitable[web.Response]]) -> AsyncIterator[str]:
    """Serve *handler* on loopback, from the test's own loop."""
    application = web.Application()
    application.router.add_get("/", handler)
    runner = web.AppRunner(application)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        host, port = runner.addresses[0]
        yield f"http://{host}:{port}/"
    finally:
        await runner.cleanup()


async def test_a_queue_of_sleeps_ends_at_the_exact_second_and_at_once() -> None:
    """Fifty sleeps of 30 s, ten at a time, take 150 s of the clock and under half a second of ours."""
    slots = asyncio.Semaphore(10)
    began = time.perf_counter()

    async def nap() -> None:
        async with slots:
            await asyncio.sleep(30)

    await asyncio.gather(*(nap() for _ in range(50)))
    assert virtual_now() == 150.0
    assert time.perf_counter() - began < 0.5


@pytest.mark.parametrize("executor", [None, ProcessPoolExecutor], ids=["thread", "process"])
async def test_the_clock_waits_for_an_executor(executor: type[ProcessPoolExecutor] | None) -> None:
    """Work in a thread or in a process takes no virtual time, however long it takes."""
    loop = asyncio.get_running_loop()
    with executor(max_workers=1) if executor else contextlib.nullcontext() as pool:
        async with asyncio.timeout(0.001):
            await loop.run_in_executor(pool, time.sleep, 0.05)
    assert virtual_now() == 0.0


@pytest.mark.parametrize("limiter", [None, 1], ids=["default limiter", "its own limiter"])
async def test_the_clock_waits_for_a_thread_of_anyio(limiter: int | None) -> None:
    """A worker thread of anyio holds the clock under any limiter, and lets it go when it is idle again."""
    own = anyio.CapacityLimiter(limiter) if limiter else None
    with anyio.fail_after(0.001):
        await anyio.to_thread.run_sync(time.sleep, 0.05, limiter=own)
    assert virtual_now() == 0.0
    await anyio.sleep(HOUR)
    assert virtual_now() == HOUR


async def test_the_clock_waits_for_a_name_to_be_resolved() -> None:
    """`getaddrinfo` runs in a thread: a time-out cannot overtake it."""
    async with asyncio.timeout(0.001):
        found = await asyncio.get_running_loop().getaddrinfo("localhost", 80, type=socket.SOCK_STREAM)
    assert found
    assert virtual_now() == 0.0


async def test_a_server_that_sleeps_an_hour_answers_after_an_hour() -> None:
    """Client and server of aiohttp on loopback: the handler's sleep is all the time that passes."""

    async def slow(_: web.Request) -> web.Response:
        await asyncio.sleep(HOUR)
        return web.Response(text="late")

    async with served(slow) as url, ClientSession() as session, session.get(url, timeout=None) as response:
        assert await response.text() == "late"
    assert virtual_now() == pytest.approx(HOUR, abs=1e-6)


async def test_timers_do_not_overtake_a_body_on_its_way() -> None:
    """While megabytes go through full sockets no timer fires, not even one of a millisecond."""
    size = 8 * 2**20

    async def big(_: web.Request) -> web.Response:
        return web.Response(body=bytes(size))

    async def tick() -> None:
        while True:  # noqa: ASYNC110 - a timer that is always due is the point
            await asyncio.sleep(0.001)

    ticking = asyncio.create_task(tick())
    async with served(big) as url, ClientSession() as session, session.get(url) as response:
        chunks = [len(chunk) async for chunk in response.content.iter_any()]
    assert sum(chunks) == size
    assert len(chunks) > 1
    assert virtual_now() == 0.0
    ticking.cancel()


async def test_timers_do_not_overtake_a_delayed_acknowledgement() -> None:
    """A sender whose small buffer is full waits for its peer's kernel, in real time, not in virtual time."""
    size = 2_000_000
    received = 0
    loop = asyncio.get_running_loop()
    with socket.socket() as listener, socket.socket() as sender:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        sender.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4608)
        sender.connect(listener.getsockname())
        receiver, _ = listener.accept()
        with receiver:
            sender.setblocking(False)
            receiver.setblocking(False)
            async with asyncio.timeout(0.001):
                sending = asyncio.create_task(loop.sock_sendall(sender, bytes(size)))
                while received < size:
                    received += len(await loop.sock_recv(receiver, 65536))
                await sending
    assert virtual_now() == 0.0


def test_closing_the_loop_joins_its_threads_without_a_timeout() -> None:
    """The end of a runner waits for a thread whose future was cancelled, and no timer goes off meanwhile."""
    started = threading.Event()
    ended: list[str] = []

    def work() -> None:
        started.set()
        time.sleep(0.05)
        ended.append("work")

    async def leave_work_behind() -> None:
        loop = asyncio.get_running_loop()
        loop.call_later(HOUR, ended.append, "timer")
        abandoned = loop.run_in_executor(None, work)
        started.wait()
        abandoned.cancel()

    with asyncio.Runner(loop_factory=VirtualClockLoop) as runner:
        runner.run(leave_work_behind())
    assert ended == ["work"]


async def test_the_real_clock_is_not_asked() -> None:
    """A callback that takes real time takes no virtual time."""
    time.sleep(0.02)  # noqa: ASYNC251 - blocking the loop is the point
    await asyncio.sleep(1)
    assert virtual_now() == 1.0


async def test_mocked_responses_work_on_this_aiohttp() -> None:
    """A body of a megabyte passes aioresponses whole, and a status with it."""
    with aioresponses() as mocked:
        mocked.get("https://looker.example/api/4.0/x", status=418, body=b"x" * 2**20, headers={"Retry-After": "7"})
        async with ClientSession() as session, session.get("https://looker.example/api/4.0/x") as response:
            assert response.status == 418
            assert response.headers["retry-after"] == "7"
            assert sum([len(chunk) async for chunk in response.content.iter_chunked(2**18)]) == 2**20
