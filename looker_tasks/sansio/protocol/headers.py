"""Header fields that decide something: Retry-After, Content-Type, Content-Length. Nothing here raises."""

import math
import re
from collections.abc import Mapping
from datetime import UTC
from email.utils import parsedate_to_datetime

#: No wait is longer than this, in seconds: longer ones say "never" as well.
LONGEST_WAIT = 10.0**9

_SECONDS = re.compile(r"[0-9]+(\.[0-9]*)?(\s*,\s*[0-9]+(\.[0-9]*)?)*")


def retry_after(headers: Mapping[str, str], wall: float) -> float | None:
    """Return how many seconds the server asks to wait (RFC 9110, 10.2.3), or None where it asks for nothing.

    A date is measured against the response's own Date field, so that a wrong clock on either side does no harm; *wall*,
    the time here in seconds since 1970, serves where there is none. A date in the past is 0. Of a part of a second it
    is the whole, and of several values (from as many gateways) the largest.
    """
    value = headers.get("Retry-After", "").strip()
    if _SECONDS.fullmatch(value):
        return min(LONGEST_WAIT, max(float(math.ceil(min(LONGEST_WAIT, float(each)))) for each in value.split(",")))
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


def content_encoding(headers: Mapping[str, str]) -> str:
    """Return the coding of the body in lower case (RFC 9110, 8.4); "" where it comes as it is."""
    coding = headers.get("Content-Encoding", "").strip().lower()
    return "" if coding == "identity" else coding


def is_compressed(headers: Mapping[str, str]) -> bool:
    """Return whether the body is sent in another form than its own."""
    return content_encoding(headers) != ""


def is_framed(headers: Mapping[str, str]) -> bool:
    """Return whether a length or chunks tell where the body ends (RFC 9112, 6.3), and not the end of the connection."""
    codings = headers.get("Transfer-Encoding", "").lower()
    if codings:
        return codings.rpartition(",")[2].strip() == "chunked"
    value = headers.get("Content-Length", "").strip()
    return value.isascii() and value.isdecimal()


def content_length(headers: Mapping[str, str]) -> int | None:
    """Return how many bytes of body the server promised, or None where it did not, or not for the decoded body."""
    value = headers.get("Content-Length", "").strip()
    if is_compressed(headers) or not (value.isascii() and value.isdecimal()):
        return None
    return int(value) if len(value) < len(str(2**63)) else None
