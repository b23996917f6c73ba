"""The exception tree: its text, its facts, its advice."""

import copy
import inspect
import pickle
import re
from typing import Any

import attrs
import pytest

import looker_tasks.errors
from looker_tasks.errors import (
    ApiError,
    ConfigurationError,
    ConnectionBroken,
    CredentialsRefused,
    DeadlineExceeded,
    FileNotWritten,
    HostUnreachable,
    InvalidExport,
    LookerTasksError,
    NotFound,
    RequestRefused,
    ResultRejected,
    ServerBroken,
    TaskFailed,
    Throttled,
    UserRefused,
)

_ERRORS = [
    found for _, found in inspect.getmembers(looker_tasks.errors, inspect.isclass) if issubclass(found, Exception)
]


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (ConfigurationError("no base_url"), "no base_url"),
        (HostUnreachable("connection refused"), "connection refused"),
        (InvalidExport("0 is not a width", field="width"), "width: 0 is not a width"),
        (NotFound(operation="render_task", status=404), "render_task: 404"),
        (Throttled(operation="render_task", status=429, message="Slow down"), "render_task: 429 Slow down"),
        (
            RequestRefused(operation="create_look_render_task", status=422, message="No", errors=("width: missing",)),
            "create_look_render_task: 422 No; width: missing",
        ),
        (RequestRefused(operation="x", status=422, errors=("a", "", "b")), "x: 422 a; b"),
        (ConnectionBroken(operation="login", message="reset", sent=True), "login: reset"),
        (TaskFailed(task_id="ab12", status="killed"), "task ab12 ended in killed"),
        (TaskFailed(task_id="ab12", status="failure", detail="boom"), "task ab12 ended in failure: boom"),
        (ResultRejected(task_id="ab12", reason="it is empty"), "the result of task ab12 was not kept: it is empty"),
        (FileNotWritten(path="a/b.pdf", reason="disk full"), "a/b.pdf: disk full"),
        (
            DeadlineExceeded(seconds=59.6, phase="rendering"),
            "not done after 60 s (the export's deadline), in phase rendering",
        ),
        (
            DeadlineExceeded(seconds=60, phase="querying", cause="502", waited="the deadline for progress"),
            "not done after 60 s (the deadline for progress), in phase querying; last: 502",
        ),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else "",
)
def test_an_error_says_what_happened_on_one_line(error: LookerTasksError, text: str) -> None:
    """The text holds the facts, and no more."""
    assert str(error) == text


@pytest.mark.parametrize("error", _ERRORS)
def test_every_error_is_in_the_tree_of_the_docstring(error: type[Exception]) -> None:
    """The drawing shows each class below its base."""
    drawing = looker_tasks.errors.__doc__ or ""
    lines = {
        match["name"]: len(match["branch"])
        for match in re.finditer(r"^(?P<branch>[│├└─ ]*)(?P<name>[A-Z]\w+)", drawing, re.MULTILINE)
    }
    base = error.__bases__[0]
    assert error is LookerTasksError or lines[error.__name__] == lines[base.__name__] + len("├── ")


@pytest.mark.parametrize(
    ("detail", "words"),
    [
        ("Render job 0123 failed [Script timed out. - retried]", "takes too long"),
        ("RendererTimeout", "takes too long"),
        ('failed ["Target page generated a JavaScript error: x"]', "custom visualization"),
        ("RendererNoRenderFinishedEventReceived", "never says that it is done"),
        ("failed [renderer no outfile - retried]", "renderer broke down"),
        ('failed ["Unexpected document content"]', "can the API user see it"),
        ("Making a merge result with filters requires the filters array to be the same length", "merges results"),
        ("never seen before", "Open it in Looker's own UI"),
        ("", "Open it in Looker's own UI"),
    ],
)
def test_a_failed_task_advises_by_lookers_words(detail: str, words: str) -> None:
    """What the server said of the failure picks what to try; strings as real servers wrote them."""
    assert words in TaskFailed(task_id="1", status="failure", detail=detail).advice


