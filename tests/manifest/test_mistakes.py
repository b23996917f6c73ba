"""A wrong manifest is told by file, row and key, before anything is created, and never by a traceback."""

import json
import tracemalloc
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from looker_tasks import ConfigurationError
from tests.manifest.reading import made_by, plan_of

RIGHT = '{"dashboard": "1", "format": "pdf"}\n'


def complaint(folder: Path, suffix: str, text: str | bytes) -> str:
    """Tell what is wrong with a manifest, less its path."""
    path = folder / f"m.{suffix}"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    with pytest.raises(ConfigurationError) as raised:
        plan_of(path)
    assert all(line.startswith((f"{path}: ", "... and ")) for line in str(raised.value).splitlines())
    return str(raised.value).replace(f"{path}: ", "")


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ({"dashbord": "1", "format": "pdf"}, "'dashbord': unknown key; did you mean 'dashboard'?"),
        ({"dashboard": "1", "format": "pdf", "🤷": 1}, "'🤷': unknown key; expected one such as dashboard"),
        ({"format": "pdf"}, "dashboard, look, query or element: one of them must be there"),
        ({"dashboard": "1", "look": "2", "format": "png"}, "dashboard and look: only one of them may be there"),
        ({"dashboard": "1"}, "format: it is missing; expected one such as pdf, png, csv"),
        (
            {"dashboard": "1", "format": "csv"},
            "format: 'csv' is not one of pdf, png, jpg; for rows, export a look or a query, or the dashboard's tiles",
        ),
        (
            {"dashboard": "1", "format": "pdf", "Region": "West"},
            "'Region': unknown key; expected one such as dashboard",
        ),
        ({"look": "1", "format": "pdf"}, "format: 'pdf' is not one of png, jpg, json"),
        ({"look": "1", "format": "png", "filters": {"A": "1"}}, "filters: no look has one; only dashboard"),
        ({"element": "1", "format": "png", "limit": 1}, "limit: no element has one; only look and query"),
        ({"dashboard": "1", "format": "png", "paper_size": "a4"}, "paper_size: only a pdf has one, this is a png"),
        ({"dashboard": "1", "format": "pdf", "paper_size": "fit"}, "paper_size: 'fit' is not one of letter, legal"),
        ({"dashboard": "1", "format": "pdf", "width": 0}, "width: 0 is not a whole number of pixels, at least 1"),
        ({"dashboard": "1", "format": "pdf", "width": "1.5"}, "width: '1.5' is not a whole number"),
        ({"dashboard": "1", "format": "pdf", "width": "9" * 99}, "width: '9999"),
        ({"dashboard": "1", "format": "pdf", "width": "²"}, "width: '²' is not a whole number"),
        ({"dashboard": "1", "format": "pdf", "width": True}, "width: True is not a whole number"),
        ({"dashboard": "1", "format": "pdf", "landscape": "perhaps"}, "landscape: 'perhaps' is not one of true, false"),
        ({"dashboard": "1", "format": "pdf", "landscape": 1}, "landscape: 1 is not one of true, false"),
        ({"dashboard": 1.5, "format": "pdf"}, "dashboard: 1.5 is not a text"),
        ({"dashboard": " ", "format": "pdf"}, "dashboard: ' ' is not an id"),
        ({"dashboard": ["1"], "format": "pdf"}, "dashboard: a list is not a text"),
        ({"dashboard": "\ud800", "format": "pdf"}, r"dashboard: '\ud800' is not a text"),
        ({"dashboard": "1", "format": "pdf", "filters": "A=1"}, "filters: 'A=1' is not a mapping of filter titles"),
        ({"dashboard": "1", "format": "pdf", "filters": {"A": [1]}}, "filters: 'A': a list is not a text, a number or"),
        ({"dashboard": "1", "format": "pdf", "filters": {"": "1"}}, "filters: '' is not a filter's title"),
        ({"dashboard": "1", "format": "pdf", "filters": {"A": "\udfff"}}, r"filters: 'A': '\udfff' is not a text"),
        ({"dashboard": "1", "format": "pdf", "tabs": [""]}, "tabs: ('',) is not a list of tab ids"),
        ({"dashboard": "1", "format": "pdf", "tabs": [{}]}, "tabs: a mapping is not a text"),
        ({"dashboard": "1", "format": "pdf", "name": "../x.pdf"}, "name: '../x.pdf' leads out of the output folder"),
        ({"dashboard": "1", "format": "pdf", "name": "x" * 300}, "name: "),
        ({"look": "1", "format": "csv", "image_width": 9}, "image_width: API 4.0 has no such parameter"),
        ([], "a list is not a mapping of keys to values"),
        (None, "nothing is not a mapping of keys to values"),
    ],
)
def test_a_wrong_row_is_told_by_its_line_and_key(row: object, expected: str, tmp_path: Path) -> None:
    """Whatever is wrong in the third line of JSON lines is told on one line with row, line, key and expectation."""
    told = complaint(tmp_path, "jsonl", f"{RIGHT}\n{json.dumps(row)}\n")
    assert told.startswith(f"row 2 (line 3): {expected}")
    assert "\n" not in told
    assert len(told) < 320


