"""Reading what clients send."""

import pytest

from looker_tasks.emulator.http.errors import LookerError
from looker_tasks.emulator.http.parameters import Parameters, json_object


def wrong_fields(parameters: Parameters) -> list[tuple[str, str]]:
    """Return which fields were refused, and with which code."""
    with pytest.raises(LookerError, match="Validation Failed") as refused:
        parameters.check()
    return [(each.field, each.code) for each in refused.value.details]


@pytest.mark.parametrize("text", ["0", "-1", "1.5", "wide", "²", "1e3", "+8", "12345678901"])
def test_a_size_is_a_whole_number_above_zero(text: str) -> None:
    """What is not is invalid; what is not there is missing."""
    parameters = Parameters({"width": text})
    parameters.pixels("width")
    parameters.pixels("height")
    assert wrong_fields(parameters) == [("width", "invalid"), ("height", "missing_field")]


def test_all_mistakes_are_told_together() -> None:
    """One 422 names every wrong field."""
    parameters = Parameters({"limit": "x", "cache": "maybe", "style": "round", "ids": "1", "name": 1, "filters": "50%"})
    parameters.integer("limit")
    parameters.boolean("cache", default=True)
    parameters.texts("ids")
    parameters.text("name")
    parameters.url_query("filters")
    parameters.refuse_misplaced(["style"], "the body")
    assert [field for field, _ in wrong_fields(parameters)] == ["limit", "cache", "ids", "name", "filters", "style"]


def test_what_may_be_left_out_has_its_default() -> None:
    """Nothing sent, or null, is nothing wrong."""
    parameters = Parameters({"limit": "", "name": None, "ids": None})
    assert parameters.integer("limit") is None
    assert parameters.boolean("cache", default=True)
    assert parameters.text("name") is None
    assert parameters.texts("ids") == ()
    parameters.check()


@pytest.mark.parametrize(
    ("value", "meant"), [("true", True), ("false", False), (True, True), (False, False), ("1", True)]
)
def test_booleans_are_jsons(value: object, meant: bool) -> None:
    """`true` and `false`, as text or as JSON."""
    assert Parameters({"x": value}).boolean("x", default=not meant) is meant


@pytest.mark.parametrize("value", ["17", 17])
def test_an_id_is_text_or_a_number(value: object) -> None:
    """API 3.1 sends integers, 4.0 strings."""
    assert Parameters({"query_id": value}).identity("query_id", required=True) == "17"


@pytest.mark.parametrize("body", [b"{", b"[]", b'"text"', b"", b"  ", b"\xff"])
def test_a_body_that_is_no_object_is_400(body: bytes) -> None:
    """Unreadable JSON, and JSON that is no object, are bad requests."""
    with pytest.raises(LookerError) as refused:
        json_object(body, required=True)
    assert refused.value.status == 400


def test_an_empty_body_may_be_an_empty_object() -> None:
    """Where no body is required, none is {}."""
    assert json_object(b"", required=False) == {}
