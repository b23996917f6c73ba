"""Header fields that decide something: Retry-After, Content-Type, Content-Length. Nothing here raises."""

from collections.abc import Mapping
from datetime import UTC
from email.utils import parsedate_to_datetime

#: No wait is longer than this, in seconds: longer ones say "never" as well.
LONGEST_WAIT = 10.0**9


def retry_after(headers: Mapping[str, str], wall: float) -> float | None:
    """Return how many seconds the server asks to wait (RFC 9110, 10.2.3), or None where it asks for nothing.

    A date is measured against the answer's own Date field, so that a wrong clock on either side does no harm; *wall*,
    the time here in seconds since 1970, serves where there is none. A date in the past is 0.
    """
    value = headers.get("Retry-After", "").strip()
    if value.isascii() and value.isdecimal():  # str.isdigit() is true for "²"
        return LONGEST_WAIT if len(value) > len("1000000000") else min(LONGEST_WAIT, float(value))
    moment = _seconds_since_1970(value)
    if moment is None:
        return None
    sent = _seconds_since_1970(headers.get("Date", ""))
    return min(LONGEST_WAIT, max(0.0, moment - (wall if sent is None else sent)))


def _seconds_since_1970(date: str) -> float | None:
    try:
        moment = parsedate_to_datetime(date)
    except (ValueError, OverflowError, TypeError, IndexError):
        return None
    # HTTP's dates are all in GMT; its oldest form, "Sun Nov  6 08:49:37 1994", does not say so.
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def media_type(headers: Mapping[str, str]) -> str:
    """Return the media type in lower case without its parameters; "" where there is none."""
    return headers.get("Content-Type", "").partition(";")[0].strip().lower()


def is_compressed(headers: Mapping[str, str]) -> bool:
    """Tell whether the body is sent in another form than its own."""
    return headers.get("Content-Encoding", "").strip().lower() not in {"", "identity"}


def content_length(headers: Mapping[str, str]) -> int | None:
    """Return how many bytes of body the server promised, or None where it did not, or not for the decoded body."""
    value = headers.get("Content-Length", "").strip()
    if is_compressed(headers) or not (value.isascii() and value.isdecimal()):
        return None
    return int(value) if len(value) < len(str(2**63)) else None
