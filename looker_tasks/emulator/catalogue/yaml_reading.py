"""Reading a user's catalogue from YAML into its form. Pure: text in, values out, or a FormError."""

from collections.abc import Callable, Mapping
from typing import Any, Literal, get_args, get_origin

import attrs
import yaml
from cattrs import Converter, transform_error
from cattrs.cols import homogenous_tuple_structure_factory, is_mapping, mapping_structure_factory
from cattrs.errors import BaseValidationError, ForbiddenExtraKeysError
from cattrs.gen import make_dict_structure_fn, override

from looker_tasks.emulator.catalogue.yaml_form import CatalogueForm, FilterForm, FolderForm, MeasureForm, UserForm
from looker_tasks.emulator.content import Visualization

_KINDS: Mapping[str, str] = {name.removeprefix("looker_"): name for name in get_args(Visualization)} | {
    "table": "looker_grid"
}
_UNKNOWN = "unknown key"
_BOOLEANS = {"true": True, "yes": True, "false": False, "no": False}
_SHORT = {
    MeasureForm: "is",
    FolderForm: "name",
    FilterForm: "field",
    UserForm: "first_name",
}  # what one text alone stands for


class FormError(ValueError):
    """The YAML is not of the form: the path of what is wrong, and what was expected."""


class _Unexpected(ValueError):
    """A value of another kind than is expected."""


def read_form(text: str) -> CatalogueForm:
    """Read *text*; raises FormError for the first thing that is wrong."""
    try:
        content = yaml.load(text, Loader=_Loader)  # noqa: S506  # a loader of strings, lists and mappings alone
    except yaml.YAMLError as error:
        raise FormError(" ".join(str(error).split())) from error
    try:
        return _CONVERTER.structure(content, CatalogueForm)
    except BaseValidationError as error:
        wrong = transform_error(error, path="", format_exception=_worded)
        # a key that is not known is often the one that is missed, so it is told before that
        message, _, path = min(wrong, key=lambda each: not each.startswith(_UNKNOWN)).rpartition(" @ ")
        raise FormError(f"{path.lstrip('.') or 'the file'}: {message}") from error
    except _Unexpected as error:
        raise FormError(f"the file: {error}") from error


class _Loader(yaml.CBaseLoader):
    """Leaves every scalar a string, and takes no key twice: of two dashboards with one id, one would be lost."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        """Make a dictionary of strings to whatever stands there."""
        seen: set[object] = set()
        for key, _ in node.value:
            if key.value in seen:
                raise yaml.constructor.ConstructorError(None, None, f"{key.value!r} stands here twice", key.start_mark)
            seen.add(key.value)
        return super().construct_mapping(node, deep=deep)


def _worded(error: BaseException, expected: type | None) -> str:
    if isinstance(error, KeyError):
        return f"expected the key {error.args[0]!r}"
    if isinstance(error, ForbiddenExtraKeysError):
        known = ", ".join(_keys(error.cl))
        return f"{_UNKNOWN} {', '.join(map(repr, sorted(error.extra_fields)))}, expected one of: {known}"
    if isinstance(error, _Unexpected):
        return str(error)
    if expected is int:
        return "expected a whole number"
    if get_origin(expected) is Literal:
        return f"expected one of: {', '.join(get_args(expected))}"
    return f"expected {getattr(expected, '__name__', 'something else')}"


def _keys(form: type) -> list[str]:
    renamed = {"words": "is"} if form is MeasureForm else {}
    return [renamed.get(name, name) for name in attrs.fields_dict(form)]


def _text(value: object, _: type) -> str:
    if not isinstance(value, str):
        raise _Unexpected("expected text")
    return value


def _boolean(value: object, _: type) -> bool:
    if not isinstance(value, str) or value.lower() not in _BOOLEANS:
        raise _Unexpected("expected true or false")
    return _BOOLEANS[value.lower()]


def _kind(value: object, _: type) -> str:
    kind = _KINDS.get(value.removeprefix("looker_")) if isinstance(value, str) else None
    if kind is None:
        raise _Unexpected(f"expected one of: {', '.join(_KINDS)}")
    return kind


Hook = Callable[[Any, Any], Any]


def _of_mapping(inner: Hook) -> Hook:
    def structure(value: object, expected: object) -> object:
        if not isinstance(value, Mapping):
            raise _Unexpected("expected a mapping")
        return inner(value, expected)

    return structure


def _is_tuple(form: object) -> bool:
    return get_origin(form) is tuple


def _of_list(form: type, converter: Converter) -> Hook:
    inner = homogenous_tuple_structure_factory(form, converter)

    def structure(value: object, expected: object) -> object:
        if not isinstance(value, list):
            raise _Unexpected("expected a list")
        return inner(value, expected)

    return structure


def _of_form(form: type, converter: Converter) -> Hook:
    if form is MeasureForm:
        whole = make_dict_structure_fn(form, converter, _cattrs_forbid_extra_keys=True, words=override(rename="is"))
    else:
        whole = make_dict_structure_fn(form, converter, _cattrs_forbid_extra_keys=True)
    inner = _of_mapping(whole)
    short = _SHORT.get(form)

    def structure(value: object, expected: object) -> object:
        return inner({short: value} if short and isinstance(value, str) else value, expected)

    return structure


def _make_converter() -> Converter:
    converter = Converter(forbid_extra_keys=True)
    converter.register_structure_hook(str, _text)
    converter.register_structure_hook(bool, _boolean)
    converter.register_structure_hook_func(lambda form: form == Visualization, _kind)
    converter.register_structure_hook_factory(
        is_mapping, lambda form, itself: _of_mapping(mapping_structure_factory(form, itself))
    )
    converter.register_structure_hook_factory(_is_tuple, _of_list)
    converter.register_structure_hook_factory(attrs.has, _of_form)
    return converter


_CONVERTER = _make_converter()
