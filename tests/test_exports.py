"""What can be exported, and what is refused where it is made."""

import math
from collections.abc import Callable, Mapping
from enum import Enum, IntEnum
from types import MappingProxyType
from typing import Any

import pytest
from attrs.exceptions import FrozenInstanceError
from hypothesis import given
from hypothesis import strategies as st

from looker_tasks.errors import ConfigurationError, InvalidExport
from looker_tasks.exports import (
    PAPER_SIZES,
    QUERY_TASK_OPTIONS,
    STYLES,
    DashboardExport,
    ElementExport,
    Export,
    LookExport,
    QueryExport,
)
from looker_tasks.formats import DATA_FORMATS, IMAGE_FORMATS, RENDER_FORMATS
from looker_tasks.sansio.naming import export_key

_MAKERS: list[Callable[..., Export]] = [DashboardExport, LookExport, QueryExport, ElementExport]
_OPTION_VALUES: dict[str, Any] = {"limit": 10, "path_prefix": "/x", "image_width": 9, "image_height": 9}


def _refused(make: Callable[..., Export], *args: Any, **wishes: Any) -> InvalidExport:  # noqa: ANN401  # anything wrong
    with pytest.raises(InvalidExport) as refusal:
        make(*args, **wishes)
    return refusal.value


@pytest.mark.parametrize(
    ("make", "formats"),
    [
        (DashboardExport, RENDER_FORMATS),
        (LookExport, IMAGE_FORMATS + DATA_FORMATS),
        (QueryExport, IMAGE_FORMATS + DATA_FORMATS),
        (ElementExport, IMAGE_FORMATS),
    ],
)
def test_each_kind_has_its_formats(make: Callable[..., Export], formats: tuple[str, ...]) -> None:
    """The formats that Looker makes of a kind are taken, all others are refused with those that there are."""
    for result_format in RENDER_FORMATS + DATA_FORMATS:
        if result_format in formats:
            assert make("1", result_format).result_format == result_format
        else:
            refusal = _refused(make, "1", result_format)
            assert refusal.field == "result_format"
            assert str(refusal) == f"result_format: {result_format!r} is not one of {', '.join(formats)}"


@pytest.mark.parametrize("wrong", ["PDF", "", "bmp", None, 7, ["pdf"], b"pdf"])
@pytest.mark.parametrize("make", _MAKERS)
def test_what_is_no_format_is_refused(make: Callable[..., Export], wrong: object) -> None:
    """Formats are Looker's own lower-case words."""
    assert _refused(make, "1", wrong).field == "result_format"


@pytest.mark.parametrize(
    ("make", "field"),
    [
        (DashboardExport, "dashboard_id"),
        (LookExport, "look_id"),
        (QueryExport, "query_id"),
        (ElementExport, "element_id"),
    ],
)
def test_an_id_is_a_text_or_a_number(make: Callable[..., Export], field: str) -> None:
    """Numbers become texts; what is neither, or says nothing, or cannot be sent, is refused."""
    assert getattr(make(42, "png"), field) == "42"
    assert make(42, "png") == make("42", "png")
    for wrong in ("", " ", "\n", ".", "..", None, True, 4.2, ["42"], b"42", "half\ud800"):
        assert _refused(make, wrong, "png").field == field


@pytest.mark.parametrize("name", ["width", "height"])
@pytest.mark.parametrize("make", _MAKERS)
def test_a_size_is_a_whole_number_of_pixels(make: Callable[..., Export], name: str) -> None:
    """One pixel will do; none, a part of one, a text or a yes will not."""
    assert getattr(make("1", "png", **{name: 1}), name) == 1
    for wrong in (0, -1, 1.5, "800", True, None, float("nan")):
        refusal = _refused(make, "1", "png", **{name: wrong})
        assert (refusal.field, "a whole number of pixels, at least 1" in refusal.message) == (name, True)


