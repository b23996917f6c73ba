"""YAML whose scalars are the texts that they are written as, in bounded time and memory.

So the id ``012`` does not become 10 and the filter ``no`` not False: what a text means is decided by its key, in
`columns`, as in CSV. What YAML itself makes of a text before anybody can ask (null, a block) keeps its traces.
"""

from collections.abc import Hashable, Iterator

import yaml

from looker_tasks.manifest.rows import Block, Null, shown

_DEEPEST = 20  # levels of lists and mappings; a manifest has five
_MOST_MERGED = 5_000_000  # keys that all merges of a document may add: a merge of merges grows without bound
_LONGEST_HEADER = 20  # characters: more is a comment
_NULL_TAG = "tag:yaml.org,2002:null"
_MERGE_TAG = "tag:yaml.org,2002:merge"
_HINTS = (
    ("while scanning an alias", 'a text that begins with `*` is quoted: "*…"'),
    ("while scanning a block scalar", 'a text that begins with `>` or `|` is quoted: ">…"'),
    ("cannot start any token", "a text that begins with `%`, `@` or a backtick is quoted"),
    ("undefined alias", 'a text that begins with `*` is quoted: "*…"'),
    ("could not determine a constructor", 'a text that begins with `!` is quoted: "!…"'),
    ("mapping values are not allowed", "a text that holds `: ` is quoted"),
)


def document(text: str) -> tuple[object, yaml.Node | None]:
    """Return the value that *text* is, and its node, which knows the lines. Raises `yaml.YAMLError`."""
    _check_depth(text)
    loader = TextLoader(text)
    loader.text = text
    node = loader.get_single_node()
    if node is None:
        return None, None
    _check_keys(node)
    try:
        return loader.construct_document(node), node
    except RecursionError:
        raise yaml.YAMLError("its merges are nested too deeply") from None


def complaint(error: yaml.YAMLError) -> str:
    """Return *error* on one line, with its own line and what to do about the usual ones."""
    if not isinstance(error, yaml.MarkedYAMLError):
        return f"no YAML: {str(error).splitlines()[0]}"
    line = error.problem_mark.line + 1 if error.problem_mark else 1
    message = error.problem or error.context or ""
    hints = (hint for part, hint in _HINTS if part in f"{message} {error.context or ''}")
    hint = next(hints, "")
    return f"line {line}: no YAML: {message}{f'; {hint}' if hint else ''}"


class TextLoader(yaml.CSafeLoader):
    """Loads every scalar as the text that it is written as, but for null and the merge key."""

    text = ""

    # Both tables have PyYAML's own names and shapes: rules by first letter, constructors by tag.
    yaml_implicit_resolvers = {  # noqa: RUF012  # a class attribute of PyYAML's
        letter: [(tag, pattern) for tag, pattern in rules if tag in {_NULL_TAG, _MERGE_TAG}]
        for letter, rules in yaml.CSafeLoader.yaml_implicit_resolvers.items()
    }
    yaml_constructors = {  # noqa: RUF012  # the same
        tag: construct
        for tag, construct in yaml.CSafeLoader.yaml_constructors.items()
        if tag is None or tag.endswith((":str", ":seq", ":map"))
    }

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self._merged = 0

    def construct_null(self, node: yaml.ScalarNode) -> Null:
        """Keep the word for it."""
        return Null(str(node.value))

    def construct_text(self, node: yaml.ScalarNode) -> str:
        """Keep the header of a block."""
        value = str(self.construct_scalar(node))
        if node.style in {"|", ">"}:
            begin = node.start_mark.index
            return Block(value, self.text[begin : begin + _LONGEST_HEADER].partition("\n")[0].strip())
        return value

    def flatten_mapping(self, node: yaml.MappingNode) -> None:
        """Put in what `<<` merges, each key once: a key of the mapping's own first, then the earlier merged one."""
        if not any(key.tag == _MERGE_TAG for key, _ in node.value):
            return
        own = [(key, value) for key, value in node.value if key.tag != _MERGE_TAG]
        merged: dict[object, tuple[yaml.Node, yaml.Node]] = {}
        for source in self._sources(node):
            self.flatten_mapping(source)
            self._merged += len(source.value)
            if self._merged > _MOST_MERGED:
                raise yaml.YAMLError("its merges make millions of keys")
            for key, value in source.value:
                merged.setdefault(_identity(key), (key, value))
        kept = {_identity(key) for key, _ in own}
        node.value = [pair for identity, pair in merged.items() if identity not in kept] + own

    def _sources(self, node: yaml.MappingNode) -> Iterator[yaml.MappingNode]:
        """Give what *node* merges; a `<<` further down, and of a list an earlier one, goes first."""
        seen: set[int] = set()
        for value in (value for key, value in node.value if key.tag == _MERGE_TAG):
            for source in value.value if isinstance(value, yaml.SequenceNode) else [value]:
                if not isinstance(source, yaml.MappingNode):
                    raise yaml.constructor.ConstructorError(
                        problem="`<<` merges a mapping or a list of them", problem_mark=source.start_mark
                    )
                if id(source) not in seen:
                    seen.add(id(source))
                    yield source


TextLoader.add_constructor(_NULL_TAG, TextLoader.construct_null)
TextLoader.add_constructor("tag:yaml.org,2002:str", TextLoader.construct_text)


def _identity(key: yaml.Node) -> Hashable:
    return key.value if isinstance(key, yaml.ScalarNode) else id(key)


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


def _check_keys(document: yaml.Node) -> None:
    """Refuse a mapping with a key twice, as it is written: what a merge adds is there once anyway."""
    waiting, seen = [document], set[int]()
    while waiting:
        node = waiting.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        if isinstance(node, yaml.SequenceNode):
            waiting.extend(node.value)
        elif isinstance(node, yaml.MappingNode):
            waiting.extend(part for pair in node.value for part in pair)
            _check_keys_of(node)


def _check_keys_of(node: yaml.MappingNode) -> None:
    seen: set[str] = set()
    for key, _ in node.value:
        if isinstance(key, yaml.ScalarNode) and key.tag != _MERGE_TAG:
            if key.value in seen:
                raise yaml.constructor.ConstructorError(
                    problem=f"the key {shown(key.value)} is there twice", problem_mark=key.start_mark
                )
            seen.add(key.value)
