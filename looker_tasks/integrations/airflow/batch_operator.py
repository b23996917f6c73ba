"""A manifest as one task: re-entrant by its journal, so that a retry of the task makes only what is missing."""

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

from airflow.sdk import BaseOperator, BaseOperatorLink, Context
from airflow.sdk.exceptions import AirflowException

from looker_tasks import Exported, Failed, Outcome
from looker_tasks.integrations.airflow.hook import LookerTasksHook
from looker_tasks.integrations.airflow.links import REPORT_LINK, LookerReportLink
from looker_tasks.planning.plan import make_plan

_MOST_REASONS = 5


class LookerBatchOperator(BaseOperator):
    """Exports every row of *manifest*, a path, to *to*, a folder or a bucket's URL, within one task of Airflow's.

    *variables* are what ``--var`` is on the command line. Its XCom has ``exported`` and ``failed`` (counts) and
    ``outcomes``, one of each export. With *fails_on_failure*, failed exports fail the task with their reasons, once
    all others are there; a retry of the task goes on by the journal.
    """

    template_fields: Sequence[str] = ("manifest", "to", "variables", "storage", "state")
    template_fields_renderers: ClassVar[dict[str, str]] = {"variables": "json"}
    operator_extra_links: Sequence[BaseOperatorLink] = (LookerReportLink(),)
    ui_color = "#e8eaf6"

    def __init__(
        self,
        *,
        manifest: str,
        to: str,
        variables: Mapping[str, str] | None = None,
        looker_conn_id: str = LookerTasksHook.default_conn_name,
        storage: Mapping[str, str] | None = None,
        state: str | None = None,
        concurrency: int | str = "auto",
        deadline: float | None = None,
        max_age: float | None = None,
        fails_on_failure: bool = True,
        **kwargs: Any,  # noqa: ANN401  # BaseOperator's own
    ) -> None:
        super().__init__(**kwargs)
        self.manifest = manifest
        self.to = to
        self.variables = variables
        self.looker_conn_id = looker_conn_id
        self.storage = storage
        self.state = state
        self.concurrency = concurrency
        self.deadline = deadline
        self.max_age = max_age
        self.fails_on_failure = fails_on_failure
        self._running: asyncio.Task[list[Outcome]] | None = None

    def execute(self, context: Context) -> dict[str, Any]:
        """Export all, and return the outcomes."""
        outcomes = asyncio.run(self._run())
        failed = [outcome for outcome in outcomes if isinstance(outcome, Failed)]
        if "://" not in self.to:
            context["ti"].xcom_push(key=REPORT_LINK, value=(Path(self.to).resolve() / "report.html").as_uri())
        if failed and self.fails_on_failure:
            reasons = "; ".join(f"{outcome.export.name}: {outcome.error}" for outcome in failed[:_MOST_REASONS])
            more = f" … and {len(failed) - _MOST_REASONS} more" if len(failed) > _MOST_REASONS else ""
            raise AirflowException(f"{len(failed)} of {len(outcomes)} exports failed: {reasons}{more}")
        return {
            "exported": len(outcomes) - len(failed),
            "failed": len(failed),
            "outcomes": [_fact(outcome) for outcome in outcomes],
        }

    def on_kill(self) -> None:
        """Cancel what runs: queries are killed on the server, and the journal has what the next try goes on with."""
        if self._running is not None:
            self._running.get_loop().call_soon_threadsafe(self._running.cancel)

    async def _run(self) -> list[Outcome]:
        self._running = asyncio.create_task(self._export_all())
        return await self._running

    async def _export_all(self) -> list[Outcome]:
        hook = LookerTasksHook(self.looker_conn_id)
        async with hook.client(concurrency=self.concurrency, deadline=self.deadline) as looker:
            plan = await make_plan(Path(self.manifest), variables=dict(self.variables or {}), looker=looker)
            for line in (*plan.warnings, *plan.left_out):
                self.log.warning(line)
            async with looker.export_all(
                plan.exports, self.to, storage=self.storage, state=self.state, max_age=self.max_age
            ) as outcomes:
                return [outcome async for outcome in outcomes]


def _fact(outcome: Outcome) -> dict[str, Any]:
    """Return an outcome as XCom can hold it."""
    fact: dict[str, Any] = {"name": outcome.export.name, "outcome": type(outcome).__name__.lower()}
    if isinstance(outcome, Exported):
        artifact = outcome.artifact
        return {**fact, "location": artifact.location, "size": artifact.size, "sha256": artifact.sha256}
    if isinstance(outcome, Failed):
        return {**fact, "error": str(outcome.error), "advice": outcome.error.advice}
    return fact
