"""Results that are broken, or no results: each is refused in one line, and none becomes a wrong table."""

from decimal import Decimal

import pytest

from looker_tasks.tables.errors import TableError
from looker_tasks.tables.table import read_table
from tests.tables.results import Raw, cell, cut, field, metadata, result

_HEAD = metadata([field("x", "number"), field("s", "string")])
_GOOD = result(_HEAD, [{"x": cell(1), "s": cell("a")}, {"x": cell(2), "s": cell("b")}])
_DEEP = Raw("[" * 100_000 + "]" * 100_000)


def _rows(*rows: object) -> bytes:
    return result(_HEAD, rows)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "is empty"),
        (b" \n", "is empty"),
        (b"<html>Sign in</html>", "begins with '<html>"),
        (b"null", "begins with 'null'"),
        (b"[]", "no metadata"),
        (b"{}", "no metadata"),
        (b'{"metadata":{}}', "no rows"),
        (b'{"metadata":{},"rows":[]}', "no columns"),
        (b'{"rows":[]}', "no metadata"),
        (b'{"metadata":[],"rows":[]}', "metadata is no object"),
        (b'{"metadata":{"fields":[]},"rows":[]}', "fields is no object"),
        (b'{"metadata":{"fields":{"dimensions":[{}]}},"rows":[]}', r"fields.dimensions\[0\] has no name"),
        (b'{"metadata":{"pivots":[{}]},"rows":[]}', r"pivots\[0\] has no key"),
        (b'{"metadata":{"a":NaN-},"rows":[]}', "metadata is not JSON"),
        (b'{"metadata":{"fields":{"dimensions":[{"name":"\\ud800"}]}},"rows":[]}', "not JSON"),
        (b'{"rows":{}}', "rows are no array"),
        (b'{"rows":[],"rows":[]}', "two members 'rows'"),
        (b'{"a":1 "b":2}', "not separated by one comma"),
        (b'{,"a":1}', "not separated by one comma"),
        (b"{5:1}", "no member begins with '5"),
        (_GOOD + b"x", "comes after its end"),
        (_GOOD + _GOOD, "comes after its end"),
        (_rows(Raw("5")), "rows are not objects"),
        (_rows(Raw("null"), {}), "rows are not objects"),
        (_rows(Raw('"x"')), "rows are not objects"),
        (_rows([]), "rows are not objects"),
        (_rows(Raw("{},"), {}), "rows are not objects"),
        (_rows(Raw("{} {}")), "rows are not objects"),
        (_rows({}, Raw("")), "rows are not objects"),
        (_rows(Raw('{"x":}')), "row 1 is not JSON"),
        (_rows({}, {"x": cell(Raw("01"))}), "row 2 is not JSON"),
        (_rows({"x": cell(Raw("NaN"))}), "row 1 is not JSON"),
        (_rows({"x": cell(Raw("-Infinity"))}), "row 1 is not JSON"),
        (_rows({"x": cell(Raw('"a\nb"'))}), "row 1 is not JSON"),
        (_rows({"x": cell(Raw('"a')), "s": cell(Raw('b"'))}), "row 1 is not JSON"),
        (_rows({"x": cell(_DEEP)}), "row 1 is not JSON"),
        (_rows({"x": 5}), "row 1 is not as promised: its cell 'x' is no object"),
        (_rows({"x": [1]}), "its cell 'x' is no object"),
        (_rows({"x": {}}), "its cell 'x' has no value"),
        (_rows({"x": {"rendered": "1"}}), "its cell 'x' has no value"),
        (_rows({"x": {"West": cell(1)}}), "its cell 'x' has no value"),
        (_rows(Raw('{"x":{"value":1},"x":{"value":2}}')), "two cells of one name"),
        (_rows(Raw('{"x":{"value":1,"value":2}}')), "has a key twice"),
        (_rows(Raw('{"\\ud800":{"value":1}}')), "row 1 is not JSON"),
        (result(_HEAD, [{"x": cell(1)}]).replace(b'"x"', b'"\xff"'), "not JSON"),
        (_rows({"s": cell("a")}).replace(b'"a"', b'"\xff"'), "row 1 is not JSON"),
    ],
)
@pytest.mark.parametrize("size", [1 << 20, 7])
def test_a_broken_result_is_refused(data: bytes, reason: str, size: int) -> None:
    """The reason tells what is wrong, and in which row, whatever the pieces are in which it comes."""
    with pytest.raises(TableError, match=reason) as refused:
        read_table(cut(data, size=size))
    assert "\n" not in str(refused.value)
    assert not refused.value.is_query_error