@pytest.mark.parametrize(
    ("suffix", "text", "expected"),
    [
        ("jsonl", RIGHT + "{", "row 2 (line 2): no JSON at line 1, column 2: "),
        ("jsonl", RIGHT.encode() + b'{"dashboard": "\xff"}', "row 2 (line 2): it is not UTF-8 text"),
        ("jsonl", '{"dashboard": NaN}', "row 1 (line 1): NaN is no JSON"),
        ("jsonl", '{"look": "1", "look": "2"}', "row 1 (line 1): the key 'look' is there twice"),
        ("jsonl", "[" * 100_000, "row 1 (line 1): no JSON that anybody wrote: it is nested too deeply"),
        ("jsonl", '{"width": ' + "9" * 5000 + "}", "row 1 (line 1): "),
        ("json", "[]", "it holds a list; expected `exports:` with a list of rows"),
        ("json", "{", "no JSON at line 1, column 2: "),
        ("json", '{"exports": {}}', "exports: a mapping is not a list of rows"),
        ("json", '{"export": []}', "unknown key 'export' (did you mean 'exports'?)"),
        ("json", '{"exports": [], "x": 1}', "unknown key 'x'; expected `exports:`"),
        ("json", '{"exports": [], "defaults": [1]}', "defaults: a list is not a mapping"),
        ("json", '{"exports": [], "defaults": {"widht": 1}}', "defaults: 'widht': unknown key; did you mean 'width'?"),
        ("json", '{"exports": [], "defaults": {"width": "x"}}', "defaults: width: 'x' is not a whole number"),
        ("json", '{"exports": [], "defaults": {"look": 1, "query": 2}}', "defaults: look and query: only one of them"),
        ("json", '{"exports": [{"look": 1}], "defaults": {"format": "pdf"}}', "row 1: format: 'pdf' is not one of png"),
        ("json", b"\xff", "it is not UTF-8 text"),
        ("yaml", "", "it holds nothing; expected `exports:` with a list of rows"),
        (
            "yaml",
            "exports:\n- {look: 1, format: csv}\n-\n  look: 2\n  format: doc\n",
            "row 2 (line 4): format: 'doc' is not",
        ),
        ("yaml", "exports:\n- {look: 1, look: 2}", "line 2: no YAML: the key 'look' is there twice"),
        ("yaml", "exports: [\n", "line 2: no YAML: did not find expected node content"),
        ("yaml", "exports: *rows", "line 1: no YAML: found undefined alias"),
        ("yaml", "exports: []\n---\nexports: []", "line 2: no YAML: but found another document"),
        (
            "yaml",
            "exports: !!python/object:os.system {}",
            "line 1: no YAML: could not determine a constructor for the tag",
        ),
        ("yaml", "exports: [!!int x]", "line 1: no YAML: could not determine a constructor for the tag"),
        ("yaml", "exports: &a [*a]", "row 1 (line 1): a list is not a mapping"),
        ("yaml", "exports: [&a {filters: *a}]", "row 1 (line 1): filters: "),
        ("yaml", "? [a]\n: 1", "line 1: no YAML: found unhashable key"),
        ("yaml", "a: \x00", "no YAML: "),
        ("yaml", "- " * 10_000, "no YAML: it is nested more than 20 levels deep"),
        ("yaml", "[" * 100_000, "no YAML: it is nested more than 20 levels deep"),
        ("csv", "", "line 1: expected the names of the columns, such as dashboard,format,name"),
        ("csv", "look,format,look\n", "line 1: the column 'look' is there twice"),
        ("csv", "look,,format\n", "line 1: column 2 has no name"),
        ("csv", "look,format,filters\n", "line 1: 'filters' names no filter; expected a column such as filters.Region"),
        ("csv", "look,format\n1\n", "row 1 (line 2): it has 1 cells, and the header has 2"),
        ("csv", 'look,format\n1,"c\nsv"\n2,csv\n3,x\n', "row 1 (line 2): format: 'c\\nsv' is not one of"),
        ("csv", 'look,format\n1,csv\n2,"csv', "line 3: no CSV: unexpected end of data"),
        ("csv", b"look,format\n1,\xff\n", "after line 0: it is not UTF-8 text"),
        ("csv", "look,format,x.Region\n1,csv,West\n", "row 1 (line 2): 'x.Region': unknown key"),
        ("txt", "", "expected a name that ends in .yaml, .yml, .json, .jsonl, .csv"),
    ],
)
def test_a_wrong_file_is_told_by_its_place(suffix: str, text: str | bytes, expected: str, tmp_path: Path) -> None:
    """What is no manifest at all is told with the line or the row where it stops being one."""
    assert complaint(tmp_path, suffix, text).startswith(expected)


