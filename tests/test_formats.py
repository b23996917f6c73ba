"""The table of result formats holds together."""

import pytest

from looker_tasks.formats import DATA_FORMATS, FORMAT_OPTIONS, FORMATS, IMAGE_FORMATS, RENDER_FORMATS, Format


def test_each_format_is_made_by_one_api() -> None:
    """Documents and pictures are rendered, data are queried, and nothing is both."""
    assert set(RENDER_FORMATS) | set(DATA_FORMATS) == set(FORMATS)
    assert not set(RENDER_FORMATS) & set(DATA_FORMATS)
    assert set(IMAGE_FORMATS) < set(RENDER_FORMATS)


def test_no_two_formats_have_one_extension() -> None:
    """The files of one look in all formats lie side by side."""
    assert len({row.extension for row in FORMATS.values()}) == len(FORMATS)


@pytest.mark.parametrize("row", FORMATS.values(), ids=lambda row: row.name)
def test_looker_is_asked_for_a_format_that_it_has(row: Format) -> None:
    """What is made of another format is made of one that Looker makes, by the same API."""
    requested = FORMATS[row.requested]
    assert requested.made_from is None
    assert requested.api == row.api


def test_a_format_that_is_made_here_asks_for_another() -> None:
    """Its own name is no `result_format` of Looker's."""
    assert Format(name="parquet", api="query", made_from="json_bi").requested == "json_bi"
    assert Format(name="json_bi", api="query").requested == "json_bi"


def test_options_of_one_format_are_known_by_name() -> None:
    """A page's size is a matter of a PDF alone."""
    assert dict.fromkeys(("paper_size", "landscape", "long_tables"), ("pdf",)) == FORMAT_OPTIONS
