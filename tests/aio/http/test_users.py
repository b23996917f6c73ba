"""Sessions in the names of users: one token each, by `login_user` with the API user's own, all given back."""

import asyncio
import json
import re

import pytest
from attrs import define, field

from looker_tasks.aio.http.auth import Auth, HeldTokens
from looker_tasks.errors import CredentialsRefused, InvalidExport, LookerTasksError, RequestRefused, UserRefused
from looker_tasks.policy import Retry
from looker_tasks.sansio.protocol.requests import request
from looker_tasks.sansio.retrying.retry import Attempts, Verdict
from tests.aio.raw_server import Asked, raw_server, said
from tests.aio.session_to import session_to

POLL = request("query_task", "4.0", path={"query_task_id": "1"})
RESULTS = request("query_task_results", "4.0", path={"query_task_id": "1"})
REFUSED = said({"message": "Not found"}, 404)


@define
class LookerOfUsers:
    """A Looker that knows who each token stands for."""

    logins: list[str] = field(factory=list)  # "me", or a user's id, for each
    calls: list[str] = field(factory=list)  # whose token each poll carried
    ended: list[str] = field(factory=list)  # whose tokens were given back
    refused: dict[str, bytes] = field(factory=dict)  # a user → what a login in that name is answered
    unusable: set[str] = field(factory=set)  # users whose tokens no call takes
    invalid: set[str] = field(factory=set)  # tokens that have ended

    async def answer(self, asked: Asked, writer: asyncio.StreamWriter) -> None:
        """Answer as Looker does."""
        token = asked.headers.get("authorization", "").removeprefix("Bearer ")
        who = token.partition("/")[0]
        if asked.path.endswith("/login"):
            writer.write(self._log_in("me"))
        elif token in self.invalid or (who in self.unusable and "/login/" not in asked.path):
            writer.write(said({"message": "Requires authentication."}, 401))
        elif match := re.fullmatch(r".*/login/([^/]+)", asked.path):
            assert who == "me", "no user stands for another"
            writer.write(self.refused.get(match[1]) or self._log_in(match[1]))
        elif asked.method == "DELETE":
            self.ended.append(who)
            writer.write(b"HTTP/1.1 204 Told\r\n\r\n")
        else:
            self.calls.append(who)
            writer.write(said({"id": "1", "status": "complete"}))

    def _log_in(self, who: str) -> bytes:
        self.logins.append(who)
        return said({"access_token": f"{who}/{len(self.logins)}", "expires_in": 3600})


async def test_a_call_of_a_user_is_made_in_that_users_name() -> None:
    """By a token that the API user's own has made; the API user's calls stay its own."""
    looker = LookerOfUsers()
    async with raw_server(looker.answer) as url, session_to(url) as session:
        await session.for_user("12").call(POLL)
        async with session.for_user("13").stream(RESULTS) as result:
            assert json.loads(await result.read())["status"] == "complete"
        await session.call(POLL)
    assert looker.logins == ["me", "12", "13"]
    assert looker.calls == ["12", "13", "me"]


async def test_forty_users_log_in_once_each() -> None:
    """However many calls wait for each: that of the API user is shared, too."""
    looker = LookerOfUsers()
    async with raw_server(looker.answer) as url, session_to(url) as session:
        users = [str(user) for user in range(40)] * 5
        await asyncio.gather(*(session.for_user(user).call(POLL) for user in users))
    assert sorted(looker.logins) == sorted({*users, "me"})
    assert sorted(looker.calls) == sorted(users)


async def test_all_tokens_are_given_back_users_first() -> None:
    """Each with itself; the API user's own is needed no more then."""
    looker = LookerOfUsers()
    async with raw_server(looker.answer) as url, session_to(url) as session:
        await asyncio.gather(*(session.for_user(user).call(POLL) for user in "abc"))
    assert sorted(looker.ended[:3]) == ["a", "b", "c"]
    assert looker.ended[3:] == ["me"]


async def test_a_token_that_ended_is_renewed() -> None:
    """That of the user by one more login in that name, that of the API user by its own."""
    looker = LookerOfUsers()
    async with raw_server(looker.answer) as url, session_to(url) as session:
        await session.for_user("12").call(POLL)
        looker.invalid |= {"me/1", "12/2"}
        await session.for_user("12").call(POLL)
    assert looker.logins == ["me", "12", "me", "12"]


