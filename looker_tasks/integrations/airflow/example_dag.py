"""An example: forty dashboards of a Looker, found by the DAG itself, each an export of its own.

Set up a connection ``looker_default`` of the type ``looker``, and the variable ``LOOKER_EXPORT_OUT`` of the
environment: a folder, or the URL of one in a bucket (``s3://bucket/folder``).
"""

import asyncio
import os
from datetime import datetime
from typing import Any

from airflow.sdk import dag, task

from looker_tasks.integrations.airflow import LookerExportOperator, LookerTasksHook

_EXPORTS = 40


@dag(
    dag_id="looker_export_example",
    schedule=None,
    start_date=datetime(2026, 1, 1),  # noqa: DTZ001  # Airflow takes it for UTC
    catchup=False,
    tags=["looker"],
)
def looker_export_example() -> None:
    """Find dashboards, and export each of them as a mapped task."""

    @task
    def find_dashboards() -> list[dict[str, Any]]:
        """Return the arguments of each export."""

        async def search() -> list[str]:
            async with LookerTasksHook().client() as looker:
                return [dashboard.id for dashboard in await looker.api.search_dashboards()]

        found = asyncio.run(search())
        out = os.environ["LOOKER_EXPORT_OUT"].rstrip("/")
        chosen = [found[number % len(found)] for number in range(_EXPORTS)]
        return [
            {"dashboard": dashboard, "to": f"{out}/{number:02}-dashboard-{dashboard.replace('::', '-')}.pdf"}
            for number, dashboard in enumerate(chosen, start=1)
        ]

    LookerExportOperator.partial(
        task_id="export", result_format="pdf", options={"paper_size": "a4"}, map_index_template="{{ task.to }}"
    ).expand_kwargs(find_dashboards())


looker_export_example()
