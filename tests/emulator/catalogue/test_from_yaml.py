"""A user's own catalogue: what loads works, and what does not load says why in one line."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pytest

from looker_tasks.emulator.catalogue import Catalogue, CatalogueError, filter_values, listening
from looker_tasks.emulator.catalogue.from_yaml import load_catalogue
from looker_tasks.emulator.content import Query
from looker_tasks.emulator.warehouse import Warehouse

TEXT = """
views:
  sales:
    file: sales.csv
    dimensions:
      is_large: {type: yesno, sql: sales."Net Amount" > 100}
      due: {type: date, sql: sales.sold_at + INTERVAL 30 DAY}
    measures:
      revenue: {is: sum of Net Amount, format: "$#,##0"}
      buyers: distinct count of customer_id
      average: average of net_amount
      per_buyer: {sql: SUM(sales."Net Amount") / COUNT(DISTINCT sales.customer_id)}
  customers: {file: customers.parquet}
models:
  shop:
    label: Our Shop
    explores:
      sales:
        joins: {customers: sales.customer_id = customers.id}
      people: {view: customers}
folders:
  "1": Shared
  "012": {name: Finance, parent: "1"}
dashboards:
  "42":
    title: Sales by region
    folder: "012"
    filters:
      Region: {field: customers.region, default: West}
      Sold: {field: sales.sold_date}
    elements:
      - {title: Revenue, type: single_value, explore: sales, fields: [sales.revenue], width: 6, height: 4}
      - {title: Regions, type: column, explore: sales, fields: [customers.region, sales.revenue],
         sorts: [sales.revenue desc], limit: 5, total: yes, listens: {}}
      - {title: People, explore: people, fields: [customers.count], id: 7}
      - {title: A note, type: text, text: Net of returns.}
  shop::overview:
    title: Overview
    folder: "1"
    tabs: [First, Second]
    elements:
      - {title: Revenue by month, type: line, explore: sales, fields: [sales.sold_month, sales.revenue], tab: Second}
      - {title: Count, explore: sales, fields: [sales.count], tab: First}
looks:
  "7": {title: Large sales, folder: "012", explore: sales, fields: [sales.count], filters: {sales.is_large: "Yes"}}
"""


def _write(folder: Path, text: str = TEXT) -> Path:
    (folder / "sales.csv").write_text(
        "id,customer_id,Net Amount,sold_at\n1,1,50,2025-02-03 10:00:00\n2,2,150,2025-03-04 11:00:00\n"
        "3,2,250.5,2025-03-05 12:00:00\n"
    )
    with duckdb.connect() as connection:
        people = connection.sql("SELECT * FROM (VALUES (1, 'East'), (2, 'West'), (3, 'NO')) c(id, region)")
        people.write_parquet(str(folder / "customers.parquet"))
    path = folder / "catalogue.yaml"
    path.write_text(text)
    return path


@contextmanager
def _loaded(folder: Path, text: str = TEXT) -> Iterator[tuple[Warehouse, Catalogue]]:
    warehouse, catalogue = load_catalogue(_write(folder, text))
    try:
        yield warehouse, catalogue
    finally:
        warehouse.close()


def _query(catalogue: Catalogue, query_id: str | None) -> Query:
    query = catalogue.query(query_id or "")
    assert query is not None
    return query


def test_the_contents_are_there_under_their_own_ids(tmp_path: Path) -> None:
    """Ids are as written, element ids as given or free numbers, those of LookML dashboards made of titles."""
    with _loaded(tmp_path) as (_, catalogue):
        dashboard = catalogue.dashboard("42")
        assert dashboard is not None
        assert dashboard.title == "Sales by region"
        assert [element.id for element in dashboard.elements] == ["1", "2", "7", "3"]
        assert [folder.id for folder in catalogue.folders()] == ["1", "012"]
        assert catalogue.looks_in("012")[0].title == "Large sales"
        assert catalogue.element("shop::overview::revenue_by_month") is not None


def test_queries_run_on_the_user_s_files(tmp_path: Path) -> None:
    """Joins, measures in words and in SQL, timeframes and joined filters give the file's numbers."""
    with _loaded(tmp_path) as (warehouse, catalogue):
        look = catalogue.look("7")
        assert look is not None
        assert warehouse.run(_query(catalogue, look.query_id)).values == ((2,),)
        fields = ("sales.sold_month", "sales.revenue", "sales.buyers", "sales.average", "sales.per_buyer")
        rows = warehouse.run(Query("", "shop", "sales", fields, sorts=("sales.sold_month",)))
        assert rows.values == (("2025-02", 50, 1, 50, 50), ("2025-03", 400.5, 1, 200.25, 400.5))
        due = Query("", "shop", "sales", ("sales.due",), {"sales.due": "2025-04-04 to 2025-05-01"})
        assert warehouse.run(due).values == (("2025-04-04",),)
        assert rows.columns[1].label == "Sales Revenue"
        assert rows.columns[1].value_format == "$#,##0"
        assert warehouse.run(Query("", "shop", "people", ("customers.region",))).values[1] == ("NO",)


def test_elements_hear_the_filters_that_their_explore_knows(tmp_path: Path) -> None:
    """Without `listens` an element hears what it can; with it, only that."""
    with _loaded(tmp_path) as (warehouse, catalogue):
        dashboard = catalogue.dashboard("42")
        assert dashboard is not None
        revenue, regions, people, note = dashboard.elements
        assert dict(revenue.listens) == {"Region": "customers.region", "Sold": "sales.sold_date"}
        assert dict(regions.listens) == dict(note.listens) == {}
        assert dict(people.listens) == {"Region": "customers.region"}
        west = listening(_query(catalogue, revenue.query_id), revenue, filter_values(dashboard, {}))
        assert warehouse.run(west).values == ((400.5,),)