def test_the_origin_of_a_wrong_default_is_told(tmp_path: Path) -> None:
    """A row that is wrong by a default says that it is the default."""
    text = '{"exports": [{"look": 1, "format": "csv"}], "defaults": {"limit": -2}}'
    assert complaint(tmp_path, "json", text).endswith("(from the defaults)")


def test_only_the_first_few_wrong_rows_are_told(tmp_path: Path) -> None:
    """Of twenty wrong rows five are told, and how many more there are."""
    told = complaint(tmp_path, "csv", "look,format\n" + "1,pdf\n" * 20).splitlines()
    assert [line.partition(":")[0] for line in told] == [
        *(f"row {n} (line {n + 1})" for n in range(1, 6)),
        "... and 15 more",
    ]


@pytest.mark.parametrize(
    ("first", "second"),
    [("a.pdf", "a.pdf"), ("a.pdf", "A.pdf"), ("x/a.pdf", "x//a.pdf"), ("é.pdf", "e\u0301.pdf"), ("", "")],
)
def test_two_rows_with_one_file_are_told_together(first: str, second: str, tmp_path: Path) -> None:
    """Two rows whose names a disk may hold for one, or that ask for the same without a name, are both named."""
    rows = [first, "other.pdf", second]
    told = complaint(tmp_path, "csv", "dashboard,format,name\n" + "".join(f"1,pdf,{name}\n" for name in rows))
    assert told.startswith("row 3 (line 4): name: ")
    assert told.endswith("is the file of row 1 (line 2) too; expected one of its own")


def test_api_3_1_refuses_what_it_has_not(tmp_path: Path) -> None:
    """The version of the API is part of the check."""
    (tmp_path / "m.jsonl").write_text('{"element": "9", "format": "png"}')
    assert len(plan_of(tmp_path / "m.jsonl")) == 1
    with pytest.raises(ConfigurationError, match=r"row 1 \(line 1\): element: API 3\.1"):
        plan_of(tmp_path / "m.jsonl", "3.1")