@pytest.mark.parametrize("status", [400, 403, 404, 422])
async def test_a_user_that_may_not_be_taken_on_concerns_that_user_alone(status: int) -> None:
    """The error names the user, and does not end the run of the others."""
    looker = LookerOfUsers(refused={"13": said({"message": "Not found"}, status)})
    async with raw_server(looker.answer) as url, session_to(url) as session:
        with pytest.raises(UserRefused, match=f"login_user: {status} user 13: Not found") as raised:
            await session.for_user("13").call(POLL)
        assert "admin role" in raised.value.advice
        await session.for_user("12").call(POLL)
    judgements = []
    attempts = Attempts()
    for _ in range(3):
        attempts, judgement = attempts.after(raised.value, Retry(), endpoint_proven=True)
        judgements.append(judgement)
    assert judgements[-1] is Verdict.GIVE_UP
    assert looker.calls == ["12"]


async def test_a_user_whose_new_tokens_are_refused_concerns_that_user_alone() -> None:
    """A user that is disabled can be logged in as, and can do nothing."""
    looker = LookerOfUsers(unusable={"13"})
    async with raw_server(looker.answer) as url, session_to(url) as session:
        with pytest.raises(UserRefused, match="query_task: 401 user 13"):
            await session.for_user("13").call(POLL)
        with pytest.raises(UserRefused):
            async with session.for_user("13").stream(RESULTS):
                pass


async def test_the_api_users_own_refusal_is_no_users() -> None:
    """Wrong credentials end the run, in whoever's name it calls."""
    looker = LookerOfUsers(unusable=set())

    async def answer(asked: Asked, writer: asyncio.StreamWriter) -> None:
        if "/login/" in asked.path:
            writer.write(said({"message": "Requires authentication."}, 401))
        else:
            await looker.answer(asked, writer)

    async with raw_server(answer) as url, session_to(url) as session:
        with pytest.raises(RequestRefused, match="login_user: 401"):
            await session.for_user("12").call(POLL)


@pytest.mark.virtual_time
async def test_many_who_wait_for_one_refused_user_share_the_refusal() -> None:
    """Fifty exports of one user cost one login, not fifty."""
    asked_for: list[str] = []
    looker = LookerOfUsers()

    async def answer(asked: Asked, writer: asyncio.StreamWriter) -> None:
        if "/login/" in asked.path:
            asked_for.append(asked.path)
            writer.write(REFUSED)
        else:
            await looker.answer(asked, writer)

    async with raw_server(answer) as url, session_to(url) as session:
        results = await asyncio.gather(*(session.for_user("13").call(POLL) for _ in range(50)), return_exceptions=True)
    assert all(isinstance(each, UserRefused) for each in results)
    assert len(asked_for) == 1


async def test_no_more_tokens_are_held_than_allowed() -> None:
    """The least recently used is given back before the next is taken, and taken again when it is needed."""
    looker = LookerOfUsers()
    async with raw_server(looker.answer) as url, session_to(url) as session:
        assert isinstance(session.auth, Auth)
        session.auth.users = HeldTokens(most=2)
        users = {user: session.for_user(user) for user in "abc"}
        for user in "abac":
            await users[user].call(POLL)
        assert looker.ended == ["b"]
        await users["b"].call(POLL)
        assert looker.ended == ["b", "a"]
    assert looker.logins == ["me", "a", "b", "c", "b"]
    assert sorted(looker.ended[2:]) == ["b", "c", "me"]


@pytest.mark.parametrize("user_id", ["", ".", ".."])
async def test_what_is_no_id_is_refused_before_any_call(user_id: str) -> None:
    """It would lead to another operation: an empty one to the API user's own login."""
    looker = LookerOfUsers()
    async with raw_server(looker.answer) as url, session_to(url) as session:
        with pytest.raises(InvalidExport, match="user_id"):
            await session.for_user(user_id).call(POLL)
    assert looker.calls == []


async def test_no_error_of_a_user_shows_a_token() -> None:
    """Neither the user's nor the API user's own."""
    looker = LookerOfUsers()

    async def answer(asked: Asked, writer: asyncio.StreamWriter) -> None:
        if asked.path.endswith("/query_tasks/1"):
            writer.write(said({"message": f"no {asked.headers['authorization']}, nor me/1"}, 400))
        else:
            await looker.answer(asked, writer)

    async with raw_server(answer) as url, session_to(url) as session:
        with pytest.raises(LookerTasksError) as raised:
            await session.for_user("12").call(POLL)
    assert not isinstance(raised.value, CredentialsRefused)
    assert "12/2" not in str(raised.value)
    assert "me/1" not in str(raised.value)
