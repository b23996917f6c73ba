"""Links from a task of Airflow's to what it is about, as XCom of the task itself."""

from typing import Any

from airflow.sdk import BaseOperatorLink
from airflow.sdk.execution_time.xcom import XCom

CONTENT_LINK = "looker_content_url"
REPORT_LINK = "looker_report"


class _XComLink(BaseOperatorLink):
    """A link that the task left under a key."""

    name = ""
    key = ""

    def get_link(self, operator: Any, *, ti_key: Any) -> str:  # noqa: ANN401, ARG002  # Airflow's own types
        """Return the link; "" where the task left none."""
        return str(XCom.get_value(key=self.key, ti_key=ti_key) or "")


class LookerContentLink(_XComLink):
    """To the dashboard or look in Looker."""

    name = "Looker"
    key = CONTENT_LINK


class LookerReportLink(_XComLink):
    """To the report of a batch."""

    name = "Report"
    key = REPORT_LINK
