"""The official looker_sdk as its examples use it, in as many threads as tasks may be in flight."""

import logging
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import looker_sdk
from looker_sdk.rtl.api_settings import ApiSettings, SettingsConfig
from looker_sdk.sdk.api40.methods import Looker40SDK
from looker_sdk.sdk.api40.models import CreateDashboardRenderTask

from benchmarks.receipts import Receipts
from benchmarks.workload import HEIGHT, WIDTH, Told, Workload


def export_all(workload: Workload, receipts: Receipts) -> Told:
    """Export the workload in a pool of threads that share one SDK object."""
    logging.getLogger("urllib3").setLevel(logging.ERROR)  # it warns of each connection over its pool of ten
    sdk = looker_sdk.init40(config_settings=_GivenSettings(workload))

    def export(number: int, dashboard: str) -> None:
        receipts.note(_export(sdk, dashboard, Path(workload.folder, f"{number}.pdf"), workload.poll_seconds))

    with ThreadPoolExecutor(int(workload.concurrency)) as threads:
        futures = [threads.submit(export, *wanted) for wanted in workload.wanted()]
    return Told(failures=sum(future.exception() is not None for future in futures))


def _export(sdk: Looker40SDK, dashboard: str, path: Path, poll_seconds: float) -> str:
    task = sdk.create_dashboard_render_task(dashboard, "pdf", CreateDashboardRenderTask(), WIDTH, HEIGHT)
    task_id = task.id or ""
    while task.status != "success":
        if task.status == "failure":
            raise RuntimeError(task.status_detail)
        time.sleep(poll_seconds)
        task = sdk.render_task(task_id)
    path.write_bytes(sdk.render_task_results(task_id))
    return task_id


class _GivenSettings(ApiSettings):
    """Settings from the workload, whatever looker.ini and the environment say."""

    def __init__(self, workload: Workload) -> None:
        self._workload = workload
        super().__init__()

    def read_config(self) -> SettingsConfig:
        """Give the workload's settings in the SDK's own form."""
        return {
            "base_url": self._workload.base_url,
            "client_id": self._workload.client_id,
            "client_secret": self._workload.client_secret,
        }
