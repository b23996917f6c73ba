"""A row of a manifest taken apart: what it exports, for which values, into what; nothing is filled in yet. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any

from attrs import field, frozen

from looker_tasks.combining import PART_FORMATS, form_of
from looker_tasks.errors import InvalidExport
from looker_tasks.manifest.addresses import without_address
from looker_tasks.manifest.columns import unknown
from looker_tasks.manifest.keys import EXPORTS, KEYS, PLANNING_KEYS, SEARCH_PARAMETERS
from looker_tasks.manifest.readers import read_id, read_text, read_yes_or_no
from looker_tasks.manifest.rows import Position, is_null, shown
from looker_tasks.planning.filling.templates import Template, has_braces, parse_template
from looker_tasks.planning.values.sources import Source, read_source
from looker_tasks.sansio.naming import check_name

LISTINGS = ("folder", "search", "board")
CONTENT = (*EXPORTS, *LISTINGS)
_NO_VARIABLES = ("n", "date", "tile", "filters")


@frozen
class Combine:
    """Into which file the exports of a row go, by a template of its name; *partial*: with a part missing, too."""

    name: Template
    partial: bool = False


@frozen
class Draft:
    """One row. *own* and *inherited* are the keys of its exports as they were written, in the row and the defaults."""

    position: Position
    own: Mapping[str, object]
    inherited: Mapping[str, object]
    axes: Mapping[str, Source | tuple[str, ...]] = field(factory=dict)
    content: str | None = None  # which of CONTENT says what is exported; None: nothing does
    listing: Mapping[str, Template] = field(factory=dict)  # parameters of a folder, a search, a board
    recursive: bool = False
    looks: bool = False
    tiles: Template | None = None
    combine: Combine | None = None


def is_flat(raw: Mapping[str, object], defaults: Mapping[str, object]) -> bool:
    """Tell whether a row is one export as it stands: nothing in it, or in *defaults*, is to be filled in or asked."""
    return _is_flat(raw) and _is_flat(defaults)


def _is_flat(raw: Mapping[str, object]) -> bool:
    if any(key in raw for key in PLANNING_KEYS):
        return False
    filters = raw.get("filters")
    if isinstance(filters, Mapping) and any(isinstance(value, Mapping) for value in filters.values()):
        return False  # literals depend on the types of the dashboard's filters
    return not any(map(has_template, raw.values()))


def has_template(value: object) -> bool:
    """Tell whether a text in *value* may have fields."""
    if isinstance(value, Mapping):
        return any(map(has_template, value.values()))
    return isinstance(value, str) and has_braces(value)


def read_draft(
    position: Position,
    raw: Mapping[str, object],
    defaults: Mapping[str, object],
    values: Mapping[str, object],
) -> Draft:
    """Take a row apart; *values* has what a manifest names for its rows' `for_each`. Raises `InvalidExport`."""
    row = without_address(raw)
    for key in row:
        if key not in KEYS:
            raise InvalidExport(unknown(key), field=shown(key))
    content = _content(row)
    inherited = dict(defaults)
    if content is not None:
        inherited = {key: value for key, value in inherited.items() if key not in CONTENT}
    both = {**inherited, **{key: value for key, value in row.items() if not is_null(value) or key == "filters"}}
    content = content or _content(both)
    axes = _axes(both.get("for_each"), values)
    own = {key: value for key, value in row.items() if key not in PLANNING_KEYS}
    for name in axes:
        if name in KEYS and is_null(row.get(name)) and (name not in CONTENT or content in {None, name}):
            own[name] = f"{{{name}}}"
            content = name if name in CONTENT else content
    tiles = _template("tiles", both["tiles"]) if not is_null(both.get("tiles")) else None
    if tiles is not None and content not in {"dashboard", *LISTINGS}:
        raise InvalidExport("only dashboards have tiles", field="tiles")
    return Draft(
        position,
        {key: value for key, value in own.items() if key not in LISTINGS},
        {key: value for key, value in inherited.items() if key not in PLANNING_KEYS},
        axes,
        content,
        _listing(content, {**both, **own}),
        recursive=_yes_or_no("recursive", both, content, ("folder",)),
        looks=_yes_or_no("looks", both, content, ("folder", "search")),
        tiles=tiles,
        combine=_combine(both.get("combine")),
    )


