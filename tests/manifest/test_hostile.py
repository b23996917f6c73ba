"""Manifests that would take all memory or all time, and YAML as templates are written."""

import json
import os
import time
from pathlib import Path

import pytest

from looker_tasks import ConfigurationError, DashboardExport
from tests.manifest.reading import complaint_of, exports_of, plan_of


def test_what_is_no_file_is_not_read(tmp_path: Path) -> None:
    """A pipe, a device and a link to one end in a line and not in a wait."""
    os.mkfifo(tmp_path / "pipe.yaml")
    (tmp_path / "zero.jsonl").symlink_to("/dev/zero")
    (tmp_path / "zero.csv").symlink_to("/dev/zero")
    for name in ("pipe.yaml", "zero.jsonl", "zero.csv"):
        with pytest.raises(ConfigurationError, match="it is a pipe or a device; expected a file"):
            plan_of(tmp_path / name)
    with pytest.raises(ConfigurationError, match="embedded null"):
        plan_of(tmp_path / "a\0.csv")


@pytest.mark.parametrize(("suffix", "size"), [("yaml", 65), ("json", 65), ("jsonl", 17), ("csv", 17)])
def test_what_never_ends_is_told(suffix: str, size: int, tmp_path: Path) -> None:
    """A document or a line that grows without end is refused at a bound."""
    path = tmp_path / f"m.{suffix}"
    with path.open("wb") as file:
        for _ in range(size):
            file.write(b"x" * 2**20)
    with pytest.raises(ConfigurationError, match=r"longer than|too long"):
        plan_of(path)


BOMBS = {
    "aliases": "a0: &a0 [x, x, x, x, x, x, x, x, x]\n"
    + "".join(f"x-{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 12)).replace("x-0", "a0")
    + "exports: *a11\n",
    "merges": "x-0: &a0 {width: 1}\n"
    + "".join(f"x-{n}: &a{n} {{<<: [{', '.join([f'*a{n - 1}'] * 9)}], k{n}: 1}}\n" for n in range(1, 40))
    + "exports: [*a39]\n",
    "a chain of merges": "x-0: &a0 {k: 1}\n"
    + "".join(f"x-{n}: &a{n} {{<<: *a{n - 1}, k{n}: 1}}\n" for n in range(1, 2000))
    + "exports: [*a1999]\n",
}


@pytest.mark.parametrize("bomb", ["aliases", "merges", pytest.param("a chain of merges", marks=pytest.mark.long)])
def test_a_document_that_grows_by_its_aliases_is_told(bomb: str, tmp_path: Path) -> None:
    """Aliases of aliases and merges of merges are a complaint within seconds."""
    begun = time.process_time()
    assert complaint_of(tmp_path, "yaml", BOMBS[bomb])
    assert time.process_time() - begun < 20


TEMPLATE = """
x-common: &common {format: pdf, paper_size: a4}
x-region: &region {filters: {Region: West}}
exports:
  - {<<: [*common, *region], dashboard: 1}
  - {<<: [*common, *region], dashboard: 2, paper_size: a3}
  - {<<: *common, dashboard: 3}
defaults:
  <<: *common
  paper_size: letter
  theme: dark
"""


def test_yaml_as_templates_are_written(tmp_path: Path) -> None:
    """Keys of the writer's own at the top, merges of lists, and defaults at the end that merge what rows merge."""
    assert exports_of(tmp_path, "yaml", TEMPLATE) == [
        DashboardExport("1", paper_size="a4", theme="dark", filters={"Region": "West"}),
        DashboardExport("2", paper_size="a3", theme="dark", filters={"Region": "West"}),
        DashboardExport("3", paper_size="a4", theme="dark"),
    ]


def test_defaults_that_a_row_merges_are_not_there_twice(tmp_path: Path) -> None:
    """A mapping that is read in two places is no key written twice."""
    text = "exports: [{<<: *d, dashboard: 1}]\n"
    text = "x-d: &d {<<: &e {format: pdf}, format: png}\n" + text + "defaults: *d\n"
    assert exports_of(tmp_path, "yaml", text) == [DashboardExport("1", "png")]
    assert "the key 'format' is there twice" in complaint_of(
        tmp_path, "yaml", "x-d: {format: 1, format: 2}\nexports: []"
    )
    assert "`<<` merges a mapping" in complaint_of(tmp_path, "yaml", "exports: [{<<: West, dashboard: 1}]")


@pytest.mark.parametrize(
    ("names", "complaint"),
    [
        (("r", "r/w.png"), "row 2: name: 'r/w.png' lies below 'r', the file of row 1"),
        (("r/w.png", "R"), "row 2: name: 'R' is a folder to 'r/w.png' of row 1"),
        (("a/b/c.png", "x.png", "a/b"), "row 3: name: 'a/b' is a folder to 'a/b/c.png' of row 1"),
        (("a.csv",), "row 1: name: 'a.csv' ends in .csv, and this is png; expected .png"),
        (("R&D\\Ops.png",), "row 1: name: 'R&D\\\\Ops.png' has a backslash"),
        (("..\\x.png",), "row 1: name: '..\\\\x.png' has a backslash"),
    ],
)
def test_names_that_cannot_be_are_told_before_the_first_create(
    names: tuple[str, ...], complaint: str, tmp_path: Path
) -> None:
    """A file that is a folder to another, and a name that says something else than the file is."""
    document = {"exports": [{"dashboard": 1, "format": "png", "name": name} for name in names]}
    assert complaint_of(tmp_path, "json", json.dumps(document)).startswith(complaint)