@pytest.mark.parametrize(
    ("name", "right", "wrong"),
    [
        ("paper_size", (*PAPER_SIZES, None), ("A4", "a9", "", "fit", 4, True)),
        ("style", (*STYLES, None), ("Tiled", "", 1)),
        ("landscape", (True, False, None), ("yes", 1, 0, "")),
        ("long_tables", (True, False, None), ("true", 1)),
        ("theme", ("Dark", "", None), (1, True, ["Dark"], "half\udc00")),
        ("name", ("a/b.pdf", None), (1, True, b"a", "half\ud800")),
        ("tabs", (("one",), ["one", "two"], (), []), ("one", None, [""], [1], [None], ["half\ud800"], {"one": 1})),
        (
            "filters",
            ({"A": "x", "B": 1, "C": 1.5, "D": True}, {}, MappingProxyType({"A": ""})),
            (
                None,
                "A=x",
                ["A"],
                [("A", "x")],
                {"A"},
                {"": "x"},
                {1: "x"},
                {None: "x"},
                {"A": None},
                {"A": ["x"]},
                {"A": {"B": "x"}},
                {"half\ud800": "x"},
                {"A": "half\ud800"},
            ),
        ),
    ],
)
def test_each_wish_of_a_dashboard_is_checked(name: str, right: tuple[Any, ...], wrong: tuple[Any, ...]) -> None:
    """What Looker takes is taken, and anything else is refused by its name."""
    for value in right:
        DashboardExport("1", "pdf", **{name: value})
    for value in wrong:
        assert _refused(DashboardExport, "1", "pdf", **{name: value}).field == name


@pytest.mark.parametrize("name", ["paper_size", "landscape", "long_tables"])
@pytest.mark.parametrize("result_format", IMAGE_FORMATS)
def test_a_picture_has_no_paper(name: str, result_format: str) -> None:
    """What only a PDF has is refused on a picture, even where it is false."""
    value = "a4" if name == "paper_size" else False
    refusal = _refused(DashboardExport, "1", result_format, **{name: value})
    assert str(refusal) == f"{name}: only a pdf has one, this is a {result_format}"


@pytest.mark.parametrize("name", QUERY_TASK_OPTIONS)
@pytest.mark.parametrize("make", [LookExport, QueryExport])
def test_a_picture_has_no_options_of_a_query(make: Callable[..., Export], name: str) -> None:
    """What only rows have is taken with rows and refused on a picture, naming it."""
    value = _OPTION_VALUES.get(name, False)
    assert getattr(make("1", "csv", **{name: value}), name) == value
    refusal = _refused(make, "1", "png", **{name: value})
    assert str(refusal) == f"{name}: only data has one, this is a png"


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("limit", -2),
        ("limit", True),
        ("limit", "10"),
        ("limit", 1.0),
        ("image_width", 0),
        ("image_height", 0),
        ("path_prefix", 1),
        *((name, 1) for name in QUERY_TASK_OPTIONS if name not in _OPTION_VALUES),
    ],
)
def test_each_option_of_a_query_is_checked(name: str, wrong: object) -> None:
    """A wrong option is refused by Looker's own name of it."""
    assert _refused(QueryExport, "1", "csv", **{name: wrong}).field == name


@pytest.mark.parametrize("limit", [-1, 0, 1, 100_000])
def test_every_limit_of_rows_is_taken(limit: int) -> None:
    """All rows (-1), none and many are wishes that Looker knows."""
    assert QueryExport("1", "csv", limit=limit).limit == limit


@pytest.mark.parametrize("make", [LookExport, QueryExport, ElementExport])
def test_what_a_kind_has_not_cannot_be_said(make: Callable[..., Export]) -> None:
    """A look, a query and an element have no filters and no paper: Python itself says so."""
    with pytest.raises(TypeError):
        make("1", "png", filters={})


def test_an_export_owns_its_filters() -> None:
    """A later change of the mapping that was given is no change of the export."""
    filters = {"Region": "West"}
    export = DashboardExport("1", filters=filters)
    filters["Region"] = "East"
    assert export.filters == {"Region": "West"}


@pytest.mark.parametrize("make", _MAKERS)
def test_exports_are_values(make: Callable[..., Export]) -> None:
    """Two equal wishes are equal and hash so, and none can be changed."""
    export = make("1", "png")
    assert {export, make("1", "png")} == {export}
    with pytest.raises(FrozenInstanceError):
        export.width = 1  # type: ignore[misc]  # the point of it


def test_a_refusal_is_a_wrong_configuration() -> None:
    """Who catches what is wrong with a run before it begins catches a wrong export too."""
    assert isinstance(_refused(DashboardExport, ""), ConfigurationError)


_ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
)


