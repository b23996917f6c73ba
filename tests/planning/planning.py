"""Plans of manifests that tests write, and a Looker that answers from a few dicts."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypedDict, Unpack

import anyio
import pytest
from attrs import define, field

from looker_tasks import Artifact, ConfigurationError, Export, Exported, Failed, Outcome
from looker_tasks.errors import NotFound
from looker_tasks.models import Board, Dashboard, Folder, Look, Query
from looker_tasks.planning.plan import Plan, make_plan


class _More(TypedDict, total=False):
    """Further arguments of `make_plan`."""

    variables: Mapping[str, str]
    only: str
    looker: "KnownLooker"


NOW = datetime(2026, 11, 26, 12, 0, tzinfo=UTC)


@define
class KnownLooker:
    """A Looker with some content, that counts what it is asked; it is its own `api`."""

    dashboards: dict[str, Dashboard] = field(factory=dict)
    looks: dict[str, Look] = field(factory=dict)
    folders: dict[str, list[str]] = field(factory=dict)  # folder → those below it
    boards: dict[str, Board] = field(factory=dict)
    rows: dict[tuple[str, str], Any] = field(factory=dict)  # kind and id → its rows
    queries: list[Mapping[str, Any]] = field(factory=list)
    calls: list[str] = field(factory=list)

    @property
    def api(self) -> Any:  # noqa: ANN401  # the part of the operations that planning needs
        """The operations."""
        return self

    def _found(self, what: str, found: Any) -> Any:  # noqa: ANN401  # any model
        self.calls.append(what)
        if found is None:
            raise NotFound(operation=what, status=404)
        return found

    async def dashboard(self, dashboard_id: str, *, fields: str | None = None) -> Dashboard:
        """Return a dashboard."""
        found: Dashboard = self._found(f"dashboard {dashboard_id}", self.dashboards.get(dashboard_id))
        return found

    async def look(self, look_id: str, *, fields: str | None = None) -> Look:
        """Return a look."""
        found: Look = self._found(f"look {look_id}", self.looks.get(look_id))
        return found

    async def folder_dashboards(self, folder_id: str, *, fields: str | None = None) -> tuple[Dashboard, ...]:
        """Return the dashboards of a folder."""
        self._found(f"folder_dashboards {folder_id}", self.folders.get(folder_id))
        return tuple(each for each in self.dashboards.values() if each.folder and each.folder.id == folder_id)

    async def folder_looks(self, folder_id: str, *, fields: str | None = None) -> tuple[Look, ...]:
        """Return the looks of a folder."""
        self.calls.append(f"folder_looks {folder_id}")
        return tuple(each for each in self.looks.values() if each.folder and each.folder.id == folder_id)

    async def folder_children(self, folder_id: str, **_: object) -> tuple[Folder, ...]:
        """Return the folders below one."""
        return tuple(Folder(each) for each in self._found(f"folder_children {folder_id}", self.folders.get(folder_id)))

    async def search_dashboards(self, **parameters: Any) -> tuple[Dashboard, ...]:  # noqa: ANN401  # Looker's own
        """Return those whose title holds the text between the wildcards, page by page."""
        self.calls.append(f"search_dashboards {parameters['title']}")
        wanted = parameters["title"].strip("%").lower()
        found = [each for each in self.dashboards.values() if wanted in (each.title or "").lower()]
        return tuple(found[parameters["offset"] : parameters["offset"] + parameters["limit"]])

    async def search_looks(self, **parameters: Any) -> tuple[Look, ...]:  # noqa: ANN401  # Looker's own
        """Return those whose title holds the text between the wildcards."""
        wanted = parameters["title"].strip("%").lower()
        return tuple(each for each in self.looks.values() if wanted in (each.title or "").lower())

    async def board(self, board_id: str, *, fields: str | None = None) -> Board:
        """Return a board."""
        found: Board = self._found(f"board {board_id}", self.boards.get(board_id))
        return found

    async def create_query(self, body: Mapping[str, Any], *, fields: str | None = None) -> Query:
        """Create a query; the same again is the same one."""
        self.calls.append("create_query")
        if body not in self.queries:
            self.queries.append(body)
        return Query(f"q{self.queries.index(body)}")

    async def export(self, export: Export, to: str) -> Outcome:
        """Write the rows of a look or a query."""
        kind = type(export).__name__.removesuffix("Export").lower()
        found = self.rows.get((kind, getattr(export, f"{kind}_id")))
        assert export.limit == -1  # type: ignore[union-attr]  # a list that was cut would leave customers out
        await anyio.Path(to).write_text(json.dumps(self._found(f"read {kind}", found)))
        return Exported(export, Artifact(to, 0, "", "", "json", modified=0))


async def plan_of(folder: Path, manifest: str, **more: Unpack[_More]) -> Plan:
    """Return the plan of a manifest with that text."""
    path = folder / "m.yaml"
    path.write_text(manifest)
    return await make_plan(path, now=NOW, **more)


async def exports_of(folder: Path, manifest: str, **more: Unpack[_More]) -> list[Export]:
    """Return the exports of a manifest, after a look at what the plan says of their number and names."""
    plan = await plan_of(folder, manifest, **more)
    exports = [export async for export in plan.exports if not isinstance(export, Failed)]
    assert plan.count == len(exports) == sum(row.files for row in plan.summary.rows) == len(list(plan.files()))
    return exports


async def names_of(folder: Path, manifest: str, **more: Unpack[_More]) -> list[str | None]:
    """Return the names of a manifest's exports."""
    return [export.name for export in await exports_of(folder, manifest, **more)]


async def complaint_of(folder: Path, manifest: str, **more: Unpack[_More]) -> str:
    """Return what is wrong with a manifest, less its path."""
    with pytest.raises(ConfigurationError) as raised:
        await exports_of(folder, manifest, **more)
    return str(raised.value).replace(f"{folder / 'm.yaml'}: ", "").replace(f"{folder}/", "")
