"""`values`, `for_each` and the sources of both."""

import json
from pathlib import Path

import pytest

from looker_tasks import DashboardExport, LookExport, QueryExport
from tests.planning.planning import KnownLooker, complaint_of, exports_of, names_of, plan_of

HARD = (
    "Smith, Jones & Co",
    "100% Juice",
    "O'Neil",
    'Ünïted "Q" Ltd',
    "-Dash",
    "A/B Test",
    "under_score",
    "car^et",
    " NULL",
    "EMPTY",
    "北京公司",
)


def write_customers(folder: Path, names: tuple[str, ...] = HARD) -> None:
    """Write files of customers in every form."""
    rows = [{"name": name, "id": number, "region": "West"} for number, name in enumerate(names)]
    cells = ((row["name"], row["id"], row["region"]) for row in rows)
    quoted = ('"{}",{},{}'.format(str(name).replace('"', '""'), *rest) for name, *rest in cells)
    (folder / "c.csv").write_text("\n".join(["name,id,region", *quoted]))
    (folder / "c.json").write_text(json.dumps(rows))
    (folder / "c.jsonl").write_text("\n".join(map(json.dumps, rows)))
    (folder / "names.json").write_text(json.dumps(list(names)))


BURST = """
values: {customer: SOURCE}
exports:
  - dashboard: 42
    for_each: {customer: customer, format: [pdf, png]}
    filters: {Customer: "{customer}", Order Date: 12 months}
    name: "{customer}/{dashboard.id} {date:%Y-%m-%d}.{format}"
"""


@pytest.mark.parametrize(
    "source",
    [
        "{csv: c.csv, column: name}",
        "{json: c.json, column: name}",
        "{jsonl: c.jsonl, column: name}",
        "{json: names.json}",
        "{query: 17, field: customers.name}",
        "{look: 7, field: customers.name}",
        json.dumps(HARD),
    ],
)
async def test_every_source_gives_the_same_values(source: str, tmp_path: Path) -> None:
    """Each customer gets a folder and a filter that matches it alone, in both formats, wherever the names stand."""
    write_customers(tmp_path)
    rows = [{"customers.name": name, "x": None} for name in HARD]
    looker = KnownLooker(rows={("query", "17"): rows, ("look", "7"): rows}, folders={})
    exports = await exports_of(tmp_path, BURST.replace("SOURCE", source), looker=looker)
    assert len(exports) == 22
    assert [export.result_format for export in exports[:2]] == ["pdf", "png"]
    assert all(isinstance(export, DashboardExport) for export in exports)
    filters = [export.filters["Customer"] for export in exports[::2]]  # type: ignore[union-attr]  # dashboards
    assert filters[0] == '"Smith, Jones & Co"'
    assert filters[8] == '" NULL"'
    assert len(set(filters)) == 11
    names = {export.name for export in exports}
    assert len(names) == 22
    assert {"A-B Test/42 2026-11-26.pdf", "NULL/42 2026-11-26.png", "北京公司/42 2026-11-26.pdf"} <= names


async def test_a_whole_row_is_bound(tmp_path: Path) -> None:
    """Without a column, each field of a row is at hand, for any key."""
    write_customers(tmp_path)
    manifest = """
    exports:
      - dashboard: 42
        format: pdf
        for_each: {c: {csv: c.csv}}
        filters: {Customer: {is: "{c.name}"}, Region: "{c.region!expression}", Both: "{c.region},East"}
        as_user: "{c.id}"
        name: "{c.region}/{c.name}-{n:02}.pdf"
    """
    first, *_ = await exports_of(tmp_path, manifest)
    assert first == DashboardExport(
        "42",
        filters={"Customer": '"Smith, Jones & Co"', "Region": "West", "Both": "West,East"},
        as_user="0",
        name="West/Smith, Jones & Co-01.pdf",
    )


async def test_variables_set_keys_of_their_name(tmp_path: Path) -> None:
    """A variable called like a key is the key's value, over a default and the row's format axis alike."""
    manifest = """
    defaults: {format: pdf, paper_size: a4}
    exports:
      - for_each: {dashboard: [1, 2], format: [pdf, png]}
      - for_each: {look: [7]}
        format: csv
    """
    assert await exports_of(tmp_path, manifest) == [
        DashboardExport("1", paper_size="a4"),
        DashboardExport("1", "png"),
        DashboardExport("2", paper_size="a4"),
        DashboardExport("2", "png"),
        LookExport("7", "csv"),
    ]


