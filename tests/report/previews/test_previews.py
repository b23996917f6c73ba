"""What files look like: a small picture or the first rows, made in processes that any file may break."""

import base64
import json
import signal
import subprocess
import sys
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from attrs import evolve
from PIL import Image

from looker_tasks.report.previews import process
from looker_tasks.report.previews.pool import make_previews
from looker_tasks.report.previews.values import Preview, Request
from looker_tasks.report.previews.worker import preview
from tests.report.recorded import draw

ROWS = [{"a.b": 1, "c": "x"}, {"a.b": None, "c": 2.5}]
DETAIL = {
    "fields": {"data": [1]},
    "data": [
        {"a.b": {"value": 1}, "c": {"value": 0, "rendered": "x"}},
        {"a.b": {"value": None}, "c": {"value": 2.5}},
    ],
}
BI = {"metadata": {"fields": []}, "rows": [{"a.b": {"value": 1}, "c": {"value": "x"}}, {"c": {"value": 2.5}}]}
HTML = "<table><tr><th>a.b</th><th>c</th></tr><tr><td>1</td><td>x</td></tr><tr><td></td><td>2.5</td></tr></table>"


def request(path: Path, result_format: str) -> Request:
    """Ask for all of the file at *path* that a report of a few exports shows."""
    return Request(str(path), result_format, most_bytes=6000, rows=8, columns=8, characters=40)


def made(path: Path, result_format: str, content: str) -> Preview:
    """Write *content* and look at it."""
    path.write_text(content)
    return preview(request(path, result_format))


@pytest.mark.parametrize("result_format", ["pdf", "png", "jpg"])
def test_pictures_are_small_and_alike(result_format: str, tmp_path: Path) -> None:
    """WebP of at most the bytes asked for, with the colour of the original in its corner."""
    path = tmp_path / f"a.{result_format}"
    draw(path, 7)
    found = preview(request(path, result_format))
    data = base64.b64decode(found.picture)
    (tmp_path / "a.webp").write_bytes(data)
    with Image.open(tmp_path / "a.webp") as image, Image.open(tmp_path / "a.webp") as again:
        assert (image.format, image.size) == ("WEBP", (found.width, found.height))
        assert len(data) <= 6000
        pixel = again.convert("RGB").getpixel((3, 3))
        assert isinstance(pixel, tuple)
        assert all(abs(one - other) < 12 for one, other in zip(pixel, (49, 120, 179), strict=True))


def test_a_long_dashboard_is_shown_from_its_top(tmp_path: Path) -> None:
    """Of a picture ten times as tall as wide, the upper part."""
    image = Image.new("RGB", (300, 3000), "white")
    image.paste("red", (0, 0, 300, 100))
    image.save(tmp_path / "a.png")
    found = preview(request(tmp_path / "a.png", "png"))
    assert found.height <= 1.5 * found.width


def test_transparency_is_white(tmp_path: Path) -> None:
    """As a browser shows it on a light page."""
    Image.new("RGBA", (300, 200), (0, 0, 0, 0)).save(tmp_path / "a.png")
    assert preview(request(tmp_path / "a.png", "png")).picture


def test_few_bytes_make_a_smaller_picture(tmp_path: Path) -> None:
    """Of many exports each gets less; where nothing is small enough there is none."""
    Image.effect_noise((1000, 700), 80).save(tmp_path / "a.png")
    asked = request(tmp_path / "a.png", "png")
    found = preview(evolve(asked, most_bytes=1100))
    assert 0 < len(found.picture) * 3 / 4 <= 1103
    assert preview(evolve(asked, most_bytes=10)) == Preview()


@pytest.mark.parametrize(
    ("result_format", "content"),
    [
        ("csv", "a.b,c\n1,x\n,2.5\n"),
        ("csv", "\ufeffa.b,c\n1,x\n,2.5\n"),
        ("txt", "a.b\tc\n1\tx\n\t2.5\n"),
        ("json", json.dumps(ROWS)),
        ("inline_json", json.dumps(ROWS)),
        ("json_detail", json.dumps(DETAIL)),
        ("json_bi", json.dumps(BI)),
        ("html", HTML),
    ],
)
def test_data_are_rows(result_format: str, content: str, tmp_path: Path) -> None:
    """Each data format gives the same table."""
    assert made(tmp_path / "a", result_format, content).rows == [["a.b", "c"], ["1", "x"], ["", "2.5"]]