def test_today_is_the_latest_day_of_the_files_or_as_told(tmp_path: Path) -> None:
    """Relative dates count from the data's own end, unless `today` says otherwise."""
    with _loaded(tmp_path) as (warehouse, _):
        assert str(warehouse.today) == "2025-03-05"
    with _loaded(tmp_path, "today: 2025-04-30" + TEXT) as (warehouse, _):
        assert str(warehouse.today) == "2025-04-30"


def test_tabs_hold_their_elements(tmp_path: Path) -> None:
    """An element belongs to the tab that it names, and each tab is laid out from its top."""
    with _loaded(tmp_path) as (_, catalogue):
        overview = catalogue.dashboard("shop::overview")
        assert overview is not None
        labels = {tab.id: tab.label for tab in overview.tabs}
        assert {element.title: labels[element.tab_id or ""] for element in overview.elements} == {
            "Revenue by month": "Second",
            "Count": "First",
        }
        assert {element.row for element in overview.elements} == {0}


@pytest.mark.parametrize(
    ("instead_of", "written", "complaint"),
    [
        ("title: Sales by region", "titel: X", "dashboards['42']: unknown key 'titel', expected one of: title, folder"),
        ("    title: Overview\n", "", "dashboards['shop::overview'].title: expected the key 'title'"),
        (
            "type: single_value",
            "type: gauge",
            "dashboards['42'].elements[0].type: expected one of: single_value, column",
        ),
        ("width: 6", "width: wide", "dashboards['42'].elements[0].width: expected a whole number"),
        ("fields: [sales.revenue]", "fields: sales.revenue", "dashboards['42'].elements[0].fields: expected a list"),
        ("fields: [sales.revenue]", "fields: [sales.x]", "dashboards['42'].elements[0]: Unknown field \"sales.x\"."),
        ("total: yes", "total: often", "dashboards['42'].elements[1].total: expected true or false"),
        ("explore: people, ", "", "dashboards['42'].elements[2]: expected the key 'explore'"),
        (
            "type: text,",
            "type: text, id: 7,",
            "dashboards['42'].elements[3].id: expected an id of its own, '7' is taken",
        ),
        (
            "title: Count,",
            "title: revenue by MONTH,",
            "expected an id of its own, 'shop::overview::revenue_by_month' is",
        ),
        ("listens: {}", "listens: {Store: a.b}", "elements[1].listens: expected filters of the dashboard, got 'Store'"),
        ("listens: {}", "listens: {Region: a.b}", "elements[1].listens['Region']: expected a field of its explore"),
        ("field: sales.sold_date", "field: sales.day", "filters['Sold'].field: expected a field of an explore"),
        ("tab: First", "tab: Third", "dashboards['shop::overview'].elements[1].tab: expected one of First, Second"),
        ('parent: "1"', 'parent: "9"', "folders['012'].parent: expected the id of a folder (1, 012), got '9'"),
        (
            'folder: "012"\n',
            'folder: "12"\n',
            "dashboards['42'].folder: expected the id of a folder (1, 012), got '12'",
        ),
        ("{view: customers}", "{view: persons}", "explores['people']: expected one of the views (sales, customers)"),
        ("distinct count of", "number of", 'measures[\'buyers\']: expected "count" or one of "sum of …"'),
        (
            "average of net_amount",
            "average of price",
            "expected a column of the file (id, customer_id, Net Amount, sold_at)",
        ),
        ("type: yesno", "type: maybe", "dimensions['is_large'].type: expected one of: string, number, date, yesno"),
        ("is_large:", "Is Large:", "views['sales'].dimensions: expected a name of small letters, digits and _"),
        ("file: sales.csv", "file: other.csv", "views['sales'].file: expected a CSV or Parquet file, there is none at"),
        ("file: customers.parquet", "file: catalogue.yaml.parquet", "views['customers'].file:"),
        ('sales."Net Amount" > 100', "sales.nothing", "looks['7']: The DuckDB database encountered an error"),
        ('"012": {', '"1": {', "'1' stands here twice"),
        ("models:", "models: [", "while parsing a flow sequence"),
        ("views:", "today: soon\nviews:", "today: expected a day such as 2026-06-30, got 'soon'"),
    ],
)
def test_what_is_wrong_is_told_in_one_line(tmp_path: Path, instead_of: str, written: str, complaint: str) -> None:
    """The line names the file, the place in the YAML and what was expected there."""
    assert instead_of in TEXT
    path = _write(tmp_path, TEXT.replace(instead_of, written, 1))
    (tmp_path / "catalogue.yaml.parquet").write_text("not parquet")
    with pytest.raises(CatalogueError) as caught:
        load_catalogue(path)
    message = str(caught.value)
    assert message.startswith(f"{path}: ")
    assert complaint in message
    assert "\n" not in message


@pytest.mark.parametrize("content", ["", "[]", "nothing"])
def test_a_file_of_something_else_is_told(tmp_path: Path, content: str) -> None:
    """A file that is no mapping is refused as a whole."""
    with pytest.raises(CatalogueError, match="the file: expected a mapping"):
        load_catalogue(_write(tmp_path, content))


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    """The reason is the system's own."""
    with pytest.raises(CatalogueError, match=r"none\.yaml: No such file or directory"):
        load_catalogue(tmp_path / "none.yaml")


def test_bytes_that_are_no_text_are_told(tmp_path: Path) -> None:
    """A file in another encoding is not guessed at."""
    path = tmp_path / "catalogue.yaml"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(CatalogueError, match="expected text in UTF-8"):
        load_catalogue(path)
