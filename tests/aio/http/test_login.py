"""The first login of a run: where a wrong address or wrong credentials show, in one clear line, at once."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from looker_tasks.aio.http.auth import log_in
from looker_tasks.errors import ApiError, CredentialsRefused, HostUnreachable, Throttled
from looker_tasks.policy import Policy
from tests.aio.raw_server import Asked, raw_server, reset, response, said, saying
from tests.aio.scripted_looker import Response, ScriptedLooker, scripted_looker
from tests.aio.session_to import session_to

REFUSED = said({"message": "Not found"}, 404)


async def log_in_to(url: str) -> None:
    """Log in to *url* as a run does."""
    async with session_to(url) as session:
        await log_in(session.auth, url, Policy(), lambda: 0.5)


@asynccontextmanager
async def looker_that_says(*answers: Response) -> AsyncIterator[ScriptedLooker]:
    """Run a Looker that answers the first logins so."""
    async with scripted_looker() as looker:
        looker.script["login"].extend(answers)
        yield looker


async def test_a_login_that_works_is_one_call() -> None:
    """Where all is well, logging in costs one call."""
    async with looker_that_says() as looker:
        await log_in_to(looker.url)
    assert looker.count("login") == 1


@pytest.mark.virtual_time
async def test_wrong_credentials_are_told_soon() -> None:
    """They are as wrong the second time and the third; a fourth is not needed."""
    async with looker_that_says(REFUSED, REFUSED, REFUSED) as looker:
        with pytest.raises(CredentialsRefused, match="404 Not found") as raised:
            await log_in_to(looker.url)
    assert raised.value.__cause__ is None
    assert looker.count("login") == 3
    assert asyncio.get_running_loop().time() == 1.5


@pytest.mark.virtual_time
async def test_one_refusal_may_be_bad_luck() -> None:
    """A server that has just started, or the gateway before it, says 404 to good credentials too."""
    async with looker_that_says(REFUSED) as looker:
        await log_in_to(looker.url)
    assert looker.count("login") == 2


@pytest.mark.virtual_time
async def test_bad_luck_is_tried_again() -> None:
    """A gateway that stumbles a few times, in whatever way, does not end a run before it began."""

    async def break_off(writer: asyncio.StreamWriter) -> None:
        reset(writer)

    stumbles = (response(502, b"<html>"), break_off, response(200, b""), said([]), response(500, b""))
    async with looker_that_says(*stumbles) as looker:
        await log_in_to(looker.url)
    assert looker.count("login") == 1 + len(stumbles)


@pytest.mark.virtual_time
async def test_a_closed_door_is_an_unreachable_host() -> None:
    """A wrong port is told after a few tries, naming the address, within seconds."""
    async with raw_server(saying(b"")) as url:
        pass
    with pytest.raises(HostUnreachable, match=f"no Looker answers at {url}"):
        await log_in_to(url)
    assert asyncio.get_running_loop().time() < 10


@pytest.mark.virtual_time
@pytest.mark.parametrize("status", [200, 404])
async def test_a_page_for_people_is_no_looker(status: int) -> None:
    """Some other server's page means a wrong base_url, not wrong credentials."""
    page = response(status, b"<!doctype html><title>Welcome to nginx!</title>", {"Content-Type": "text/html"})
    async with raw_server(saying(page)) as url:
        with pytest.raises(HostUnreachable, match="an HTML page"):
            await log_in_to(url)


@pytest.mark.virtual_time
async def test_a_server_that_stays_broken_is_told_as_such() -> None:
    """What Looker said at the last try is what is raised."""
    async with raw_server(saying(response(503, b""))) as url:
        with pytest.raises(ApiError, match="login: 503"):
            await log_in_to(url)


@pytest.mark.virtual_time
async def test_a_throttled_login_waits_as_asked() -> None:
    """A 429 is patience, not failure."""
    busy = said({"message": "Too many requests"}, 429, {"Retry-After": "20"})
    async with looker_that_says(busy, busy, busy, busy) as looker:
        await log_in_to(looker.url)
    assert asyncio.get_running_loop().time() == pytest.approx(80)
    assert looker.count("login") == 5


@pytest.mark.virtual_time
async def test_a_login_that_is_put_off_for_too_long_gives_up() -> None:
    """Nobody waits an hour to learn whether the password is right."""
    asked: list[Asked] = []

    async def put_off(login: Asked, writer: asyncio.StreamWriter) -> None:
        asked.append(login)
        writer.write(said({}, 429, {"Retry-After": "3600"}))

    async with raw_server(put_off) as url:
        with pytest.raises(Throttled):
            await log_in_to(url)
    assert len(asked) == 1
    assert asyncio.get_running_loop().time() < 1


@pytest.mark.virtual_time
async def test_a_login_that_is_throttled_for_ever_is_told() -> None:
    """It ends within the time of one call, and never as if it had worked."""
    async with raw_server(saying(said({"message": "Too many requests"}, 429))) as url:
        with pytest.raises(Throttled):
            await log_in_to(url)
    assert 60 < asyncio.get_running_loop().time() < 120
