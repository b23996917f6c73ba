"""Under `filters` a text is the text that was written; what YAML makes of it otherwise is refused, never left out."""

import json
from pathlib import Path

import pytest

from looker_tasks import DashboardExport
from tests.manifest.reading import complaint_of, exports_of


def filters_of(folder: Path, suffix: str, content: str) -> dict[str, object]:
    """Return the filters of a manifest's only export."""
    (export,) = exports_of(folder, suffix, content)
    assert isinstance(export, DashboardExport)
    return dict(export.filters)


def in_yaml(value: str) -> str:
    """Return a manifest whose default filter a row replaces by *value*, as it is written."""
    row = f"  - name: a.pdf\n    filters:\n      Region: {value}\n      Price: '1'\n"
    return f"defaults: {{dashboard: 42, format: pdf, filters: {{Region: West}}}}\nexports:\n{row}"


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        ("NULL", "NULL"),
        ('"null"', "null"),
        ("'~'", "~"),
        ("no", "no"),
        ("012", "012"),
        ("2026-01-02", "2026-01-02"),
        ("1e3", "1e3"),
        ("-Dash", "-Dash"),
        ("'>5'", ">5"),
        ('""', ""),
        ("&west West", "West"),
        ("West  # a comment", "West"),
        ("|\n        West,\n        East", "West,\nEast"),
        (">-\n        West,\n        East", "West, East"),
        ("!!str 5", "5"),
        ('{is: "Acme, Inc."}', '"Acme, Inc."'),
        ("{is: 100% Juice}", '"100% Juice"'),
        ("{is: NULL }", None),
        ("{is: 5}", "5"),
        ('{is: "-Dash"}', '"-Dash"'),
        ('{is: " NULL"}', '" NULL"'),
        ('{is: "null"}', '"null"'),
    ],
)
def test_a_filter_is_the_text_that_was_written(written: str, sent: str | None, tmp_path: Path) -> None:
    """No word of YAML's own changes a filter, and `{is: …}` matches its text alone."""
    if sent is None:
        assert "filters: 'Region': is: nothing is not a text" in complaint_of(tmp_path, "yaml", in_yaml(written))
    else:
        assert filters_of(tmp_path, "yaml", in_yaml(written)) == {"Region": sent, "Price": "1"}


@pytest.mark.parametrize(
    ("written", "complaint"),
    [
        ("~", "row 1 (line 3): filters: 'Region': ~ is nothing in YAML; expected a text"),
        ("null", "row 1 (line 3): filters: 'Region': null is nothing in YAML; expected a text"),
        ("Null", "row 1 (line 3): filters: 'Region': Null is nothing"),
        ("", "row 1 (line 3): filters: 'Region': there is nothing; expected a text"),
        ("# West", "row 1 (line 3): filters: 'Region': there is nothing; expected a text"),
        ("!!null x", "row 1 (line 3): filters: 'Region': x is nothing in YAML"),
        (">5", "row 1 (line 3): filters: 'Region': >5 begins a block of text in YAML; expected it in quotes"),
        ("|5", "row 1 (line 3): filters: 'Region': |5 begins a block"),
        (">", "row 1 (line 3): filters: 'Region': > begins a block"),
        (">5 AND <9", "line 5: no YAML: did not find expected comment or line break; a text that begins with `>`"),
        ("*West*", "no YAML: did not find expected alphabetic or numeric character; a text that begins with `*`"),
        ("*West", "no YAML: found undefined alias; a text that begins with `*` is quoted"),
        ("%West%", "no YAML: found character that cannot start any token; a text that begins with `%`"),
        ("@West", "no YAML: found character that cannot start any token"),
        ("!West", "no YAML: could not determine a constructor for the tag"),
        ("West: East", "no YAML: mapping values are not allowed in this context; a text that holds `: ` is quoted"),
        ("[West, East]", "row 1 (line 3): filters: 'Region': a list is not a text, a number or a yes/no, nor {is:"),
        ("{is: [a]}", "row 1 (line 3): filters: 'Region': is: a list is not a text"),
        ("{is: a, remove: true}", "row 1 (line 3): filters: 'Region': a mapping is not a text"),
        ("{remove: no}", "row 1 (line 3): filters: 'Region': a mapping is not a text"),
        ("Acme, Inc.", None),
    ],
)
def test_what_yaml_makes_otherwise_is_refused(written: str, complaint: str | None, tmp_path: Path) -> None:
    """A null, a block, an alias, a tag and their like are named by row and filter; no default is lost silently."""
    if complaint is None:
        assert filters_of(tmp_path, "yaml", in_yaml(written))["Region"] == written
    else:
        assert complaint in complaint_of(tmp_path, "yaml", in_yaml(written))


def test_an_alias_stands_for_the_text_that_it_names(tmp_path: Path) -> None:
    """An alias of a text is the text, an alias of a null is refused as the null is."""
    text = "x-west: &west West\nx-none: &none ~\nexports: [{dashboard: 1, format: pdf, filters: {Region: *WHICH}}]"
    assert filters_of(tmp_path, "yaml", text.replace("WHICH", "west")) == {"Region": "West"}
    assert "'Region': ~ is nothing" in complaint_of(tmp_path, "yaml", text.replace("WHICH", "none"))