def test_a_file_that_cannot_be_read_is_told_by_its_name(tmp_path: Path) -> None:
    """A missing file, a folder, and a file that goes away or changes after the check are one clear line each."""
    (tmp_path / "folder.csv").mkdir()
    for name in ("none.yaml", "none.csv", "folder.csv", "folder.csv/x.json"):
        with pytest.raises(ConfigurationError, match=rf"^{tmp_path / name}: "):
            plan_of(tmp_path / name)
    path = tmp_path / "m.jsonl"
    path.write_text(RIGHT)
    checked = plan_of(path)
    path.write_text("{}")
    with pytest.raises(ConfigurationError, match=r"m\.jsonl: row 1 \(line 1\): dashboard, look, query or element: "):
        made_by(checked)
    path.unlink()
    with pytest.raises(ConfigurationError, match="No such file"):
        made_by(checked)


KEYS = st.sampled_from(
    ["dashboard", "look", "query", "element", "format", "name", "filters", "tabs"]
) | st.sampled_from(
    ["width", "theme", "landscape", "limit", "cache", "image_width", "filters.A", "exports", "defaults", "<<"]
)
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=9),
    st.sampled_from(["pdf", "png", "csv", "1"]),
)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS | st.text(max_size=3), inner, max_size=3)
)
ROWS = st.lists(st.dictionaries(KEYS, VALUES, max_size=5) | VALUES, max_size=4)


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=ROWS, defaults=VALUES, form=st.sampled_from(["json", "yaml", "jsonl"]))
def test_no_row_breaks_the_reading(tmp_path: Path, rows: list[object], defaults: object, form: str) -> None:
    """Rows of any shape are a manifest or a complaint, and what is one has as many exports as rows."""
    path = tmp_path / f"m.{form}"
    document = {"exports": rows} | ({"defaults": defaults} if defaults else {})
    path.write_text("\n".join(map(json.dumps, rows)) if form == "jsonl" else json.dumps(document))  # JSON is YAML too
    with suppress(ConfigurationError):
        manifest = plan_of(path)
        assert len(made_by(manifest)) == len(manifest) == len(rows)


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    content=st.binary(max_size=200)
    | st.text("\n\r\t {}[]:,-&*!|>'\"#%@`~<?=ab0.\\exports", max_size=200).map(str.encode),
    form=st.sampled_from(["json", "yaml", "jsonl", "csv"]),
)
@example(content=b"exports: !!set {a}", form="yaml")
@example(content=b"exports: !!timestamp x", form="yaml")
@example(content=b"<<: {exports: []}", form="yaml")
@example(content=b"exports: []\n<<: {exports: [1, 2]}", form="yaml")
@example(content=b"look,format\r1,csv\r", form="csv")
def test_no_bytes_break_the_reading(tmp_path: Path, content: bytes, form: str) -> None:
    """Any file at all is a manifest or a complaint."""
    path = tmp_path / f"m.{form}"
    path.write_bytes(content)
    try:
        manifest = plan_of(path)
        is_right = len(made_by(manifest)) == len(manifest)
    except ConfigurationError as complaint:
        is_right = path.name in str(complaint)
    assert is_right


@pytest.mark.long
def test_the_memory_of_a_long_manifest_does_not_hold_its_rows(tmp_path: Path) -> None:
    """Checking and reading 20,000 rows holds nothing of them but a digest each."""
    path = tmp_path / "m.csv"
    with path.open("w") as file:
        file.write("dashboard,format,name\n")
        file.writelines(f"{number},pdf,folder/of/many/files/{number}.pdf\n" for number in range(20_000))
    tracemalloc.start()
    try:
        assert plan_of(path).count == 20_000
        assert tracemalloc.get_traced_memory()[1] < 6_000_000  # as exports they would be 20 MB
    finally:
        tracemalloc.stop()
