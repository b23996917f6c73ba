"""The Exports: what the user wants. Values that check themselves where they are made.

Whatever no Looker could do is refused here, naming the field. What only one version of the API can do is refused by
`sansio.export_requests`, before any call.
"""

from collections.abc import Callable, Mapping
from math import isfinite
from typing import Any, Literal, TypeAlias, TypeGuard

from attrs import Attribute, field, fields, frozen

from looker_tasks.errors import InvalidExport
from looker_tasks.formats import DATA_FORMATS, FORMAT_OPTIONS, IMAGE_FORMATS, RENDER_FORMATS
from looker_tasks.plain import plain_fields

PAPER_SIZES = ("letter", "legal", "tabloid", "a0", "a1", "a2", "a3", "a4", "a5")
STYLES = ("tiled", "single_column")

FilterValue: TypeAlias = str | int | float | bool
Kind: TypeAlias = Literal["dashboard", "look", "query", "element"]
Check: TypeAlias = Callable[[Any, "Attribute[Any]", Any], None]


def _refusal(attribute: "Attribute[Any]", value: object, expected: str) -> InvalidExport:
    return InvalidExport(f"{value!r} is not {expected}", field=attribute.name)


def _is_text(value: object) -> TypeGuard[str]:
    """Tell whether *value* is a text that can be sent: half of a surrogate pair cannot."""
    if not isinstance(value, str):
        return False
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def _is_number(value: object) -> bool:
    """Tell whether *value* is a number or a truth; a data frame's NaN is neither, and would match nothing or all."""
    return isinstance(value, int | float) and isfinite(value)


def _one_of(*allowed: str) -> Check:
    def check(_: object, attribute: "Attribute[Any]", value: object) -> None:
        if value not in allowed:
            raise _refusal(attribute, value, f"one of {', '.join(allowed)}")

    return check


def _is_sendable(_: object, attribute: "Attribute[Any]", value: object) -> None:
    if not _is_text(value):
        raise _refusal(attribute, value, "a text")


def _is_boolean(_: object, attribute: "Attribute[Any]", value: object) -> None:
    if not isinstance(value, bool):
        raise _refusal(attribute, value, "true or false")


def _whole(at_least: int, what: str) -> Check:
    def check(_: object, attribute: "Attribute[Any]", value: object) -> None:
        if not isinstance(value, int) or isinstance(value, bool) or value < at_least:
            raise _refusal(attribute, value, f"a whole number of {what}, at least {at_least}")

    return check


def _or_none(check: Check) -> Check:
    def or_none(instance: object, attribute: "Attribute[Any]", value: object) -> None:
        if value is not None:
            check(instance, attribute, value)

    return or_none


def _is_id(_: object, attribute: "Attribute[Any]", value: object) -> None:
    if not _is_text(value) or value.strip() in {"", ".", ".."}:  # dots would lead elsewhere in a path
        raise _refusal(attribute, value, "an id")


def _are_filters(_: object, attribute: "Attribute[Any]", value: object) -> None:
    if not isinstance(value, Mapping):
        raise _refusal(attribute, value, "a mapping of filter titles to values")
    for title, expression in value.items():
        if not title or not _is_text(title) or not (_is_text(expression) or _is_number(expression)):
            raise _refusal(attribute, {title: expression}, "a filter title with a text, a number or a yes/no")


def _are_tabs(_: object, attribute: "Attribute[Any]", value: object) -> None:
    if not isinstance(value, tuple) or not all(_is_text(tab) and tab for tab in value):
        raise _refusal(attribute, value, "a list of tab ids")


def _id(value: str | int) -> str:
    """Return an id as API 4.0 has it, a string; API 3.1 and people write numbers."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value  # type: ignore[return-value]  # the validator refuses the rest


def _own(filters: Mapping[str, FilterValue]) -> Mapping[str, FilterValue]:
    """Return a copy: a change of the caller's mapping is no change of the export."""
    return dict(filters) if isinstance(filters, Mapping) else filters


def _id_or_none(value: str | int | None) -> str | None:
    return None if value is None else _id(value)


def _tuple(tabs: list[str] | tuple[str, ...]) -> tuple[str, ...]:
    return tuple(tabs) if isinstance(tabs, list) else tabs


_boolean = _or_none(_is_boolean)
_user = _or_none(_is_id)
_text = _or_none(_is_sendable)
_pixels = _whole(1, "pixels")


@frozen(field_transformer=plain_fields)
class DashboardExport:
    """A dashboard as PDF, PNG or JPG: user-defined (``"42"``) or LookML (``"model::name"``).

    *filters* maps filter titles, as the dashboard shows them, to Looker filter expressions. *width* and *height* are
    pixels. *name* is the file's path below the output folder; without one it is made from what is exported.
    *fresh*: its queries run anew first, past Looker's cache. *as_user*: the id of the user in whose name it is made
    (`login_user`). Raises `InvalidExport` (as every export does), naming the field.
    """

    dashboard_id: str = field(converter=_id, validator=_is_id)
    result_format: str = field(default="pdf", validator=_one_of(*RENDER_FORMATS))
    filters: Mapping[str, FilterValue] = field(
        factory=dict, kw_only=True, converter=_own, validator=_are_filters, hash=False
    )
    name: str | None = field(default=None, kw_only=True, validator=_text)
    width: int = field(default=1200, kw_only=True, validator=_pixels)
    height: int = field(default=800, kw_only=True, validator=_pixels)
    paper_size: str | None = field(default=None, kw_only=True, validator=_or_none(_one_of(*PAPER_SIZES)))
    landscape: bool | None = field(default=None, kw_only=True, validator=_boolean)
    long_tables: bool | None = field(default=None, kw_only=True, validator=_boolean)
    theme: str | None = field(default=None, kw_only=True, validator=_text)
    style: str | None = field(default=None, kw_only=True, validator=_or_none(_one_of(*STYLES)))
    tabs: tuple[str, ...] = field(default=(), kw_only=True, converter=_tuple, validator=_are_tabs)
    fresh: bool = field(default=False, kw_only=True, validator=_is_boolean)
    as_user: str | None = field(default=None, kw_only=True, converter=_id_or_none, validator=_user)

    def __attrs_post_init__(self) -> None:
        """Refuse what only another format has."""
        for name, having in FORMAT_OPTIONS.items():
            if self.result_format not in having and getattr(self, name) is not None:
                raise InvalidExport(f"only a {' or '.join(having)} has one, this is a {self.result_format}", field=name)


