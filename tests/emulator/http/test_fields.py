"""The `fields` parameter."""

import pytest

from looker_tasks.emulator.http.fields import only, wanted_fields

BODY = {"id": "1", "title": "A", "query": {"id": "2", "slug": "x"}, "parts": [{"id": "3", "row": 0}, {"id": "4"}]}


@pytest.mark.parametrize(
    ("asked", "kept"),
    [
        (None, BODY),
        ("", BODY),
        ("id", {"id": "1"}),
        ("id, title", {"id": "1", "title": "A"}),
        ("query(slug),id", {"query": {"slug": "x"}, "id": "1"}),
        ("query", {"query": BODY["query"]}),
        ("parts(id)", {"parts": [{"id": "3"}, {"id": "4"}]}),
        ("nothing", {}),
        ("query(id", {"query": {"id": "2"}}),
        ("id)", {"id": "1"}),
    ],
)
def test_only_what_is_asked_for_is_kept(asked: str | None, kept: object) -> None:
    """Names choose parts, parentheses parts of parts; what is unknown is passed over, nothing asked is everything."""
    assert only(BODY, wanted_fields(asked)) == kept


def test_a_query_keeps_what_the_contract_requires() -> None:
    """Model and view stay, whatever is asked of a query: clients with typed models cannot do without."""
    query = {"id": "2", "model": "thelook", "view": "orders", "slug": "x"}
    kept = {"id": "2", "model": "thelook", "view": "orders"}
    assert only(query, wanted_fields("id")) == kept
    assert only({"id": "1", "query": query}, wanted_fields("query(id)")) == {"query": kept}


def test_a_list_is_cut_entry_by_entry() -> None:
    """Each entry keeps what is asked for."""
    assert only([BODY, BODY], wanted_fields("id")) == [{"id": "1"}, {"id": "1"}]
