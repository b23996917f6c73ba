"""`combine`: the exports of a row become one file, whole or not there, and only what is missing is made again."""

import json
import os
import time
import zipfile
from collections.abc import Iterator, Mapping
from io import BytesIO
from pathlib import Path

import openpyxl
import pikepdf
import pytest

from tests.cli.program import emulator, looker_tasks
from tests.s3_server import S3Server, s3_server

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


@pytest.fixture(scope="module")
def s3() -> Iterator[S3Server]:
    """Give an S3 server that runs as long as these tests."""
    with s3_server() as server:
        yield server


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
    assert not list((out / ".looker-tasks").glob("combining-*"))
    for name, age in (("combining-old", 2), ("combining-new", 0)):
        (out / ".looker-tasks" / name).mkdir()
        os.utime(out / ".looker-tasks" / name, (time.time() - age * 86400,) * 2)
    before = {name: (out / name).stat().st_mtime_ns for name in ("all/report.pdf", "data.xlsx", "both.zip")}
    again = looker_tasks("export", "m.yaml", "--out", "o", cwd=tmp_path, settings=server)
    assert again.status == 0, again.err
    assert before == {name: (out / name).stat().st_mtime_ns for name in before}
    assert [path.name for path in (out / ".looker-tasks").glob("combining-*")] == ["combining-new"]
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


@pytest.mark.long
def test_a_part_of_an_earlier_run_is_no_part_of_this_one(tmp_path: Path) -> None:
    """A tile whose query is refused this time fails the combined file, though its file of last time lies there."""
    (tmp_path / "m.yaml").write_text("exports: [{dashboard: 42, tiles: csv, filters: {Region: West}, combine: a.zip}]")
    refusal = {"kind": "scripted", "operation": "create_query", "nth": [12], "status": 422, "body": "{}"}
    (tmp_path / "s.yaml").write_text(json.dumps({"faults": [refusal]}))
    with emulator("--renderer", "fake", "--query-seconds", "0", "--scenario", str(tmp_path / "s.yaml")) as (
        settings,
        _,
    ):
        first = looker_tasks("export", "m.yaml", "--out", "o", cwd=tmp_path, settings=settings)
        assert "combined 8 parts into a.zip" in first.err
        again = looker_tasks("export", "m.yaml", "--out", "o", "--max-age", "0s", cwd=tmp_path, settings=settings)
    assert again.status == 1
    assert "a.zip: not combined, for its part Regional Customer Report/" in again.err
    assert "create_query: 422" in again.err


def test_what_lies_in_the_way_is_reported_before_anything_is_made(server: Mapping[str, str], tmp_path: Path) -> None:
    """A folder that has the combined file's name is one line, and no part is made."""
    (tmp_path / "m.yaml").write_text(MANIFEST)
    (tmp_path / "o/data.xlsx").mkdir(parents=True)
    ended = looker_tasks("export", "m.yaml", "--out", "o", cwd=tmp_path, settings=server)
    assert ended.status == 2
    assert "combine: 'data.xlsx': a folder has this name" in ended.err
    assert not list((tmp_path / "o").rglob("*.pdf"))


def test_a_combined_file_is_kept_as_private_as_it_was(server: Mapping[str, str], tmp_path: Path) -> None:
    """It is replaced like any file: with its permissions, and a link in its place is not followed."""
    (tmp_path / "m.yaml").write_text(FAILING.replace("WHICH", "{name: all.pdf, partial: true}"))
    (tmp_path / "o").mkdir()
    (tmp_path / "o/all.pdf").write_bytes(b"")
    (tmp_path / "o/all.pdf").chmod(0o600)
    looker_tasks("export", "m.yaml", "--out", "o", cwd=tmp_path, settings=server)
    assert (tmp_path / "o/all.pdf").read_bytes().startswith(b"%PDF")
    assert (tmp_path / "o/all.pdf").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("locale", [{"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}, {}])
def test_names_are_the_same_in_any_locale(locale: Mapping[str, str], server: Mapping[str, str], tmp_path: Path) -> None:
    """Parts and combined files in Chinese are found again where the system's encoding lacks their letters."""
    manifest = """
    exports:
    - {for_each: {region: [Ünïted, 北京]}, dashboard: 1, format: pdf, name: "{region}.pdf", combine: 全.zip}
    """
    (tmp_path / "m.yaml").write_text(manifest, encoding="utf-8")
    ended = looker_tasks("export", "m.yaml", "--out", "o", "--quiet", cwd=tmp_path, settings={**server, **locale})
    assert ended.status == 0, ended.err
    assert "combined" not in ended.err
    with zipfile.ZipFile(tmp_path / "o/全.zip") as archive:
        assert archive.namelist() == ["Ünïted.pdf", "北京.pdf"]


@pytest.mark.long
def test_parts_in_a_bucket_become_an_object(server: Mapping[str, str], s3: S3Server, tmp_path: Path) -> None:
    """The same files as in a folder; a second run, even one that has lost its journal, makes nothing again."""
    (tmp_path / "m.yaml").write_text(MANIFEST)
    url = s3.bucket("combined")
    settings = {**server, **s3.environ}
    ended = looker_tasks("export", "m.yaml", "--out", f"{url}/x", "--state", "s", cwd=tmp_path, settings=settings)
    assert ended.status == 0, ended.err
    found = {each["Key"]: each["LastModified"] for each in s3.client().list_objects_v2(Bucket="combined")["Contents"]}
    assert {"x/all/report.pdf", "x/data.xlsx", "x/both.zip", "x/z/three.pdf"} <= found.keys()
    body = s3.client().get_object(Bucket="combined", Key="x/all/report.pdf")["Body"].read()
    with pikepdf.open(BytesIO(body)) as document, document.open_outline() as outline:
        assert len(outline.root) == 4
    again = looker_tasks("export", "m.yaml", "--out", f"{url}/x", "--state", "s", cwd=tmp_path, settings=settings)
    assert again.status == 0, again.err
    assert "combined 4 parts" not in again.err
    again = looker_tasks("export", "m.yaml", "--out", f"{url}/x", "--state", "other", cwd=tmp_path, settings=settings)
    assert again.status == 0, again.err
    assert "combined 4 parts into all/report.pdf" in again.err