@frozen(kw_only=True)
class QueryTaskOptions:
    """Looker's parameters of `create_query_task`, under their own names; None leaves Looker's default."""

    limit: int | None = field(default=None, validator=_or_none(_whole(-1, "rows (-1 for all)")))
    apply_formatting: bool | None = field(default=None, validator=_boolean)
    apply_vis: bool | None = field(default=None, validator=_boolean)
    cache: bool | None = field(default=None, validator=_boolean)
    generate_drill_links: bool | None = field(default=None, validator=_boolean)
    force_production: bool | None = field(default=None, validator=_boolean)
    cache_only: bool | None = field(default=None, validator=_boolean)
    path_prefix: str | None = field(default=None, validator=_text)
    rebuild_pdts: bool | None = field(default=None, validator=_boolean)
    server_table_calcs: bool | None = field(default=None, validator=_boolean)
    image_width: int | None = field(default=None, validator=_or_none(_pixels))  # API 3.1 alone
    image_height: int | None = field(default=None, validator=_or_none(_pixels))  # API 3.1 alone


#: The names of those parameters, as Looker, the exports and the manifest have them.
QUERY_TASK_OPTIONS: tuple[str, ...] = tuple(attribute.name for attribute in fields(QueryTaskOptions))


def _refuse_options_on_picture(export: "LookExport | QueryExport") -> None:
    if export.result_format in IMAGE_FORMATS:
        for name in QUERY_TASK_OPTIONS:
            if getattr(export, name) is not None:
                raise InvalidExport(f"only data has one, this is a {export.result_format}", field=name)


def _refuse_cache_when_fresh(export: "LookExport | QueryExport") -> None:
    if export.fresh and (export.cache or export.cache_only):
        raise InvalidExport(
            "a fresh export takes nothing from the cache", field="cache_only" if export.cache_only else "cache"
        )


@frozen(field_transformer=plain_fields)
class LookExport(QueryTaskOptions):
    """A look as PNG or JPG, or the rows of its query in a data format (Looker makes no PDF of a look)."""

    look_id: str = field(converter=_id, validator=_is_id)
    result_format: str = field(validator=_one_of(*IMAGE_FORMATS, *DATA_FORMATS))
    name: str | None = field(default=None, kw_only=True, validator=_text)
    width: int = field(default=1200, kw_only=True, validator=_pixels)
    height: int = field(default=800, kw_only=True, validator=_pixels)
    fresh: bool = field(default=False, kw_only=True, validator=_is_boolean)
    as_user: str | None = field(default=None, kw_only=True, converter=_id_or_none, validator=_user)

    def __attrs_post_init__(self) -> None:
        """Refuse what only data has on a picture, and fresh rows from the cache."""
        _refuse_options_on_picture(self)
        _refuse_cache_when_fresh(self)


@frozen(field_transformer=plain_fields)
class QueryExport(QueryTaskOptions):
    """A query as PNG or JPG, or its rows in a data format."""

    query_id: str = field(converter=_id, validator=_is_id)
    result_format: str = field(validator=_one_of(*IMAGE_FORMATS, *DATA_FORMATS))
    name: str | None = field(default=None, kw_only=True, validator=_text)
    width: int = field(default=1200, kw_only=True, validator=_pixels)
    height: int = field(default=800, kw_only=True, validator=_pixels)
    fresh: bool = field(default=False, kw_only=True, validator=_is_boolean)
    as_user: str | None = field(default=None, kw_only=True, converter=_id_or_none, validator=_user)

    def __attrs_post_init__(self) -> None:
        """Refuse what only data has on a picture, and fresh rows from the cache."""
        _refuse_options_on_picture(self)
        _refuse_cache_when_fresh(self)


@frozen(field_transformer=plain_fields)
class ElementExport:
    """A dashboard element as PNG or JPG: a number, or ``"model::dashboard::link_id"`` (API 4.0 alone)."""

    element_id: str = field(converter=_id, validator=_is_id)
    result_format: str = field(default="png", validator=_one_of(*IMAGE_FORMATS))
    name: str | None = field(default=None, kw_only=True, validator=_text)
    width: int = field(default=1200, kw_only=True, validator=_pixels)
    height: int = field(default=800, kw_only=True, validator=_pixels)
    as_user: str | None = field(default=None, kw_only=True, converter=_id_or_none, validator=_user)


Export: TypeAlias = DashboardExport | LookExport | QueryExport | ElementExport
