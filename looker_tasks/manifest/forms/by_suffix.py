"""A manifest's rows, by the form that the file's name says."""

from collections.abc import Callable, Mapping
from pathlib import Path

from looker_tasks.errors import ConfigurationError
from looker_tasks.manifest.forms.documents import json_document, yaml_document
from looker_tasks.manifest.forms.lines import LinesOf, csv_rows, json_lines
from looker_tasks.manifest.rows import Rows

_READERS: Mapping[str, Callable[[Path], Rows]] = {
    ".yaml": yaml_document,
    ".yml": yaml_document,
    ".json": json_document,
    ".jsonl": lambda path: Rows(LinesOf(path, json_lines)),
    ".csv": lambda path: Rows(LinesOf(path, csv_rows)),
}


def read_rows(path: Path) -> Rows:
    """Read the rows of *path*; of JSON lines and CSV, each time that they are gone through.

    Raises `ConfigurationError` for what is no manifest at all, here or while rows are read.
    """
    reader = _READERS.get(path.suffix.lower())
    if reader is None:
        raise ConfigurationError(f"{path}: expected a name that ends in {', '.join(_READERS)}")
    return reader(path)
