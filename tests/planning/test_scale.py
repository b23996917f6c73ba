"""A hundred thousand exports of fifty thousand customers: planned in little time and memory."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

_PROGRAM = """
import asyncio, json, sys, time
from pathlib import Path
from looker_tasks.planning.plan import make_plan

async def main():
    plan = await make_plan(Path(sys.argv[1]))
    async for export in plan.exports:
        break
    used = time.process_time()
    count = sum([1 async for _ in plan.exports])
    # Of this program alone: the ru_maxrss of a child begins with what its parent had.
    (peak,) = [line.split()[1] for line in Path("/proc/self/status").read_text().splitlines() if "VmHWM" in line]
    print(json.dumps([plan.count, count, used, int(peak)]))

asyncio.run(main())
"""


@pytest.mark.long
def test_a_hundred_thousand_exports_are_planned_at_once(tmp_path: Path) -> None:
    """Imports, reading, every check, and the first export: seconds of one core, and less than 120 MB in all."""
    with (tmp_path / "customers.csv").open("w") as file:
        file.write("id,name\n")
        file.writelines(f'{number},"Customer {number}, Inc."\n' for number in range(50_000))
    (tmp_path / "m.yaml").write_text("""
    exports:
      - dashboard: 42
        for_each: {customer: {csv: customers.csv, column: name}, format: [pdf, png]}
        filters: {Customer: "{customer}"}
        name: "{customer}/report.{format}"
    """)
    ended = subprocess.run(
        [sys.executable, "-c", _PROGRAM, str(tmp_path / "m.yaml")], capture_output=True, text=True, check=True
    )
    planned, made, seconds, kilobytes = json.loads(ended.stdout)
    assert planned == made == 100_000
    assert seconds < 8  # a third of it on a core of its own; the bound is for a shared one
    assert kilobytes < 120_000