async def test_defaults_are_filled_in_too(tmp_path: Path) -> None:
    """What all rows have in common may hold variables, sources and a name."""
    manifest = """
    values: {region: [West, East]}
    defaults:
      for_each: {region: region}
      format: pdf
      name: "{region}/{dashboard.id}.pdf"
      filters: {Region: "{region}", Year: 2024}
    exports:
      - dashboard: 1
      - dashboard: 2
        filters: {Year: {remove: true}}
        name: "second/{filters.Region}.pdf"
    """
    exports = await exports_of(tmp_path, manifest)
    assert [export.name for export in exports] == ["West/1.pdf", "East/1.pdf", "second/West.pdf", "second/East.pdf"]
    assert exports[0] == DashboardExport("1", name="West/1.pdf", filters={"Region": "West", "Year": "2024"})
    assert exports[2] == DashboardExport("2", name="second/West.pdf", filters={"Region": "West"})


async def test_variables_of_the_command_line(tmp_path: Path) -> None:
    """A variable is a field for all rows, and stands for the values of its name."""
    manifest = """
    values: {customer: [a, b, c]}
    exports:
      - {dashboard: 1, format: pdf, for_each: {customer: customer}, name: "{env}/{customer}.pdf"}
      - {dashboard: 2, format: pdf, filters: {Env: "{env}"}, name: two.pdf}
    """
    exports = await exports_of(tmp_path, manifest, variables={"env": "p,q", "customer": "b"})
    assert [export.name for export in exports] == ["p,q/b.pdf", "two.pdf"]
    assert exports[1] == DashboardExport("2", name="two.pdf", filters={"Env": '"p,q"'})
    manifest = manifest.replace("{customer: customer}", "{customer: [x]}")
    clash = await complaint_of(tmp_path, manifest, variables={"customer": "b", "env": "p"})
    assert "row 1 (line 4): for_each: customer: a variable of that name is set for all rows" in clash


async def test_values_are_there_once_and_what_is_missing_is_told(tmp_path: Path) -> None:
    """A column with repeats and gaps gives each value once, and a warning for the gaps."""
    (tmp_path / "c.csv").write_text("name\nb\na\n\nb\n \n")
    (tmp_path / "d.jsonl").write_text('{"name": "b"}\n{"name": null}\n{"name": ""}\n{"name": 5}\n{"name": 5.0}\n')
    manifest = "exports: [{dashboard: 1, format: pdf, for_each: {c: SOURCE}, name: '{c}.pdf'}]"
    plan = await plan_of(tmp_path, manifest.replace("SOURCE", "{csv: c.csv, column: name}"))
    assert [planned.name for planned in plan.files()] == ["b.pdf", "a.pdf"]
    plan = await plan_of(tmp_path, manifest.replace("SOURCE", "{jsonl: d.jsonl, column: name}"))
    assert [planned.name for planned in plan.files()] == ["b.pdf", "5.pdf"]
    assert plan.warnings == ("d.jsonl: 2 of its rows have no name and are left out",)


async def test_a_source_may_be_empty_where_it_says_so(tmp_path: Path) -> None:
    """Nothing to make is a mistake unless the manifest allows it, and then it is told."""
    (tmp_path / "c.csv").write_text("name\n")
    manifest = "exports: [{dashboard: 1, format: pdf, for_each: {c: {csv: c.csv, column: name}}, name: '{c.x}{y}'}]"
    assert "row 1 (line 1): c.csv: it has no values; expected some, or allow_empty" in await complaint_of(
        tmp_path, manifest
    )
    plan = await plan_of(tmp_path, manifest.replace("column: name", "column: name, allow_empty: true"))
    assert plan.count == 0
    assert plan.warnings == ("row 1 (line 1): there are no values, so it makes nothing",)


