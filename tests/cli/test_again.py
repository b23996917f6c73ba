"""`retry`, `verify` and `--max-age`: what comes after a run, by its journal."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from tests.cli.program import emulator, looker_tasks

MANIFEST = """
exports:
- {dashboard: 1, format: pdf, filters: {Region: West}, name: west.pdf}
- {look: 1, format: csv, name: look.csv}
- {dashboard: 2, format: pdf, filters: {Region: East}, name: broken.pdf}
"""


@pytest.fixture(scope="module")
def server() -> Iterator[Mapping[str, str]]:
    """Run an emulator whose tasks take no time."""
    with emulator("--renderer", "fake", "--render-seconds", "0", "--query-seconds", "0") as (settings, _):
        yield settings


@pytest.fixture
def failing(tmp_path: Path) -> Iterator[Mapping[str, str]]:
    """Run an emulator that cannot render dashboard 2, twice."""
    (tmp_path / "s.yaml").write_text("faults: [{kind: failure, target: '2', times: 2, detail: no outfile}]")
    options = ("--renderer", "fake", "--render-seconds", "0", "--query-seconds", "0", "--scenario")
    with emulator(*options, str(tmp_path / "s.yaml")) as (settings, _):
        yield settings


def test_retry_makes_what_failed_without_the_manifest(tmp_path: Path, failing: Mapping[str, str]) -> None:
    """The failed export is made with all that was asked for; of the others nothing is done again."""
    (tmp_path / "m.yaml").write_text(MANIFEST)
    ended = looker_tasks("export", "m.yaml", "--out", "o", cwd=tmp_path, settings=failing)
    assert ended.status == 1
    (tmp_path / "m.yaml").unlink()
    again = looker_tasks("retry", "o", cwd=tmp_path, settings=failing)
    assert (again.status, again.err.splitlines()[1]) == (0, "1 of 1 exported")
    assert (tmp_path / "o/broken.pdf").read_bytes().startswith(b"%PDF-")
    nothing = looker_tasks("retry", "o", cwd=tmp_path, settings=failing)
    assert nothing.status == 0
    assert nothing.err.startswith("nothing to try again: no export of http://127.0.0.1:")


def test_verify_names_what_is_missing_or_changed(tmp_path: Path, server: Mapping[str, str]) -> None:
    """Each file is read and compared with its digest; a changed byte and a missing file are lines and status 1."""
    (tmp_path / "m.yaml").write_text(MANIFEST)
    assert looker_tasks("export", "m.yaml", "--out", "o", cwd=tmp_path, settings=server).status == 0
    whole = looker_tasks("verify", "o", cwd=tmp_path)
    assert (whole.status, whole.out, whole.err) == (0, "", "3 of 3 files as they were written\n")
    (tmp_path / "o/look.csv").unlink()
    data = bytearray((tmp_path / "o/west.pdf").read_bytes())
    data[len(data) // 2] ^= 1
    (tmp_path / "o/west.pdf").write_bytes(data)
    spoiled = looker_tasks("verify", "o", cwd=tmp_path)
    assert (spoiled.status, spoiled.out) == (1, "missing: look.csv\nchanged: west.pdf\n")
    assert spoiled.err == "1 of 3 files as they were written\n"


@pytest.mark.parametrize("command", ["verify", "retry"])
def test_a_folder_without_a_journal_is_one_line(command: str, tmp_path: Path, server: Mapping[str, str]) -> None:
    """A mistyped folder is said, with status 2, and nothing is made there."""
    ended = looker_tasks(command, "none", cwd=tmp_path, settings=server)
    assert ended.status == 2
    assert ended.err.startswith("looker-tasks: none/.looker-tasks/journal.sqlite3: there is no journal")
    assert not (tmp_path / "none").exists()


def test_max_age_makes_old_files_again(tmp_path: Path, server: Mapping[str, str]) -> None:
    """Kept files are said with their age; under a smaller `--max-age` they are made anew."""
    (tmp_path / "m.yaml").write_text(MANIFEST)
    command = ("export", "m.yaml", "--out", "o", "--no-report")
    assert looker_tasks(*command, cwd=tmp_path, settings=server).status == 0
    kept = looker_tasks(*command, "--max-age", "1h", cwd=tmp_path, settings=server)
    assert kept.err.splitlines()[1].startswith("3 of 3 exported, 3 of them by an earlier run, the oldest ")
    anew = looker_tasks(*command, "--max-age", "0s", cwd=tmp_path, settings=server)
    assert anew.err.splitlines()[1] == "3 of 3 exported"
    wrong = looker_tasks(*command, "--max-age", "soon", cwd=tmp_path, settings=server)
    assert wrong.status == 2
    assert "expected a duration such as 45s, 30m, 20h or 2d" in wrong.err
