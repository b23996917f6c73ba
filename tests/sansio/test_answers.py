"""Answers in: whatever a server sends is a value or one of our errors."""

import json
from typing import Any

import pytest
from attrs import fields
from hypothesis import example, given
from hypothesis import strategies as st
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
    UnexpectedAnswer,
)
from looker_tasks.models import Dashboard, Look, Query, QueryTask, RenderTask
from looker_tasks.sansio import wire
from looker_tasks.sansio.answers import Answer, error, not_ready, one_line, read
from looker_tasks.sansio.operations import API_VERSIONS, OPERATIONS, AccessToken, ApiVersion
from looker_tasks.sansio.requests import Request, request
from looker_tasks.sansio.wire import TaskState
from tests.sansio.published import documented

_JSON = {"Content-Type": "application/json"}
_POLL = wire.poll("render", "ab12", "4.0")


def _answer(said: object, status: int = 200, headers: dict[str, str] | None = None) -> Answer:
    return Answer(status, _JSON if headers is None else headers, json.dumps(said).encode())


def _asking(name: str) -> Request:
    operation = OPERATIONS[name]
    parameters = {"dashboard_id", "result_format", "look_id", "query_id", "render_task_id", "query_task_id", "user_id"}
    path = {parameter: "1" for parameter in parameters if f"{{{parameter}}}" in operation.path}
    return request(name, operation.versions[0], path=path)


# ---------------------------------------------------------------------------------------------- values


def test_a_task_is_what_decides_anything() -> None:
    """A poll reads id, status and detail, whatever else Looker adds."""
    said = {"id": "ab12", "status": "rendering", "status_detail": None, "can": {"index": True}, "new": [1]}
    assert read(_POLL, _answer(said)) == TaskState("ab12", "rendering", None)


@pytest.mark.parametrize(
    ("name", "said", "value"),
    [
        ("login", {"access_token": "t", "expires_in": 3600}, AccessToken("t", 3600.0)),
        ("render_task", {"id": "a", "status": "success", "width": 9}, RenderTask("a", "success", width=9)),
        ("render_task", {"id": "a", "runtime": 2}, RenderTask("a", runtime=2.0)),
        ("query_task", {"id": "a", "query_id": 5, "look_id": 6}, QueryTask("a", query_id="5", look_id="6")),
        ("create_query", {"id": 5, "fields": ["a"]}, Query("5", fields=("a",))),
        ("query", {"id": "5", "filters": {"a": "1"}}, Query("5", filters={"a": "1"})),
        ("look", {"id": 7, "query_id": 5, "title": "T"}, Look("7", title="T", query_id="5")),
        ("dashboard", {"id": "m::d", "dashboard_elements": []}, Dashboard("m::d", dashboard_elements=())),
        ("search_dashboards", [{"id": "1"}, {"id": "2"}], (Dashboard("1"), Dashboard("2"))),
        ("folder_looks", [], ()),
        ("query_task_multi_results", {"a": {"status": "added"}}, {"a": {"status": "added"}}),
    ],
)
def test_each_operation_answers_its_model(name: str, said: object, value: object) -> None:
    """Bodies become values; the numbers that 3.1 has for ids become texts as in 4.0."""
    assert read(_asking(name), _answer(said)) == value


@pytest.mark.parametrize(("name", "status"), [("logout", 204), ("kill_query", 204), ("logout", 200)])
def test_an_operation_without_an_answer_reads_none(name: str, status: int) -> None:
    """Where nothing is promised, nothing is read, not even a body that makes no sense."""
    assert read(_asking(name), Answer(status, {}, b"\xff<html>")) is None


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain", "plain"),
        (" two\n\tlines\r\n", "two lines"),
        ("\x1b[31mred\x07", "\N{REPLACEMENT CHARACTER}[31mred\N{REPLACEMENT CHARACTER}"),
        ("half\ud800", "half\N{REPLACEMENT CHARACTER}"),
        ("turned\N{RIGHT-TO-LEFT OVERRIDE}", "turned\N{REPLACEMENT CHARACTER}"),
        ("é 漢", "é 漢"),
        ("x" * 10_000, "x" * EXCERPT),
        (None, ""),
        (7, ""),
        (["a"], ""),
    ],
)
def test_a_servers_text_is_fit_to_be_shown(text: object, shown: str) -> None:
    """One line, bounded, without what steers a terminal; "" for what is no text."""
    assert one_line(text) == shown


