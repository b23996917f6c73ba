"""The names of files: safe, unique, stable."""

import re
from pathlib import Path, PurePosixPath
from types import MappingProxyType

import pytest
from attrs import evolve
from hypothesis import assume, example, given
from hypothesis import strategies as st

from looker_tasks.errors import InvalidExport
from looker_tasks.exports import DashboardExport, ElementExport, Export, LookExport, QueryExport
from looker_tasks.sansio.naming import (
    check_name,
    distinct_parts,
    export_key,
    file_name,
    foreign_trouble,
    kind_and_id,
    safe_part,
    same_file,
)
from tests.sansio.strategies import EXPORTS

_HOSTILE = [
    "",
    "/",
    ".",
    "..",
    "a/",
    "/etc/passwd",
    "//etc/passwd",
    "../up.pdf",
    "a/../../up.pdf",
    "a/..",
    "..\\up.pdf",
    "a\\b.pdf",
    "nul\0.pdf",
    "line\nfeed.pdf",
    "escape\x1b[2J.pdf",
    "half\ud800.pdf",
    ".looker-tasks/journal.sqlite3",
    ".looker-tasks",
    "./.looker-tasks/x",
    "a/.looker-tasks-0123456789abcdef.part",
    ".LOOKER-Tasks/x",
    ".loo\N{KELVIN SIGN}er-tasks/x",
    "x" * 256,
    "é" * 128,
    "a/" + "x" * 256 + "/b",
    "a/" * 600 + "b",
]


@pytest.mark.parametrize(
    ("export", "name"),
    [
        (DashboardExport("42"), "dashboard-42.pdf"),
        (DashboardExport(42, "png"), "dashboard-42.png"),
        (LookExport("7", "csv"), "look-7.csv"),
        (QueryExport("7", "json_detail"), "query-7.detail.json"),
        (QueryExport("7", "json"), "query-7.json"),
        (LookExport("7", "gsxml"), "look-7.gs.xml"),
        (ElementExport("9", "jpg"), "element-9.jpg"),
        (DashboardExport("42", name="west/42.pdf"), "west/42.pdf"),
    ],
)
def test_a_plain_export_is_named_by_what_it_is(export: Export, name: str) -> None:
    """Kind, id and format make the name, where nothing else was asked for; a name of its own goes before."""
    assert file_name(export) == name


@pytest.mark.parametrize(
    "export",
    [
        DashboardExport("42", filters={"Region": "West"}),
        DashboardExport("42", width=1),
        DashboardExport("42", landscape=False),
        DashboardExport("42", tabs=["one"]),
        DashboardExport("model::name"),
        DashboardExport("a.b"),
        DashboardExport("Slug"),
        DashboardExport("x" * 81),
        DashboardExport("42-0123456789abcdef"),
        LookExport("42", "csv", limit=0),
        LookExport("42", "csv", cache=False),
    ],
)
def test_what_the_name_cannot_say_is_digested(export: Export) -> None:
    """Any other wish, and any id that is more than a plain word, adds a digest of them all."""
    digest = export_key(export)[:16]
    assert re.fullmatch(rf"(dashboard|look)-[A-Za-z0-9_-]+-{digest}\.(pdf|csv)", file_name(export))


@given(EXPORTS)
@example(DashboardExport("..."))
@example(DashboardExport("CON"))
@example(QueryExport("a/b\\c\0", "csv"))
def test_a_made_name_is_safe_and_one_file_below_the_folder(export: Export) -> None:
    """Whatever is exported, its name is plain ASCII, short, passes for a user's own, and stays in the folder."""
    name = file_name(export)
    check_name(name)
    assert re.fullmatch(r"[a-z]+-[A-Za-z0-9_-]+(\.[a-z]+)+", name)
    assert len(name) < 130
    assert (Path("/out") / name).resolve().parent == Path("/out")


@given(EXPORTS, EXPORTS)
@example(QueryExport("1.detail", "json"), QueryExport("1", "json_detail"))
@example(DashboardExport("a"), DashboardExport("A"))
@example(DashboardExport("a b"), DashboardExport("a-b"))
@example(DashboardExport("x" * 100), DashboardExport("x" * 101))
@example(DashboardExport("1", filters={"a": True}), DashboardExport("1", filters={"a": 1}))
@example(DashboardExport("1", filters={"a": "b&c=d"}), DashboardExport("1", filters={"a": "b", "c": "d"}))
@example(DashboardExport("1", theme="x"), DashboardExport("1", style="tiled"))
def test_two_different_exports_never_share_a_name(one: Export, other: Export) -> None:
    """Names differ where the exports do, even on a disk that does not tell capitals."""
    assume(repr(one) != repr(other))  # True and 1 are equal to Python, and two filters to Looker
    assert same_file(file_name(one)) != same_file(file_name(other))


