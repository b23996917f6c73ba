"""The demo: every kind and format, each file whole."""

import csv
import io
import json
from collections import Counter
from itertools import islice
from pathlib import Path

import openpyxl
import pypdfium2  # type: ignore[import-untyped]  # the library ships no types
import pytest
from PIL import Image

from looker_tasks import DashboardExport, ElementExport, LookExport, QueryExport
from looker_tasks.cli.demo.plan import demo_exports
from looker_tasks.models import Dashboard, DashboardElement, DashboardFilter, Look
from looker_tasks.sansio.naming import file_name, same_file
from tests.cli.program import looker_tasks

DASHBOARDS = [
    Dashboard(
        id=str(number),
        title=f"Board {number}",
        dashboard_filters=(DashboardFilter("region", "Region", ""), DashboardFilter("year", "Year", "2026")),
        dashboard_elements=(DashboardElement(f"{number}1", "Tile", "vis", "5"), DashboardElement(f"{number}2", "Text")),
    )
    for number in range(1, 12)
]
LOOKS = [Look(id=str(number), title=f"Look {number}", query_id="5") for number in range(1, 6)]


def test_the_plan_is_mostly_reports_and_a_bit_of_everything() -> None:
    """Of 240 exports most are dashboards as PDF, many under a filter; every kind is there."""
    exports = list(demo_exports(DASHBOARDS, LOOKS, 240))
    reports = [each for each in exports if isinstance(each, DashboardExport) and each.result_format == "pdf"]
    assert len(exports) == 240
    assert len(reports) == 150
    assert sum(each.filters == {"Region": "West"} for each in reports) > 20
    assert Counter(type(each) for each in exports).keys() == {DashboardExport, LookExport, QueryExport, ElementExport}
    assert {"png", "jpg", "csv", "xlsx", "json", "html"} <= {each.result_format for each in exports}
    assert len({same_file(file_name(each)) for each in exports}) == 240


def test_the_plan_is_the_same_each_time() -> None:
    """The same Looker gives the same plan, and a shorter plan is the beginning of a longer one."""
    plan = list(demo_exports(DASHBOARDS, LOOKS, 40))
    assert list(islice(demo_exports(DASHBOARDS, LOOKS, 100), 40)) == plan


@pytest.mark.long
def test_the_demo_leaves_files_that_open(tmp_path: Path) -> None:
    """Sixteen exports of the demo are sixteen files that their own libraries open, and nothing else."""
    ended = looker_tasks("demo", "--out", "o", "--exports", "16", cwd=tmp_path)
    ours = {"report.html", "run.json"}
    assert (ended.status, ended.out) == (0, "")
    assert "16 of 16 exported" in ended.err.splitlines()
    found = sorted(
        path
        for path in (tmp_path / "o").rglob("*")
        if path.is_file() and path.name not in ours and ".looker-tasks" not in path.parts
    )
    assert len(found) == 16
    for path in found:
        opened(path)


def opened(path: Path) -> None:
    """Open a file by what its name promises."""
    match path.suffix:
        case ".pdf":
            with pypdfium2.PdfDocument(path) as pdf:
                assert pdf[0].get_textpage().get_text_range().strip()
        case ".png" | ".jpg":
            with Image.open(path) as image:
                image.load()
        case ".xlsx":
            assert openpyxl.load_workbook(path).active is not None
        case ".json":
            json.loads(path.read_text())
        case ".csv":
            assert len(list(csv.reader(io.StringIO(path.read_text())))) > 1
        case _:
            assert path.read_text()