@pytest.mark.parametrize(
    ("phase", "words"),
    [
        ("enqueued_for_render", "too few render slots"),
        ("enqueued_for_query", "queue is longer than the deadline"),
        ("rendering", "Raise the deadline"),
        ("creating", "Raise the deadline"),
    ],
)
def test_a_deadline_advises_by_the_phase(phase: str, words: str) -> None:
    """Where it was stuck picks what to try."""
    assert words in DeadlineExceeded(seconds=1, phase=phase).advice


@pytest.mark.parametrize("status", [400, 404, 422])
def test_wrong_credentials_are_told_from_a_wrong_id(status: int) -> None:
    """Looker answers both with 404; the classes and their advice tell them apart."""
    refused = CredentialsRefused(operation="login", status=status)
    assert "client_id" in refused.advice
    assert isinstance(refused, ApiError)
    assert not isinstance(refused, NotFound)


@pytest.mark.parametrize("error", _ERRORS)
def test_advice_is_a_text(error: type[Exception]) -> None:
    """Where a class has advice for all its errors, it is one sentence, or a few."""
    advice = vars(error).get("advice", "")
    if error is HostUnreachable:  # one of its facts
        advice = HostUnreachable("x").advice
    assert isinstance(advice, property) or advice == "" or advice.endswith((".", ").", "fails here."))


@pytest.mark.parametrize(
    "error",
    [
        InvalidExport("0 is not a width", field="width"),
        RequestRefused(operation="x", status=422, errors=("width: missing",), retry_after=1.5),
        ConnectionBroken(operation="login", message="reset", sent=True),
        TaskFailed(task_id="ab12", status="failure", detail="boom"),
        DeadlineExceeded(seconds=59.6, phase="rendering", cause="reset"),
        FileNotWritten(path="a/b.pdf", reason="disk full"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_an_error_crosses_processes_with_all_its_facts(error: Any) -> None:  # noqa: ANN401  # each of them
    """A worker of a pool can hand a `Failed` back."""
    for twin in (pickle.loads(pickle.dumps(error)), copy.copy(error)):  # noqa: S301  # our own
        assert type(twin) is type(error)
        assert (str(twin), twin.advice) == (str(error), error.advice)
        assert all(getattr(twin, fact.name) == getattr(error, fact.name) for fact in attrs.fields(type(error)))


@pytest.mark.parametrize("error", [each for each in _ERRORS if issubclass(each, ApiError)])
@pytest.mark.parametrize("status", [200, 302, 400, 404, 407, 422, 429, 500, 504])
def test_advice_of_a_login_never_speaks_of_exports(error: type[ApiError], status: int) -> None:
    """What to do is chosen by what was being done."""
    advice = error(operation="login", status=status).advice
    assert "export" not in advice
    assert "filters" not in advice


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (RequestRefused(operation="create_query_task", status=422), "format, filters and sizes"),
        (RequestRefused(operation="create_query_task", status=403), "lacks a permission"),
        (RequestRefused(operation="create_query_task", status=407), "HTTPS_PROXY"),
        (RequestRefused(operation="create_query_task", status=302), "redirects"),
        (RequestRefused(operation="query_task", status=400), "refuses to tell of the task"),
        (RequestRefused(operation="search_dashboards", status=422), "parameters"),
        (NotFound(operation="dashboard", status=404), "Check the id"),
        (NotFound(operation="render_task", status=404), "no longer knows the task"),
        (NotFound(operation="render_task_results", status=404), "a few minutes"),
        (ServerBroken(operation="create_query_task", status=504), "may have taken the task"),
        (ServerBroken(operation="query_task", status=504), "once the server is well"),
        (UserRefused(operation="login_user", status=404), "admin role"),
        (ConnectionBroken(operation="render_task", message="reset", sent=True), "same command again"),
        (ConnectionBroken(operation="render_task", message="bad", sent=True, failure="tls"), "SSL_CERT_FILE"),
    ],
)
def test_advice_is_chosen_by_what_was_being_done(error: LookerTasksError, words: str) -> None:
    """The same class says another thing of a create than of a poll, a result or a call of the API."""
    assert words in error.advice


def test_a_broken_connection_names_the_proxy() -> None:
    """Who goes through a proxy looks there first."""
    error = ConnectionBroken(operation="login", message="refused", sent=False, proxy="proxy.example.com:3128")
    assert str(error) == "login: refused (through the proxy proxy.example.com:3128)"
