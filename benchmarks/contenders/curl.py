"""`curl --parallel`, which has nothing to do but to write what comes: the measure of a download.

It can neither create nor wait: the tasks are made for it, on its time.
"""

import subprocess
import time

from benchmarks.contend import peak_memory
from benchmarks.plain_http import logged_in
from benchmarks.receipts import Receipts
from benchmarks.workload import HEIGHT, WIDTH, Told, Workload

LOOK_AGAIN = 0.02  # seconds between two looks at the memory of curl


def export_all(workload: Workload, receipts: Receipts) -> Told:
    """Create the tasks, and let one curl download their results."""
    size = f"width={WIDTH}&height={HEIGHT}"
    with logged_in(workload.base_url, workload.client_id, workload.client_secret) as looker:
        tasks = [
            looker.call("POST", f"/api/4.0/render_tasks/dashboards/{dashboard}/pdf?{size}", "{}")
            for _, dashboard in workload.wanted()
        ]
        authorization = looker.headers["Authorization"]
    config = [f'header = "Authorization: {authorization}"']
    for number, task in enumerate(tasks):
        config += [
            f'url = "{workload.base_url}/api/4.0/render_tasks/{task["id"]}/results"',
            f'output = "{workload.folder}/{number}.pdf"',
        ]
    memory = _run_curl(int(workload.concurrency), "\n".join(config))
    for task in tasks:
        receipts.note(task["id"])
    return Told(failures=0, peak_memory=memory)


def _run_curl(parallel: int, config: str) -> int:
    """Run curl to its end; return the most memory that it had, in bytes."""
    command = ["curl", "--no-progress-meter", "--fail", "--parallel", "--parallel-immediate", "--config", "-"]
    memory = 0
    with subprocess.Popen([*command, "--parallel-max", str(parallel)], stdin=subprocess.PIPE, text=True) as curl:
        if curl.stdin is None:
            raise RuntimeError("a process with a pipe has none")
        curl.stdin.write(config)
        curl.stdin.close()
        while curl.poll() is None:
            memory = max(memory, peak_memory(curl.pid))
            time.sleep(LOOK_AGAIN)
    if curl.returncode:
        raise RuntimeError(f"curl ended with {curl.returncode}")
    return memory
