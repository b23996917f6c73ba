"""Whether two of a million names are one file, or one is a folder of the other, in eight bytes a name."""

from array import array
from bisect import bisect_left

from looker_tasks.sansio.naming import same_file

_SHARDS = 1024  # of a million names each holds a thousand: an insertion moves no more than 8 KB


class NameSet:
    """A set of file names that can only grow. It keeps 64 bits of a digest of each, and of each folder above them.

    Of a million names, two share a digest by chance once in thirty million sets.
    """

    def __init__(self) -> None:
        self._files = _Digests()
        self._folders = _Digests()
        self._last_folder = ""

    def add(self, name: str) -> bool:
        """Add *name*; return False where it cannot be a file beside those that are in the set already.

        That is: where it, or one that some file systems hold for it, is one of them, a folder of one of them, or lies
        below one of them.
        """
        digest = digest_of(name)
        if digest in self._folders or not self._files.add(digest):
            return False
        return self._add_folders(name)

    def _add_folders(self, name: str) -> bool:
        nearest = name.rpartition("/")[0]
        if nearest == self._last_folder:
            return True
        folder = same_file(name).rpartition("/")[0]
        while folder:
            digest = digest_of(folder)
            if digest in self._files:
                return False
            if not self._folders.add(digest):  # then those above it are there too
                break
            folder = folder.rpartition("/")[0]
        self._last_folder = nearest
        return True


class _Digests:
    def __init__(self) -> None:
        self._shards: dict[int, array[int]] = {}  # made as they are needed: most sets are small

    def __contains__(self, digest: int) -> bool:
        shard = self._shards.get(digest % _SHARDS, ())
        index = bisect_left(shard, digest)
        return index < len(shard) and shard[index] == digest

    def add(self, digest: int) -> bool:
        """Add *digest*; return False where it is there already."""
        shard = self._shards.setdefault(digest % _SHARDS, array("Q"))
        index = bisect_left(shard, digest)
        if index < len(shard) and shard[index] == digest:
            return False
        shard.insert(index, digest)
        return True


def digest_of(name: str) -> int:
    """Return 64 bits of a digest of *name*, in this process, equal for names that some file systems hold for one."""
    return hash(same_file(name)) % 2**64
