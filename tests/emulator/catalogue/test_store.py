"""The catalogue finds what was put in, and refuses what hangs in the air."""

import pytest

from looker_tasks.emulator.catalogue import Catalogue
from looker_tasks.emulator.content import Dashboard, Element, Folder, Look, Query

BODY: dict[str, object] = {"model": "thelook", "view": "orders", "fields": ["orders.count"]}


def _catalogue() -> Catalogue:
    catalogue = Catalogue()
    catalogue.add_folder(Folder("1", "Shared"))
    catalogue.add_folder(Folder("2", "Sales", "1"))
    query = catalogue.add_query(BODY)
    for number, (title, folder) in enumerate([("West Sales", "2"), ("East sales", "2"), ("100% Wool", "1")], start=1):
        dashboard_id = str(number)
        element = Element(f"1{number}", dashboard_id, "Orders", "single_value", query.id)
        catalogue.add_dashboard(Dashboard(dashboard_id, title, folder, (element,), slug=f"slug{number}"))
    catalogue.add_look(Look("5", "Orders", "2", query.id))
    return catalogue


def test_everything_is_found_by_its_id() -> None:
    """Ids find their object, dashboards and queries are found by slug too, and what is not there is None."""
    catalogue = _catalogue()
    dashboard, look, element, folder = (
        catalogue.dashboard("1"),
        catalogue.look("5"),
        catalogue.element("12"),
        catalogue.folder("2"),
    )
    assert dashboard is not None
    assert look is not None
    assert element is not None
    assert folder is not None
    assert (dashboard.title, look.title, element.dashboard_id, folder.name) == ("West Sales", "Orders", "2", "Sales")
    assert catalogue.dashboard("slug1") is dashboard
    query = catalogue.query(look.query_id)
    assert query is not None
    assert catalogue.query_by_slug(query.slug) is query
    for found in (catalogue.dashboard, catalogue.look, catalogue.element, catalogue.folder, catalogue.query):
        assert found("99") is None
    assert catalogue.query_by_slug("") is None


def test_the_same_query_again_is_the_query_that_is_there() -> None:
    """Looker gives equal content one id; other content gets the next number."""
    catalogue = _catalogue()
    first, again = catalogue.add_query(BODY), catalogue.add_query(BODY | {"filters": {}})
    other = catalogue.add_query(BODY | {"limit": "7"})
    assert first is again
    assert first.id != other.id
    assert int(other.id) > 0
    assert first.slug != other.slug
    assert len(catalogue.queries()) == 2


def test_a_query_keeps_the_id_that_it_has() -> None:
    """A query that comes with an id keeps it, and numbers given later pass over it."""
    catalogue = Catalogue()
    assert catalogue.keep(Query("2", "m", "v", ("a.a",))).id == "2"
    assert catalogue.keep(Query("", "m", "v", ("a.b",))).id == "3"


def test_folders_list_what_is_in_them() -> None:
    """Contents of a folder are in the order in which they came."""
    catalogue = _catalogue()
    assert [each.id for each in catalogue.dashboards_in("2")] == ["1", "2"]
    assert [each.id for each in catalogue.looks_in("2")] == ["5"]
    assert catalogue.dashboards_in("99") == ()


@pytest.mark.parametrize(
    ("title", "folder", "found"),
    [
        (None, None, ["1", "2", "3"]),
        ("west sales", None, ["1"]),
        ("sales", None, []),
        ("%SALES", None, ["1", "2"]),
        ("%a%", None, ["1", "2"]),
        ("%", "1", ["3"]),
        ("100%", None, ["3"]),
        ("West Sales", "1", []),
        ("(", None, []),
    ],
)
def test_search_is_by_whole_title_with_wildcards(title: str | None, folder: str | None, found: list[str]) -> None:
    """Case does not matter, % stands for any text, and nothing else in a title is special."""
    dashboards = _catalogue().search_dashboards(title=title, folder_id=folder)
    assert [each.id for each in dashboards] == found


def test_what_hangs_in_the_air_is_refused() -> None:
    """A dashboard without its folder or its query, or a look without its query, is a mistake of the caller's."""
    catalogue = _catalogue()
    with pytest.raises(KeyError, match="no folder '9'"):
        catalogue.add_dashboard(Dashboard("9", "Lost", "9", ()))
    with pytest.raises(KeyError, match="no query '9'"):
        catalogue.add_dashboard(Dashboard("9", "Empty", "1", (Element("9", "9", "X", "single_value", "9"),)))
    with pytest.raises(KeyError, match="no query '9'"):
        catalogue.add_look(Look("9", "Lost", "1", "9"))
