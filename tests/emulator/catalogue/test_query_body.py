"""From the body of create_query to a query, and when two are the same."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from looker_tasks.emulator.catalogue.query_body import InvalidQuery, parse_query, query_key, slug_of

BODY: dict[str, object] = {"model": "thelook", "view": "orders", "fields": ["orders.count"]}


def test_a_body_becomes_a_query() -> None:
    """Every part that is understood arrives, limits as strings or numbers; the rest is kept for echoing."""
    query = parse_query(
        BODY
        | {
            "filters": {"customers.region": "West", "orders.status": None},
            "sorts": ["orders.count desc"],
            "limit": "20",
            "pivots": ["orders.status"],
            "total": True,
            "vis_config": {"type": "looker_pie"},
            "query_timezone": "UTC",
            "id": "99",
        }
    )
    assert (query.model, query.view, query.fields) == ("thelook", "orders", ("orders.count",))
    assert query.filters == {"customers.region": "West"}
    assert (query.sorts, query.limit, query.pivots, query.total) == (
        ("orders.count desc",),
        20,
        ("orders.status",),
        True,
    )
    assert query.visualization == "looker_pie"
    assert query.raw["query_timezone"] == "UTC"
    assert "id" not in query.raw


@pytest.mark.parametrize(("limit", "expected"), [(0, 0), ("0", 0), (-1, -1), ("-1", -1), ("", None), (None, None)])
def test_the_limit_is_a_string_or_a_number(limit: object, expected: int | None) -> None:
    """Looker types it as a string, spectacles sends the integer 0."""
    assert parse_query(BODY | {"limit": limit}).limit == expected


@pytest.mark.parametrize(
    ("change", "field", "code"),
    [
        ({"model": None}, "model", "missing_field"),
        ({"view": ""}, "view", "missing_field"),
        ({"model": 3}, "model", "invalid"),
        ({"fields": "orders.count"}, "fields", "invalid"),
        ({"fields": [1]}, "fields", "invalid"),
        ({"filters": []}, "filters", "invalid"),
        ({"filters": {"a.b": 1}}, "filters", "invalid"),
        ({"limit": "many"}, "limit", "invalid"),
        ({"limit": True}, "limit", "invalid"),
        ({"limit": -2}, "limit", "invalid"),
        ({"limit": 1.5}, "limit", "invalid"),
        ({"total": "yes"}, "total", "invalid"),
        ({"vis_config": "pie"}, "vis_config", "invalid"),
    ],
)
def test_what_is_no_query_names_its_field(change: dict[str, object], field: str, code: str) -> None:
    """The error carries what Looker's 422 tells: the field and a code."""
    with pytest.raises(InvalidQuery) as caught:
        parse_query(BODY | change)
    assert (caught.value.field, caught.value.code) == (field, code)


def test_a_visualization_that_is_not_drawn_here_is_a_table() -> None:
    """Marketplace visualizations and their like do not stop a query."""
    assert parse_query(BODY | {"vis_config": {"type": "sankey"}}).visualization == "looker_grid"


@pytest.mark.parametrize(
    ("change", "same"),
    [
        ({"filters": {"b.b": "1", "a.a": "2"}}, False),
        ({"limit": "500"}, False),
        ({"pivots": []}, True),
        ({"slug": "other", "client_id": "x", "can": {}}, True),
        ({"dynamic_fields": None}, True),
        ({"dynamic_fields": "[]"}, False),
        ({"vis_config": {"type": "looker_grid", "colour": "red"}}, False),
    ],
)
def test_equal_content_has_an_equal_key(change: dict[str, object], *, same: bool) -> None:
    """What a client may set tells queries apart, what Looker adds does not."""
    assert (query_key(parse_query(BODY)) == query_key(parse_query(BODY | change))) is same


def test_the_order_of_filters_does_not_matter() -> None:
    """Filters are a mapping."""
    filters = {"a.a": "1", "b.b": "2"}
    turned = dict(reversed(filters.items()))
    assert query_key(parse_query(BODY | {"filters": filters})) == query_key(parse_query(BODY | {"filters": turned}))


@given(st.text())
def test_a_slug_is_22_letters_and_digits(key: str) -> None:
    """Any content has a slug of Looker's form, always the same."""
    assert len(slug_of(key)) == 22
    assert slug_of(key).isascii()
    assert slug_of(key).isalnum()
    assert slug_of(key) == slug_of(key)


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=5,
)


@given(st.dictionaries(st.sampled_from(["model", "view", "fields", "filters", "limit", "sorts", "x"]), _json))
def test_any_json_is_a_query_or_invalid(body: dict[str, object]) -> None:
    """No body raises anything else, and what is a query has a key."""
    try:
        query = parse_query(body)
    except InvalidQuery:
        return
    assert query_key(query)
