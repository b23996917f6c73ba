"""Whether two of a million names are the same, in eight bytes a name: a file must not be written twice.

Names are kept as digests alone; a digest that is there twice is a suspicion, to be confirmed on the names themselves.
"""

from array import array
from hashlib import blake2b
from itertools import pairwise

from attrs import field, frozen

_BUCKETS = 256  # each is sorted on its own, so that sorting needs little memory on top


@frozen
class Digests:
    """A multiset of digests."""

    _buckets: tuple["array[int]", ...] = field(factory=lambda: tuple(array("Q") for _ in range(_BUCKETS)), init=False)

    def add(self, name: str) -> None:
        """Take *name* in."""
        digest = digest_of(name)
        self._buckets[digest % _BUCKETS].append(digest)

    def repeated(self) -> frozenset[int]:
        """Return the digests that were taken in more than once."""
        return frozenset(one for bucket in self._buckets for one, other in pairwise(sorted(bucket)) if one == other)


def digest_of(name: str) -> int:
    """Return 64 bits of a hash of *name*."""
    return int.from_bytes(blake2b(name.encode(), digest_size=8).digest())
