"""What the exports of a row have in common where they differ in name and filters alone: read and checked once. Pure."""

from collections.abc import Mapping
from typing import Any

from attrs import evolve, field, frozen

from looker_tasks.errors import InvalidExport
from looker_tasks.exports import QUERY_TASK_OPTIONS, FilterValue, QueryExport
from looker_tasks.formats import DATA_FORMATS
from looker_tasks.manifest.columns import checked_values, kind_of, make_export, read_values
from looker_tasks.manifest.keys import ATTRIBUTES
from looker_tasks.planning.filling.filters import Filters
from looker_tasks.planning.known import Found, Known
from looker_tasks.sansio import export_requests
from looker_tasks.sansio.dashboards.tiles import Tile, filter_types, tile_filters, tiles_of
from looker_tasks.sansio.protocol.operations import ApiVersion


@frozen
class Shape:
    """What all exports of a row have in common that differ in name and filters alone."""

    kind: str
    values: Mapping[str, Any]  # by key
    own: Mapping[str, Any]
    result_format: str
    content_id: str = ""
    content_title: str = ""
    folder_title: str = ""
    filters: Mapping[str, FilterValue] = field(factory=dict)  # those that are the same for all
    tiles: tuple[Tile, ...] = ()
    options: Mapping[str, Any] = field(factory=dict)  # of the tiles' queries


@frozen(eq=False)
class Shapes:
    """What makes the shapes of one row. *has_tiles*: the row is for the rows of tiles, and renders nothing."""

    known: Known
    api_version: ApiVersion
    filters: Filters
    has_tiles: bool

    def new(
        self, own_raw: Mapping[str, object], inherited_raw: Mapping[str, object], found: Found | None, tiles: str
    ) -> Shape:
        """Read what the row says itself and what it inherits, filled in. *tiles* is the format of the tiles' rows.

        Raises `InvalidExport`.
        """
        own = read_values(own_raw)
        inherited = {key: value for key, value in read_values(inherited_raw).items() if value is not None}
        if found is not None:
            own[found.kind] = found.id
        kind = kind_of(own) or kind_of(inherited)
        if kind is None:
            raise InvalidExport(
                "one of them must be there", field="dashboard, look, query, element, folder, search or board"
            )
        options: Mapping[str, Any] = {}
        if self.has_tiles:
            own, inherited, options = _without_options(own, inherited, tiles)
        values = checked_values(own, inherited, kind)
        if self.filters.own_titles and "filters" not in ATTRIBUTES[kind]:
            raise InvalidExport(f"no {kind} has one; only dashboard", field="filters")
        export_requests.check(make_export(kind, values, own), self.api_version)
        shape = self._with_content(Shape(kind, values, own, tiles or str(values["format"])), str(values[kind]), found)
        return self._with_tiles(shape, tiles, options) if self.has_tiles else shape

    def _with_content(self, shape: Shape, content_id: str, found: Found | None) -> Shape:
        """Add what is known of the content: its titles, and the expressions by the types of its filters."""
        dashboard = self.known.dashboards.get(content_id) if shape.kind == "dashboard" else None
        content = dashboard or (self.known.looks.get(content_id) if shape.kind == "look" else None)
        title, folder = ("", "") if found is None else (found.title, found.folder)
        if found is None and content is not None:
            title = content.title or ""
            folder = (content.folder.name if content.folder is not None else None) or ""
        self.filters.set_types(content_id, {} if dashboard is None else filter_types(dashboard))
        constants = self.filters.constants(content_id) if shape.kind == "dashboard" else {}
        return evolve(shape, content_id=content_id, content_title=title, folder_title=folder, filters=constants)

    def _with_tiles(self, shape: Shape, result_format: str, options: Mapping[str, Any]) -> Shape:
        """Add the dashboard's tiles, and check what their exports have in common."""
        if result_format not in DATA_FORMATS:
            raise InvalidExport(f"{result_format!r} is not one of {', '.join(DATA_FORMATS)}", field="tiles")
        shared = {key: shape.values[key] for key in ("fresh", "as_user") if key in shape.values}
        QueryExport("0", result_format, **shared, **options)
        dashboard = self.known.dashboards[shape.content_id]
        tiles, _ = tiles_of(dashboard)
        for tile in tiles[:1]:
            tile_filters(tile, dashboard, dict.fromkeys(self.filters.titles, ""))
        return evolve(shape, tiles=tiles, options={**shared, **options, "result_format": result_format})


def _without_options(
    own: Mapping[str, Any], inherited: Mapping[str, Any], tiles: str
) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    """Take out of a row of tiles what is for the tiles' queries; the dashboard itself is not rendered."""
    if own.get("format") is not None:
        raise InvalidExport(f"`tiles: {tiles}` says the format already", field="format")
    both = {**inherited, **{key: value for key, value in own.items() if value is not None}}
    options = {key: value for key, value in both.items() if key in QUERY_TASK_OPTIONS}
    keep = {"dashboard", "filters", "as_user", "fresh"}
    left = {key: value for key, value in own.items() if key not in keep and key not in QUERY_TASK_OPTIONS}
    for key, value in left.items():
        if value is not None:
            raise InvalidExport("tiles have none; only a dashboard that is rendered", field=key)
    return (
        {**{key: value for key, value in own.items() if key in keep}, "format": "pdf"},
        {key: value for key, value in inherited.items() if key in keep},
        options,
    )
