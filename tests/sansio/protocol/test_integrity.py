"""Whether the bytes of a result are a whole file of their format."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from looker_tasks.formats import DATA_FORMATS, FORMATS, RENDER_FORMATS
from looker_tasks.sansio.protocol import json_stream
from looker_tasks.sansio.protocol.integrity import Defect, Inspection

_WHOLE = {
    "pdf": b"%PDF-1.7\n...\n%%EOF\n",
    "png": b"\x89PNG\r\n\x1a\n...IEND\xaeB`\x82",
    "jpg": b"\xff\xd8\xff\xe0...\xff\xd9",
    "xlsx": b"PK\x03\x04...PK\x05\x06" + bytes(18),
    "json": b'[{"a": 1}]',
    "inline_json": b'[{"a": 1}]\n',
    "json_detail": b'{"data": [], "errors": null}',
    "json_fe": b"{}",
    "json_bi": b'{"metadata": {}, "rows": []}',
    "csv": b"a,b\n1,2\n",
    "txt": b"a\tb\n1\t2\n",
    "md": b"|a|b|\n",
    "html": b"<!DOCTYPE html><html><head><title>Orders</title></head></html>",
    "odc": b"<html><head><title>Orders</title></head></html>",
    "gsxml": b"<feed/>",
    "sql": b"SELECT 1",
}


def _flaw(result_format: str, body: bytes, content_type: str = "") -> Defect | None:
    inspection = Inspection(result_format, content_type)
    for start in range(0, len(body), 1000):
        inspection.update(body[start : start + 1000])
    return inspection.defect()


@pytest.mark.parametrize("result_format", RENDER_FORMATS + DATA_FORMATS)
def test_a_whole_file_of_each_format_is_kept(result_format: str) -> None:
    """What Looker sends when all is well has no defect."""
    requested = FORMATS[result_format].requested
    assert _flaw(requested, _WHOLE[requested]) is None


@pytest.mark.parametrize("result_format", RENDER_FORMATS + DATA_FORMATS)
def test_nothing_is_no_file(result_format: str) -> None:
    """An empty 200 is a failure, but for rows in plain text, of which there may be none."""
    assert _flaw(result_format, b"") == (None if result_format in {"csv", "txt"} else Defect("it is empty"))


@pytest.mark.parametrize("result_format", ["pdf", "png", "jpg", "xlsx", "json", "json_bi"])
def test_a_file_that_was_cut_short_is_told(result_format: str) -> None:
    """The end that the format has is looked for."""
    defect = _flaw(result_format, _WHOLE[result_format].rstrip(b"\n")[:-1].removesuffix(bytes(17))[:-4])
    assert defect is not None
    assert not defect.is_query_error
    assert "cut short" in defect.reason or "not JSON" in defect.reason


@pytest.mark.parametrize("result_format", ["pdf", "png", "jpg", "xlsx", "json"])
def test_bytes_of_another_format_are_told(result_format: str) -> None:
    """Each binary format begins as it does, and JSON is an object or a list."""
    defect = _flaw(result_format, b"upstream request timeout")
    assert defect is not None
    assert "does not begin" in defect.reason or "not JSON" in defect.reason


@pytest.mark.parametrize("result_format", sorted((set(DATA_FORMATS) | {"pdf"}) - {"html", "odc"}))
@pytest.mark.parametrize("page", [b"<!DOCTYPE HTML><title>Orders</title>", b"\xef\xbb\xbf\n <html>"])
def test_an_html_page_is_no_file_of_another_format(result_format: str, page: bytes) -> None:
    """Gateways and login pages send pages with status 200."""
    defect = _flaw(result_format, page)
    assert defect is not None
    assert "HTML page" in defect.reason


def test_rows_that_are_declared_a_page_are_a_page() -> None:
    """The content type tells on formats that have no face of their own; a picture has one."""
    assert _flaw("csv", b"a,b\n", "text/html") is not None
    assert _flaw("png", _WHOLE["png"], "text/html") is None


@pytest.mark.parametrize(
    ("title", "is_error"),
    [
        ("502 Bad Gateway", True),
        ("Bad Gateway", True),
        ("Error 503", True),
        ("404 Not Found", True),
        ("Gateway Timeout", True),
        ("504 Gateway Time-out", True),
        ("Service Unavailable", True),
        ("Service Temporarily Unavailable", True),
        ("Error", True),
        ("Server Error", True),
        ("Sign in", True),
        ("Login", True),
        ("Page not found", True),
        ("Looker", True),
        ("Orders", False),
        ("Errors by country", False),
        ("Error Logs", False),
        ("Login events", False),
        ("Top 500 customers", False),
        ("Gateways", False),
        ("Not found items", False),
        ("Timeout analysis", False),
        ("4000 orders", False),
        ("Looker usage", False),
    ],
)
@pytest.mark.parametrize("result_format", ["html", "odc"])
def test_an_error_page_is_told_from_a_page_of_rows(result_format: str, title: str, is_error: bool) -> None:
    """Where the result is a page itself, its title tells, and an explore that speaks of errors is none."""
    page = f"<!doctype html><html><head><title>{title}</title></head></html>".encode()
    assert (_flaw(result_format, page) is not None) is is_error


@pytest.mark.parametrize(
    ("result_format", "body", "reason"),
    [
        ("json", b'[{"looker_error": "SQL: no such column"}]', "SQL: no such column"),
        ("inline_json", b' [ {"looker_error":"SQL"', "SQL"),
        ("inline_json", b'[{"looker_error":""', "looker_error"),
        ("json_bi", b'{"metadata": {"sql": "x"}, "rows": [{"looker_error": "SQL"}]}', "SQL"),
        ("csv", b"looker_error\nSQL: no such column\n", "SQL: no such column"),
        ("csv", b'\xef\xbb\xbf"looker_error"\n"SQL"\n', "SQL"),
        ("txt", b"looker_error", "looker_error"),
        ("csv", b"looker_error\n\x1b[31mred\n", "\N{REPLACEMENT CHARACTER}[31mred"),
    ],
)
def test_a_querys_own_error_is_told_from_a_spoiled_file(result_format: str, body: bytes, reason: str) -> None:
    """Looker writes a failed query's error where its rows should be: another download would not mend it."""
    assert _flaw(result_format, body) == Defect(reason, is_query_error=True)


