"""A million rows to Parquet: ours from json_bi, beside pandas that reads the same, or the CSV of the same query.

python -m benchmarks.tables [ROWS]

Each contender has a process of its own and reads the result from a file, so that neither a server nor a network is in
the figures. json_bi has four times the bytes of the CSV: it is what carries the types, which pandas leaves to chance.
pandas is not installed with the other tools (`pip install pandas`).
"""

import asyncio
import importlib
import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from attrs import frozen

from benchmarks.contend import cpu_seconds, peak_memory
from benchmarks.results import write_results
from looker_tasks.emulator.content import Query
from looker_tasks.emulator.formats.encode import encode
from looker_tasks.emulator.warehouse.warehouse import Warehouse

ROWS = 1_000_000
FIELDS = ("id", "code", "posted_date", "settled_time", "account", "amount", "rate", "units", "weight", "is_cleared")
CHUNK = 1 << 18  # bytes, as the client's downloads have them
BEAT = 0.005  # seconds between two looks at how late the event loop is


@frozen
class TableScore:
    """What one contender needed for its file."""

    contender: str
    read_mb: float
    seconds: float
    cpu_seconds: float
    peak_mb: float
    written_mb: float
    longest_stall_ms: float | None  # of the event loop beside it; None: it has none


def write_inputs(folder: Path, rows: int) -> None:
    """Write the results of one query as the emulator gives them."""
    fields = tuple(f"ledger.{name}" for name in FIELDS)
    query = Query(id="1", model="thelook", view="ledger", fields=fields, sorts=("ledger.id",), limit=rows)
    warehouse = Warehouse(ledger_rows=rows)
    for result_format in ("json_bi", "csv"):
        body, _ = encode(warehouse.stream(query), result_format, query=query, task_id="1")
        with (folder / result_format).open("wb") as file:
            for chunk in body.chunks(CHUNK):
                file.write(chunk)


def encode_ours(folder: Path) -> float:
    """Encode in a thread, as a client does, and return the longest stall of the event loop beside it in seconds."""
    encoder = importlib.import_module("looker_tasks.tables.encoder").TableEncoder("parquet")

    def work() -> None:
        with (folder / "json_bi").open("rb") as source, (folder / "ours.parquet").open("wb") as target:
            for chunk in iter(partial(source.read, CHUNK), b""):
                target.write(encoder.feed(chunk))
            for piece in encoder.finish():
                target.write(piece)

    async def watch() -> float:
        longest, job = 0.0, asyncio.create_task(asyncio.to_thread(work))
        while not job.done():
            before = time.perf_counter()
            await asyncio.sleep(BEAT)
            longest = max(longest, time.perf_counter() - before - BEAT)
        await job
        return longest

    return asyncio.run(watch())


def encode_json(folder: Path) -> None:
    """Read json_bi as anybody does, and write its values."""
    pandas = importlib.import_module("pandas")
    with (folder / "json_bi").open("rb") as file:
        rows = json.load(file)["rows"]
    values = [{name: cell["value"] for name, cell in row.items()} for row in rows]
    pandas.DataFrame(values).to_parquet(folder / "pandas_json.parquet")


def encode_csv(folder: Path) -> None:
    """Read the CSV as anybody does, and write it."""
    pandas = importlib.import_module("pandas")
    pandas.read_csv(folder / "csv").to_parquet(folder / "pandas_csv.parquet")


CONTENDERS: dict[str, tuple[str, str, Callable[[Path], float | None]]] = {
    "ours": ("looker-tasks, json_bi", "json_bi", encode_ours),
    "pandas_json": ("pandas, json_bi", "json_bi", encode_json),
    "pandas_csv": ("pandas, CSV", "csv", encode_csv),
}


def measure(name: str, folder: Path) -> TableScore:
    """Let the contender *name* make its file in this process. Of the time its imports are left out."""
    label, source, make = CONTENDERS[name]
    importlib.import_module("looker_tasks.tables.encoder" if name == "ours" else "pandas")
    began, cpu_before = time.perf_counter(), cpu_seconds()
    stall = make(folder)
    return TableScore(
        contender=label,
        read_mb=(folder / source).stat().st_size / 1e6,
        seconds=time.perf_counter() - began,
        cpu_seconds=cpu_seconds() - cpu_before,
        peak_mb=peak_memory() / 1e6,
        written_mb=(folder / f"{name}.parquet").stat().st_size / 1e6,
        longest_stall_ms=None if stall is None else stall * 1000,
    )


def run(folder: Path, rows: int) -> Iterator[TableScore]:
    """Run all contenders, one after the other."""
    write_inputs(folder, rows)
    for name in CONTENDERS:
        command = [sys.executable, "-m", "benchmarks.tables", "--contender", name, str(folder)]
        yield TableScore(**json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout))


def main(arguments: list[str]) -> None:
    """Run all, or be the process of one."""
    if arguments[:1] == ["--contender"]:
        score = measure(arguments[1], Path(arguments[2]))
        print(json.dumps({field: getattr(score, field) for field in TableScore.__annotations__}))
        return
    print(f"{'contender':24}{'read MB':>9}{'seconds':>9}{'CPU s':>8}{'peak MB':>9}{'written MB':>12}{'stall ms':>10}")
    scores = []
    with TemporaryDirectory() as folder:
        for score in run(Path(folder), int(arguments[0]) if arguments else ROWS):
            scores.append(score)
            stall = "" if score.longest_stall_ms is None else f"{score.longest_stall_ms:.1f}"
            print(
                f"{score.contender:24}{score.read_mb:9.0f}{score.seconds:9.2f}{score.cpu_seconds:8.2f}"
                f"{score.peak_mb:9.0f}{score.written_mb:12.1f}{stall:>10}",
                flush=True,
            )
    write_results({"tables": scores})


if __name__ == "__main__":
    main(sys.argv[1:])
