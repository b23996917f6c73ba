"""Requests out: an operation filled in."""

from urllib.parse import parse_qs, unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from looker_tasks.errors import InvalidExport
from looker_tasks.exports import FilterValue
from looker_tasks.sansio.protocol.operations import API_VERSIONS, ApiVersion
from looker_tasks.sansio.protocol.requests import dashboard_filters, request
from tests.sansio.strategies import TEXTS


@pytest.mark.parametrize(
    ("found", "segment"),
    [
        ("42", "42"),
        ("model::name", "model%3A%3Aname"),
        ("a/b", "a%2Fb"),
        ("a b", "a%20b"),
        ("50%", "50%25"),
        ("a?b#c", "a%3Fb%23c"),
        ("é", "%C3%A9"),
        ("{result_format}", "%7Bresult_format%7D"),
    ],
)
def test_ids_are_percent_encoded(found: str, segment: str) -> None:
    """An id stays one segment of the path, whatever it holds."""
    asked = request(
        "create_dashboard_render_task", "4.0", path={"dashboard_id": found, "result_format": "pdf"}, query={}
    )
    assert asked.path == f"/api/4.0/render_tasks/dashboards/{segment}/pdf"


@pytest.mark.parametrize("found", [".", ".."])
@pytest.mark.parametrize("version", API_VERSIONS)
def test_an_id_that_leads_elsewhere_in_a_path_is_refused(found: str, version: ApiVersion) -> None:
    """Percent-encoding keeps dots, and a server or a proxy would follow them."""
    with pytest.raises(InvalidExport) as refusal:
        request("render_task", version, path={"render_task_id": found})
    assert refusal.value.field == "render_task_id"


@given(TEXTS.filter(lambda found: found not in {"", ".", ".."}))
def test_any_id_can_be_read_back_from_the_path(found: str) -> None:
    """Percent-encoding loses nothing."""
    path = request("render_task", "4.0", path={"render_task_id": found}).path
    assert path.count("/") == len(["", "api", "4.0", "render_tasks", ""]) - 1
    assert unquote(path.rpartition("/")[2]) == found


def test_query_parameters_are_written_as_json_writes_them() -> None:
    """Booleans are true and false, numbers digits, texts themselves; None stays out."""
    asked = request(
        "create_query_task", "4.0", query={"cache": True, "limit": -1, "path_prefix": "/x", "apply_vis": None}
    )
    assert asked.query == {"cache": "true", "limit": "-1", "path_prefix": "/x"}


@pytest.mark.parametrize(
    ("name", "version"),
    [("create_lookml_dashboard_render_task", "4.0"), ("create_dashboard_element_render_task", "3.1")],
)
def test_an_operation_of_the_other_version_is_refused(name: str, version: ApiVersion) -> None:
    """What a version of the API has not is refused before any call."""
    with pytest.raises(InvalidExport, match=f"API {version} has no {name}") as refusal:
        request(name, version)
    assert refusal.value.field == "api_version"


@pytest.mark.parametrize("found", ["model::name", "-1", "1.0", "²", "٣", " 1", "9" * 20, "9" * 10_000])
def test_api_3_1_wants_numbers_for_ids(found: str) -> None:
    """An id that is no number is refused in 3.1, naming it, and is as good as any in 4.0."""
    with pytest.raises(InvalidExport) as refusal:
        request("look", "3.1", path={"look_id": found})
    assert refusal.value.field == "look_id"
    assert request("look", "4.0", path={"look_id": found}).path.startswith("/api/4.0/looks/")


@pytest.mark.parametrize("version", API_VERSIONS)
@pytest.mark.parametrize("found", ["7", str(2**63 - 1)])
def test_a_number_is_an_id_in_both_versions(version: ApiVersion, found: str) -> None:
    """The path of a number is the same but for the version."""
    assert request("look", version, path={"look_id": found}).path == f"/api/{version}/looks/{found}"


def test_task_ids_are_texts_in_both_versions() -> None:
    """Looker's task ids are hex digits, in 3.1 too."""
    assert request("render_task", "3.1", path={"render_task_id": "ab12"}).path == "/api/3.1/render_tasks/ab12"


def test_the_client_secret_is_in_no_repr() -> None:
    """The form of a login is left out where a request is shown."""
    asked = request("login", "4.0", form={"client_id": "me", "client_secret": "hush"})
    assert "hush" not in repr(asked)
    assert asked.form == {"client_id": "me", "client_secret": "hush"}


def test_an_answer_can_be_read_as_less() -> None:
    """`with_model` changes the model of the answer and nothing else."""
    asked = request("render_task", "4.0", path={"render_task_id": "1"})
    lesser = asked.with_model(int)
    assert lesser.model is int
    assert lesser.with_model(asked.model) == asked


def test_no_filters_are_no_parameter() -> None:
    """An empty mapping asks for the dashboard's own defaults."""
    assert dashboard_filters({}) is None


def test_filters_are_written_as_looker_wants_them() -> None:
    """A percent-encoded query string, keyed by title, a yes/no as Yes or No."""
    filters: dict[str, FilterValue] = {
        "Created Date": "12 months ago for 12 months",
        "Share %": 50,
        "Is New": True,
        "Is Old": False,
    }
    assert dashboard_filters(filters) == "Created+Date=12+months+ago+for+12+months&Share+%25=50&Is+New=Yes&Is+Old=No"


@given(st.dictionaries(TEXTS.filter(bool), TEXTS | st.integers() | st.floats(), min_size=1))
def test_any_filters_can_be_read_back(filters: dict[str, FilterValue]) -> None:
    """Whatever titles and values hold, the server reads the same ones."""
    written = dashboard_filters(filters)
    assert written is not None
    assert written.isascii()
    read = parse_qs(written, keep_blank_values=True, strict_parsing=True, max_num_fields=len(filters))
    assert read == {title: [str(value)] for title, value in filters.items()}


def test_the_target_is_what_the_request_line_has() -> None:
    """The path alone where nothing is asked beside it; else the query encoded once, its slashes as they are."""
    assert request("logout", "4.0").target == "/api/4.0/logout"
    asked = request("create_query_task", "4.0", query={"limit": 5, "path_prefix": "/a b&c", "cache": True})
    assert asked.target == "/api/4.0/query_tasks?limit=5&path_prefix=/a+b%26c&cache=true"
