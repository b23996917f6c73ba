"""A disk that is full, and names that it cannot have: told in one line each, before any create where that is known."""

import json
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest

from tests.cli.program import PATIENCE, PROGRAM, Ended, emulator, environment, looker_tasks


@pytest.fixture(scope="module")
def quick() -> Iterator[Mapping[str, str]]:
    """Run an emulator whose tasks take no time."""
    with emulator("--renderer", "fake", "--render-seconds", "0", "--query-seconds", "0") as (settings, _):
        yield settings


def created(settings: Mapping[str, str]) -> int:
    """Tell how many tasks the emulator has created."""
    with urlopen(f"{settings['LOOKERSDK_BASE_URL']}/emulator/statistics") as answer:  # noqa: S310  # loopback
        found: int = json.load(answer)["total_created"]
    return found


def manifest(folder: Path, rows: list[dict[str, Any]]) -> Path:
    """Write a manifest."""
    path = folder / "m.jsonl"
    path.write_text("\n".join(map(json.dumps, rows)))
    return path


def pdfs(count: int) -> list[dict[str, Any]]:
    """Return rows of small files."""
    return [{"dashboard": "1", "format": "pdf", "name": f"{number}.pdf"} for number in range(count)]


def on_a_small_disk(kib: int, path: Path, cwd: Path, settings: Mapping[str, str]) -> Ended:
    """Export *path* where no file may grow beyond so many KiB: the system refuses to write on, as a full disk does."""
    ended = subprocess.run(
        ["bash", "-c", f'ulimit -f {kib}; exec "$@"', "bash", *PROGRAM, "export", path, "--out", "o"],  # noqa: S607  # any bash
        cwd=cwd,
        env=environment(settings),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    return Ended(ended.returncode, ended.stdout, ended.stderr)


def files(folder: Path) -> set[str]:
    """Name what lies in *folder*, hidden things too, but for the journal's folder."""
    found = {path.name for path in folder.rglob("*") if path.is_file() and ".looker-tasks" not in path.parts}
    return found - {"report.html", "run.json"}


def test_a_file_that_the_disk_has_no_room_for_fails_alone(quick: Mapping[str, str], tmp_path: Path) -> None:
    """The others come; of it nothing is left, and the line says what the system said."""
    large = {"dashboard": "1", "format": "jpg", "name": "large.jpg", "width": 20_000, "height": 20_000}
    ended = on_a_small_disk(400, manifest(tmp_path, [*pdfs(5), large]), tmp_path, quick)
    assert ended.status == 1
    assert "5 of 6 exported, 1 failed" in ended.err
    assert "large.jpg: File too large" in ended.err
    assert "Traceback" not in ended.err
    assert files(tmp_path / "o") == {f"{number}.pdf" for number in range(5)}


@pytest.mark.long
def test_a_journal_that_the_disk_has_no_room_for_ends_the_run(quick: Mapping[str, str], tmp_path: Path) -> None:
    """Without a journal nothing could be gone on with: one line says so, and every file that is there is whole."""
    path = manifest(tmp_path, pdfs(600))
    ended = on_a_small_disk(100, path, tmp_path, quick)
    last = ended.err.splitlines()[-1]
    assert ended.status == 1
    assert "journal.sqlite3: " in last
    assert "Traceback" not in ended.err
    assert all((tmp_path / "o" / name).read_bytes().endswith(b"%%EOF\n") for name in files(tmp_path / "o"))
    again = looker_tasks("export", path, "--out", "o", cwd=tmp_path, settings=quick)
    assert again.status == 0
    assert len(files(tmp_path / "o")) == 600


NAMES = {
    "too long a part": "x" * 300 + ".pdf",
    "too long a path": "/".join(["x" * 200] * 6),
    "out of the folder": "../a.pdf",
    "an address of its own": "/tmp/a.pdf",  # noqa: S108  # not written to
    "of no file": "a/",
    "of the journal": ".looker-tasks/a.pdf",
    "with a line's end": "a\nb.pdf",
}


@pytest.mark.parametrize("name", NAMES)
def test_a_name_that_no_file_can_have_creates_nothing(name: str, quick: Mapping[str, str], tmp_path: Path) -> None:
    """The manifest's mistake is told with its row before anything begins."""
    before = created(quick)
    rows = [*pdfs(1), {"dashboard": "1", "format": "pdf", "name": NAMES[name]}]
    ended = looker_tasks("export", manifest(tmp_path, rows), "--out", "o", cwd=tmp_path, settings=quick)
    assert (ended.status, created(quick)) == (2, before)
    assert len(ended.err.splitlines()) == 1
    assert "name" in ended.err


def test_a_folder_too_deep_for_a_journal_is_told_before_any_create(quick: Mapping[str, str], tmp_path: Path) -> None:
    """SQLite opens no path of more than 512 bytes: one line, status 2, no call."""
    deep = tmp_path.joinpath(*["d" * 200] * 3)
    before = created(quick)
    ended = looker_tasks("export", manifest(tmp_path, pdfs(2)), "--out", deep, cwd=tmp_path, settings=quick)
    assert (ended.status, created(quick)) == (2, before)
    assert len(ended.err.splitlines()) == 1
    assert "journal.sqlite3" in ended.err
