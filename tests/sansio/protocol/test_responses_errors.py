"""Answers in: what was not asked for becomes the error that its status stands for."""

import pytest
from multidict import CIMultiDict, CIMultiDictProxy

from looker_tasks.errors import (
    EXCERPT,
    ApiError,
    CredentialsRefused,
    NotFound,
    NotReady,
    RequestRefused,
    ServerBroken,
    Throttled,
)
from looker_tasks.sansio.protocol.operations import API_VERSIONS, ApiVersion
from looker_tasks.sansio.protocol.requests import request
from looker_tasks.sansio.protocol.responses import Response, error_from, not_ready, not_whole, parse
from tests.sansio.asking import JSON, POLL, answer, asking
from tests.sansio.published import documented


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (100, RequestRefused),
        (302, RequestRefused),
        (304, RequestRefused),
        (400, RequestRefused),
        (401, RequestRefused),
        (403, RequestRefused),
        (404, NotFound),
        (405, RequestRefused),
        (409, RequestRefused),
        (418, RequestRefused),
        (422, RequestRefused),
        (429, Throttled),
        (500, ServerBroken),
        (502, ServerBroken),
        (503, ServerBroken),
        (504, ServerBroken),
        (599, ServerBroken),
        (999, ServerBroken),
    ],
)
def test_the_status_picks_the_error(status: int, kind: type[ApiError]) -> None:
    """Each status that is no success raises its error, which tells operation and status."""
    with pytest.raises(ApiError) as caught:
        parse(POLL, answer({"message": "No"}, status))
    assert type(caught.value) is kind
    assert str(caught.value) == f"render_task: {status} No"


@pytest.mark.parametrize("status", [400, 401, 403, 404, 422])
def test_a_refused_login_is_the_credentials(status: int) -> None:
    """Looker answers 404 to wrong credentials; on login every refusal says the same."""
    assert type(error_from(asking("login"), answer({"message": "Not found"}, status))) is CredentialsRefused


@pytest.mark.parametrize(("status", "kind"), [(429, Throttled), (502, ServerBroken), (302, RequestRefused)])
def test_a_login_that_was_not_heard_is_no_refusal(status: int, kind: type[ApiError]) -> None:
    """A throttled or broken login says nothing of the credentials."""
    assert type(error_from(asking("login"), answer({}, status))) is kind


def test_a_403_that_speaks_of_the_rate_is_a_429() -> None:
    """Old Lookers said it so."""
    assert type(error_from(POLL, answer({"message": "API Rate Limit Exceeded"}, 403))) is Throttled


def test_lookers_422_tells_each_complaint() -> None:
    """The fields of a validation error are told one by one."""
    said = {
        "message": "Validation Failed",
        "errors": [
            {"field": "width", "code": "missing_field", "message": "Width is required", "documentation_url": "x"},
            {"field": "height", "message": None},
            {"message": "And this"},
            "not a row",
            {"field": 7},
        ],
        "documentation_url": "https://docs",
    }
    refused = error_from(POLL, answer(said, 422))
    assert refused.errors == ("width: Width is required", "height", "And this", "")
    assert refused.documentation_url == "https://docs"
    assert str(refused) == "render_task: 422 Validation Failed; width: Width is required; height; And this"


def test_a_flood_of_complaints_is_cut() -> None:
    """Ten are enough to act on."""
    refused = error_from(POLL, answer({"errors": [{"field": str(number)} for number in range(1000)]}, 422))
    assert len(refused.errors) == 10


@pytest.mark.parametrize("said", [{"message": 7, "errors": {"field": "width"}}, {"message": None, "errors": None}, {}])
def test_an_error_of_another_shape_is_still_an_error(said: object) -> None:
    """What is no text and no list of complaints is left out."""
    refused = error_from(POLL, answer(said, 422))
    assert (refused.message, refused.errors) == ("", ())
    assert str(refused) == "render_task: 422"


@pytest.mark.parametrize(
    ("status", "headers", "body", "message"),
    [
        (502, {"Content-Type": "text/html"}, b"<html><h1>502 Bad Gateway</h1>", "an HTML page"),
        (504, {"Content-Type": "text/plain"}, b"upstream request timeout\n", "upstream request timeout"),
        (503, {}, b"", ""),
        (500, {}, b"\xff\xfe broken", "\N{REPLACEMENT CHARACTER}\N{REPLACEMENT CHARACTER} broken"),
        (500, JSON, b'["a list"]', '["a list"]'),
        (500, {}, b"x" * 10_000, "x" * EXCERPT),
        (302, {"Location": "https://elsewhere/login"}, b"", "a redirection to https://elsewhere/login"),
        (302, {}, b"moved", "a redirection to nowhere"),
    ],
)
def test_a_body_that_is_not_json_is_quoted_where_it_is_worth_it(
    status: int, headers: dict[str, str], body: bytes, message: str
) -> None:
    """A gateway's page, Envoy's plain words, nothing at all, a redirection: each is told on one bounded line."""
    assert error_from(POLL, Response(status, headers, body)).message == message


def test_an_error_carries_what_the_header_fields_say() -> None:
    """Retry-After in any case of letters, against the answer's own date, and the id to quote to Looker's support."""
    headers = CIMultiDictProxy(
        CIMultiDict(
            {
                "retry-after": "Wed, 21 Oct 2015 12:00:30 GMT",
                "DATE": "Wed, 21 Oct 2015 12:00:00 GMT",
                "x-request-id": "r-1",
            }
        )
    )
    throttled = error_from(POLL, Response(429, headers, b"", 0.0))
    assert (throttled.retry_after, throttled.request_id) == (30.0, "r-1")


@pytest.mark.parametrize("version", API_VERSIONS)
@pytest.mark.parametrize("name", ["render_task_results", "query_task_results"])
def test_what_looker_documents_as_not_yet_is_read_so(name: str, version: ApiVersion) -> None:
    """Of the successes of a result, all but 200 mean that the task runs; 200 does not."""
    asked = request(name, version, path={"render_task_id": "1", "query_task_id": "1"})
    successes = {int(status) for status in documented(version)[name].responses if status.startswith("2")}
    assert {status for status in successes if not_ready(asked, Response(status, {}))} == successes - {200}
    assert successes != {200}


@pytest.mark.parametrize(("status", "is_unready"), [(200, False), (202, True), (204, True), (206, False), (404, False)])
def test_202_and_204_are_not_yet(status: int, is_unready: bool) -> None:
    """Both say so in every version, and tell what the server asks to wait."""
    unready = not_ready(POLL, Response(status, {"Retry-After": "3"}))
    assert (type(unready) is NotReady and unready.retry_after == 3.0) if is_unready else unready is None


def test_a_part_of_a_result_is_no_result() -> None:
    """Of all successes only a plain 200 is the whole."""
    refused = not_whole(POLL, Response(206, {}))
    assert (refused.status, refused.message) == (206, "a whole result comes with 200")


@pytest.mark.parametrize(
    ("location", "shown"),
    [
        ("https://l.example.com/api/4.0/login", "https://l.example.com/api/4.0/login"),
        ("https://sso.example.com/login?state=abc#x", "https://sso.example.com/login"),
        ("", ""),
    ],
)
def test_a_redirection_tells_where_it_leads_without_its_query(location: str, shown: str) -> None:
    """The query holds what a page for people wants to know; the error's message names the place as well."""
    error = error_from(asking("login"), Response(302, {"Location": location}, b"{}"))
    assert (error.location, error.message) == (shown, "")
    assert error_from(POLL, Response(302, {"Location": location})).message == f"a redirection to {shown or 'nowhere'}"