def test_a_cut_result_is_refused() -> None:
    """No beginning of a result is a table."""
    for end in range(len(_GOOD)):
        with pytest.raises(TableError):
            read_table([_GOOD[:end]])


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (_rows({"looker_error": "Table not found\n  at 1:7"}), "Table not found at 1:7"),
        (result({"sql": "", "fields": {}}, [{"looker_error": "No"}]), "No"),
        (result({}, [{"looker_error": "No"}], metadata_first=False), "No"),
        (b'[{"looker_error":"No"}]', "No"),
        (_rows({"x": cell(1)}, {"looker_error": "killed"}), "killed"),
        (_rows({"looker_error": {"message": "No", "message_details": "more"}}), "No more"),
        (_rows({"looker_error": None}), "gives no reason"),
        (result(metadata([], errors=[{"message": "No"}]), []), "No"),
        (b'{"errors":[{"message":"No","fatal":true}],"rows":[]}', "No"),
    ],
)
def test_an_error_of_the_query_is_told_as_such(data: bytes, reason: str) -> None:
    """Looker's own error is its reason, wherever in the result Looker puts it."""
    with pytest.raises(TableError, match=reason) as refused:
        read_table([data])
    assert refused.value.is_query_error


def test_an_error_far_behind_is_found() -> None:
    """An error that ends a long result is not taken for a row of it."""
    rows = [{"x": cell(each), "s": cell("a")} for each in range(50_000)]
    with pytest.raises(TableError, match="killed") as refused:
        read_table([_rows(*rows, {"looker_error": "killed"})])
    assert refused.value.is_query_error


def test_numbers_that_overflow_arrow_s_decimals_keep_their_digits() -> None:
    """Arrow multiplies a decimal to its scale without a look at what overflows: such numbers never get that far."""
    rows = [{"x": cell(Raw("12.25")), "s": cell("a")}] * 5000
    for long in (
        "9" * 38,
        "12345678901234567890123456789012345678",
        "4567" + "0" * 34,
        "3402823669209384634633746074317682115",
    ):
        table = read_table([_rows(*rows, {"x": cell(Raw(long)), "s": cell("a")}, *rows)])
        found = [Decimal(str(each)) for each in table.column("x").to_pylist()]
        assert found == [*[Decimal("12.25")] * 5000, Decimal(long), *[Decimal("12.25")] * 5000]


def test_deep_nesting_beside_a_value_is_passed_over() -> None:
    """What is not data may be as deep as it likes where Arrow parses it, and does no harm elsewhere."""
    rows = [{"x": cell(each), "s": cell("a", links=[])} for each in range(5000)]
    deep = {"x": cell(1, links=_DEEP), "s": cell("b")}
    with pytest.raises(TableError, match="row 1 is not JSON"):
        read_table([_rows(deep)])
    assert read_table([_rows(*rows, deep, *rows)]).num_rows == 10_001


def test_a_member_after_the_rows_is_never_rows() -> None:
    """Objects that look like rows, in a member behind them, are not taken for rows."""
    rows = [{"x": cell(each), "s": cell("a")} for each in range(5000)]
    data = _rows(*rows)[:-1] + b',"more":[' + b",".join([b'{"x":{}}'] * 300_000) + b"]}"
    assert read_table(cut(data, size=1 << 16)).column("x").to_pylist() == [*range(5000)]


@pytest.mark.parametrize(
    ("late", "expected"),
    [
        ('{"x":{"value":"007"},"s":{"value":"a"}}', {"x": "007"}),
        ('{"x":{"value":"7"},"s":{"value":"a"}}', {"x": Decimal(7)}),
        ('{"x":{"value":7},"s":{"value":"a"},"new":{"value":"b"}}', {"new": "b"}),
        ('{"x":{"rendered":"7"},"s":{"value":"a"}}', "row 4000 is not as promised: its cell 'x' has no value"),
        ('{"x":{"value":7},"s":{"value":5}}', {"s": "5"}),
        ('{"x":{"value":7},"s":{"value":"a\\ud800"}}', {"s": "a\ufffd"}),
        ('{"x":{"value":NaN},"s":{"value":"a"}}', "row 4000 is not JSON"),
        ('{"x":null}', {"x": None, "s": None}),
        ("{}", {"x": None, "s": None}),
        ("null", "rows are not objects"),
    ],
)
def test_a_row_that_is_otherwise_is_noticed_far_behind(late: str, expected: dict[str, object] | str) -> None:
    """Arrow passes over keys that it does not know, and takes texts for decimals: what it parsed is checked."""
    rows = [{"x": cell(Raw(f"{each}.25")), "s": cell("a")} for each in range(3999)]
    data = _rows(*rows, Raw(late), *rows)
    if isinstance(expected, str):
        with pytest.raises(TableError, match=expected):
            read_table([data])
    else:
        table = read_table([data])
        assert table.num_rows == 7999
        assert {name: table.column(name).to_pylist()[3999] for name in expected} == expected
