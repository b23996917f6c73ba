"""LookerApi: one coroutine for each of Looker's operations, named and parametrised as Looker does.

They raise what `looker_tasks.errors` tells, and retry nothing but the one call whose token had ended.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from looker_tasks.aio.http.content_operations import ContentOperations
from looker_tasks.aio.http.result import PendingResult
from looker_tasks.exports import FilterValue
from looker_tasks.models import QueryTask, RenderTask
from looker_tasks.sansio.protocol.operations import AccessToken
from looker_tasks.sansio.protocol.requests import dashboard_filters, id_in, request


class LookerApi(ContentOperations):
    """Looker's operations over one session."""

    # -------------------------------------------------------------------------------------- who we are

    async def login(self) -> None:
        """Log in now, where no token is held; every other operation would do it by itself."""
        await self._session.auth.token()

    async def login_user(self, user_id: str) -> AccessToken:
        """Return a new token that acts as *user_id* (API user with the admin role; `login_user`)."""
        token: AccessToken = await self._operation("login_user", path={"user_id": user_id})
        return token

    async def logout(self) -> None:
        """Give the token back; the next operation logs in anew. Never raises."""
        await self._session.auth.log_out()

    # -------------------------------------------------------------------------------------- render tasks

    async def create_dashboard_render_task(
        self,
        dashboard_id: str,
        result_format: str,
        *,
        width: int,
        height: int,
        dashboard_filters: Mapping[str, FilterValue] | None = None,
        dashboard_style: str | None = None,
        tab_ids: Sequence[str] | None = None,
        pdf_paper_size: str | None = None,
        pdf_landscape: bool | None = None,
        long_tables: bool | None = None,
        theme: str | None = None,
        fields: str | None = None,
    ) -> RenderTask:
        """Create a task that renders a dashboard as pdf, png or jpg; *width* and *height* are pixels.

        *dashboard_filters* maps filter titles to values, and is encoded here. API 4.0 takes LookML ids
        (``model::name``), *tab_ids*, *long_tables* and *theme*; API 3.1 takes none of them.
        """
        return await self._render(
            "create_dashboard_render_task",
            {"dashboard_id": dashboard_id, "result_format": result_format},
            {
                "width": width,
                "height": height,
                "pdf_paper_size": pdf_paper_size,
                "pdf_landscape": pdf_landscape,
                "long_tables": long_tables,
                "theme": theme,
                "fields": fields,
            },
            _dashboard_body(dashboard_filters, dashboard_style, tab_ids),
        )

    async def create_lookml_dashboard_render_task(
        self,
        dashboard_id: str,
        result_format: str,
        *,
        width: int,
        height: int,
        dashboard_filters: Mapping[str, FilterValue] | None = None,
        dashboard_style: str | None = None,
        pdf_paper_size: str | None = None,
        pdf_landscape: bool | None = None,
        fields: str | None = None,
    ) -> RenderTask:
        """Create a task that renders a LookML dashboard (API 3.1 alone)."""
        return await self._render(
            "create_lookml_dashboard_render_task",
            {"dashboard_id": dashboard_id, "result_format": result_format},
            {
                "width": width,
                "height": height,
                "pdf_paper_size": pdf_paper_size,
                "pdf_landscape": pdf_landscape,
                "fields": fields,
            },
            _dashboard_body(dashboard_filters, dashboard_style, None),
        )

    async def create_look_render_task(
        self, look_id: str, result_format: str, *, width: int, height: int, fields: str | None = None
    ) -> RenderTask:
        """Create a task that renders a look as png or jpg."""
        return await self._render(
            "create_look_render_task",
            {"look_id": look_id, "result_format": result_format},
            {"width": width, "height": height, "fields": fields},
        )

    async def create_query_render_task(
        self, query_id: str, result_format: str, *, width: int, height: int, fields: str | None = None
    ) -> RenderTask:
        """Create a task that renders a query as png or jpg."""
        return await self._render(
            "create_query_render_task",
            {"query_id": query_id, "result_format": result_format},
            {"width": width, "height": height, "fields": fields},
        )

    async def create_dashboard_element_render_task(
        self, dashboard_element_id: str, result_format: str, *, width: int, height: int, fields: str | None = None
    ) -> RenderTask:
        """Create a task that renders a dashboard element as png or jpg (API 4.0 alone)."""
        return await self._render(
            "create_dashboard_element_render_task",
            {"dashboard_element_id": dashboard_element_id, "result_format": result_format},
            {"width": width, "height": height, "fields": fields},
        )

    async def _render(
        self,
        name: str,
        path: Mapping[str, str],
        query: Mapping[str, object],
        json: Mapping[str, Any] | None = None,
    ) -> RenderTask:
        task: RenderTask = await self._operation(name, path=path, query=query, json=json)
        return task

    async def render_task(self, render_task_id: str, *, fields: str | None = None) -> RenderTask:
        """Return what Looker tells of a render task."""
        task: RenderTask = await self._operation(
            "render_task", path={"render_task_id": render_task_id}, query={"fields": fields}
        )
        return task

    def render_task_results(self, render_task_id: str) -> PendingResult:
        """Stream the document of a render task: ``async with`` it, or await it and `read`.

        Raises `NotReady` while the task runs.
        """
        return self._results("render_task_results", {"render_task_id": render_task_id})

    # -------------------------------------------------------------------------------------- query tasks

    async def create_query_task(
        self,
        query_id: str,
        result_format: str,
        *,
        source: str | None = None,
        deferred: bool | None = None,
        look_id: str | None = None,
        dashboard_id: str | None = None,
        limit: int | None = None,
        apply_formatting: bool | None = None,
        apply_vis: bool | None = None,
        cache: bool | None = None,
        generate_drill_links: bool | None = None,
        force_production: bool | None = None,
        cache_only: bool | None = None,
        path_prefix: str | None = None,
        rebuild_pdts: bool | None = None,
        server_table_calcs: bool | None = None,
        image_width: int | None = None,
        image_height: int | None = None,
        fields: str | None = None,
    ) -> QueryTask:
        """Create a task that runs a query; *limit* is rows (-1: all). *image_width*, *image_height*: API 3.1 alone."""
        body: dict[str, Any] = {
            "query_id": id_in("query_id", query_id, self.version),
            "result_format": result_format,
            "source": source,
            "deferred": deferred,
            "look_id": None if look_id is None else id_in("look_id", look_id, self.version),
            "dashboard_id": dashboard_id,
        }
        task: QueryTask = await self._operation(
            "create_query_task",
            query={
                "limit": limit,
                "apply_formatting": apply_formatting,
                "apply_vis": apply_vis,
                "cache": cache,
                "generate_drill_links": generate_drill_links,
                "force_production": force_production,
                "cache_only": cache_only,
                "path_prefix": path_prefix,
                "rebuild_pdts": rebuild_pdts,
                "server_table_calcs": server_table_calcs,
                "image_width": image_width,
                "image_height": image_height,
                "fields": fields,
            },
            json=_without_none(body),
        )
        return task

    async def query_task(self, query_task_id: str, *, fields: str | None = None) -> QueryTask:
        """Return what Looker tells of a query task."""
        task: QueryTask = await self._operation(
            "query_task", path={"query_task_id": query_task_id}, query={"fields": fields}
        )
        return task

    def query_task_results(self, query_task_id: str) -> PendingResult:
        """Stream the rows of a query task: ``async with`` it, or await it and `read`.

        Raises `NotReady` while the task runs.
        """
        return self._results("query_task_results", {"query_task_id": query_task_id})

    def _results(self, name: str, path: Mapping[str, str]) -> PendingResult:
        return PendingResult(self._session.stream(request(name, self.version, path=path)))

    async def query_task_multi_results(self, query_task_ids: Sequence[str]) -> Mapping[str, Any]:
        """Return the status and, where there is one, the whole result of several query tasks, by task id."""
        results: Mapping[str, Any] = await self._operation(
            "query_task_multi_results", query={"query_task_ids": ",".join(query_task_ids)}
        )
        return results

    async def kill_query(self, query_task_id: str) -> None:
        """Stop a query task. Raises `NotFound` where it has finished already."""
        await self._operation("kill_query", path={"query_task_id": query_task_id})


def _dashboard_body(
    filters: Mapping[str, FilterValue] | None, style: str | None, tabs: Sequence[str] | None
) -> dict[str, Any]:
    return _without_none(
        {
            "dashboard_filters": dashboard_filters(filters or {}),
            "dashboard_style": style,
            "tab_ids": list(tabs) if tabs else None,
        }
    )


def _without_none(body: Mapping[str, Any]) -> dict[str, Any]:
    """Return *body* without what is None."""
    return {name: value for name, value in body.items() if value is not None}