def test_a_workbook_is_rows(tmp_path: Path) -> None:
    """Its first sheet."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (["a.b", "c"], [1, "x"], [None, 2.5]):
        sheet.append(row)
    book.save(tmp_path / "a.xlsx")
    found = preview(request(tmp_path / "a.xlsx", "xlsx")).rows
    assert [row[:2] for row in found] == [["a.b", "c"], ["1", "x"], ["", "2.5"]]


TABLE = pa.table(
    {
        "a.b": pa.array([1, None], pa.int64()),
        "at": pa.array([datetime(2026, 3, 1, tzinfo=UTC), None]),
        "list": [["x", "y"], []],
        "sum": pa.array([Decimal("1.50"), None]),
        "text": ["z" * 50, ""],
    }
)
SHOWN = [
    ["a.b", "at", "list", "sum", "text"],
    ["1", "2026-03-01 00:00:00+00:00", "x, y", "1.50", "z" * 39 + "…"],
    [""] * 5,
]


def write_table(path: Path, table: pa.Table) -> None:
    """Write *table* to *path* in the format that the name of *path* says."""
    if path.suffix == ".parquet":
        pq.write_table(table, path, row_group_size=1)
        return
    with pa.ipc.new_file(path, table.schema) as writer:
        writer.write_table(table)


@pytest.mark.parametrize("result_format", ["parquet", "arrow"])
def test_tables_are_rows(result_format: str, tmp_path: Path) -> None:
    """Of each type what a person reads; a file without rows shows its columns."""
    path = tmp_path / f"a.{result_format}"
    write_table(path, TABLE)
    assert make_previews([request(path, result_format)])[0].rows == SHOWN
    write_table(path, TABLE.slice(0, 0))
    assert preview(request(path, result_format)).rows == SHOWN[:1]


@pytest.mark.parametrize("result_format", ["parquet", "arrow"])
def test_without_pyarrow_a_table_is_not_shown(
    result_format: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And nothing is raised."""
    path = tmp_path / f"a.{result_format}"
    write_table(path, TABLE)
    monkeypatch.delitem(sys.modules, "looker_tasks.report.previews.tables", raising=False)
    monkeypatch.delattr("looker_tasks.report.previews.tables", raising=False)
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    assert preview(request(path, result_format)) == Preview()


def test_only_the_beginning_is_shown(tmp_path: Path) -> None:
    """Of a large file, the first rows and columns, with cells cut short; a JSON may end in its middle."""
    found = made(tmp_path / "a", "csv", ",".join(f"c{n}" for n in range(99)) + "\n" + f"{'x' * 99}\n" * 99)
    assert (len(found.rows), len(found.rows[0]), len(found.rows[1][0])) == (9, 8, 40)
    large = made(tmp_path / "b", "json", json.dumps([{"a": "y" * 1000}] * 2000))
    assert len(large.rows) == 9


@pytest.mark.parametrize("result_format", ["sql", "md"])
def test_texts_are_lines(result_format: str, tmp_path: Path) -> None:
    """As they are."""
    assert made(tmp_path / "a", result_format, "SELECT\n  1\n").text == "SELECT\n  1"


@pytest.mark.parametrize(
    "result_format",
    ["pdf", "png", "jpg", "csv", "json", "json_bi", "xlsx", "html", "parquet", "arrow", "odc", "novel"],
)
@pytest.mark.parametrize(
    "content", [b"", b"\0\xff" * 200, b"[" * 5000, b"%PDF-1.4\n%%EOF", b"\x89PNG\r\n\x1a\n" + b"\0" * 99]
)
def test_a_file_that_is_something_else_has_no_picture(result_format: str, content: bytes, tmp_path: Path) -> None:
    """Nothing is raised."""
    (tmp_path / "a").write_bytes(content)
    assert not preview(request(tmp_path / "a", result_format)).picture


def test_processes_answer_in_order(tmp_path: Path) -> None:
    """More files than workers, each with its own preview; one that is not there has none."""
    paths = [tmp_path / f"{number}.csv" for number in range(90)]
    for path in paths[1:]:
        path.write_text(path.stem)
    found = make_previews([request(path, "csv") for path in paths])
    assert found[0] == Preview()
    assert [each.rows for each in found[1:]] == [[[path.stem]] for path in paths[1:]]
    assert make_previews([]) == []


def test_a_file_that_kills_its_process_costs_its_own_preview_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The files after it are looked at by a new process."""
    killer = tmp_path / "worker.py"
    killer.write_text(
        "import os, signal, sys\n"
        "from looker_tasks.report.previews import worker\n"
        "look = worker.preview\n"
        "def preview(request):\n"
        "    if request.path.endswith('bad'): os.kill(os.getpid(), signal.SIGSEGV)\n"
        "    return look(request)\n"
        "worker.preview = preview\n"
        "worker.main()\n"
    )
    monkeypatch.setattr(process, "COMMAND", (sys.executable, str(killer)))
    (tmp_path / "good").write_text("a")
    (tmp_path / "bad").write_text("a")
    found = make_previews([request(tmp_path / name, "csv") for name in ("good", "bad", "good")])
    assert [bool(each.rows) for each in found] == [True, False, True]


def test_a_file_that_takes_forever_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that does not answer is ended."""
    monkeypatch.setattr(process, "COMMAND", (sys.executable, "-c", "import signal; signal.pause()"))
    monkeypatch.setattr(process, "PATIENCE", 0.05)
    started: list[subprocess.Popen[bytes]] = []
    start = subprocess.Popen

    def begin(*command: Any, **options: Any) -> subprocess.Popen[bytes]:  # noqa: ANN401  # as Popen's
        started.append(start(*command, **options))
        return started[-1]

    monkeypatch.setattr(subprocess, "Popen", begin)
    assert make_previews([request(tmp_path / "a", "csv")]) == [Preview()]
    assert [process.returncode for process in started] == [-signal.SIGKILL]