def test_half_a_surrogate_pair_breaks_no_later_request() -> None:
    """JSON can hold what no URL can: it is replaced where it comes in."""
    task = read(_POLL, Answer(200, _JSON, rb'{"id": "a\ud800b", "status": "rendering"}'))
    assert task.id == "a?b"
    assert wire.poll("render", task.id, "4.0").path.endswith("/a%3Fb")


def test_a_whole_surrogate_pair_is_its_character() -> None:
    """What JSON writes in two halves is one character."""
    assert read(_POLL, Answer(200, _JSON, rb'{"id": "\ud83d\ude00"}')).id == "\N{GRINNING FACE}"


# ---------------------------------------------------------------------------------------------- answers without sense


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "expected JSON, got nothing"),
        (b"null", "expected JSON, got null"),
        (b"Created\n", "expected JSON, got Created"),
        (b'{"id": "a"', 'expected JSON, got {"id": "a"'),
        (b'{"id": NaN}', "expected JSON"),
        (b'{"id": Infinity}', "expected JSON"),
        (b"\xff\xfe\xfd", "expected JSON"),
        (b"[]", "expected an object, got list"),
        (b"7", "expected an object, got int"),
        (b'"a"', "expected an object, got str"),
        (b"false", "expected an object, got bool"),
        (b"{}", "required field missing @ $.id"),
        (b'{"id": null}', "$.id"),
        (b'{"id": ""}', "invalid value @ $"),
        (b'{"id": ".."}', "invalid value @ $"),
        (b'{"id": true}', "$.id"),
        (b'{"id": 1.5}', "$.id"),
        (b'{"id": {}}', "$.id"),
        (b'{"id": ["a"]}', "$.id"),
        (b'{"id": "a", "status": 1.5}', "$.status"),
        (b'{"id": "a", "status": ["b"]}', "$.status"),
        (b'{"id": ' + b"9" * 5000 + b"}", "expected JSON"),
        (b"[" * 100 + b"]" * 100, "expected an object, got list"),
        (b"[" * 100_000, "expected JSON"),
        (b'{"id":' * 100_000, "expected JSON"),
    ],
    ids=lambda value: ascii(value[:30]),
)
def test_a_body_that_is_not_what_it_says(body: bytes, words: str) -> None:
    """The error says what was expected and where, by its path."""
    with pytest.raises(UnexpectedAnswer) as caught:
        read(_POLL, Answer(200, _JSON, body))
    assert words in str(caught.value)
    assert len(caught.value.message) <= EXCERPT + 40


def test_deep_nesting_that_decides_nothing_is_passed_over() -> None:
    """A hundred levels in a field that nobody reads do no harm."""
    body = b'{"id": "a", "more": ' + b"[" * 100 + b"]" * 100 + b"}"
    assert read(_POLL, Answer(200, _JSON, body)) == TaskState("a")


@pytest.mark.parametrize(
    ("name", "said", "path"),
    [
        ("search_dashboards", {"id": "1"}, "expected a list, got dict"),
        ("search_dashboards", [{"id": "1"}, {}], "$[1].id"),
        ("search_dashboards", [{"id": "1"}, 7], "$[1]"),
        ("query_task_multi_results", [], "expected an object, got list"),
        ("login", {"access_token": "t", "expires_in": "3600"}, "$.expires_in"),
        ("login", {"access_token": "t", "expires_in": True}, "$.expires_in"),
        ("login", {"access_token": "t", "expires_in": 10**400}, "$.expires_in"),
        ("render_task", {"id": "a", "width": 1.5}, "$.width"),
        ("render_task", {"id": "a", "width": False}, "$.width"),
        ("create_query", {"id": "5", "fields": "a"}, "$.fields"),
        ("create_query", {"id": "5", "filters": ["a"]}, "$.filters"),
        ("dashboard", {"id": "1", "dashboard_elements": [{"title": "x"}]}, "$.dashboard_elements[0].id"),
    ],
)
def test_a_wrong_part_is_told_by_its_path(name: str, said: object, path: str) -> None:
    """Lists for objects, texts for numbers, numbers for texts: the message leads to them."""
    with pytest.raises(UnexpectedAnswer) as caught:
        read(_asking(name), _answer(said))
    assert path in caught.value.message