@pytest.mark.parametrize(
    ("result_format", "said", "reason"),
    [
        ("json", [{"looker_error": "SQL\nline two"}], "SQL line two"),
        ("json", [{"looker_error": None}], "looker_error"),
        ("json_bi", {"rows": [{"looker_error": "SQL"}]}, "SQL"),
        ("json_detail", {"errors": [{"message": "SQL", "message_details": "near x"}]}, "SQL; near x"),
        ("json_detail", {"errors": [{"message": "a", "fatal": True}, {"message": "b", "fatal": False}]}, "a"),
        ("json_detail", {"errors": [{"message": None}]}, "the query failed"),
        ("json_detail", {"errors": [{"message": ["a", "list"]}]}, "the query failed"),
        ("json_detail", {"errors": [{"message": str(number)} for number in range(99)]}, "0; 1; 2"),
    ],
)
def test_an_error_within_json_is_the_querys(result_format: str, said: object, reason: str) -> None:
    """Errors in json_detail and rows that are an error are read where the JSON is parsed whole."""
    assert _flaw(result_format, json.dumps(said).encode()) == Defect(reason, is_query_error=True)


@pytest.mark.parametrize(
    ("result_format", "said"),
    [
        ("json_detail", {"errors": [{"message": "derived tables", "fatal": False, "level": "error"}]}),
        ("json_detail", {"errors": []}),
        ("json_detail", {"errors": "none"}),
        ("json_detail", {"errors": [7]}),
        ("json_detail", []),
        ("json", [{"orders.looker_error": 1}]),
        ("json", [{"a": 1}, {"looker_error": "a value of a row"}]),
        ("json", [{"looker_error": "a value"}, {"looker_error": "another"}]),
        ("json", [{"looker_error": "a value", "orders.count": 1}]),
        ("json", []),
        ("json", [7]),
        ("json_bi", {"rows": {}}),
        ("json_fe", {"rows": None}),
    ],
)
def test_a_warning_and_odd_shapes_are_no_error(result_format: str, said: object) -> None:
    """`fatal: false` is a mere warning; what is no row and no error says nothing."""
    assert _flaw(result_format, json.dumps(said).encode()) is None


