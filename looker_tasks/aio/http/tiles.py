"""The exports of a dashboard's tiles: their queries under its filters, created where Looker has none yet."""

from collections.abc import Mapping
from typing import Any, Protocol

from attrs import frozen

from looker_tasks.exports import DashboardExport, FilterValue, QueryExport
from looker_tasks.formats import FORMATS
from looker_tasks.models import Dashboard, Query
from looker_tasks.sansio.dashboards.tiles import LeftOut, Tile, tile_filters, tile_name, tile_query, tiles_of
from looker_tasks.sansio.naming import safe_part

#: What is asked for of a dashboard to know its tiles.
TILE_FIELDS = "id,title,folder,dashboard_filters,dashboard_elements"


class TileApi(Protocol):
    """What tiles need of Looker's operations."""

    async def dashboard(self, dashboard_id: str, *, fields: str | None = None) -> Dashboard:
        """Return a dashboard."""

    async def create_query(self, body: Mapping[str, Any], *, fields: str | None = None) -> Query:
        """Create a query; the same content again is the same query."""


@frozen
class TileExports:
    """The exports of a dashboard's tiles, in its order, and the elements that have no rows to export."""

    exports: tuple[QueryExport, ...]
    left_out: tuple[LeftOut, ...]


async def tile_exports(
    api: TileApi, export: DashboardExport, result_format: str, options: Mapping[str, Any]
) -> TileExports:
    """Return an export in *result_format* for each tile of *export*'s dashboard that has rows, under its filters.

    Files are named by the tiles, in a folder with *export*'s name, or else the dashboard's title. *options* are those
    of a `QueryExport` (limit, apply_formatting …). Raises `InvalidExport` for a filter that the dashboard has not.
    """
    dashboard = await api.dashboard(export.dashboard_id, fields=TILE_FIELDS)
    tiles, left_out = tiles_of(dashboard)
    folder = export.name or safe_part(dashboard.title or f"dashboard {dashboard.id}")
    exports = []
    for tile in tiles:
        query_id = await tile_query_id(api, tile, dashboard, export.filters)
        name = tile_name(folder, tile, FORMATS[result_format].extension)
        shared = {"name": name, "fresh": export.fresh, "as_user": export.as_user}
        exports.append(QueryExport(query_id, result_format, **{**shared, **options}))
    return TileExports(tuple(exports), left_out)


async def tile_query_id(api: TileApi, tile: Tile, dashboard: Dashboard, filters: Mapping[str, FilterValue]) -> str:
    """Return the id of *tile*'s query under *filters* of the dashboard, by title; a new one is created."""
    body = tile_query(tile, tile_filters(tile, dashboard, filters))
    return tile.query_id if body is None else (await api.create_query(body, fields="id")).id