def _content(raw: Mapping[str, object]) -> str | None:
    named = [key for key in CONTENT if not is_null(raw.get(key))]
    if len(named) > 1:
        raise InvalidExport("only one of them may be there", field=" and ".join(named))
    return named[0] if named else None


def _axes(raw: object, values: Mapping[str, object]) -> dict[str, Source | tuple[str, ...]]:
    if is_null(raw):
        return {}
    if not isinstance(raw, Mapping) or not raw:
        raise InvalidExport(f"{shown(raw)} is not a mapping of variables to values", field="for_each")
    return {_variable(name): named_values(name, value, values) for name, value in raw.items() if not is_null(value)}


def _variable(name: object) -> str:
    if not isinstance(name, str) or not name.strip() or set(name) & set("{}!:.") or name in _NO_VARIABLES:
        raise InvalidExport(f"{shown(name)} is no name for a variable", field="for_each")
    return name


def named_values(name: str, raw: object, values: Mapping[str, object]) -> Source | tuple[str, ...]:
    """Read what stands for the values of a variable: what *values* has under that name, where it is one."""
    what = f"for_each: {name}"
    if isinstance(raw, str):
        if raw not in values:
            there = ", ".join(values) or "none"
            raise InvalidExport(
                f"{shown(raw)} is no name under `values`; there are {there}; one value alone is written [{raw}]",
                field=what,
            )
        raw, what = values[raw], f"values: {raw}"
    try:
        return read_source(raw)
    except ValueError as wrong:
        raise InvalidExport(str(wrong), field=what) from None


def _template(key: str, raw: object) -> Template:
    try:
        return parse_template(read_text(raw))
    except ValueError as wrong:
        raise InvalidExport(str(wrong), field=key) from None


def _listing(content: str | None, both: Mapping[str, object]) -> dict[str, Template]:
    if content not in LISTINGS:
        return {}
    raw = both[content]
    if content != "search":
        return {"id": _template(content, raw if isinstance(raw, str) and has_braces(raw) else _id(content, raw))}
    if not isinstance(raw, Mapping) or not raw:
        raise InvalidExport(f'{shown(raw)} is not a mapping such as {{title: "%revenue%"}}', field="search")
    for name in raw:
        if name not in SEARCH_PARAMETERS:
            raise InvalidExport(f"{shown(name)} is unknown; there are {', '.join(SEARCH_PARAMETERS)}", field="search")
    return {str(name): _template("search", _parameter(value)) for name, value in raw.items() if not is_null(value)}


def _parameter(value: object) -> object:
    return str(value).lower() if isinstance(value, bool) else value


def _id(key: str, raw: object) -> str:
    try:
        return read_id(raw)
    except ValueError as wrong:
        raise InvalidExport(str(wrong), field=key) from None


def _yes_or_no(key: str, both: Mapping[str, object], content: str | None, of: Sequence[str]) -> bool:
    if is_null(both.get(key)):
        return False
    if content not in of:
        raise InvalidExport(f"only {' or '.join(of)} has one", field=key)
    try:
        return read_yes_or_no(both[key])
    except ValueError as wrong:
        raise InvalidExport(str(wrong), field=key) from None


def _combine(raw: Any) -> Combine | None:  # noqa: ANN401  # whatever the file has there
    if is_null(raw):
        return None
    if not isinstance(raw, Mapping):
        return Combine(_template("combine", raw))
    if "name" not in raw or raw.keys() - {"name", "partial"}:
        raise InvalidExport("expected a name, or {name: …, partial: true}", field="combine")
    try:
        return Combine(_template("combine", raw["name"]), partial=read_yes_or_no(raw.get("partial", False)))
    except ValueError as wrong:
        raise InvalidExport(f"partial: {wrong}", field="combine") from None


def check_combined(name: str, result_format: str) -> None:
    """Raise `InvalidExport` where no combined file of that *name* takes a part in *result_format*."""
    try:
        check_name(name)
    except InvalidExport as wrong:
        raise InvalidExport(wrong.message, field="combine") from None
    form = form_of(name)
    if form is None:
        raise InvalidExport(f"{name!r} ends in none of .pdf, .xlsx, .zip", field="combine")
    formats = PART_FORMATS[form]
    if formats is not None and result_format not in formats:
        raise InvalidExport(
            f"{name!r} takes no part in {result_format}, only {', '.join(sorted(formats))}", field="combine"
        )
