"""Boards, schedules, users, and tiles of every kind in a user's own catalogue."""

from pathlib import Path

import pytest

from looker_tasks.emulator.catalogue import CatalogueError
from looker_tasks.emulator.catalogue.from_yaml import load_catalogue

TEXT = """
views:
  sales: {file: sales.csv, measures: {revenue: sum of amount}}
models:
  shop: {explores: {sales: {}}}
folders:
  "1": Shared
users:
  "7": Ada Nilsen
  "8": {first_name: Ben, last_name: Okoye, email: ben@example.com, is_disabled: true}
looks:
  "5": {title: Regions, folder: "1", explore: sales, fields: [sales.region], user: "8", deleted: true}
dashboards:
  "42":
    title: Everything
    folder: "1"
    user: "8"
    filters:
      Region: {field: sales.region, name: area, multiple: false, required: true}
      Price: {type: number, default: ">10", display: inline}
    elements:
      - {title: Own, explore: sales, fields: [sales.revenue], note: Net.}
      - {title: Deaf, explore: sales, fields: [sales.revenue], listens: {}}
      - {title: Priced, explore: sales, fields: [sales.revenue], listens: {Price: sales.amount}}
      - {title: Look, look: "5"}
      - {title: Merged, merge: [{name: A, explore: sales, fields: [sales.region, sales.count]}]}
      - {title: Runner, sql: SELECT 1}
      - {title: Button, link: "https://example.com"}
      - {title: Extension, extension: "shop::x"}
      - {title: Text, type: text, text: Read this.}
boards:
  "3":
    title: Monday
    user: "8"
    sections:
      - {title: Numbers, items: [{dashboard: "42"}, {look: "5", title: Money}]}
      - {title: Empty}
schedules:
  "9":
    name: Weekly
    dashboard: "42"
    filters: Region=West
    crontab: 0 6 * * 1
    paper_size: a4
    landscape: yes
    tabs: [First]
    destinations: [{format: wysiwyg_pdf, address: team@example.com}, {format: csv, type: s3, apply_vis: no}]
"""


def write(folder: Path, text: str = TEXT) -> Path:
    """Write a catalogue and its data."""
    (folder / "sales.csv").write_text("region,amount\nWest,50\nEast,20\n")
    path = folder / "catalogue.yaml"
    path.write_text(text)
    return path


def test_everything_loads(tmp_path: Path) -> None:
    """What the form tells of is in the catalogue, as it is written."""
    warehouse, catalogue = load_catalogue(write(tmp_path))
    warehouse.close()
    assert [(each.id, each.display_name, each.is_disabled) for each in catalogue.users()] == [
        ("7", "Ada Nilsen", False),
        ("8", "Ben Okoye", True),
    ]
    assert catalogue.api_user.id == "7"
    dashboard = catalogue.dashboard("42")
    assert dashboard is not None
    assert dashboard.user_id == "8"
    region, price = dashboard.filters
    assert (region.name, region.title, region.type, region.field_type) == ("area", "Region", "field", "string")
    assert (region.allow_multiple_values, region.required) == (False, True)
    assert (price.name, price.type, price.default_value, price.dimension) == ("Price", "number", ">10", "")
    tiles = {each.title: each for each in dashboard.elements}
    assert (tiles["Own"].listens, tiles["Own"].note) == ({"area": "sales.region"}, "Net.")
    assert tiles["Deaf"].listens == {}
    assert tiles["Priced"].listens == {"Price": "sales.amount"}
    assert (tiles["Look"].look_id, tiles["Look"].query_id) == ("5", None)
    (source,) = tiles["Merged"].merge
    assert (source.name, source.listens) == ("A", {"area": "sales.region"})
    assert tiles["Runner"].sql == "SELECT 1"
    assert {title: tiles[title].kind for title in ("Button", "Extension", "Text")} == {
        "Button": "button",
        "Extension": "extension",
        "Text": "text",
    }
    board = catalogue.board("3")
    assert board is not None
    assert [section.title for section in board.sections] == ["Numbers", "Empty"]
    assert [(item.dashboard_id, item.look_id, item.title) for item in board.sections[0].items] == [
        ("42", None, None),
        (None, "5", "Money"),
    ]
    (plan,) = catalogue.scheduled_plans()
    assert (plan.filters_string, plan.pdf_paper_size, plan.pdf_landscape, plan.tab_ids) == (
        "Region=West",
        "a4",
        True,
        ("First",),
    )
    assert [(each.format, each.type, each.apply_vis) for each in plan.destinations] == [
        ("wysiwyg_pdf", "email", True),
        ("csv", "s3", False),
    ]
    look = catalogue.look("5")
    assert look is not None
    assert look.deleted


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ('{look: "5", title: Money}', '{look: "6"}', r"boards\['3'\].sections\[0\].items\[1\].look: expected the id"),
        ('{dashboard: "42"}', "{title: x}", r"items\[0\]: expected one of the keys 'dashboard' and 'look'"),
        ("    crontab: 0 6 * * 1\n", "", r"schedules\['9'\]: expected one of the keys 'crontab' and 'datagroup'"),
        (
            '    dashboard: "42"\n    filters',
            '    dashboard: "43"\n    filters',
            "expected the id of a dashboard, got '43'",
        ),
        (
            'user: "8"\n    filters',
            'user: "9"\n    filters',
            r"dashboards\['42'\].user: expected the id of a user \(7, 8\)",
        ),
        ("{type: number,", "{type: field,", r"filters\['Price'\]: expected either a field, or one of the types"),
        ('{title: Look, look: "5"}', '{title: Look, look: "4"}', r"elements\[3\].look: expected the id of a look"),
        (
            "{title: Runner, sql: SELECT 1}",
            "{title: R, sql: S, link: x}",
            r"elements\[5\]: expected one of 'explore', 'look'",
        ),
        ("{name: A, explore: sales", "{name: A, explore: sale", r"elements\[4\].merge\[0\]: Unknown explore"),
        ("type: s3,", "kind: s3,", r"destinations\[1\]: unknown key 'kind'"),
    ],
)
def test_what_is_wrong_is_told_by_its_place(tmp_path: Path, old: str, new: str, complaint: str) -> None:
    """A mistake names the file, the path in it and what was expected."""
    assert old in TEXT
    with pytest.raises(CatalogueError, match=complaint):
        load_catalogue(write(tmp_path, TEXT.replace(old, new)))
