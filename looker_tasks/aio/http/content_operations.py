"""Looker's operations on its content: queries, looks, dashboards, folders, boards, schedules."""

from collections.abc import Mapping
from typing import Any

from looker_tasks.aio.http.paced_session import PacedSession
from looker_tasks.aio.http.session import Session
from looker_tasks.models import Board, Dashboard, Folder, Look, Query, ScheduledPlan
from looker_tasks.sansio.protocol.requests import request


class ContentOperations:
    """The operations on content over one session; `LookerApi` adds logins and tasks."""

    def __init__(self, session: Session | PacedSession) -> None:
        self._session = session
        self.version = session.version

    async def _operation(
        self,
        name: str,
        *,
        path: Mapping[str, str] | None = None,
        query: Mapping[str, object] | None = None,
        json: Mapping[str, Any] | None = None,
    ) -> Any:  # noqa: ANN401  # as the operation's row in the table says
        return await self._session.call(request(name, self.version, path=path, query=query, json=json))

    async def create_query(self, body: Mapping[str, Any], *, fields: str | None = None) -> Query:
        """Create a query (``model``, ``view``, ``fields``, ``filters``, ``sorts``, ``limit`` …) and return it."""
        query: Query = await self._operation("create_query", query={"fields": fields}, json=body)
        return query

    async def query(self, query_id: str, *, fields: str | None = None) -> Query:
        """Return a query."""
        query: Query = await self._operation("query", path={"query_id": query_id}, query={"fields": fields})
        return query

    async def look(self, look_id: str, *, fields: str | None = None) -> Look:
        """Return a look."""
        look: Look = await self._operation("look", path={"look_id": look_id}, query={"fields": fields})
        return look

    async def dashboard(self, dashboard_id: str, *, fields: str | None = None) -> Dashboard:
        """Return a dashboard."""
        dashboard: Dashboard = await self._operation(
            "dashboard", path={"dashboard_id": dashboard_id}, query={"fields": fields}
        )
        return dashboard

    async def search_dashboards(
        self,
        *,
        id: str | None = None,  # noqa: A002  # Looker's own name
        slug: str | None = None,
        title: str | None = None,
        description: str | None = None,
        folder_id: str | None = None,
        user_id: str | None = None,
        deleted: str | None = None,
        curate: bool | None = None,
        last_viewed_at: str | None = None,
        filter_or: bool | None = None,
        fields: str | None = None,
        limit: int | None = None,
        offset: int | None = None,
        sorts: str | None = None,
    ) -> tuple[Dashboard, ...]:
        """Return the dashboards that match: ``%`` in a text stands for any letters."""
        found: tuple[Dashboard, ...] = await self._operation(
            "search_dashboards",
            query={
                "id": id,
                "slug": slug,
                "title": title,
                "description": description,
                "folder_id": folder_id,
                "user_id": user_id,
                "deleted": deleted,
                "curate": curate,
                "last_viewed_at": last_viewed_at,
                "filter_or": filter_or,
                "fields": fields,
                "limit": limit,
                "offset": offset,
                "sorts": sorts,
            },
        )
        return found

    async def search_looks(
        self,
        *,
        id: str | None = None,  # noqa: A002  # Looker's own name
        title: str | None = None,
        description: str | None = None,
        folder_id: str | None = None,
        user_id: str | None = None,
        deleted: bool | None = None,
        query_id: str | None = None,
        curate: bool | None = None,
        last_viewed_at: str | None = None,
        filter_or: bool | None = None,
        fields: str | None = None,
        limit: int | None = None,
        offset: int | None = None,
        sorts: str | None = None,
    ) -> tuple[Look, ...]:
        """Return the looks that match: ``%`` in a text stands for any letters."""
        found: tuple[Look, ...] = await self._operation(
            "search_looks",
            query={
                "id": id,
                "title": title,
                "description": description,
                "folder_id": folder_id,
                "user_id": user_id,
                "deleted": deleted,
                "query_id": query_id,
                "curate": curate,
                "last_viewed_at": last_viewed_at,
                "filter_or": filter_or,
                "fields": fields,
                "limit": limit,
                "offset": offset,
                "sorts": sorts,
            },
        )
        return found

    async def all_folders(self, *, fields: str | None = None) -> tuple[Folder, ...]:
        """Return all folders that the API user may see, personal ones too."""
        found: tuple[Folder, ...] = await self._operation("all_folders", query={"fields": fields})
        return found

    async def folder(self, folder_id: str, *, fields: str | None = None) -> Folder:
        """Return a folder."""
        folder: Folder = await self._operation("folder", path={"folder_id": folder_id}, query={"fields": fields})
        return folder

    async def folder_children(
        self,
        folder_id: str,
        *,
        fields: str | None = None,
        limit: int | None = None,
        offset: int | None = None,
        sorts: str | None = None,
    ) -> tuple[Folder, ...]:
        """Return the folders right below a folder."""
        found: tuple[Folder, ...] = await self._operation(
            "folder_children",
            path={"folder_id": folder_id},
            query={"fields": fields, "limit": limit, "offset": offset, "sorts": sorts},
        )
        return found

    async def folder_dashboards(self, folder_id: str, *, fields: str | None = None) -> tuple[Dashboard, ...]:
        """Return the dashboards of a folder."""
        found: tuple[Dashboard, ...] = await self._operation(
            "folder_dashboards", path={"folder_id": folder_id}, query={"fields": fields}
        )
        return found

    async def folder_looks(self, folder_id: str, *, fields: str | None = None) -> tuple[Look, ...]:
        """Return the looks of a folder."""
        found: tuple[Look, ...] = await self._operation(
            "folder_looks", path={"folder_id": folder_id}, query={"fields": fields}
        )
        return found

    async def all_boards(self, *, fields: str | None = None) -> tuple[Board, ...]:
        """Return all boards that the API user may see, with their sections and items."""
        found: tuple[Board, ...] = await self._operation("all_boards", query={"fields": fields})
        return found

    async def board(self, board_id: str, *, fields: str | None = None) -> Board:
        """Return a board with its sections and their items."""
        board: Board = await self._operation("board", path={"board_id": board_id}, query={"fields": fields})
        return board

    async def all_scheduled_plans(
        self, *, user_id: str | None = None, all_users: bool | None = None, fields: str | None = None
    ) -> tuple[ScheduledPlan, ...]:
        """Return the schedules of the API user, of *user_id*, or, for an admin, of *all_users*."""
        found: tuple[ScheduledPlan, ...] = await self._operation(
            "all_scheduled_plans", query={"user_id": user_id, "all_users": all_users, "fields": fields}
        )
        return found