def test_a_name_that_looks_digested_is_nobody_elses() -> None:
    """An id that ends as a digest does gets one of its own, and so cannot meet the digested name of another."""
    digested = DashboardExport("42", filters={"Region": "West"})
    mimic = DashboardExport(file_name(digested).removeprefix("dashboard-").removesuffix(".pdf"))
    assert file_name(mimic) != file_name(digested)


@given(EXPORTS)
def test_the_same_export_keeps_its_name(export: Export) -> None:
    """An equal export made anew has the same key and the same name."""
    assert export_key(evolve(export)) == export_key(export)
    assert file_name(evolve(export)) == file_name(export)


def test_names_and_keys_are_stable_from_release_to_release() -> None:
    """A journal of an earlier release is still understood: these are frozen."""
    assert export_key(DashboardExport("42")) == "0432d906fcd495306e2201a9ee161acc"
    assert file_name(DashboardExport("42", filters={"Region": "West"})) == "dashboard-42-0a43f9273a581a85.pdf"


@given(st.permutations(["a", "b", "c"]))
def test_the_order_of_filters_says_nothing(titles: list[str]) -> None:
    """Filters given in another order, or as another mapping, make the same export."""
    filters = MappingProxyType(dict.fromkeys(titles, "x"))
    assert export_key(DashboardExport("1", filters=filters)) == export_key(
        DashboardExport("1", filters={"a": "x", "b": "x", "c": "x"})
    )


@pytest.mark.parametrize("name", _HOSTILE, ids=lambda name: ascii(name[:20]))
def test_a_hostile_name_is_refused(name: str) -> None:
    """What names no file, leads out, hides characters, is the journal's or too long is refused, naming the field."""
    with pytest.raises(InvalidExport) as refusal:
        check_name(name)
    assert refusal.value.field == "name"
    assert len(str(refusal.value)) < 1500


@pytest.mark.parametrize("name", ["half\ud800.pdf", "../up.pdf"])
def test_an_export_with_a_hostile_name_gets_no_file(name: str) -> None:
    """The same names are refused where the export is given a file, or made."""
    with pytest.raises(InvalidExport):
        file_name(DashboardExport("42", name=name))


@pytest.mark.parametrize(
    "name",
    ["a", "a.pdf", "a/b/c.pdf", "..a", "a..b", "...", "~", "-rf", "é.pdf", "x" * 255, "é" * 127, "a/.looker-tasks/b"],
)
def test_an_ordinary_name_is_taken(name: str) -> None:
    """Folders, dots within a part, other scripts and the longest part are a user's own choice."""
    assert file_name(DashboardExport("42", name=name)) == name


@given(st.text(max_size=60) | st.text(alphabet="./\\a", max_size=12))
def test_whatever_name_passes_stays_below_the_folder(name: str) -> None:
    """Any text either is refused or leads to a file below the folder, and not into the journal's."""
    try:
        check_name(name)
    except InvalidExport:
        return
    path = Path("/out", name).resolve()
    assert path.is_relative_to("/out")
    assert path != Path("/out")
    assert path.relative_to("/out").parts[0] != ".looker-tasks"
    assert all(len(part.encode()) <= 255 for part in PurePosixPath(name).parts)


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ("a.pdf", "A.PDF", True),
        ("é.pdf", "e\N{COMBINING ACUTE ACCENT}.pdf", True),
        ("./a//b.pdf", "a/b.pdf", True),
        ("a.pdf", "b.pdf", False),
        ("a/b.pdf", "b.pdf", False),
    ],
)
def test_names_that_some_disks_hold_for_one(one: str, other: str, is_same: bool) -> None:
    """Capitals, composed letters and idle slashes make no other file."""
    assert (same_file(one) == same_file(other)) is is_same


@given(EXPORTS)
def test_kind_and_id_are_what_was_given(export: Export) -> None:
    """Each export says what it is made of."""
    kind, found = kind_and_id(export)
    assert getattr(export, f"{kind}_id") == found


def test_who_asks_and_how_fresh_is_part_of_the_key() -> None:
    """`as_user` and `fresh` make another export with another key and name; unset, the key is what it always was."""
    plain = DashboardExport("42")
    others = [DashboardExport("42", as_user="1"), DashboardExport("42", as_user="2"), DashboardExport("42", fresh=True)]
    assert export_key(DashboardExport("42", as_user=None, fresh=False)) == export_key(plain)
    assert len({export_key(export) for export in (plain, *others)}) == 4
    assert len({file_name(export) for export in (plain, *others)}) == 4


