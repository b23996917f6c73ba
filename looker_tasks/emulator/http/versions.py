"""What API 3.1 and API 4.0 write differently. Bodies are made for 4.0; here they become those of 3.1. Pure.

Source: the `type` of each field in Looker's published OpenAPI documents of both versions.
"""

from collections.abc import Mapping
from typing import Literal, get_args

from attrs import field, frozen

Version = Literal["4.0", "3.1"]
VERSIONS: tuple[Version, ...] = get_args(Version)


@frozen
class _Old:
    """How one kind of body differs in 3.1."""

    integers: frozenset[str] = frozenset()  # ids that are integers there
    absent: frozenset[str] = frozenset()  # fields that it does not have
    never_null: frozenset[str] = frozenset()  # fields that it leaves out instead
    copies: Mapping[str, str] = field(factory=dict)  # field → the field of 4.0 that has the same value
    nested: Mapping[str, str] = field(factory=dict)  # field → the kind of body (or of each body) that it holds


_SPACES = {"space": "folder", "space_id": "folder_id"}  # what folders were called before
_QUERY_PARTS = frozenset(
    {
        "column_limit",
        "dynamic_fields",
        "fill_fields",
        "filter_expression",
        "filters",
        "limit",
        "pivots",
        "query_timezone",
        "row_total",
        "subtotals",
        "visible_ui_sections",
    }
)
_OLD: Mapping[str, _Old] = {
    "AccessToken": _Old(absent=frozenset({"refresh_token"})),
    "Dashboard": _Old(
        integers=frozenset({"user_id", "content_metadata_id"}),
        absent=frozenset({"url"}),
        copies=_SPACES,
        nested={"folder": "Folder", "dashboard_elements": "DashboardElement", "dashboard_layouts": "DashboardLayout"},
    ),
    "Board": _Old(integers=frozenset({"id", "user_id"}), nested={"board_sections": "BoardSection"}),
    "BoardItem": _Old(integers=frozenset({"id", "board_section_id", "dashboard_id", "look_id"})),
    "BoardSection": _Old(integers=frozenset({"id", "board_id"}), nested={"board_items": "BoardItem"}),
    "DashboardElement": _Old(
        integers=frozenset({"query_id", "result_maker_id"}),
        absent=frozenset({"dashboard_layout_id", "extension_id"}),
        nested={"query": "Query", "look": "Look", "result_maker": "ResultMaker"},
    ),
    "DashboardLayout": _Old(absent=frozenset({"label", "order"})),
    "Folder": _Old(
        integers=frozenset({"creator_id", "content_metadata_id"}), nested={"dashboards": "Dashboard", "looks": "Look"}
    ),
    "Look": _Old(
        integers=frozenset({"id", "query_id", "user_id", "content_metadata_id"}),
        copies=_SPACES,
        nested={"folder": "Folder", "query": "Query"},
    ),
    "Query": _Old(integers=frozenset({"id"}), never_null=_QUERY_PARTS),
    "QueryTask": _Old(integers=frozenset({"query_id", "look_id"}), nested={"query": "Query"}),
    "RenderTask": _Old(integers=frozenset({"dashboard_id", "look_id", "query_id", "user_id"})),
    "ResultMaker": _Old(integers=frozenset({"id", "query_id"}), nested={"query": "Query"}),
    "RunningQueries": _Old(integers=frozenset({"id"}), nested={"user": "User", "query": "Query"}),
    "ScheduledPlan": _Old(
        integers=frozenset({"id", "user_id", "dashboard_id", "look_id", "query_id"}),
        nested={"user": "User", "scheduled_plan_destination": "ScheduledPlanDestination"},
    ),
    "ScheduledPlanDestination": _Old(integers=frozenset({"id", "scheduled_plan_id"})),
    "User": _Old(integers=frozenset({"id"})),
}
_SAME = _Old()


def in_version(kind: str, body: Mapping[str, object], version: Version) -> dict[str, object]:
    """Return *body*, a *kind* of API 4.0, as *version* writes it."""
    if version == "4.0":
        return dict(body)
    old = _OLD.get(kind, _SAME)
    written = {name: _value(name, value, old) for name, value in body.items() if _is_told(name, value, old)}
    written |= {name: written[source] for name, source in old.copies.items() if source in written}
    return written


def _is_told(name: str, value: object, old: _Old) -> bool:
    return name not in old.absent and not (value is None and name in old.never_null)


def _value(name: str, value: object, old: _Old) -> object:
    if name in old.integers and isinstance(value, str) and value.isascii() and value.isdecimal():
        return int(value)
    kind = old.nested.get(name)
    if kind is None:
        return value
    if isinstance(value, Mapping):
        return in_version(kind, value, "3.1")
    if isinstance(value, list):
        return [in_version(kind, each, "3.1") for each in value]
    return value