@pytest.mark.parametrize("body", [b" ", b"[", b"\xff", b"[" * 100_000, b'{"a": 1} trailing'])
def test_what_is_no_json_is_told(body: bytes) -> None:
    """Cut short, ill encoded or nested without end: it is not kept."""
    assert _flaw("json", body) == Defect("it is not JSON from its beginning to its end")


@pytest.mark.parametrize(
    ("result_format", "body"),
    [
        ("csv", b"looker_error_code,count\n7,1\n"),
        ("csv", b"looker_error,count\nSQL,1\n"),
        ("csv", b"looker_error\nfirst\nsecond\n"),
        ("csv", b"looker_error\n" + b"some row of it\n" * 1000),
        ("csv", b'"looker_error","count"\n"SQL","1"\n'),
        ("txt", b"looker_error\tcount\nSQL\t1\n"),
        ("txt", b"looker_errors\nSQL\n"),
        ("csv", b"a,looker_error\n1,2\n"),
    ],
)
def test_a_column_of_that_name_is_data(result_format: str, body: bytes) -> None:
    """A failed query has one column called so, and one row at the most: whatever has more is what was asked for."""
    assert _flaw(result_format, body) is None


def test_a_long_message_of_a_failed_query_is_its_error() -> None:
    """An error may quote the SQL, over several lines, and is one cell."""
    body = b'looker_error\n"SQL: no such column, in\n' + b"SELECT x,\n" * 500 + b'"\n'
    defect = _flaw("csv", body)
    assert defect is not None
    assert defect.is_query_error
    assert defect.reason.startswith("SQL: no such column, in SELECT x,")


def _early(result_format: str, beginning: bytes, content_type: str = "") -> Defect | None:
    inspection = Inspection(result_format, content_type)
    inspection.update(beginning)
    return inspection.defect_of_beginning()


@pytest.mark.parametrize("result_format", RENDER_FORMATS + DATA_FORMATS)
def test_the_beginning_of_a_whole_file_has_no_defect(result_format: str) -> None:
    """However little of it has come, be it nothing."""
    requested = FORMATS[result_format].requested
    for length in range(len(_WHOLE[requested]) + 1):
        assert _early(requested, _WHOLE[requested][:length]) is None


@pytest.mark.parametrize(
    ("result_format", "beginning", "content_type", "words", "is_query_error"),
    [
        ("pdf", b"upstream", "", "does not begin as pdf does, but with b'upstream'", False),
        ("csv", b"<html>", "", "HTML page", False),
        ("csv", b"a,b", "text/html", "HTML page", False),
        ("json", b"[1] and more", "", "not JSON", False),
        ("json", b'[{"looker_error": "SQL"}] and more', "", "SQL", True),
        ("json", b'[{"looker_error": ""}] and more', "", "looker_error", True),
    ],
)
def test_a_defect_shows_before_the_end(
    result_format: str, beginning: bytes, content_type: str, words: str, is_query_error: bool
) -> None:
    """Whoever streams a result is told before its first bytes are handed on."""
    defect = _early(result_format, beginning, content_type)
    assert defect is not None
    assert words in defect.reason
    assert defect.is_query_error is is_query_error


@pytest.mark.parametrize(
    ("result_format", "proves"),
    [("pdf", True), ("png", True), ("xlsx", True), ("json", True), ("json_bi", True), ("csv", False), ("html", False)],
)
def test_some_formats_prove_their_end(result_format: str, proves: bool) -> None:
    """Of rows in plain text nobody can see that the last are missing."""
    assert Inspection(result_format, "").proves_its_end is proves


