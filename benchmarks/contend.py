"""One contender's process: reads a Workload from stdin, has it exported, writes what was Measured to stdout.

python -m benchmarks.contend bare_loop < workload.json
"""

import importlib
import resource
import sys
import time

from benchmarks.workload import Measured, Told, Workload, converter


def cpu_seconds() -> float:
    """Tell how much CPU this process has used, in user and in kernel mode."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def main(contender: str) -> None:
    """Let the module *contender* export the workload, and measure it."""
    export_all = importlib.import_module(f"benchmarks.contenders.{contender}").export_all
    workload = converter.loads(sys.stdin.read(), Workload)
    began, cpu_before = time.perf_counter(), cpu_seconds()
    told: Told = export_all(workload)
    measured = Measured(
        told=told,
        seconds=time.perf_counter() - began,
        cpu_seconds=cpu_seconds() - cpu_before,
        peak_memory=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
    )
    sys.stdout.write(converter.dumps(measured))


if __name__ == "__main__":
    main(sys.argv[1])
