"""Reading the YAML: its own documentation, scalars as written, and no text that breaks it."""

import textwrap

import pytest
from hypothesis import given
from hypothesis import strategies as st

from looker_tasks.emulator.catalogue import yaml_form
from looker_tasks.emulator.catalogue.yaml_reading import FormError, read_form

LEAST = 'views: {v: {file: v.csv}}\nmodels: {m: {explores: {v: {}}}}\nfolders: {"1": Shared}\n'


def test_the_example_in_the_documentation_is_of_the_form() -> None:
    """What the docstring shows can be read as it stands."""
    documentation = yaml_form.__doc__ or ""
    example = "\n".join(line for line in documentation.splitlines() if line.startswith("    "))
    form = read_form(textwrap.dedent(example))
    assert form.dashboards["42"].elements[1].type == "looker_column"
    assert form.views["sales"].measures["buyers"].words == "distinct count of customer_id"
    assert form.looks["7"].folder == "12"


def test_scalars_are_as_they_are_written() -> None:
    """YAML's octal numbers, booleans and dates stay the text that a person wrote."""
    dashboard = "{title: NO, folder: 1, elements: [], filters: {On: {field: a.b, default: 2025-01-01}}}"
    form = read_form(f"{LEAST}dashboards:\n  012: {dashboard}\n")
    assert form.dashboards["012"].title == "NO"
    assert form.dashboards["012"].filters["On"].default == "2025-01-01"


@pytest.mark.parametrize(("written", "total"), [("yes", True), ("True", True), ("no", False), ("FALSE", False)])
def test_booleans_are_words(written: str, *, total: bool) -> None:
    """A flag is said in YAML's usual words."""
    form = read_form(f"{LEAST}looks: {{'1': {{title: T, folder: 1, total: {written}}}}}\n")
    assert form.looks["1"].total is total


@given(st.text() | st.text().map(lambda text: LEAST + "looks: " + text))
def test_any_text_is_a_form_or_a_form_error(text: str) -> None:
    """Whatever stands in the file, only FormError is raised, in one line."""
    try:
        read_form(text)
    except FormError as error:
        assert len(str(error).splitlines()) <= 1  # noqa: PT017  # most texts are no form, a few are


_json = st.recursive(
    st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["title", "folder", "fields"]), inner),
    max_leaves=6,
)


@given(_json, st.sampled_from(["views", "models", "folders", "dashboards", "looks", "today"]))
def test_any_shape_under_any_key_is_a_form_or_a_form_error(shape: object, key: str) -> None:
    """Lists for mappings, mappings for texts: each is a FormError."""
    try:
        is_right = (
            read_form(f"{LEAST if key in {'dashboards', 'looks', 'today'} else ''}{key}: {shape!r}\n") is not None
        )
    except FormError as refusal:
        is_right = bool(str(refusal))
    assert is_right
