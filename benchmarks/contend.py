"""One contender's process: reads a Workload from stdin, has it exported, writes what was Measured to stdout.

python -m benchmarks.contend bare_loop < workload.json
"""

import gc
import importlib
import re
import resource
import sys
import time
from pathlib import Path

from benchmarks.receipts import receipts_at
from benchmarks.workload import Measured, Told, Workload, converter


def cpu_seconds() -> float:
    """Tell how much CPU this process and those that it waited for have used, in user and in kernel mode."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)


def peak_memory(process_id: int | str = "self") -> int:
    """Tell the most memory that a process has had, in bytes.

    Linux only: `ru_maxrss` would tell a child the memory of its parent (it survives the exec).
    """
    found = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{process_id}/status").read_text())
    return int(found[1]) * 1024 if found else 0


def main(contender: str) -> None:
    """Let the module *contender* export the workload, and measure it."""
    export_all = importlib.import_module(f"benchmarks.contenders.{contender}").export_all
    gc.freeze()  # as a program may, the command line among them: the search for garbage leaves out what was imported
    workload = converter.loads(sys.stdin.read(), Workload)
    with receipts_at(workload.receipts) as receipts:
        started, began, cpu_before = time.time(), time.perf_counter(), cpu_seconds()
        told: Told = export_all(workload, receipts)
        measured = Measured(
            told=told,
            started=started,
            seconds=time.perf_counter() - began,
            cpu_seconds=cpu_seconds() - cpu_before,
            peak_memory=peak_memory() if told.peak_memory is None else told.peak_memory,
        )
    sys.stdout.write(converter.dumps(measured))


if __name__ == "__main__":
    main(sys.argv[1])
