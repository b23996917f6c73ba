"""`combine`: the exports of a row become one file, whole or not there, and only what is missing is made again."""

import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path

import openpyxl
import pikepdf
import pytest

from tests.cli.program import emulator, looker_tasks

MANIFEST = """
exports:
- for_each: {dashboard: [1, 2], region: [West, East]}
  format: pdf
  filters: {Region: "{region}"}
  name: "parts/{dashboard.title} {region}.pdf"
  combine: "all/report.pdf"
- {dashboard: 42, tiles: csv, filters: {Region: West}, combine: data.xlsx}
- {for_each: {format: [pdf, png]}, dashboard: 3, combine: both.zip, name: "z/three.{format}"}
"""
FAILING = """
exports:
- {for_each: {dashboard: [1, 99999]}, format: pdf, combine: WHICH, name: "{dashboard}.pdf"}
"""


@pytest.fixture(scope="module")
def server() -> Iterator[Mapping[str, str]]:
    """Run an emulator whose tasks take no time."""
    with emulator("--renderer", "fake", "--render-seconds", "0", "--query-seconds", "0") as (settings, _):
        yield settings


def test_parts_become_one_file(server: Mapping[str, str], tmp_path: Path) -> None:
    """A PDF with a bookmark each, a workbook with a sheet each, a ZIP; a second run makes none of them again."""
    (tmp_path / "m.yaml").write_text(MANIFEST)
    ended = looker_tasks("export", "m.yaml", "--out", "o", cwd=tmp_path, settings=server)
    assert ended.status == 0, ended.err
    out = tmp_path / "o"
    with pikepdf.open(out / "all/report.pdf") as document, document.open_outline() as outline:
        titles = [item.title for item in outline.root]
    dashboards = ("Executive Summary", "Weekly Business Review")
    assert titles == [f"{title}, {region}" for title in dashboards for region in ("West", "East")]
    book = openpyxl.load_workbook(out / "data.xlsx")
    assert "Revenue by Category" in book.sheetnames
    assert len(book.sheetnames) == len(list((out / "Regional Customer Report").glob("*.csv")))
    with zipfile.ZipFile(out / "both.zip") as archive:
        assert archive.namelist() == ["z/three.pdf", "z/three.png"]
    assert not list(out.rglob("*..part"))
    before = {name: (out / name).stat().st_mtime_ns for name in ("all/report.pdf", "data.xlsx", "both.zip")}
    again = looker_tasks("export", "m.yaml", "--out", "o", cwd=tmp_path, settings=server)
    assert again.status == 0, again.err
    assert before == {name: (out / name).stat().st_mtime_ns for name in before}
    (out / "data.xlsx").unlink()
    (out / "parts/Executive Summary West.pdf").unlink()
    again = looker_tasks("export", "m.yaml", "--out", "o", cwd=tmp_path, settings=server)
    assert again.status == 0, again.err
    assert openpyxl.load_workbook(out / "data.xlsx").sheetnames == book.sheetnames


def test_a_part_that_failed_fails_the_combined_file(server: Mapping[str, str], tmp_path: Path) -> None:
    """The part is named and the status is 1; with `partial: true` the others are combined without it."""
    (tmp_path / "m.yaml").write_text(FAILING.replace("WHICH", "all.pdf"))
    ended = looker_tasks("export", "m.yaml", "--out", "o", cwd=tmp_path, settings=server)
    assert ended.status == 1
    assert "all.pdf: not combined, for its part 99999.pdf is not there" in ended.err
    assert not (tmp_path / "o/all.pdf").exists()
    (tmp_path / "m.yaml").write_text(FAILING.replace("WHICH", "{name: all.pdf, partial: true}"))
    ended = looker_tasks("export", "m.yaml", "--out", "o", cwd=tmp_path, settings=server)
    assert ended.status == 1
    assert "combined 1 part into all.pdf, without 99999.pdf" in ended.err
    assert (tmp_path / "o/all.pdf").is_file()


def test_a_bucket_is_told_before_anything_is_made(server: Mapping[str, str], tmp_path: Path) -> None:
    """Parts in a bucket cannot be combined."""
    (tmp_path / "m.yaml").write_text(MANIFEST)
    ended = looker_tasks("export", "m.yaml", "--out", "s3://bucket/x", cwd=tmp_path, settings=server)
    assert ended.status == 2
    assert "combine: parts in a bucket cannot be combined" in ended.err
