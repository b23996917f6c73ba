"""Memory does not grow with the rows: what waits, waits in a file."""

import subprocess
import sys

import pytest

_PROGRAM = """
import re
import sys
from pathlib import Path

from looker_tasks.tables.encoder import TableEncoder
from tests.tables.results import Raw, cell, field, metadata, result

head = metadata([field("id", "number"), field("name", "string"), field("day", "date_date"), field("price", "sum")])
rows = [
    {"id": cell(n), "name": cell(f"name {n}"), "day": cell(f"2026-06-{1 + n % 30:02}"), "price": cell(Raw(f"{n}.25"))}
    for n in range(10_000)
]
data = result(head, rows)
start = data.index(b"[{", data.index(b'"rows":')) + 1
encoder, size = TableEncoder("parquet"), 0
encoder.feed(data[:start])
for block in range(int(sys.argv[1])):
    encoder.feed(data[start:-2] if block == 0 else b"," + data[start:-2])
encoder.feed(data[-2:])
for piece in encoder.finish():
    size += len(piece)
peak = int(re.search(r"VmHWM:\\s+(\\d+) kB", Path("/proc/self/status").read_text())[1]) * 1024
print(size, peak)
"""


@pytest.mark.long
def test_a_million_rows_take_little_memory() -> None:
    """A result of a million rows (150 MB) becomes a file in a process that never has 300 MB."""
    run = subprocess.run([sys.executable, "-c", _PROGRAM, "100"], check=True, capture_output=True, text=True)
    size, peak = map(int, run.stdout.split())
    assert size > 1_000_000
    assert peak < 300 * 10**6