@pytest.mark.parametrize(
    ("row", "complaint"),
    [
        ("for_each: {c: customers}, name: x", "for_each: c: 'customers' is no name under `values`; there are customer"),
        ("for_each: {c: {csv: c.csv, column: nme}}", "c.csv: no 'nme' there; there are name, id, region"),
        ("for_each: {c: {csv: none.csv, column: name}}", "none.csv: No such file or directory"),
        ("for_each: {c: {csv: c.csv, column: name, x: 1}}", "for_each: c: 'x': a source from csv has csv, column and"),
        ("for_each: {c: {column: name}}", "for_each: c: a mapping: expected a list, a name from `values`, or a source"),
        ("for_each: {c: {csv: c.csv, query: 1}}", "for_each: c: csv and query: expected a list"),
        ("for_each: {c: [[1]]}", "for_each: c: a list is no value"),
        ("for_each: {c: [~]}", "for_each: c: nothing is no value"),
        ("for_each: [c]", "for_each: a list is not a mapping of variables to values"),
        ("for_each: {c.d: [1]}", "for_each: 'c.d' is no name for a variable"),
        (
            "for_each: {c: {csv: c.csv}}, name: '{c}.pdf'",
            "name: {c}: it is a row of c.csv; expected one of {c.name}, {c.id}",
        ),
        ("for_each: {c: {csv: c.csv}}, name: '{c.nme}.pdf'", "name: {c.nme}: it is a row of c.csv"),
        ("for_each: {c: customer}, name: '{d}.pdf'", "name: {d}: no such field; there are {c}, {dashboard.id}"),
        ("for_each: {c: customer}, name: '{c.x}.pdf'", "name: {c.x}: no such field"),
        ("for_each: {c: customer}, name: '{c:03}.pdf'", "name: {c:03}: only date and n have a format"),
        ("for_each: {c: customer}, name: '{n:x}.pdf'", "name: {n:x}: expected a width such as {n:03}"),
        ("for_each: {c: customer}, name: '{c'", "name: a lone {"),
        ("filters: {A: '{c}'}", "filters: 'A': {c}: no such field; there are {dashboard.id}"),
        ("for_each: {c: customer}, width: '{c}'", "width: 'a' is not a whole number"),
        ("for_each: {c: customer}, name: x.pdf", "export 2: name: 'x.pdf' is the file of row 1 (line 2), export 1 too"),
        ("for_each: {format: [pdf, doc]}", "format: 'doc' is not one of pdf, png, jpg"),
        ("for_each: {c: {query: 99, field: x}}", "query 99 is known to Looker alone, and there is no configuration"),
        ("name: '{dashboard.title}.pdf'", "dashboard 42 is known to Looker alone"),
    ],
)
async def test_what_is_wrong_is_told_by_row_and_key(row: str, complaint: str, tmp_path: Path) -> None:
    """A wrong variable, column, source or field is one line that says what was expected."""
    write_customers(tmp_path)
    form = "" if "format" in row else "format: pdf, "
    manifest = f"values: {{customer: [a, b]}}\nexports: [{{dashboard: 42, {form}{row}}}]"
    if "alone" in complaint:
        told = await complaint_of(tmp_path, manifest)
    else:
        told = await complaint_of(tmp_path, manifest, looker=KnownLooker())
    assert complaint in told
    assert told.startswith("row 1 (line 2)")
    assert "\n" not in told


async def test_an_empty_cell_never_becomes_a_filter(tmp_path: Path) -> None:
    """A row whose customer is blank would export everybody's data; the complaint says which export."""
    (tmp_path / "c.csv").write_text("name,id\na,1\n,2\n")
    row = "dashboard: 1, format: pdf, for_each: {c: {csv: c.csv}}, name: '{c.id}.pdf', filters: {Customer: '{c.name}'}"
    told = await complaint_of(tmp_path, f"exports: [{{{row}}}]")
    assert "filters: 'Customer': {c.name} is empty, and an empty filter would match everything" in told


async def test_braces_of_the_writers_own(tmp_path: Path) -> None:
    """Doubled braces are braces, in a name and in a filter, with and without variables."""
    manifest = "exports: [{dashboard: 1, format: pdf, name: '{{a}}.pdf', filters: {A: '{{b}}', B: {is: '{{c}},'}}}]"
    assert await exports_of(tmp_path, manifest) == [
        DashboardExport("1", name="{a}.pdf", filters={"A": "{b}", "B": '"{c},"'})
    ]


async def test_only_what_is_asked_for_is_kept(tmp_path: Path) -> None:
    """A glob picks files by name; one that fits nothing is a mistake."""
    row = "dashboard: 1, for_each: {c: [a, b], format: [pdf, png]}, name: 'x/{c}.{format}'"
    manifest = f"exports: [{{{row}}}, {{query: 5, format: csv}}]"
    assert await names_of(tmp_path, manifest, only="x/*.pdf") == ["x/a.pdf", "x/b.pdf"]
    assert await exports_of(tmp_path, manifest, only="query-*") == [QueryExport("5", "csv")]
    assert "--only 'y' fits none of the files; the first is 'x/a.pdf'" in await complaint_of(
        tmp_path, manifest, only="y"
    )


async def test_names_that_windows_cannot_have_are_warned_of(tmp_path: Path) -> None:
    """The writer's own colon is told; a value's is made safe."""
    row = "dashboard: 1, format: pdf, for_each: {c: ['a:b']}, name: '{c} 10:30.pdf'"
    plan = await plan_of(tmp_path, f"exports: [{{{row}}}]")
    assert [planned.name for planned in plan.files()] == ["a-b 10:30.pdf"]
    assert "holds ':', which no file on Windows can" in plan.warnings[0]


async def test_a_pasted_address_is_told(tmp_path: Path) -> None:
    """What was taken from an address is said."""
    plan = await plan_of(tmp_path, "exports: [{dashboard: 'https://x/dashboards/42?Region=West', format: pdf}]")
    assert plan.warnings == ("row 1 (line 1): dashboard: took the id 42 and the filters Region from the address",)
