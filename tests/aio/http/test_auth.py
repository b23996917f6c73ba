"""The token: one login at a time, renewal in time or on refusal, logout at the end, and no secret in sight."""

import asyncio
import traceback
from contextlib import nullcontext

import pytest

from looker_tasks.errors import ConnectionBroken, CredentialsRefused, LookerTasksError, UnexpectedResponse
from looker_tasks.policy import Deadlines, Policy
from looker_tasks.sansio.protocol.operations import AccessToken
from looker_tasks.sansio.retrying.token import RENEW_BEFORE
from tests.aio.many_exports import now
from tests.aio.raw_server import response, said
from tests.aio.scripted_looker import scripted_looker
from tests.aio.session_to import session_to


async def test_the_credentials_go_as_a_form() -> None:
    """Looker is about to stop taking them from the query string; we never send them there."""
    async with scripted_looker() as looker, session_to(looker.url) as session:
        await session.auth.token()
    operation, asked = looker.asked[0]
    assert operation == "login"
    assert asked.target == "/api/4.0/login"
    assert asked.body == b"client_id=emulator-client-id&client_secret=emulator-client-secret"


async def test_many_callers_share_one_login() -> None:
    """Fifty that need a token at once wait for one login: each login makes one more token on the server."""
    async with scripted_looker() as looker, session_to(looker.url) as session:
        tokens = await asyncio.gather(*(session.auth.token() for _ in range(50)))
    assert set(tokens) == {"token-1"}
    assert looker.count("login") == 1


@pytest.mark.virtual_time
async def test_many_callers_share_one_refusal() -> None:
    """Wrong credentials are not tried again by each who waited: Looker locks out who fails too often."""
    async with scripted_looker() as looker, session_to(looker.url) as session:
        looker.always["login"] = said({"message": "Not found"}, 404)
        results = await asyncio.gather(*(session.auth.token() for _ in range(50)), return_exceptions=True)
    assert all(isinstance(each, CredentialsRefused) for each in results)
    assert looker.count("login") == 3


@pytest.mark.virtual_time
@pytest.mark.parametrize(("refusals", "is_believed"), [(4, False), (5, True)])
async def test_credentials_that_were_good_are_doubted_late(refusals: int, is_believed: bool) -> None:
    """In a run of hours a gateway may refuse a login or two: only one refusal after another ends it."""
    async with scripted_looker() as looker, session_to(looker.url) as session:
        token = await session.auth.token()
        looker.script["login"].extend([said({"message": "Not found"}, 404)] * refusals)
        with pytest.raises(CredentialsRefused) if is_believed else nullcontext():
            await session.auth.renew(token)


async def test_a_later_caller_tries_again_after_a_failed_login() -> None:
    """A failure is shared by those who waited for it, and not kept."""
    async with scripted_looker() as looker, session_to(looker.url) as session:
        looker.script["login"].append(said({}, 503))
        with pytest.raises(LookerTasksError):
            await session.auth.token()
        assert await session.auth.token() == "token-2"


async def test_one_who_gives_up_waiting_does_not_spoil_it_for_the_others() -> None:
    """The caller who happens to log in may be cancelled; the next one in the queue takes over."""
    async with scripted_looker() as looker, session_to(looker.url) as session:
        asked = asyncio.Event()

        async def never(_: asyncio.StreamWriter) -> None:
            asked.set()
            await asyncio.get_running_loop().create_future()

        looker.script["login"].append(never)
        first = asyncio.create_task(session.auth.token())
        second = asyncio.create_task(session.auth.token())
        await asked.wait()
        first.cancel()
        assert await second == "token-2"


@pytest.mark.virtual_time
async def test_the_token_is_renewed_a_minute_before_its_end() -> None:
    """No call meets a token that has just ended; none is thrown away early either."""
    async with scripted_looker() as looker, session_to(looker.url) as session:
        await session.auth.token()
        taken = now()
        await asyncio.sleep(3600 - RENEW_BEFORE - 0.001)
        assert await session.auth.token() == "token-1"
        await asyncio.sleep(0.001)
        assert await session.auth.token() == "token-2"
        assert now() == pytest.approx(taken + 3540)


@pytest.mark.virtual_time
async def test_a_token_of_a_short_life_serves_half_of_it() -> None:
    """A server may give tokens of less than two minutes: they are renewed in time, not at each call."""
    async with scripted_looker() as looker, session_to(looker.url) as session:
        looker.expires_in = 30
        await session.auth.token()
        await asyncio.sleep(14.9)
        assert await session.auth.token() == "token-1"
        await asyncio.sleep(0.2)
        assert await session.auth.token() == "token-2"


@pytest.mark.parametrize("life", [0, -5])
async def test_a_token_without_a_life_is_not_renewed_at_each_call(life: float) -> None:
    """Whatever expires_in says, a login for every single call is no answer to it."""
    async with scripted_looker() as looker, session_to(looker.url) as session:
        looker.expires_in = life
        for _ in range(5):
            await session.auth.token()
    assert looker.count("login") == 1


