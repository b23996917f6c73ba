"""How much at a time."""

from looker_tasks.policy import Limits
from looker_tasks.sansio.bounds import SMALL_RESULT, is_large, is_slow, largest_result, most_alive


def test_a_result_of_unknown_length_counts_as_large() -> None:
    """It may be any number of bytes."""
    assert [is_large(length) for length in (None, 0, SMALL_RESULT, SMALL_RESULT + 1)] == [True, False, False, True]


def test_what_comes_compressed_unfolds_to_a_bounded_size() -> None:
    """No further than the policy allows, and no further than memory for a few of them."""
    limits = Limits(result_bytes=2**40)
    assert largest_result(limits, is_compressed=False) == 2**40
    assert largest_result(limits, is_compressed=True) == 256 * 2**20
    assert largest_result(Limits(result_bytes=7), is_compressed=True) == 7


def test_a_download_is_slow_below_the_least_rate() -> None:
    """Bytes by seconds."""
    assert is_slow(49, 5.0, 10)
    assert not is_slow(50, 5.0, 10)


def test_so_many_are_alive_as_may_be_in_flight_and_downloaded_twice() -> None:
    """With a limit that adapts, as many as it may ever let."""
    limits = Limits(downloads=4, in_flight=100)
    assert (most_alive(limits, 7), most_alive(limits, None)) == (15, 108)
