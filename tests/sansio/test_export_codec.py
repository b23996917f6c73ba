"""`encode` and `decode`: an export as JSON values, and back."""

import json
from typing import Any

import pytest
from hypothesis import given

from looker_tasks.errors import InvalidExport
from looker_tasks.exports import DashboardExport, Export, QueryExport
from looker_tasks.sansio.export_codec import decode, encode
from tests.sansio.strategies import EXPORTS


@given(EXPORTS)
def test_decode_gives_back_what_encode_took(export: Export) -> None:
    """Through JSON text and back every export is the same."""
    assert decode(json.loads(json.dumps(encode(export)))) == export


def test_encode_leaves_defaults_out() -> None:
    """What nobody asked for is not written: a later release may have another default."""
    assert encode(QueryExport("7", "csv")) == {"query": "7", "result_format": "csv"}
    full = DashboardExport("m::d", "png", filters={"Region": "West"}, name="w.png", tabs=("a",))
    assert encode(full) == {
        "dashboard": "m::d",
        "result_format": "png",
        "filters": {"Region": "West"},
        "name": "w.png",
        "tabs": ["a"],
    }


@pytest.mark.parametrize(
    ("encoded", "field"),
    [
        ({}, "export"),
        ({"result_format": "pdf"}, "export"),
        ({"dashboard": "1", "colour": "red"}, "colour"),
        ({"dashboard": "1", "result_format": "doc"}, "result_format"),
        ({"dashboard": None}, "dashboard_id"),
    ],
)
def test_decode_refuses_what_is_no_export(encoded: dict[str, Any], field: str) -> None:
    """The error names the field."""
    with pytest.raises(InvalidExport) as refused:
        decode(encoded)
    assert refused.value.field == field
