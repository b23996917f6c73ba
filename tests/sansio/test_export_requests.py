"""An Export's own calls, against Looker's documents of both versions."""

from typing import Any
from urllib.parse import parse_qs

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from looker_tasks.errors import InvalidExport
from looker_tasks.exports import QUERY_TASK_OPTIONS, DashboardExport, ElementExport, Export, LookExport, QueryExport
from looker_tasks.formats import DATA_FORMATS
from looker_tasks.models import TaskKind
from looker_tasks.sansio import export_requests
from looker_tasks.sansio.export_requests import TaskState
from looker_tasks.sansio.protocol.operations import API_VERSIONS, ApiVersion
from tests.sansio.published import breaches, documented, schema
from tests.sansio.strategies import EXPORTS

_KINDS: list[TaskKind] = ["render", "query"]

_FULL_DASHBOARD = DashboardExport(
    "42",
    "pdf",
    filters={"Region": "West"},
    width=595,
    height=842,
    paper_size="a4",
    landscape=False,
    style="single_column",
)
_FULL_DASHBOARD_4_0 = DashboardExport(
    "model::name", "pdf", long_tables=True, theme="Dark", tabs=["one", "two"], paper_size="letter", landscape=True
)
_EVERY_OPTION: dict[str, Any] = {
    "limit": 10,
    "apply_formatting": True,
    "apply_vis": False,
    "cache": False,
    "generate_drill_links": True,
    "force_production": True,
    "cache_only": False,
    "path_prefix": "/x",
    "rebuild_pdts": True,
    "server_table_calcs": True,
}


@pytest.mark.parametrize(
    ("export", "version", "name"),
    [
        (_FULL_DASHBOARD, "4.0", "create_dashboard_render_task"),
        (_FULL_DASHBOARD, "3.1", "create_dashboard_render_task"),
        (_FULL_DASHBOARD_4_0, "4.0", "create_dashboard_render_task"),
        (DashboardExport("model::name", "jpg"), "3.1", "create_lookml_dashboard_render_task"),
        (LookExport("7", "png"), "4.0", "create_look_render_task"),
        (LookExport("7", "jpg"), "3.1", "create_look_render_task"),
        (QueryExport("7", "png"), "4.0", "create_query_render_task"),
        (QueryExport("7", "jpg"), "3.1", "create_query_render_task"),
        (ElementExport("9"), "4.0", "create_dashboard_element_render_task"),
        (ElementExport("model::dashboard::link"), "4.0", "create_dashboard_element_render_task"),
        (QueryExport("7", "csv", **_EVERY_OPTION), "4.0", "create_query_task"),
        (QueryExport("7", "csv", **_EVERY_OPTION, image_width=9, image_height=9), "3.1", "create_query_task"),
        *(
            (kind("7", result_format), version, "create_query_task")
            for kind in (LookExport, QueryExport)
            for result_format in DATA_FORMATS
            for version in API_VERSIONS
            if (result_format, version) != ("odc", "3.1")
        ),
    ],
)
def test_a_create_keeps_to_lookers_document(export: Export, version: ApiVersion, name: str) -> None:
    """Each kind and format is created by its operation, with nothing that Looker does not know or expect there."""
    export_requests.check(export, version)
    create = export_requests.create(export, version, query_id="5")
    assert create.operation.name == name
    assert create.model is TaskState
    assert breaches(create, version) == []


@given(EXPORTS, st.sampled_from(API_VERSIONS))
def test_every_export_is_refused_or_keeps_to_the_document(export: Export, version: ApiVersion) -> None:
    """Whatever export is made, a version either refuses it by a field of its own or is sent what it documents."""
    assume(documented(version))
    refused = None
    try:
        export_requests.check(export, version)
    except InvalidExport as error:
        refused = error.field
    if refused is None:
        assert breaches(export_requests.create(export, version, query_id="5"), version) == []
    else:
        assert hasattr(export, refused)


@pytest.mark.parametrize("version", API_VERSIONS)
@pytest.mark.parametrize("kind", _KINDS)
def test_the_other_calls_keep_to_lookers_document(kind: TaskKind, version: ApiVersion) -> None:
    """Polls, results, the kill and the look's query too."""
    calls = [
        export_requests.poll(kind, "ab12", version),
        export_requests.results(kind, "ab12", version),
        export_requests.kill("ab12", version),
        export_requests.look_query(LookExport("7", "csv"), version),
    ]
    assert [call.operation.name for call in calls] == [
        f"{kind}_task",
        f"{kind}_task_results",
        "kill_query",
        "look",
    ]
    assert [breaches(call, version) for call in calls] == [[], [], [], []]
    assert calls[0].model is TaskState


@pytest.mark.parametrize("version", API_VERSIONS)
@pytest.mark.parametrize(("kind", "model"), [("render", "RenderTask"), ("query", "QueryTask")], ids=["render", "query"])
def test_the_fields_asked_for_are_the_tasks(kind: TaskKind, model: str, version: ApiVersion) -> None:
    """A poll names properties that the task has, and asks for no more than decides anything."""
    documented(version)
    properties = schema(version, {"$ref": f"#/components/schemas/{model}"})["properties"]
    asked = export_requests.poll(kind, "ab12", version).query["fields"].split(",")
    assert set(asked) <= properties.keys()
    assert {"id", "status"} <= set(asked)


