"""A task as text, there and back again."""

import json
import re
from base64 import urlsafe_b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from looker_tasks.errors import ConfigurationError
from looker_tasks.exports import DashboardExport, Export, LookExport
from looker_tasks.sansio.task_token import TaskToken, decode

HOST = "https://looker.example.com"


def text_of(held: object, version: str = "lt1") -> str:
    """Return a token that holds anything."""
    return f"{version}.{urlsafe_b64encode(json.dumps(held).encode()).decode().rstrip('=')}"


@pytest.mark.parametrize(
    "export",
    [
        DashboardExport("model::name", "png", filters={"A": "x,y", "Ü": True}, tabs=("1",), as_user="12", fresh=True),
        LookExport("7", "csv", limit=-1, name="a/ü.csv"),
    ],
)
def test_decode_returns_what_encode_was_given(export: Export) -> None:
    """All of the export, in text that a URL can carry as it is."""
    token = TaskToken(HOST, export, "ab12", 1700000000.123)
    text = token.encode()
    assert re.fullmatch(r"lt1\.[A-Za-z0-9_-]+", text)
    assert decode(f" {text}\n", HOST) == token


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "no token"),
        ("nonsense", "no token"),
        ("xx1.abc", "no token"),
        ("lt\N{SUPERSCRIPT TWO}.abc", "no token"),
        (text_of({}, "lt2"), "the release of looker-tasks that made it, or a newer one"),
        (text_of({}), "cut short or changed"),
        (text_of([]), "cut short or changed"),
        (text_of({"at": 1, "export": {"dashboard": "1", "result_format": "exe"}, "host": HOST, "task": "t"}), "'exe'"),
        (text_of({"at": 1, "export": {"dashboard": "1"}, "host": HOST, "task": ".."}), "cut short or changed"),
        (text_of({"at": 1, "export": {"dashboard": "1"}, "host": "https://x", "task": "t"}), "a task of https://x"),
    ],
)
def test_decode_refuses_what_start_has_not_made(text: str, words: str) -> None:
    """Each by one line that says what it is."""
    with pytest.raises(ConfigurationError, match=re.escape(words)):
        decode(text, HOST)


def test_decode_refuses_what_is_no_text() -> None:
    """Such as a field that a job queue did not have."""
    with pytest.raises(ConfigurationError, match="no token"):
        decode(None, HOST)  # type: ignore[arg-type]  # the mistake that is refused


@given(st.text(max_size=80), st.integers(0, 60))
def test_decode_refuses_whatever_was_changed(noise: str, cut: int) -> None:
    """No text from outside leads to another error, or to more than one line."""
    for text in (noise, f"lt1.{noise}", TaskToken(HOST, DashboardExport("1"), "t", 1.0).encode()[:cut]):
        with pytest.raises(ConfigurationError) as raised:
            decode(text, HOST)
        assert str(raised.value).isprintable()
