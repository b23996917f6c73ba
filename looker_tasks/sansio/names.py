"""Whether two of a million names are one file, in eight bytes a name."""

from array import array
from bisect import bisect_left
from hashlib import blake2b

from looker_tasks.sansio.naming import same_file

_SHARDS = 1024  # of a million names each holds a thousand: an insertion moves no more than 8 KB


class NameSet:
    """A set of file names that can only grow. It keeps 64 bits of a digest of each.

    Of a million names, two share a digest by chance once in thirty million sets.
    """

    def __init__(self) -> None:
        self._shards = [array("Q") for _ in range(_SHARDS)]

    def add(self, name: str) -> bool:
        """Add *name*; return False where it, or one that some file systems hold for it, is in the set already."""
        digest = digest_of(name)
        shard = self._shards[digest % _SHARDS]
        index = bisect_left(shard, digest)
        if index < len(shard) and shard[index] == digest:
            return False
        shard.insert(index, digest)
        return True


def digest_of(name: str) -> int:
    """Return 64 bits of a digest of *name*, equal for names that some file systems hold for one."""
    return int.from_bytes(blake2b(same_file(name).encode("utf-8", "surrogatepass"), digest_size=8).digest())
