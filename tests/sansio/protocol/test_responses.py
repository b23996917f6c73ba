"""Answers in: what was promised becomes a value, and what makes no sense is told by its path."""

import json
from typing import Any

import pytest
from attrs import fields
from hypothesis import example, given
from hypothesis import strategies as st

from looker_tasks.errors import (
    EXCERPT,
    ApiError,
    UnexpectedResponse,
)
from looker_tasks.models import Dashboard, Look, Query, QueryTask, RenderTask
from looker_tasks.sansio import export_requests
from looker_tasks.sansio.export_requests import TaskState
from looker_tasks.sansio.protocol.operations import OPERATIONS, AccessToken
from looker_tasks.sansio.protocol.responses import Response, one_line, parse
from tests.sansio.asking import JSON, POLL, answer, asking


def test_a_task_is_what_decides_anything() -> None:
    """A poll reads id, status and detail, whatever else Looker adds."""
    said = {"id": "ab12", "status": "rendering", "status_detail": None, "can": {"index": True}, "new": [1]}
    assert parse(POLL, answer(said)) == TaskState("ab12", "rendering", None)


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
        ("look", {"id": 7, "deleted": True}, Look("7", deleted=True)),
        ("dashboard", {"id": "m::d", "dashboard_elements": []}, Dashboard("m::d", dashboard_elements=())),
        ("search_dashboards", [{"id": "1"}, {"id": "2"}], (Dashboard("1"), Dashboard("2"))),
        ("folder_looks", [], ()),
        ("query_task_multi_results", {"a": {"status": "added"}}, {"a": {"status": "added"}}),
    ],
)
def test_each_operation_answers_its_model(name: str, said: object, value: object) -> None:
    """Bodies become values; the numbers that 3.1 has for ids become texts as in 4.0."""
    assert parse(asking(name), answer(said)) == value


@pytest.mark.parametrize(("name", "status"), [("logout", 204), ("kill_query", 204), ("logout", 200)])
def test_an_operation_without_an_answer_reads_none(name: str, status: int) -> None:
    """Where nothing is promised, nothing is read, not even a body that makes no sense."""
    assert parse(asking(name), Response(status, {}, b"\xff<html>")) is None


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
    task = parse(POLL, Response(200, JSON, rb'{"id": "a\ud800b", "status": "rendering"}'))
    assert task.id == "a?b"
    assert export_requests.poll("render", task.id, "4.0").path.endswith("/a%3Fb")


def test_a_whole_surrogate_pair_is_its_character() -> None:
    """What JSON writes in two halves is one character."""
    assert parse(POLL, Response(200, JSON, rb'{"id": "\ud83d\ude00"}')).id == "\N{GRINNING FACE}"


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
    with pytest.raises(UnexpectedResponse) as caught:
        parse(POLL, Response(200, JSON, body))
    assert words in str(caught.value)
    assert len(caught.value.message) <= EXCERPT + 40


def test_a_login_that_is_no_json_quotes_nothing() -> None:
    """It may hold the token all the same."""
    with pytest.raises(UnexpectedResponse, match=r"expected JSON, got something else$") as caught:
        parse(asking("login"), Response(200, JSON, b"access_token=precious"))
    assert "precious" not in repr(caught.value)


@pytest.mark.parametrize("deleted", [1, 0, "true", [], {}])
def test_true_and_false_are_no_numbers_and_no_texts(deleted: object) -> None:
    """What decides something is not guessed at."""
    with pytest.raises(UnexpectedResponse, match=r"expected bool \| None @ \$\.deleted"):
        parse(asking("look"), answer({"id": "7", "deleted": deleted}))


def test_deep_nesting_that_decides_nothing_is_passed_over() -> None:
    """A hundred levels in a field that nobody reads do no harm."""
    body = b'{"id": "a", "more": ' + b"[" * 100 + b"]" * 100 + b"}"
    assert parse(POLL, Response(200, JSON, body)) == TaskState("a")


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
    with pytest.raises(UnexpectedResponse) as caught:
        parse(asking(name), answer(said))
    assert path in caught.value.message


def test_an_infinite_number_is_none() -> None:
    """JSON's 1e999 is no number of seconds."""
    with pytest.raises(UnexpectedResponse):
        parse(asking("login"), Response(200, JSON, b'{"access_token": "t", "expires_in": 1e999}'))


def test_a_login_page_in_a_200_is_told_as_such() -> None:
    """A proxy's page where an object was promised is named, not quoted."""
    page = Response(200, {"Content-Type": "text/html; charset=utf-8"}, b"<html>Sign in</html>")
    with pytest.raises(UnexpectedResponse, match="expected JSON, got an HTML page") as caught:
        parse(POLL, page)
    assert "gateway or proxy" in caught.value.advice


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
    asked = asking(name)
    value: Any
    try:
        value = parse(asked, Response(status, headers, body))
    except ApiError as caught:
        value = caught
    if isinstance(value, ApiError):
        assert str(value).isprintable()
        assert value.retry_after is None or value.retry_after >= 0
    else:
        assert 200 <= status < 300
        assert value is None or isinstance(value, tuple | dict) or type(value) is asked.model
