"""The file names that a run has given away: eight bytes for each, so that a million of them cost next to nothing."""

from array import array
from bisect import bisect_left

from looker_tasks.sansio.naming import same_file

_SHARDS = 1024  # of a million names each holds a thousand: an insertion moves no more than 8 KB


class Names:
    """A set of names that can only grow.

    It keeps their hashes (64 bits of SipHash, with a key of this process): of a million names, two share one in a run
    of thirty million.
    """

    def __init__(self) -> None:
        self._shards = [array("Q") for _ in range(_SHARDS)]

    def take(self, name: str) -> bool:
        """Take *name*; return False where it, or one that some file systems hold for it, is taken already."""
        found = hash(same_file(name)) % 2**64
        shard = self._shards[found % _SHARDS]
        place = bisect_left(shard, found)
        if place < len(shard) and shard[place] == found:
            return False
        shard.insert(place, found)
        return True
