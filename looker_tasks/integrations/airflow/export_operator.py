"""One export as a task: created in a worker, waited for in the triggerer, downloaded in a worker."""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any, ClassVar

from airflow.sdk import BaseOperator, BaseOperatorLink, Context
from airflow.sdk.exceptions import AirflowException

from looker_tasks import (
    DashboardExport,
    ElementExport,
    Export,
    Exported,
    Failed,
    InvalidExport,
    LookerTasksError,
    LookExport,
    Outcome,
    QueryExport,
)
from looker_tasks.integrations.airflow.hook import LookerTasksHook
from looker_tasks.integrations.airflow.links import CONTENT_LINK, LookerContentLink
from looker_tasks.integrations.airflow.trigger import LookerTaskTrigger
from looker_tasks.outcomes import Started

_CONTENT = {"dashboard": DashboardExport, "look": LookExport, "query": QueryExport, "element": ElementExport}


class LookerExportOperator(BaseOperator):
    """Exports one of *dashboard*, *look*, *query* or *element* to *to*, a path or an object's URL.

    *filters* maps filter titles to filter expressions; *options* are the other fields of the export, under their
    names (``{"paper_size": "a4"}``). *deadline* bounds the whole, in seconds. Map it with ``.expand`` or
    ``.expand_kwargs`` for many. The file's location, size, digest and type are the task's XCom. A failed export fails
    the task with its reason and advice; the task's own retries create it again.
    """

    template_fields: Sequence[str] = (
        "dashboard",
        "look",
        "query",
        "element",
        "result_format",
        "filters",
        "to",
        "options",
        "storage",
        "as_user",
    )
    template_fields_renderers: ClassVar[dict[str, str]] = {"filters": "json", "options": "json"}
    operator_extra_links: Sequence[BaseOperatorLink] = (LookerContentLink(),)
    ui_color = "#e8eaf6"

    def __init__(
        self,
        *,
        to: str,
        dashboard: str | None = None,
        look: str | None = None,
        query: str | None = None,
        element: str | None = None,
        result_format: str = "pdf",
        filters: Mapping[str, Any] | None = None,
        options: Mapping[str, Any] | None = None,
        as_user: str | None = None,
        looker_conn_id: str = LookerTasksHook.default_conn_name,
        storage: Mapping[str, str] | None = None,
        deadline: float = 3600.0,
        deferrable: bool = True,
        **kwargs: Any,  # noqa: ANN401  # BaseOperator's own
    ) -> None:
        super().__init__(**kwargs)
        self.to = to
        self.dashboard = dashboard
        self.look = look
        self.query = query
        self.element = element
        self.result_format = result_format
        self.filters = filters
        self.options = options
        self.as_user = as_user
        self.looker_conn_id = looker_conn_id
        self.storage = storage
        self.deadline = deadline
        self.deferrable = deferrable
        self._token: str | None = None  # of the task that a worker holds now

    def export_requested(self) -> Export:
        """Return the export that the arguments ask for. Raises `InvalidExport`, naming the argument."""
        requested = {name: value for name in _CONTENT if (value := getattr(self, name)) is not None}
        if len(requested) != 1:
            raise InvalidExport("expected exactly one of dashboard, look, query and element", field="dashboard")
        ((content, content_id),) = requested.items()
        fields = dict(self.options or {})
        if self.as_user is not None:
            fields["as_user"] = self.as_user
        if self.filters:
            if content != "dashboard":
                raise InvalidExport(f"only a dashboard takes filters, this is a {content}", field="filters")
            fields["filters"] = dict(self.filters)
        try:
            return _CONTENT[content](str(content_id), self.result_format, **fields)  # type: ignore[no-any-return]  # each class has its own fields
        except TypeError as error:  # an option that the class does not have
            raise InvalidExport(str(error), field="options") from error

    def execute(self, context: Context) -> dict[str, Any] | None:
        """Create the task and defer; without *deferrable*, wait for it here and return the file's facts."""
        export = self.export_requested()
        if not self.deferrable:
            return self._result(asyncio.run(self._export(export)))
        started = asyncio.run(self._start(export))
        self._push_link(context, started)
        self.defer(
            trigger=LookerTaskTrigger(started.token, self.looker_conn_id),
            method_name="execute_complete",
            timeout=self.deadline,
        )
        return None  # not reached: `defer` raises, and Airflow goes on in `execute_complete`

    def execute_complete(self, context: Context, event: Mapping[str, Any]) -> dict[str, Any]:  # noqa: ARG002  # as Airflow calls it
        """Download what the trigger has waited for, and return the file's facts."""
        if "error" in event:
            raise AirflowException(event["error"])
        return self._result(asyncio.run(self._finish(event["token"])))

    def on_kill(self) -> None:
        """Stop the query on the server where a worker holds it; the trigger does so while it waits."""
        if self._token is not None:
            with suppress(LookerTasksError):
                asyncio.run(self._kill(self._token))

    def get_openlineage_facets_on_complete(self, task_instance: Any) -> Any:  # noqa: ANN401, ARG002  # OpenLineage's own types
        """Return what was read and what was written, by OpenLineage's naming, where its provider is installed."""
        try:
            from airflow.providers.common.compat.openlineage.facet import Dataset  # noqa: PLC0415  # may be missing
            from airflow.providers.openlineage.extractors import OperatorLineage  # noqa: PLC0415  # the same
        except ImportError:
            return None
        scheme, _, rest = self.to.rpartition("://")
        bucket, _, name = rest.partition("/") if scheme else ("", "", rest)
        content, content_id = next((each, getattr(self, each)) for each in _CONTENT if getattr(self, each) is not None)
        return OperatorLineage(
            inputs=[Dataset(namespace=f"looker://{self.looker_conn_id}", name=f"{content}/{content_id}")],
            outputs=[Dataset(namespace=f"{scheme}://{bucket}" if scheme else "file", name=name)],
        )

    async def _start(self, export: Export) -> Started:
        async with LookerTasksHook(self.looker_conn_id).client(deadline=self.deadline) as looker:
            return await looker.start(export)

    async def _finish(self, token: str) -> Outcome:
        self._token = token
        async with LookerTasksHook(self.looker_conn_id).client(deadline=self.deadline) as looker:
            outcome = await looker.finish(token, self.to, storage=self.storage)
        self._token = None
        return outcome

    async def _export(self, export: Export) -> Outcome:
        async with LookerTasksHook(self.looker_conn_id).client(deadline=self.deadline) as looker:
            return await looker.export(export, self.to, storage=self.storage)

    async def _kill(self, token: str) -> None:
        async with LookerTasksHook(self.looker_conn_id).client() as looker:
            await looker.kill(token)

    def _result(self, outcome: Outcome) -> dict[str, Any]:
        """Return the facts of the file, or raise what went wrong."""
        if isinstance(outcome, Exported):
            artifact = outcome.artifact
            return {
                "location": artifact.location,
                "size": artifact.size,
                "sha256": artifact.sha256,
                "content_type": artifact.content_type,
            }
        raise _error(outcome)

    def _push_link(self, context: Context, started: Started) -> None:
        connection = LookerTasksHook(self.looker_conn_id).get_connection(self.looker_conn_id)
        page = {DashboardExport: "dashboards", LookExport: "looks"}.get(type(started.export))
        if page is None or not connection.host:
            return
        host = str(connection.host).rstrip("/")
        base = host if "://" in host else f"https://{host}"
        content_id = self.dashboard or self.look
        context["ti"].xcom_push(key=CONTENT_LINK, value=f"{base}/{page}/{content_id}")


def _error(outcome: Outcome) -> AirflowException:
    """Return what fails the task."""
    if isinstance(outcome, Failed):
        advice = f" {outcome.error.advice}" if outcome.error.advice else ""
        return AirflowException(f"{outcome.error}.{advice}")
    return AirflowException("the export was cancelled")
