"""Header fields that decide something, from servers that write them well, badly or with malice."""

import math
import time
from collections.abc import Iterator

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from multidict import CIMultiDict, CIMultiDictProxy

from looker_tasks.sansio.protocol.headers import LONGEST_WAIT, content_length, is_framed, media_type, retry_after

_NOON = "Wed, 21 Oct 2015 12:00:00 GMT"
_NOON_WALL = 1445428800.0
_DATE_LIKE = st.text(alphabet="0123456789 :,-+.MonJanFebGT()", max_size=40)


@pytest.fixture
def new_york(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Set the clock on the wall to a place far from Greenwich."""
    monkeypatch.setenv("TZ", "America/New_York")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("0", 0.0),
        ("7", 7.0),
        (" 120 ", 120.0),
        ("0007", 7.0),
        ("1000000000", LONGEST_WAIT),
        ("9999999999", LONGEST_WAIT),
        ("9" * 1_000_000, LONGEST_WAIT),
        ("Wed, 21 Oct 2015 12:00:30 GMT", 30.0),
        ("Wednesday, 21-Oct-15 12:00:30 GMT", 30.0),
        ("Wed Oct 21 12:00:30 2015", 30.0),
        ("Wed, 21 Oct 2015 12:00:30 -0000", 30.0),
        ("Wed, 21 Oct 2015 14:00:30 +0200", 30.0),
        ("Wed, 21 Oct 2015 11:59:00 GMT", 0.0),
        ("Thu, 01 Jan 1970 00:00:00 GMT", 0.0),
        ("Fri, 31 Dec 9999 23:59:59 GMT", LONGEST_WAIT),
        ("Fri, 31 Dec 99999 23:59:59 GMT", None),
        ("Wed, 99 Oct 2015 12:00:00 GMT", None),
        ("", None),
        ("-1", None),
        ("+1", None),
        ("1.5", 2.0),
        ("0.2", 1.0),
        ("1.", 1.0),
        ("2, 2", 2.0),
        ("2,30 , 1.5", 30.0),
        ("2, soon", None),
        (".5", None),
        ("1e3", None),
        ("²", None),
        ("٣", None),
        ("soon", None),
        ("nan", None),
        ("inf", None),
    ],
)
@pytest.mark.usefixtures("new_york")
def test_retry_after_is_seconds_or_a_date(value: str, seconds: float | None) -> None:
    """Seconds and each of HTTP's three forms of a date are understood, in any time zone; anything else is nothing."""
    assert retry_after({"Retry-After": value, "Date": _NOON}, _NOON_WALL + 3600) == seconds


@pytest.mark.parametrize("date", ["", "yesterday", "Wed, 99 Oct 2015 12:00:00 GMT"])
def test_a_date_is_measured_by_our_clock_where_the_server_tells_none(date: str) -> None:
    """Without a Date field that can be read, the time here serves."""
    headers = {"Retry-After": "Wed, 21 Oct 2015 12:01:00 GMT", "Date": date}
    assert retry_after(headers, _NOON_WALL + 10) == 50.0


def test_no_field_asks_for_nothing() -> None:
    """A server that says nothing asks for no wait."""
    assert retry_after({}, _NOON_WALL) is None


@pytest.mark.parametrize("name", ["Retry-After", "retry-after", "RETRY-AFTER", "rEtRy-AfTeR"])
def test_any_case_of_a_fields_name_is_found(name: str) -> None:
    """On the mapping that the transport gives, the case of letters does not matter."""
    assert retry_after(CIMultiDictProxy(CIMultiDict({name: "7"})), 0.0) == 7.0


@given(st.text() | _DATE_LIKE, st.text() | _DATE_LIKE, st.floats(0, 1e11))
@example("²", "", 0.0)
@example("31 Dec 1969 00:00:00 +99999999999999999999", _NOON, 0.0)
def test_retry_after_never_raises_and_is_never_below_zero(value: str, date: str, wall: float) -> None:
    """Whatever a server writes into both fields is a bounded number of seconds, or nothing."""
    seconds = retry_after({"Retry-After": value, "Date": date}, wall)
    assert seconds is None or (0 <= seconds <= LONGEST_WAIT and not math.isnan(seconds))


@given(st.integers(0, 10**12))
def test_retry_after_of_digits_is_their_number(number: int) -> None:
    """Plain seconds are taken as they are, up to the longest wait."""
    assert retry_after({"Retry-After": str(number)}, 0.0) == min(number, LONGEST_WAIT)


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ("application/json", "application/json"),
        ("Application/JSON; charset=utf-8", "application/json"),
        (" image/png ;", "image/png"),
        ("", ""),
        (";", ""),
    ],
)
def test_media_type_is_bare_and_in_lower_case(value: str, kind: str) -> None:
    """Parameters and capitals are left away."""
    assert media_type({"Content-Type": value}) == kind


def test_no_media_type_is_an_empty_one() -> None:
    """A missing field is an empty text."""
    assert media_type({}) == ""


@pytest.mark.parametrize(
    ("headers", "length"),
    [
        ({"Content-Length": "0"}, 0),
        ({"Content-Length": "1234"}, 1234),
        ({"Content-Length": "1234", "Content-Encoding": "identity"}, 1234),
        ({"Content-Length": "1234", "Content-Encoding": "GZIP"}, None),
        ({"Content-Length": "-1"}, None),
        ({"Content-Length": "²"}, None),
        ({"Content-Length": "1, 1"}, None),
        ({"Content-Length": "9" * 19}, None),
        ({"Content-Length": "9" * 1_000_000}, None),
        ({}, None),
    ],
)
def test_content_length_is_of_the_body_as_we_see_it(headers: dict[str, str], length: int | None) -> None:
    """A length counts where it is a number, of a size that can be, and of a body that is not encoded."""
    assert content_length(headers) == length


@given(st.text(), st.text())
def test_content_length_never_raises(value: str, encoding: str) -> None:
    """Whatever a server writes is a number of bytes, or nothing."""
    length = content_length({"Content-Length": value, "Content-Encoding": encoding})
    assert length is None or length >= 0


@pytest.mark.parametrize(
    ("fields", "framed"),
    [
        ({"Content-Length": "12"}, True),
        ({"Content-Length": "0"}, True),
        ({"Transfer-Encoding": "chunked"}, True),
        ({"Transfer-Encoding": "gzip, Chunked"}, True),
        ({"Transfer-Encoding": "gzip", "Content-Length": "12"}, False),
        ({"Content-Length": "twelve"}, False),
        ({"Connection": "close"}, False),
        ({}, False),
    ],
)
def test_is_framed_where_a_length_or_chunks_tell_the_end(fields: dict[str, str], framed: bool) -> None:
    """A body that ends with its connection may have been cut anywhere."""
    assert is_framed(fields) is framed