def test_sizes_go_into_the_query_and_filters_into_the_body() -> None:
    """Where people err, each parameter of a dashboard stands where Looker reads it."""
    create = export_requests.create(_FULL_DASHBOARD, "4.0")
    assert create.query == {
        "width": "595",
        "height": "842",
        "fields": "id,status,status_detail",
        "pdf_paper_size": "a4",
        "pdf_landscape": "false",
    }
    assert create.json is not None
    assert parse_qs(create.json["dashboard_filters"]) == {"Region": ["West"]}
    assert create.json["dashboard_style"] == "single_column"
    assert "tab_ids" not in create.json


def test_api_4_0_takes_tabs_theme_and_long_tables() -> None:
    """What 4.0 has more than 3.1 is sent, and a LookML dashboard goes the way of all dashboards."""
    create = export_requests.create(_FULL_DASHBOARD_4_0, "4.0")
    assert create.path == "/api/4.0/render_tasks/dashboards/model%3A%3Aname/pdf"
    assert (create.query["long_tables"], create.query["theme"]) == ("true", "Dark")
    assert create.json == {"tab_ids": ["one", "two"]}


def test_a_dashboard_without_wishes_still_has_a_body() -> None:
    """Looker requires one, even empty."""
    assert export_requests.create(DashboardExport("42"), "4.0").json == {}


@pytest.mark.parametrize(("version", "query_id", "look_id"), [("4.0", "5", "7"), ("3.1", 5, 7)])
def test_a_look_in_rows_runs_its_query(version: ApiVersion, query_id: str | int, look_id: str | int) -> None:
    """The look's query is run in its name, with ids as the version's bodies have them."""
    create = export_requests.create(LookExport("7", "csv", limit=10), version, query_id="5")
    assert create.json == {"query_id": query_id, "look_id": look_id, "result_format": "csv"}
    assert create.query == {"limit": "10", "fields": "id,status"}


@pytest.mark.parametrize("name", QUERY_TASK_OPTIONS)
def test_every_option_of_a_query_task_is_sent_under_its_own_name(name: str) -> None:
    """No option is lost on its way; an option that is not given is not sent."""
    value = _EVERY_OPTION.get(name, 9)
    sent = export_requests.create(QueryExport("7", "csv", **{name: value}), "3.1").query
    assert sent[name] == str(value).lower()
    assert sent.keys() == {name, "fields"}


@pytest.mark.parametrize("version", ["3.1", "4.0"])
@pytest.mark.parametrize("export", [QueryExport("7", "csv", fresh=True), LookExport("7", "csv", fresh=True)])
def test_fresh_rows_are_not_those_of_the_cache(export: Export, version: ApiVersion) -> None:
    """Looker asks the database again."""
    create = export_requests.create(export, version, query_id="5")
    assert create.query["cache"] == "false"


@pytest.mark.parametrize(
    ("export", "version", "field"),
    [
        (ElementExport("9"), "3.1", "element_id"),
        (DashboardExport("slug"), "3.1", "dashboard_id"),
        (DashboardExport("42", long_tables=True), "3.1", "long_tables"),
        (DashboardExport("42", long_tables=False), "3.1", "long_tables"),
        (DashboardExport("42", theme="Dark"), "3.1", "theme"),
        (DashboardExport("42", theme=""), "3.1", "theme"),
        (DashboardExport("42", tabs=["one"]), "3.1", "tabs"),
        (DashboardExport("model::name", tabs=["one"]), "3.1", "tabs"),
        (LookExport("slug", "png"), "3.1", "look_id"),
        (LookExport("slug", "csv"), "3.1", "look_id"),
        (QueryExport("slug", "png"), "3.1", "query_id"),
        (QueryExport("slug", "csv"), "3.1", "query_id"),
        (QueryExport("7", "odc"), "3.1", "result_format"),
        (LookExport("7", "odc"), "3.1", "result_format"),
        (QueryExport("7", "csv", image_width=9), "4.0", "image_width"),
        (LookExport("7", "csv", image_height=9), "4.0", "image_height"),
    ],
)
def test_what_a_version_cannot_make_is_refused_naming_the_field(
    export: Export, version: ApiVersion, field: str
) -> None:
    """A difference of the versions is told before any call, and the other version makes it."""
    with pytest.raises(InvalidExport) as refusal:
        export_requests.check(export, version)
    assert refusal.value.field == field
    export_requests.check(export, "4.0" if version == "3.1" else "3.1")


@pytest.mark.parametrize(
    ("export", "kind"),
    [
        (DashboardExport("42", "pdf"), "render"),
        (DashboardExport("42", "png"), "render"),
        (ElementExport("9", "jpg"), "render"),
        (LookExport("7", "png"), "render"),
        *((QueryExport("7", result_format), "query") for result_format in DATA_FORMATS),
    ],
)
def test_the_format_picks_the_task(export: Export, kind: TaskKind) -> None:
    """Pictures and pages are render tasks, rows are query tasks."""
    assert export_requests.task_kind(export) == kind