async def test_many_whose_token_was_refused_share_one_renewal() -> None:
    """A refusal counts for the token that was sent: whoever comes late with an old one takes the new one."""
    async with scripted_looker() as looker, session_to(looker.url) as session:
        old = await session.auth.token()
        renewed = await asyncio.gather(*(session.auth.renew(old) for _ in range(50)))
        assert set(renewed) == {"token-2"}
        assert await session.auth.renew(old) == "token-2"
    assert looker.count("login") == 2


async def test_the_token_is_given_back_at_the_end() -> None:
    """Logout ends the token that we hold, once."""
    async with scripted_looker() as looker, session_to(looker.url) as session:
        await session.auth.token()
        await session.auth.log_out()
        await session.auth.log_out()
    logouts = [asked for operation, asked in looker.asked if operation == "logout"]
    assert [asked.headers["authorization"] for asked in logouts] == ["Bearer token-1"]


async def test_nothing_is_given_back_that_was_never_taken() -> None:
    """A client that never called has nothing to log out of."""
    async with scripted_looker() as looker, session_to(looker.url):
        pass
    assert looker.asked == []


@pytest.mark.parametrize("answer", [said({}, 500), b"nonsense\r\n\r\n"])
async def test_a_logout_that_fails_is_no_failure(answer: bytes) -> None:
    """The token ends by itself: nobody wants an export to fail for that."""
    async with scripted_looker() as looker, session_to(looker.url) as session:
        looker.always["logout"] = answer
        await session.auth.token()
        await session.auth.log_out()
        assert looker.count("logout") == 1


@pytest.mark.virtual_time
async def test_a_logout_that_hangs_is_left_after_a_few_seconds() -> None:
    """A host that has gone does not hold the end of a program up."""

    async def never(_: asyncio.StreamWriter) -> None:
        await asyncio.get_running_loop().create_future()

    async with scripted_looker() as looker, session_to(looker.url) as session:
        looker.always["logout"] = never
        await session.auth.token()
        began = now()
        await session.auth.log_out()
        assert now() - began <= 5.0


BROKEN_LOGINS = {
    "refused": (
        said({"message": "Not found", "documentation_url": "http://docs.looker.com/"}, 404),
        CredentialsRefused,
    ),
    "no JSON": (b'{"access_token": "TOKEN-OF-40-CHARS", "expires_in": NaN}', UnexpectedResponse),
    "cut short": (b'{"access_token": "TOKEN-OF-40-CHARS", ', UnexpectedResponse),
    "a wrong type": (b'{"access_token": "TOKEN-OF-40-CHARS", "expires_in": "soon"}', UnexpectedResponse),
    "a list": (b'["TOKEN-OF-40-CHARS"]', UnexpectedResponse),
    "no token": (b'{"access_token": ""}', CredentialsRefused),
    "a token for two lines": (b'{"access_token": "TOKEN-OF-40-CHARS\\r\\nX: y"}', CredentialsRefused),
    "another alphabet": ('{"access_token": "TOKEN-OF-40-CHARS-ж"}'.encode(), CredentialsRefused),
    "a redirection": (response(302, b"", {"Location": "https://login.example.com/"}), LookerTasksError),
}


@pytest.mark.parametrize("name", BROKEN_LOGINS)
async def test_no_secret_is_in_a_failed_login(name: str) -> None:
    """Whatever login answers, neither its error nor a traceback of it shows the secret or the token."""
    answer, kind = BROKEN_LOGINS[name]
    async with scripted_looker() as looker, session_to(looker.url, secret="HUSH-HUSH") as session:
        looker.always["login"] = answer if answer.startswith(b"HTTP") else response(200, answer)
        with pytest.raises(kind) as raised:
            await session.auth.token()
    shown = "".join(traceback.format_exception(raised.value)) + repr(raised.value) + repr(vars(raised.value))
    assert "HUSH-HUSH" not in shown
    assert "TOKEN-OF-40-CHARS" not in shown


async def test_no_secret_is_in_a_repr() -> None:
    """What a debugger or a log shows of the parts is free of the secret and the token."""
    async with scripted_looker() as looker, session_to(looker.url, secret="HUSH-HUSH") as session:
        token = await session.auth.token()
        given = AccessToken(token)
        for part in (session, session.auth, given):
            assert "HUSH-HUSH" not in repr(part)
            assert token not in repr(part)


async def test_a_login_that_nobody_answers_ends_in_time() -> None:
    """A login is a call like any other: it has the time of one call."""

    async def never(_: asyncio.StreamWriter) -> None:
        await asyncio.get_running_loop().create_future()

    hasty = Policy(deadlines=Deadlines(call=0.05))
    async with scripted_looker() as looker, session_to(looker.url, policy=hasty) as session:
        looker.always["login"] = never
        with pytest.raises(ConnectionBroken, match="no answer in time"):
            await session.auth.token()
