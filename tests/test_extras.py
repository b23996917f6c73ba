"""A library that is missing is told with the line that installs it, whoever misses it."""

import subprocess
import sys
from importlib.util import find_spec

import pytest

from looker_tasks.errors import ConfigurationError
from looker_tasks.extras import install_line, require

_WITHOUT = """
import sys
sys.modules["{library}"] = None
sys.path_importer_cache.clear()
from importlib import util
found = util.find_spec
util.find_spec = lambda name, *more: None if name == "{library}" else found(name, *more)
from looker_tasks.errors import ConfigurationError
try:
    import {module}
except ConfigurationError as error:
    print(error)
"""


def test_an_extra_that_is_installed_is_no_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is raised where all of its libraries are there: each was looked for."""
    sought: list[str] = []

    def find(name: str) -> object:
        sought.append(name)
        return find_spec("sys")

    monkeypatch.setattr("looker_tasks.extras.find_spec", find)
    require("combine")
    assert sought == ["ijson", "img2pdf", "openpyxl", "pikepdf"]


def test_a_missing_library_is_told_by_its_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    """The message is the line to run."""
    monkeypatch.setattr("looker_tasks.extras.find_spec", lambda _: None)
    with pytest.raises(
        ConfigurationError, match=r"^pyarrow is not installed; run pip install 'looker-tasks\[tables\]'$"
    ):
        require("tables")


@pytest.mark.parametrize(
    ("module", "library", "extra"),
    [("looker_tasks.tables.encoder", "pyarrow", "tables"), ("looker_tasks.integrations.ray", "ray", "ray")],
)
def test_a_part_tells_what_it_misses_when_it_is_imported(module: str, library: str, extra: str) -> None:
    """A program without the library gets one line of the project's own error, and no traceback of another's."""
    program = [sys.executable, "-c", _WITHOUT.format(module=module, library=library)]
    run = subprocess.run(program, check=True, capture_output=True, text=True)
    assert run.stdout == f"{library} is not installed; run pip install 'looker-tasks[{extra}]'\n"


@pytest.mark.parametrize(
    ("module", "line"),
    [
        ("rich.progress", "rich is not installed; run pip install 'looker-tasks[cli]'"),
        ("pyarrow", "pyarrow is not installed; run pip install 'looker-tasks[tables]'"),
        ("looker_tasks.novelty", None),
        (None, None),
    ],
)
def test_install_line(module: str | None, line: str | None) -> None:
    """Only a library of an extra has a line; all else is a bug."""
    assert install_line(ModuleNotFoundError("…", name=module)) == line
