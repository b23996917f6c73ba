"""`--dry-run`, `--only`, `--var` and `schema`: what a manifest would make, before anything is created."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from tests.cli.program import emulator, looker_tasks

MANIFEST = """
exports:
- dashboard: 42
  for_each: {region: [West, East, South], format: [pdf, png]}
  filters: {Region: "{region}"}
  name: "{team}/{region}.{format}"
- {look: 1, format: csv, name: look.csv}
"""
TILES = "exports: [{dashboard: 42, tiles: csv}]"


@pytest.fixture(scope="module")
def server() -> Iterator[Mapping[str, str]]:
    """Run an emulator whose tasks take no time."""
    with emulator("--renderer", "fake", "--render-seconds", "0", "--query-seconds", "0") as (settings, _):
        yield settings


def test_the_count_is_exact_and_the_table_says_each_row(tmp_path: Path) -> None:
    """Names for programs, a table for people, and no configuration is needed."""
    (tmp_path / "m.yaml").write_text(MANIFEST)
    ended = looker_tasks("export", "m.yaml", "--out", "o", "--dry-run", "--var", "team=sales", cwd=tmp_path)
    assert ended.status == 0, ended.err
    regions = [f"sales/{region}.{form}" for region in ("West", "East", "South") for form in ("pdf", "png")]
    assert ended.out.splitlines() == [*regions, "look.csv"]
    assert "dashboard 42      6  pdf, png" in ended.err
    assert ended.err.splitlines()[-1].startswith("7 exports; about ")


def test_only_keeps_the_names_that_match(tmp_path: Path) -> None:
    """A glob over the files' names."""
    (tmp_path / "m.yaml").write_text(MANIFEST)
    command = ("export", "m.yaml", "--out", "o", "--dry-run", "--var", "team=sales", "--only", "sales/*.png")
    ended = looker_tasks(*command, cwd=tmp_path)
    assert ended.out.splitlines() == ["sales/West.png", "sales/East.png", "sales/South.png"]


def test_a_variable_that_is_missing_is_named(tmp_path: Path) -> None:
    """Without `--var` the row, the key and the variables there are are said, with status 2."""
    (tmp_path / "m.yaml").write_text(MANIFEST)
    ended = looker_tasks("export", "m.yaml", "--out", "o", "--dry-run", cwd=tmp_path)
    assert ended.status == 2
    assert ended.err.startswith("looker-tasks: m.yaml: row 1 (line 3): name: ")
    assert "team" in ended.err


def test_the_calls_are_nearly_those_of_the_run(tmp_path: Path, server: Mapping[str, str]) -> None:
    """After a run into the folder the estimate is within a tenth of what the same again takes."""
    (tmp_path / "m.yaml").write_text(MANIFEST.replace("{team}", "team"))
    first = looker_tasks("export", "m.yaml", "--out", "o", cwd=tmp_path, settings=server)
    assert first.status == 0, first.err
    planned = looker_tasks("export", "m.yaml", "--out", "o", "--dry-run", cwd=tmp_path, settings=server)
    about = int(planned.err.splitlines()[-1].split("about ")[1].split(" ")[0])
    calls = int(first.err.split(" calls")[0].rpartition(" ")[2])
    assert about == pytest.approx(calls, rel=0.2)  # of seven exports one call more is a thirtieth


@pytest.mark.long
def test_the_first_guess_of_calls_is_nearly_right(tmp_path: Path) -> None:
    """Before any run into the folder, too, tiles and all: within a sixth of the calls that the summary counts.

    Of a burst of hundreds of files it is within a tenth; here a call a file more or less weighs more.
    """
    (tmp_path / "m.yaml").write_text("""
    values: {c: [A, B, C, D, E, F, G, H, I, J]}
    exports:
      - {for_each: {dashboard: [1, 2], format: [pdf, png], c: c}, filters: {Region: "{c}"}, name: "{c}/{n}.{format}"}
      - {for_each: {c: c}, dashboard: 3, tiles: csv, filters: {Region: "{c}"}}
    """)
    with emulator("--renderer", "fake", "--render-seconds", "0.5", "--render-slots", "4") as (settings, _):
        planned = looker_tasks("export", "m.yaml", "--out", "o", "--dry-run", cwd=tmp_path, settings=settings)
        about = int(planned.err.splitlines()[-1].split("about ")[1].split(" ")[0])
        made = looker_tasks("export", "m.yaml", "--out", "o", cwd=tmp_path, settings=settings)
    calls = int(made.err.split(" calls")[0].rpartition(" ")[2])
    assert about == pytest.approx(calls, rel=1 / 6)


def test_tiles_are_planned_with_looker_and_nothing_is_created(tmp_path: Path, server: Mapping[str, str]) -> None:
    """What only Looker knows is asked; no task is created."""
    (tmp_path / "m.yaml").write_text(TILES)
    ended = looker_tasks("export", "m.yaml", "--out", "o", "--dry-run", cwd=tmp_path, settings=server)
    assert ended.status == 0, ended.err
    assert len(ended.out.splitlines()) >= 2
    assert not (tmp_path / "o").exists()


def test_schema_is_json_schema(tmp_path: Path) -> None:
    """Editors take it up by its address or file."""
    ended = looker_tasks("schema", cwd=tmp_path)
    schema = json.loads(ended.out)
    assert ended.status == 0
    assert schema["$schema"].startswith("https://json-schema.org/")
    assert "exports" in schema["properties"]


def test_tiles_as_json_are_named_and_not_created(tmp_path: Path, server: Mapping[str, str]) -> None:
    """The query of a tile has no id before it is created: its line names dashboard and tile."""
    row = "{dashboard: 42, tiles: csv, filters: {Region: West}, name: '[b]{n}.csv'}"
    (tmp_path / "m.yaml").write_text(f"exports: [{row}]")
    more = ("--dry-run", "--json", "--only", "*1.csv")
    ended = looker_tasks("export", "m.yaml", "--out", "o", *more, cwd=tmp_path, settings=server)
    assert ended.status == 0, ended.err
    (line,) = map(json.loads, ended.out.splitlines())
    assert line.keys() == {"name", "dashboard", "tile", "format"}
    assert (line["name"], line["dashboard"]) == ("[b]1.csv", "42")
    assert "[b]1.csv" in ended.err