@pytest.mark.parametrize(
    ("result_format", "said", "reason"),
    [
        ("json", [{"looker_error": "SQL"}], "SQL"),
        ("json", [{"a": 1}, {"looker_error": "a value of a row"}], None),
        ("json_bi", {"metadata": {"sql": "x"}, "rows": [{"looker_error": "SQL"}]}, "SQL"),
        ("json_bi", {"metadata": {"sql": "x"}, "rows": [{"a": [1, 2]}, 7]}, None),
        ("json_detail", {"data": [{"a": 1}], "errors": [{"message": "SQL"}]}, "SQL"),
        ("json_detail", {"data": [{"message": "a value"}], "errors": []}, None),
        ("json_detail", {"data": [], "errors": [{"message": "a warning", "fatal": False}]}, None),
    ],
)
@pytest.mark.parametrize("whole", [24, 32, 40])
def test_an_error_is_found_in_pieces_as_in_the_whole(
    result_format: str, said: object, reason: str | None, whole: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the JSON is too long to be parsed at once; a query's error itself is not."""
    monkeypatch.setattr(json_stream, "WHOLE", whole)
    inspection = Inspection(result_format, "")
    for byte in json.dumps(said).encode():
        inspection.update(bytes([byte]))
    assert inspection.defect() == (None if reason is None else Defect(reason, is_query_error=True))


@given(
    st.sampled_from(RENDER_FORMATS + DATA_FORMATS),
    st.text(max_size=20),
    st.binary(max_size=300)
    | st.recursive(
        st.none() | st.text(),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.sampled_from(["errors", "rows", "message", "looker_error"]), inner)
        ),
    ).map(lambda said: json.dumps(said).encode()),
)
def test_whatever_bytes_come_are_kept_or_told(result_format: str, content_type: str, body: bytes) -> None:
    """Any body has a verdict, whose reason fits on one line."""
    defect = _flaw(result_format, body, content_type)
    assert defect is None or (defect.reason.isprintable() and defect.reason)


@pytest.mark.parametrize(
    ("result_format", "body", "rows"),
    [
        ("csv", b'a,b\n1,"x\ny"\n2,z\n', 2),
        ("csv", b"", 0),
        ("json", b'[{"a": 1}, {"a": 2}]', 2),
        ("json_bi", b'{"metadata": {}, "rows": [{"a": 1}, {"a": 2}, {"a": 3}]}', 3),
        ("json_detail", b'{"errors": [{"fatal": false}], "data": [{"a": 1}, {"a": 2}]}', 2),
        ("json_fe", b'{"fields": {}, "data": [{"a": 1}]}', 1),
        ("json_detail", b'{"data": 5}', 0),
        ("txt", b"a\n1\n", None),
        ("xlsx", b"PK\x03\x04", None),
    ],
)
def test_rows_are_counted_where_they_can_be(result_format: str, body: bytes, rows: int | None) -> None:
    """Of data, not of errors; where they cannot be counted as they come, nobody knows."""
    inspection = Inspection(result_format, "")
    inspection.update(body)
    inspection.defect()
    assert inspection.rows == rows


@pytest.mark.parametrize(("result_format", "opens"), [("json_fe", '{"data": '), ("json_bi", '{"rows": '), ("json", "")])
def test_rows_of_a_long_result_are_counted(result_format: str, opens: str) -> None:
    """Also where they come one by one."""
    rows = [{"a": "x" * 1000}] * 700
    for count in (0, 1, 700):
        inspection = Inspection(result_format, "")
        body = f"{opens}{json.dumps(rows[:count])}{'}' if opens else ''}".encode()
        for at in range(0, len(body), 2**16):
            inspection.update(body[at : at + 2**16])
        inspection.defect()
        assert inspection.rows == count


@pytest.mark.parametrize(
    ("body", "defect"),
    [
        (b'{"rows": [', None),
        (b"<!DOCTYPE html><html>", "it is an HTML page, as gateways and login pages send"),
        (b"", "it is empty"),
    ],
)
def test_json_that_is_parsed_elsewhere_is_not_parsed_here(body: bytes, defect: str | None) -> None:
    """What shows without that is told as ever."""
    inspection = Inspection("json_bi", "application/json", is_parsed=True)
    inspection.update(body)
    assert inspection.defect() == (None if defect is None else Defect(defect))
    assert inspection.proves_its_end
