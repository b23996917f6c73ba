"""The four forms of a manifest say the same, and keep what a person wrote."""

import json
from pathlib import Path

import pytest

from looker_tasks import DashboardExport, ElementExport, Export, LookExport, QueryExport
from tests.manifest.reading import exports_of

ROWS: list[Export] = [
    DashboardExport("42", "pdf", name="42.pdf", filters={"Region": "West", "Active": "no"}, landscape=True),
    DashboardExport("shop::orders", "png", width=640, height=480, style="single_column", tabs=("One", "Two")),
    LookExport("7", "xlsx", limit=-1, apply_formatting=False),
    QueryExport("012", "json"),
    ElementExport("9", "jpg", name="nine/9.jpg"),
]
YAML = """
defaults: {width: 1200}
exports:
  - {dashboard: 42, format: pdf, name: 42.pdf, filters: {Region: West, Active: no}, landscape: yes}
  - dashboard: shop::orders
    format: png
    width: 640
    height: 480
    style: single_column
    tabs: [One, Two]
  - {look: 7, format: xlsx, limit: -1, apply_formatting: false}
  - {query: 012, format: json, name: ~}
  - {element: 9, format: jpg, name: nine/9.jpg}
"""
CSV = """\
dashboard,look,query,element,format,name,filters.Region,filters.Active,landscape,width,height,style,tabs,limit,apply_formatting
42,,,,pdf,42.pdf,West,no,TRUE,,,,,,
shop::orders,,,,png,,,,,640,480,single_column,One|Two,,

,7,,,xlsx,,,,,,,,,-1,No
,,012,,json,,,,,,,,,,
,,,9,jpg,nine/9.jpg,,,,,,,,,
,,,,,,,,,,,,,,
"""
JSON_ROWS: list[dict[str, object]] = [
    {
        "dashboard": 42,
        "format": "pdf",
        "name": "42.pdf",
        "filters": {"Region": "West", "Active": "no"},
        "landscape": True,
    },
    {
        "dashboard": "shop::orders",
        "format": "png",
        "width": 640,
        "height": "480",
        "style": "single_column",
        "tabs": ["One", "Two"],
    },
    {"look": 7, "format": "xlsx", "limit": -1, "apply_formatting": False},
    {"query": "012", "format": "json", "theme": None},
    {"element": "9", "format": "jpg", "name": "nine/9.jpg"},
]
FORMS = {
    "yaml": YAML,
    "yml": "\ufeff" + YAML,
    "csv": CSV,
    "CSV": ("\ufeff" + CSV).replace("\n", "\r\n"),
    "json": json.dumps({"exports": JSON_ROWS}),
    "jsonl": "\ufeff" + "\n\n".join(json.dumps(row) for row in JSON_ROWS) + "\n",
}


def manifest(folder: Path, suffix: str, text: str) -> list[Export]:
    """Write a manifest and read it."""
    return exports_of(folder, suffix, text)


@pytest.mark.parametrize("form", FORMS)
def test_every_form_says_the_same(form: str, tmp_path: Path) -> None:
    """The same five rows, a byte order mark, blank lines and CRLF or not, are the same five exports."""
    assert manifest(tmp_path, form, FORMS[form]) == ROWS


@pytest.mark.parametrize(
    ("written", "kept"),
    [("012", "012"), ("0x1F", "0x1F"), ("1_000", "1_000"), ("no", "no"), ("1e3", "1e3"), ("2024-01-02", "2024-01-02")],
)
def test_yaml_keeps_an_id_and_a_filter_as_they_are_written(written: str, kept: str, tmp_path: Path) -> None:
    """What YAML would read as a number, a truth or a date stays the text that the person wrote."""
    text = f"exports: [{{look: {written}, format: csv}}, {{dashboard: 1, format: pdf, filters: {{A: {written}}}}}]"
    look, dashboard = manifest(tmp_path, "yaml", text)
    assert look == LookExport(kept, "csv")
    assert dashboard == DashboardExport("1", "pdf", filters={"A": kept})


def test_json_filters_keep_their_types(tmp_path: Path) -> None:
    """A number and a truth go to the export as they are: it knows how Looker writes them."""
    row = {"dashboard": "1", "format": "pdf", "filters": {"A": 5, "B": True, "C": 1.5}}
    assert manifest(tmp_path, "jsonl", json.dumps(row)) == [DashboardExport("1", filters={"A": 5, "B": True, "C": 1.5})]


def test_defaults_stand_where_a_row_says_nothing(tmp_path: Path) -> None:
    """A row's own value goes over the default, and filters one by one; null or `{remove: true}` takes it away."""
    text = """
    defaults: {dashboard: 42, format: pdf, paper_size: a4, filters: {Region: West, Year: 2024}}
    exports:
      - {name: a.pdf}
      - {name: b.pdf, filters: {Region: East, Year: {remove: true}}}
      - {name: c.pdf, filters: {Region: {remove: yes}, Year: {remove: true}}, paper_size: ~}
    """
    assert manifest(tmp_path, "yaml", text) == [
        DashboardExport("42", name="a.pdf", paper_size="a4", filters={"Region": "West", "Year": "2024"}),
        DashboardExport("42", name="b.pdf", paper_size="a4", filters={"Region": "East"}),
        DashboardExport("42", name="c.pdf"),
    ]


def test_defaults_reach_the_rows_that_can_have_them(tmp_path: Path) -> None:
    """A row of another kind or format than the default's is not refused for a default that it cannot have."""
    text = json.dumps(
        {
            "defaults": {"dashboard": 42, "format": "pdf", "paper_size": "a4", "limit": 10, "filters": {"A": "1"}},
            "exports": [
                {"name": "a.pdf"},
                {"format": "png", "name": "a.png"},
                {"look": 7, "format": "csv"},
                {"look": 7, "format": "png"},
            ],
        }
    )
    assert manifest(tmp_path, "json", text) == [
        DashboardExport("42", name="a.pdf", paper_size="a4", filters={"A": "1"}),
        DashboardExport("42", "png", name="a.png", filters={"A": "1"}),
        LookExport("7", "csv", limit=10),
        LookExport("7", "png"),
    ]


def test_yaml_anchors_and_merges_work(tmp_path: Path) -> None:
    """Rows may be built of anchors; a key of the row goes over the merged one."""
    text = """
    exports:
      - &first {dashboard: 1, format: pdf, name: a.pdf}
      - {<<: *first, name: b.pdf}
      - {<<: [*first], name: c.pdf}
    """
    assert [export.name for export in manifest(tmp_path, "yaml", text)] == ["a.pdf", "b.pdf", "c.pdf"]


@pytest.mark.parametrize(
    ("suffix", "text"), [("jsonl", ""), ("csv", "dashboard,format\n"), ("json", '{"exports": []}')]
)
def test_a_manifest_may_have_no_rows(suffix: str, text: str, tmp_path: Path) -> None:
    """Nothing to export is no mistake: a program may have written the manifest."""
    assert manifest(tmp_path, suffix, text) == []
