"""What a plan consists of: one file each. Values alone."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from attrs import frozen

from looker_tasks.exports import DashboardExport, Export
from looker_tasks.manifest.rows import Position
from looker_tasks.sansio.dashboards.tiles import Tile
from looker_tasks.sansio.protocol.operations import ApiVersion


@frozen
class Settings:
    """What holds for all rows of a plan."""

    api_version: ApiVersion
    variables: Mapping[str, str]
    now: datetime


@frozen
class PlannedTile:
    """A tile whose export is made when its turn has come: under filters its query has to be created first."""

    tile: Tile
    dashboard: DashboardExport
    options: Mapping[str, Any]


@frozen
class Planned:
    """One file of a plan. *number* is the export's among those of its row, None where the row makes only one."""

    position: Position
    number: int | None
    name: str  # of the file
    title: str  # what people call it, among the parts of a combined file
    kind: str
    content_id: str
    result_format: str
    as_user: str | None
    export: Export | None  # None: see tile
    tile: PlannedTile | None
    combined: str | None  # the name of the combined file that it becomes a part of

    @property
    def where(self) -> str:
        """Which export of which row it is."""
        return str(self.position) if self.number is None else f"{self.position}, export {self.number}"
