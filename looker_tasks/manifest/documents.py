"""Manifests that are one document, read whole: JSON and YAML, with the rows under ``exports:`` beside ``defaults:``.

YAML's scalars are kept as the texts that they are written as, so that the id ``012`` does not become 10 and the filter
``no`` not False: what a text means is decided by its key, in `columns`, as in CSV.
"""

from collections.abc import Hashable, Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path

import yaml

from looker_tasks.errors import ConfigurationError
from looker_tasks.manifest import strict_json
from looker_tasks.manifest.rows import Position, Rows, entry, shown

_DEEPEST = 20  # levels of lists and mappings; a manifest has four
_KEYS = ("exports", "defaults")
_SHAPE = "expected `exports:` with a list of rows, and `defaults:` with a mapping if wanted"


def json_document(path: Path) -> Rows:
    """Read the rows of a JSON document."""
    try:
        document = strict_json.parse(_text(path))
    except ValueError as wrong:
        raise ConfigurationError(f"{path}: {wrong}") from None
    exports, defaults = _parts(path, document)
    return Rows([entry(Position(number), value) for number, value in enumerate(exports, start=1)], defaults)


def yaml_document(path: Path) -> Rows:
    """Read the rows of a YAML document, each with its line."""
    text = _text(path)
    try:
        _check_depth(text)
        loader = _TextLoader(text)
        node = loader.get_single_node()
        exports, defaults = _parts(path, None if node is None else loader.construct_document(node))
        lines = _lines_of_rows(node)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise ConfigurationError(f"{path}: line {line}: no YAML: {error.problem or error.context}") from None
    except yaml.YAMLError as error:
        raise ConfigurationError(f"{path}: no YAML: {str(error).splitlines()[0]}") from None
    positions = (Position(number, line) for number, line in enumerate(lines, start=1))
    return Rows([entry(position, value) for position, value in zip(positions, exports, strict=True)], defaults)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise ConfigurationError(f"{path}: it is not UTF-8 text") from None


def _parts(path: Path, document: object) -> tuple[Sequence[object], Mapping[str, object]]:
    if not isinstance(document, Mapping):
        raise ConfigurationError(f"{path}: it holds {shown(document)}; {_SHAPE}")
    for key in document:
        if key not in _KEYS:
            meant = get_close_matches(str(key), _KEYS, n=1)
            raise ConfigurationError(
                f"{path}: unknown key {shown(key)}{f' (did you mean {meant[0]!r}?)' if meant else f'; {_SHAPE}'}"
            )
    exports, defaults = document.get("exports"), document.get("defaults") or {}
    if not isinstance(exports, list):
        raise ConfigurationError(f"{path}: exports: {shown(exports)} is not a list of rows")
    if not isinstance(defaults, Mapping):
        raise ConfigurationError(f"{path}: defaults: {shown(defaults)} is not a mapping of keys to values")
    return exports, defaults


class _TextLoader(yaml.CSafeLoader):
    """Loads every scalar as the text that it is written as, but for null and the merge key; refuses a key twice."""

    # Both tables have PyYAML's own names and shapes: rules by first letter, constructors by tag.
    yaml_implicit_resolvers = {  # noqa: RUF012  # a class attribute of PyYAML's
        letter: [(tag, pattern) for tag, pattern in rules if tag.endswith((":null", ":merge"))]
        for letter, rules in yaml.CSafeLoader.yaml_implicit_resolvers.items()
    }
    yaml_constructors = {  # noqa: RUF012  # the same
        tag: construct
        for tag, construct in yaml.CSafeLoader.yaml_constructors.items()
        if tag is None or tag.endswith((":null", ":str", ":seq", ":map"))
    }

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, object]:
        keys = [key for key, _ in node.value if isinstance(key, yaml.ScalarNode)]
        seen = set()
        for key in keys:
            if key.value in seen:
                raise yaml.constructor.ConstructorError(
                    problem=f"the key {shown(key.value)} is there twice", problem_mark=key.start_mark
                )
            seen.add(key.value)
        return super().construct_mapping(node, deep)


def _check_depth(text: str) -> None:
    """Refuse what is nested more deeply than any manifest: libyaml composes by recursion and would crash on it."""
    depth = 0
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > _DEEPEST:
            raise yaml.YAMLError(f"it is nested more than {_DEEPEST} levels deep")


def _lines_of_rows(document: object) -> list[int]:
    """Return the line of each row of a *document* (a node) that holds a list of them."""
    values = document.value if isinstance(document, yaml.MappingNode) else ()
    rows = {key.value: value.value for key, value in values}["exports"]  # of two, by a merge, the later counts
    return [row.start_mark.line + 1 for row in rows]