def test_an_infinite_number_is_none() -> None:
    """JSON's 1e999 is no number of seconds."""
    with pytest.raises(UnexpectedAnswer):
        read(_asking("login"), Answer(200, _JSON, b'{"access_token": "t", "expires_in": 1e999}'))


def test_a_login_page_in_a_200_is_told_as_such() -> None:
    """A proxy's page where an object was promised is named, not quoted."""
    page = Answer(200, {"Content-Type": "text/html; charset=utf-8"}, b"<html>Sign in</html>")
    with pytest.raises(UnexpectedAnswer, match="expected JSON, got an HTML page") as caught:
        read(_POLL, page)
    assert "proxy or login page" in caught.value.advice


# ---------------------------------------------------------------------------------------------- errors by status


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
        read(_POLL, _answer({"message": "No"}, status))
    assert type(caught.value) is kind
    assert str(caught.value) == f"render_task: {status} No"


@pytest.mark.parametrize("status", [400, 401, 403, 404, 422])
def test_a_refused_login_is_the_credentials(status: int) -> None:
    """Looker answers 404 to wrong credentials; on login every refusal says the same."""
    assert type(error(_asking("login"), _answer({"message": "Not found"}, status))) is CredentialsRefused


@pytest.mark.parametrize(("status", "kind"), [(429, Throttled), (502, ServerBroken), (302, RequestRefused)])
def test_a_login_that_was_not_heard_is_no_refusal(status: int, kind: type[ApiError]) -> None:
    """A throttled or broken login says nothing of the credentials."""
    assert type(error(_asking("login"), _answer({}, status))) is kind


def test_a_403_that_speaks_of_the_rate_is_a_429() -> None:
    """Old Lookers said it so."""
    assert type(error(_POLL, _answer({"message": "API Rate Limit Exceeded"}, 403))) is Throttled


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
    refused = error(_POLL, _answer(said, 422))
    assert refused.errors == ("width: Width is required", "height", "And this", "")
    assert refused.documentation_url == "https://docs"
    assert str(refused) == "render_task: 422 Validation Failed; width: Width is required; height; And this"


def test_a_flood_of_complaints_is_cut() -> None:
    """Ten are enough to act on."""
    refused = error(_POLL, _answer({"errors": [{"field": str(number)} for number in range(1000)]}, 422))
    assert len(refused.errors) == 10


@pytest.mark.parametrize("said", [{"message": 7, "errors": {"field": "width"}}, {"message": None, "errors": None}, {}])
def test_an_error_of_another_shape_is_still_an_error(said: object) -> None:
    """What is no text and no list of complaints is left out."""
    refused = error(_POLL, _answer(said, 422))
    assert (refused.message, refused.errors) == ("", ())
    assert str(refused) == "render_task: 422"


