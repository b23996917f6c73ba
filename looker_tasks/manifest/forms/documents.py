"""Manifests that are one document, read whole: JSON and YAML, with the rows under ``exports:`` beside ``defaults:``.

``values:`` names the values that rows are made for; a top key that begins with ``x-`` is the writer's own, for anchors.
"""

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path

import yaml

from looker_tasks.errors import ConfigurationError
from looker_tasks.manifest.forms import strict_json, yaml_texts
from looker_tasks.manifest.forms.files import read_document
from looker_tasks.manifest.rows import Position, Rows, entry, is_null, shown

KEYS: Mapping[str, str] = {
    "exports": "The rows: what to export.",
    "defaults": "Keys for every row that can have them and has none of its own; filters are merged one by one.",
    "values": "Lists of values by name, for the rows' `for_each`.",
}
_SHAPE = "expected `exports:` with a list of rows, and `defaults:` or `values:` with a mapping if wanted"


def json_document(path: Path) -> Rows:
    """Read the rows of a JSON document."""
    try:
        document = strict_json.parse(read_document(path))
    except ValueError as wrong:
        raise ConfigurationError(f"{path}: {wrong}") from None
    exports, defaults, values = _parts(path, document)
    return Rows([entry(Position(number), value) for number, value in enumerate(exports, start=1)], defaults, values)


def yaml_document(path: Path) -> Rows:
    """Read the rows of a YAML document, each with its line."""
    text = read_document(path)
    try:
        document, node = yaml_texts.document(text)
    except yaml.YAMLError as error:
        raise ConfigurationError(f"{path}: {yaml_texts.complaint(error)}") from None
    exports, defaults, values = _parts(path, document)
    positions = (Position(number, line) for number, line in enumerate(_lines_of_rows(node), start=1))
    entries = [entry(position, value) for position, value in zip(positions, exports, strict=True)]
    return Rows(entries, defaults, values)


def _parts(path: Path, document: object) -> tuple[Sequence[object], Mapping[str, object], Mapping[str, object]]:
    if not isinstance(document, Mapping):
        raise ConfigurationError(f"{path}: it holds {shown(document)}; {_SHAPE}")
    for key in document:
        if key not in KEYS and not (isinstance(key, str) and key.startswith("x-")):
            meant = get_close_matches(str(key), KEYS, n=1)
            raise ConfigurationError(
                f"{path}: unknown key {shown(key)}{f' (did you mean {meant[0]!r}?)' if meant else f'; {_SHAPE}'}"
            )
    exports = document.get("exports")
    if not isinstance(exports, list):
        raise ConfigurationError(f"{path}: exports: {shown(exports)} is not a list of rows")
    return exports, _mapping(path, document, "defaults"), _mapping(path, document, "values")


def _mapping(path: Path, document: Mapping[str, object], key: str) -> Mapping[str, object]:
    value = document.get(key)
    if is_null(value):
        return {}
    if not isinstance(value, Mapping):
        raise ConfigurationError(f"{path}: {key}: {shown(value)} is not a mapping of keys to values")
    return value


def _lines_of_rows(document: yaml.Node | None) -> list[int]:
    """Return the line of each row of a *document* that holds a list of them."""
    values = document.value if isinstance(document, yaml.MappingNode) else ()
    rows = {key.value: value.value for key, value in values}["exports"]
    return [row.start_mark.line + 1 for row in rows]
