"""Killed at any point: twenty SIGKILLs over a batch; at its end every file is whole and no task was made twice."""

import csv
import json
import random
import shutil
import signal
import sqlite3
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from attrs import define, field

from looker_tasks.emulator import Emulator, Fault, Scenario
from looker_tasks.emulator.threaded import in_thread
from looker_tasks.sansio.naming import OWN_FOLDER
from tests.cli.program import Program, looker_tasks, rest_of, started, wait_for

KILLS = 20
EXPORTS = 80
IN_FLIGHT = 3
LONGEST_LIFE = 0.4  # seconds from the login to the kill; the last must come before the last file

#: A picture of some megabytes, which comes in drips: many a kill finds a file half written.
LARGE = {"width": 20_000, "height": 20_000}
DRIPS = Scenario((Fault("slow", operation="*_results", size=131072, seconds=0.03),))


def write_manifest(path: Path) -> set[str]:
    """Write a manifest of small documents, large pictures and rows, and return its files' names."""
    rows: list[dict[str, Any]] = []
    for number in range(EXPORTS):
        match number % 10:
            case 3 | 7:
                rows.append({"dashboard": "1", "format": "jpg", "name": f"pictures/{number}.jpg", **LARGE})
            case 9:
                rows.append({"look": "1", "format": "csv", "name": f"{number}.csv"})
            case _:
                rows.append({"dashboard": "1", "format": "pdf", "name": f"{number}.pdf"})
    path.write_text("\n".join(map(json.dumps, rows)))
    return {row["name"] for row in rows}


@define
class Looker:
    """The emulator as the test sees it, and all that the journal ever knew of its tasks."""

    emulator: Emulator
    known: set[str] = field(factory=set)

    @property
    def settings(self) -> Mapping[str, str]:
        """What leads a program to it."""
        return {
            "LOOKERSDK_BASE_URL": self.emulator.url,
            "LOOKERSDK_CLIENT_ID": self.emulator.client_id,
            "LOOKERSDK_CLIENT_SECRET": self.emulator.client_secret,
        }

    def created(self) -> int:
        """Count the tasks that were created."""
        return self.emulator.statistics.created.total()

    def logins(self) -> int:
        """Count the logins: one for each program that came to life."""
        return self.emulator.statistics.calls["login"]

    def learn(self, out: Path, copies: Path) -> None:
        """Add the task ids that the journal has now, read from a copy: nothing of the original is mended by that."""
        shutil.rmtree(copies, ignore_errors=True)
        shutil.copytree(out / OWN_FOLDER, copies)
        database = sqlite3.connect(copies / "journal.sqlite3")
        tables = database.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
        if tables:
            self.known |= {task_id for (task_id,) in database.execute("SELECT task_id FROM record") if task_id}
        database.close()


def live_and_die(program: Program, looker: Looker, life: float | Callable[[], bool]) -> None:
    """Kill *program* so many seconds after it has logged in, or at a sign; it must not have ended by itself."""
    before = looker.logins()
    wait_for(lambda: looker.logins() > before or program.poll() is not None)
    if callable(life):
        wait_for(lambda: life() or program.poll() is not None)
    else:
        time.sleep(life)
    assert program.poll() is None, rest_of(program)
    program.send_signal(signal.SIGKILL)
    rest_of(program)


def is_whole(path: Path) -> bool:
    """Tell whether a file is one of its kind from its beginning to its end."""
    body = path.read_bytes()
    match path.suffix:
        case ".pdf":
            return body.startswith(b"%PDF-") and body.endswith(b"%%EOF\n")
        case ".jpg":
            return body.startswith(b"\xff\xd8\xff") and body.endswith(b"\xff\xd9")
        case _:
            return len({len(row) for row in csv.reader(body.decode().splitlines())}) == 1


@pytest.mark.long
@pytest.mark.timeout(300)
def test_twenty_kills_cost_no_file_and_no_task(tmp_path: Path) -> None:
    """A SIGKILL at any moment costs at the most the creates whose answers had not come; the same command goes on."""
    names = write_manifest(tmp_path / "m.jsonl")
    command = ("export", "m.jsonl", "--out", "o", "--concurrency")
    out = tmp_path / "o"
    moments = random.Random(4)
    halves = unanswered = 0

    def is_half() -> bool:
        return any(out.rglob("*.part"))

    emulator = Emulator(scenario=DRIPS, renderer="fake", render_seconds=0.15, query_seconds=0.05, render_slots=2)
    with in_thread(emulator):
        looker = Looker(emulator)
        settings = looker.settings
        for kill in range(KILLS):
            with started(*command, str(IN_FLIGHT), cwd=tmp_path, settings=settings) as program:
                live_and_die(program, looker, is_half if kill == 0 else moments.uniform(0, LONGEST_LIFE))
            halves += is_half()
            looker.learn(out, tmp_path / "copies")
            lost = looker.created() - len(looker.known) - unanswered
            assert 0 <= lost <= IN_FLIGHT
            unanswered += lost
        ended = looker_tasks(*command, "16", cwd=tmp_path, settings=settings)
        looker.learn(out, tmp_path / "copies")
        created = looker.created()
        again = looker_tasks(*command, "16", cwd=tmp_path, settings=settings)
        assert looker.created() == created

    assert ended.status == 0, ended.err
    assert f"{EXPORTS} of {EXPORTS} exported" in ended.err
    left = {str(path.relative_to(out)) for path in out.rglob("*") if path.is_file()}
    assert {name for name in left if not name.startswith(f"{OWN_FOLDER}/")} == {*names, "report.html", "run.json"}
    assert [name for name in names if not is_whole(out / name)] == []
    assert len(looker.known) == EXPORTS  # no export has had two tasks that we knew of
    assert created == EXPORTS + unanswered
    assert unanswered <= KILLS
    assert halves
    assert (again.status, f"{EXPORTS} of them by an earlier run" in again.err) == (0, True)
