"""Files are the product: streams that are closed, full, unread or in another encoding cost none of them."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from tests.cli.program import PATIENCE, emulator, environment

ROWS = [
    {"dashboard": "1", "format": "pdf", "name": "one.pdf"},
    {"look": "1", "format": "csv", "name": "Kunde Ümlaut 客户.csv"},
    {"dashboard": "99999", "format": "pdf", "name": "none.pdf"},
]


@pytest.fixture(scope="module")
def server() -> Iterator[Mapping[str, str]]:
    """Run an emulator whose tasks take no time."""
    with emulator("--renderer", "fake", "--render-seconds", "0", "--query-seconds", "0") as (settings, _):
        yield settings


def export(
    redirection: str, folder: Path, settings: Mapping[str, str], rows: int = 3
) -> subprocess.CompletedProcess[str]:
    """Export the first *rows* of the manifest with the shell's *redirection* of the program's streams."""
    (folder / "m.jsonl").write_text("\n".join(map(json.dumps, ROWS[:rows])))
    command = f'exec "$0" -m looker_tasks export m.jsonl --out o --json {redirection}'
    return subprocess.run(
        ["bash", "-c", command, sys.executable],  # noqa: S607  # the shell redirects
        cwd=folder,
        env=environment(settings),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )


def made(folder: Path) -> set[str]:
    """Return the files that lie in the output folder."""
    return {path.name for path in (folder / "o").iterdir() if path.is_file()} - {"report.html", "run.json"}


@pytest.mark.parametrize(
    ("redirection", "rows", "status"),
    [
        pytest.param("2>&-", 3, 1, marks=pytest.mark.long),
        pytest.param("2>/dev/full", 3, 1, marks=pytest.mark.long),
        pytest.param("2>&-", 2, 0, marks=pytest.mark.long),
        pytest.param(">&-", 3, 1, marks=pytest.mark.long),
        (">&-", 2, 4),
        pytest.param(">/dev/full", 2, 4, marks=pytest.mark.long),
        pytest.param(">/dev/full 2>&-", 2, 4, marks=pytest.mark.long),
        ("| true", 2, 0),
        pytest.param("0<&-", 2, 0, marks=pytest.mark.long),
    ],
)
def test_no_stream_costs_a_file(
    redirection: str, rows: int, status: int, tmp_path: Path, server: Mapping[str, str]
) -> None:
    """Each file is there, no traceback is printed, and the status goes by the files, then by stdout's reader."""
    ended = export(redirection, tmp_path, server, rows)
    assert made(tmp_path) == {row["name"] for row in ROWS[: min(rows, 2)]}
    assert "Traceback" not in ended.stderr
    assert ended.returncode == status


@pytest.mark.parametrize(
    "locale",
    [
        pytest.param({"PYTHONIOENCODING": "ascii"}, marks=pytest.mark.long),
        pytest.param({"PYTHONIOENCODING": "latin-1:strict"}, marks=pytest.mark.long),
        {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    ],
)
def test_no_letter_costs_a_file(locale: Mapping[str, str], tmp_path: Path, server: Mapping[str, str]) -> None:
    """Names in letters that the terminal lacks are shown as escapes; other rows are not lost."""
    ended = export("", tmp_path, {**server, **locale}, 3)
    assert "Traceback" not in ended.stderr
    assert made(tmp_path) == {row["name"] for row in ROWS[:2]}
    lines = [json.loads(line) for line in ended.stdout.splitlines()]
    assert len(lines) == 3
    paths = {line["path"] for line in lines if line["outcome"] == "exported"}
    assert paths == {f"o/{row['name']}" for row in ROWS[:2]}


@pytest.mark.long
def test_a_reader_that_does_not_read_holds_up_no_signal(tmp_path: Path, server: Mapping[str, str]) -> None:
    """With a stdout that is full and never read, every file is made, and SIGTERM still ends the program."""
    rows = [
        {"dashboard": "1", "format": "pdf", "name": f"{'x' * 240}/{'y' * 240}/{number}.pdf"} for number in range(150)
    ]
    (tmp_path / "m.jsonl").write_text("\n".join(map(json.dumps, rows)))
    reading, writing = os.pipe()
    try:
        os.set_blocking(writing, True)
        with subprocess.Popen(
            [sys.executable, "-m", "looker_tasks", "export", "m.jsonl", "--out", "o", "--json"],
            cwd=tmp_path,
            env=environment(server),
            stdout=writing,
            stderr=subprocess.PIPE,
            text=True,
        ) as run:
            assert run.stderr is not None
            for line in run.stderr:
                if line.startswith("150 of 150 exported"):
                    break
            run.send_signal(signal.SIGTERM)
            assert run.wait(timeout=PATIENCE) in {143, 4}
    finally:
        os.close(reading)
        os.close(writing)
    assert len(list((tmp_path / "o").rglob("*.pdf"))) == 150