def test_a_comma_in_a_flow_mapping_is_told(tmp_path: Path) -> None:
    """`{Region: Acme, Inc.}` is two filters to YAML; the second has no value and is refused."""
    text = "exports: [{dashboard: 1, format: pdf, filters: {Region: Acme, Inc.}}]"
    assert "filters: 'Inc.': there is nothing" in complaint_of(tmp_path, "yaml", text)


@pytest.mark.parametrize("filters", ["", "~", "# Region: West"])
def test_filters_without_any_are_refused_in_yaml(filters: str, tmp_path: Path) -> None:
    """`filters:` with nothing below it would export everybody's data."""
    text = f"exports:\n- dashboard: 1\n  format: pdf\n  filters: {filters}\n"
    assert "filters: nothing is not a mapping" in complaint_of(tmp_path, "yaml", text)


@pytest.mark.parametrize("suffix", ["json", "jsonl"])
def test_json_has_the_same_words(suffix: str, tmp_path: Path) -> None:
    """A null filter is refused in JSON as well, and literals and numbers are taken."""
    row = {"dashboard": 1, "format": "pdf", "filters": {"A": {"is": "Acme, Inc."}, "B": {"is": 5}, "C": {"is": True}}}
    document = {"exports": [row]} if suffix == "json" else row
    assert filters_of(tmp_path, suffix, json.dumps(document)) == {"A": '"Acme, Inc."', "B": "5", "C": "Yes"}
    row["filters"] = {"A": None}
    assert "filters: 'A': there is nothing" in complaint_of(tmp_path, suffix, json.dumps(document))


def test_defaults_may_hold_literals_and_a_row_takes_them_away(tmp_path: Path) -> None:
    """`{is: …}` is for every row that does not say otherwise; `{remove: true}` takes it away, `filters: null` not."""
    document = {
        "defaults": {"dashboard": 42, "format": "pdf", "filters": {"Customer": {"is": "Acme, Inc."}}},
        "exports": [{"name": "a.pdf"}, {"name": "b.pdf", "filters": {"Customer": {"remove": True}}}],
    }
    first, second = exports_of(tmp_path, "json", json.dumps(document))
    assert first == DashboardExport("42", name="a.pdf", filters={"Customer": '"Acme, Inc."'})
    assert second == DashboardExport("42", name="b.pdf")
    document["exports"] = [{"filters": None}]
    assert "row 1: filters: there is nothing" in complaint_of(tmp_path, "json", json.dumps(document))


@pytest.mark.parametrize(
    ("address", "export"),
    [
        ("https://acme.looker.com/dashboards/42", DashboardExport("42")),
        (
            "https://acme.looker.com:9999/dashboards/42?Region=West%2CEast&Order+Date=12+months&fullscreen=true",
            DashboardExport("42", filters={"Region": "West,East", "Order Date": "12 months"}),
        ),
        (
            "https://acme.looker.com/embed/dashboards/shop::orders?Region=",
            DashboardExport("shop::orders", filters={"Region": ""}),
        ),
        (" http://acme/dashboards-next/42/#top", DashboardExport("42")),
    ],
)
@pytest.mark.parametrize("suffix", ["jsonl", "csv"])
def test_a_pasted_address_gives_id_and_filters(
    suffix: str, address: str, export: DashboardExport, tmp_path: Path
) -> None:
    """The address of a dashboard is its id and the filters in it."""
    content = json.dumps({"dashboard": address, "format": "pdf"})
    content = content if suffix == "jsonl" else f'dashboard,format\n"{address}",pdf\n'
    assert exports_of(tmp_path, suffix, content) == [export]


def test_the_rows_own_filters_go_over_those_of_the_address(tmp_path: Path) -> None:
    """What the row says itself is said later."""
    row = {"dashboard": "https://x/dashboards/42?Region=West&Year=2024", "format": "pdf", "filters": {"Region": "East"}}
    assert filters_of(tmp_path, "jsonl", json.dumps(row)) == {"Region": "East", "Year": "2024"}


@pytest.mark.parametrize(
    ("key", "address", "complaint"),
    [
        (
            "dashboard",
            "https://x/looks/7",
            "dashboard: 'https://x/looks/7' is the address of a look; expected the id of",
        ),
        ("look", "https://x/dashboards/7", "is the address of a dashboard; expected the id of a look"),
        ("dashboard", "https://x/folders/7", "is no address of a dashboard or a look"),
        ("dashboard", "https://[x/dashboards/7", "is no address of a dashboard or a look"),
    ],
)
def test_an_address_of_something_else_is_told(key: str, address: str, complaint: str, tmp_path: Path) -> None:
    """An address that does not lead to what the key wants is refused."""
    assert complaint in complaint_of(tmp_path, "jsonl", json.dumps({key: address, "format": "png"}))