@given(
    st.sampled_from([DashboardExport, LookExport, QueryExport, ElementExport]),
    _ANYTHING,
    st.sampled_from(RENDER_FORMATS + DATA_FORMATS) | _ANYTHING,
    st.dictionaries(st.sampled_from(["width", "height", "name"]), _ANYTHING),
)
def test_whatever_is_wished_is_an_export_or_a_refusal(
    make: Callable[..., Export], found: object, result_format: object, wishes: Mapping[str, object]
) -> None:
    """No value, of whatever type, ends in another error than the one that names the field."""
    try:
        made: object = make(found, result_format, **wishes)
    except InvalidExport as refusal:
        made = refusal
    assert isinstance(made, InvalidExport) or repr(made)


@pytest.mark.parametrize("make", _MAKERS)
def test_an_export_may_be_made_in_the_name_of_a_user(make: Callable[..., Export]) -> None:
    """`as_user` takes a user's id as ids are taken, and is nobody's where nothing is said."""
    assert make("1", "png").as_user is None
    assert make("1", "png", as_user=12) == make("1", "png", as_user="12")
    for wrong in ("", "..", True, 1.5, "half\ud800"):
        assert _refused(make, "1", "png", as_user=wrong).field == "as_user"


@pytest.mark.parametrize("make", [DashboardExport, LookExport, QueryExport])
def test_fresh_is_a_yes_or_no(make: Callable[..., Export]) -> None:
    """`fresh` is a boolean, and False where nothing is said."""
    assert make("1", "png").fresh is False  # type: ignore[union-attr]  # elements have none
    assert make("1", "png", fresh=True).fresh is True  # type: ignore[union-attr]  # the same
    for wrong in (None, 1, "yes"):
        assert _refused(make, "1", "png", fresh=wrong).field == "fresh"


@pytest.mark.parametrize("make", [LookExport, QueryExport])
@pytest.mark.parametrize("option", ["cache", "cache_only"])
def test_a_fresh_export_takes_nothing_from_the_cache(make: Callable[..., Export], option: str) -> None:
    """Fresh rows from the cache are a contradiction and refused; to say the same twice is fine."""
    assert _refused(make, "1", "csv", fresh=True, **{option: True}).field == option
    assert make("1", "csv", fresh=True, **{option: False})


class _Region(str, Enum):  # noqa: UP042  # as code of before Python 3.11 has it
    WEST = "West"


class _Format(Enum):
    PDF = "pdf"


class _Size(IntEnum):
    WIDE = 1600


class _Text(str):
    __slots__ = ()

    def __str__(self) -> str:
        return "something else"


class _Number:
    def __init__(self, number: int) -> None:
        self._number = number

    def __index__(self) -> int:
        return self._number


class _Scalar:
    """As numpy has them: a truth value is no integer there."""

    dtype = "bool"
    ndim = 0

    def __init__(self, value: object) -> None:
        self._value = value

    def item(self) -> object:
        """Return it as Python has it."""
        return self._value


def test_members_of_an_enum_and_numbers_of_libraries_are_what_they_stand_for() -> None:
    """In filters, ids, formats, sizes and names: the export, its key and its file are those of the plain value."""
    found = DashboardExport(
        _Number(42),  # type: ignore[arg-type]  # as a data frame has it
        _Format.PDF,  # type: ignore[arg-type]  # the value counts
        filters={_Region.WEST: _Region.WEST, "Active": _Scalar(True), "Count": _Number(7)},  # type: ignore[dict-item]  # the same
        name=_Text("west.pdf"),
        width=_Size.WIDE,
        fresh=_Scalar(False),  # type: ignore[arg-type]  # the same
        tabs=[_Region.WEST],
    )
    plain = DashboardExport(
        "42",
        "pdf",
        filters={"West": "West", "Active": True, "Count": 7},
        name="west.pdf",
        width=1600,
        tabs=("West",),
    )
    assert found == plain
    assert export_key(found) == export_key(plain)
    assert {type(value) for value in found.filters.values()} == {str, bool, int}
    assert (type(found.name), type(found.width), type(found.result_format)) == (str, int, str)


@pytest.mark.parametrize("value", [object(), b"bytes", [1], {"a": 1}, 1j, math.nan, math.inf])
def test_what_json_has_nothing_for_is_refused_in_a_filter(value: object) -> None:
    """It is no text that anybody meant; a data frame writes a missing text as NaN."""
    with pytest.raises(InvalidExport, match="filters"):
        DashboardExport("42", filters={"Region": value})  # type: ignore[dict-item]  # the mistake that is refused