@pytest.mark.parametrize(
    ("status", "headers", "body", "message"),
    [
        (502, {"Content-Type": "text/html"}, b"<html><h1>502 Bad Gateway</h1>", "an HTML page"),
        (504, {"Content-Type": "text/plain"}, b"upstream request timeout\n", "upstream request timeout"),
        (503, {}, b"", ""),
        (500, {}, b"\xff\xfe broken", "\N{REPLACEMENT CHARACTER}\N{REPLACEMENT CHARACTER} broken"),
        (500, _JSON, b'["a list"]', '["a list"]'),
        (500, {}, b"x" * 10_000, "x" * EXCERPT),
        (302, {"Location": "https://elsewhere/login"}, b"", "a redirection to https://elsewhere/login"),
        (302, {}, b"moved", "a redirection to nowhere"),
    ],
)
def test_a_body_that_is_not_json_is_quoted_where_it_is_worth_it(
    status: int, headers: dict[str, str], body: bytes, message: str
) -> None:
    """A gateway's page, Envoy's plain words, nothing at all, a redirection: each is told on one bounded line."""
    assert error(_POLL, Answer(status, headers, body)).message == message


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
    throttled = error(_POLL, Answer(429, headers, b"", 0.0))
    assert (throttled.retry_after, throttled.request_id) == (30.0, "r-1")


# ---------------------------------------------------------------------------------------------- not yet


@pytest.mark.parametrize("version", API_VERSIONS)
@pytest.mark.parametrize("name", ["render_task_results", "query_task_results"])
def test_what_looker_documents_as_not_yet_is_read_so(name: str, version: ApiVersion) -> None:
    """Of the successes of a result, all but 200 mean that the task runs; 200 does not."""
    asked = request(name, version, path={"render_task_id": "1", "query_task_id": "1"})
    successes = {int(status) for status in documented(version)[name].responses if status.startswith("2")}
    assert {status for status in successes if not_ready(asked, Answer(status, {}))} == successes - {200}
    assert successes != {200}


@pytest.mark.parametrize(("status", "is_unready"), [(200, False), (202, True), (204, True), (206, False), (404, False)])
def test_202_and_204_are_not_yet(status: int, is_unready: bool) -> None:
    """Both say so in every version, and tell what the server asks to wait."""
    unready = not_ready(_POLL, Answer(status, {"Retry-After": "3"}))
    assert (type(unready) is NotReady and unready.retry_after == 3.0) if is_unready else unready is None


# ---------------------------------------------------------------------------------------------- anything at all

_SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
_ANY_JSON = st.recursive(
    _SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
)
_MODEL_NAMES = sorted(
    {part.name for model in (AccessToken, RenderTask, QueryTask, Query, Look, Dashboard) for part in fields(model)}
    | {"message", "errors", "field", "documentation_url"}
)
_LIKE_MODELS = st.dictionaries(st.sampled_from(_MODEL_NAMES), _ANY_JSON, max_size=6)
_BODIES = st.binary(max_size=200) | st.one_of(_ANY_JSON, _LIKE_MODELS, st.lists(_LIKE_MODELS, max_size=3)).map(
    lambda said: json.dumps(said).encode()
)
_HEADER_NAMES = st.sampled_from(["Retry-After", "Date", "Content-Type", "Location", "X-Request-Id", "Content-Length"])


@given(
    st.sampled_from(sorted(name for name, row in OPERATIONS.items() if not row.streams)),
    st.integers(100, 599) | st.just(200),
    st.dictionaries(_HEADER_NAMES, st.text(max_size=60)),
    _BODIES,
)
@example("render_task", 200, {}, b'{"id": "\\ud800"}')
@example("render_task", 500, {}, b'{"message": "\\ud800\\u001b"}')
@example("render_task", 500, {"X-Request-Id": "\udcff"}, b"")
@example("login", 200, {}, b'{"access_token": "t", "expires_in": -1e999}')
def test_whatever_comes_is_a_value_or_an_error_of_ours(
    name: str, status: int, headers: dict[str, str], body: bytes
) -> None:
    """Any bytes with any status and any header fields end in the operation's model or in an `ApiError` fit to print."""
    asked = _asking(name)
    value: Any
    try:
        value = read(asked, Answer(status, headers, body))
    except ApiError as caught:
        value = caught
    if isinstance(value, ApiError):
        assert str(value).isprintable()
        assert value.retry_after is None or value.retry_after >= 0
    else:
        assert 200 <= status < 300
        assert value is None or isinstance(value, tuple | dict) or type(value) is asked.answers