HARD_NAMES = {
    "Smith, Jones & Co": "Smith, Jones & Co",
    "100% Juice": "100% Juice",
    "O'Neil": "O'Neil",
    'Ünïted "Q" Ltd': "Ünïted -Q- Ltd",
    "-Dash": "-Dash",
    "A/B Test": "A-B Test",
    "a\\b": "a-b",
    "under_score": "under_score",
    "car^et": "car^et",
    " NULL": "NULL",
    "北京公司": "北京公司",
    "CON": "CON_",
    "nul.txt": "nul_.txt",
    "com1": "com1_",
    "Acme Inc.": "Acme Inc",
    "..": "_",
    "": "_",
    " ": "_",
    ".hidden": "_hidden",
    ".looker-tasks": "_looker-tasks",
    "10:30": "10-30",
    "a\x00b\u202ec": "a-b-c",
    "half\ud800": "half-",
    "e\u0301": "é",
}


@pytest.mark.parametrize(("value", "part"), HARD_NAMES.items())
def test_a_value_is_made_safe_in_a_name(value: str, part: str) -> None:
    """A value is one part of a name on every system: no folder, no device, nothing that Windows refuses."""
    assert safe_part(value) == part
    check_name(f"{part}/{part}.pdf")
    assert foreign_trouble(f"{part}/{part}.pdf") is None


@given(st.text(max_size=300))
def test_any_value_is_made_safe(value: str) -> None:
    """Whatever the value, its part is a name that every system takes, and short."""
    part = safe_part(value)
    check_name(f"x/{part}/{part}.pdf")
    assert foreign_trouble(part) is None
    assert "/" not in part
    assert len(part.encode()) <= 110


def test_values_with_one_safe_part_have_digests() -> None:
    """And no others."""
    assert distinct_parts(["a/b", "a:b", "c"]) == {"a/b": "a-b~82badf67", "a:b": "a-b~78d6dbab"}


@given(st.lists(st.text("aAbB/-é\u0301 .", min_size=1, max_size=4) | st.just("x" * 200), max_size=12))
def test_different_values_have_different_parts(values: list[str]) -> None:
    """Values whose safe parts some file systems hold for one are told apart by a digest, in any order the same."""
    distinct = distinct_parts(values)
    parts = {value: distinct.get(value, safe_part(value)) for value in values}
    assert len({same_file(part) for part in parts.values()}) == len(set(values))
    assert distinct == distinct_parts(reversed(values))
    for part in parts.values():
        check_name(f"{part}.pdf")


@pytest.mark.parametrize(
    ("name", "trouble"),
    [
        ("10:30.pdf", "'10:30.pdf' holds ':', which no file on Windows can"),
        ("a/CON/b.pdf", "'CON' in 'a/CON/b.pdf' is a device on Windows"),
        ("nul.pdf", "'nul.pdf' in 'nul.pdf' is a device on Windows"),
        ("a./b.pdf", "'a.' in 'a./b.pdf' ends in '.', which no file on Windows can"),
        ("console.pdf", None),
    ],
)
def test_names_that_windows_cannot_have_are_known(name: str, trouble: str | None) -> None:
    """Why a name of the user's own will not do on Windows."""
    assert foreign_trouble(name) == trouble


@pytest.mark.parametrize(
    ("export", "complaint"),
    [
        (DashboardExport("1", name="a.csv"), "'a.csv' ends in .csv, and this is pdf; expected .pdf"),
        (DashboardExport("1", "png", name="a.PDF"), "'a.PDF' ends in .pdf"),
        (QueryExport("1", "csv", name="a.xlsx"), "expected .csv"),
        (QueryExport("1", "xlsx", name="a.txt"), "expected .xlsx"),
        (QueryExport("1", "csv", name="a.json"), "expected .csv"),
        (DashboardExport("1", "jpg", name="a.jpeg"), None),
        (DashboardExport("1", "pdf", name="v1.2"), None),
        (DashboardExport("1", "pdf", name="a"), None),
        (QueryExport("1", "json_detail", name="a.json"), None),
        (QueryExport("1", "csv", name="a.txt"), None),
        (QueryExport("1", "html", name="a.htm"), None),
    ],
)
def test_a_name_says_what_the_file_is(export: Export, complaint: str | None) -> None:
    """The extension of another format is refused; the format's own, a text's and an unknown one are taken."""
    if complaint is None:
        assert file_name(export) == export.name
    else:
        with pytest.raises(InvalidExport, match=re.escape(complaint)):
            file_name(export)
