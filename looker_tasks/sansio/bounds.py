"""How much at a time: the bounds that follow from a policy."""

from looker_tasks.policy import Limits

#: A result up to this size, in bytes, is in memory for a moment at the most: it needs no place among the downloads.
SMALL_RESULT = 2**20

_UNFOLDED = 256 * 2**20  # bytes; a few that come compressed, unasked for, unfold to any number


def largest_result(limits: Limits, *, is_compressed: bool) -> int:
    """Return how many bytes a result may have."""
    return min(limits.result_bytes, _UNFOLDED) if is_compressed else limits.result_bytes


def is_large(content_length: int | None) -> bool:
    """Whether a result counts among the downloads, of which only some go on at once."""
    return content_length is None or content_length > SMALL_RESULT


def is_slow(size: int, seconds: float, least_rate: int) -> bool:
    """Whether *size* bytes in so many *seconds* are too few to hold a place among the downloads."""
    return size < least_rate * seconds


def most_alive(limits: Limits, in_flight: int | None) -> int:
    """Return how many exports of a batch may be begun and not yet taken, with at most *in_flight* tasks (None: any)."""
    return (limits.in_flight if in_flight is None else in_flight) + 2 * limits.downloads
