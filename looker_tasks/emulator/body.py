"""The bytes of an answer: in memory, or in a temporary file where they are many.

A body is made of parts, so that what embeds a large result needs no copy of it.
"""

import os
import tempfile
import weakref
from collections.abc import Iterable, Iterator

from attrs import field, frozen

IN_MEMORY = 1024 * 1024  # bytes; a result beyond that is kept in a file


class Spool:
    """A temporary file without a name: it goes when nobody refers to it any more. Any thread may read it."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115  # closed when this object goes
        self.size = 0
        weakref.finalize(self, self._file.close)

    def write(self, piece: bytes) -> None:
        """Add *piece* at the end."""
        view = memoryview(piece)
        while view:
            written = self._file.write(view)
            self.size += written
            view = view[written:]

    def read(self, start: int, size: int) -> bytes:
        """Read at most *size* bytes from *start* on."""
        return os.pread(self._file.fileno(), size, start)


@frozen
class Slice:
    """A part of a spool."""

    spool: Spool
    start: int
    size: int

    def __len__(self) -> int:
        return self.size

    def read(self, start: int, size: int) -> bytes:
        """Read at most *size* bytes from *start* on, counted from the slice's own beginning."""
        return self.spool.read(self.start + start, min(size, self.size - start))


Part = bytes | Slice


def _parts(content: "bytes | Iterable[Part]") -> tuple[Part, ...]:
    return (content,) if isinstance(content, bytes) else tuple(content)


@frozen
class Body:
    """Bytes of known length; made from bytes or from parts."""

    parts: tuple[Part, ...] = field(default=b"", converter=_parts, repr=False)

    @property
    def size(self) -> int:
        """How many bytes there are."""
        return sum(len(part) for part in self.parts)

    @property
    def is_in_memory(self) -> bool:
        """Whether reading it takes no file."""
        return not any(isinstance(part, Slice) for part in self.parts)

    def read(self) -> bytes:
        """Read all of it."""
        return b"".join(self.chunks(IN_MEMORY))

    def chunks(self, size: int) -> Iterator[bytes]:
        """Yield its bytes, at most *size* at a time; may block on the disk."""
        for part in self.parts:
            for at in range(0, len(part), size):
                yield part[at : at + size] if isinstance(part, bytes) else part.read(at, size)

    def up_to(self, size: int) -> "Body":
        """Cut it to its first *size* bytes; a negative number counts from its end."""
        left = size if size >= 0 else max(0, self.size + size)
        kept: list[Part] = []
        for part in self.parts:
            cut = min(left, len(part))
            kept.append(part[:cut] if isinstance(part, bytes) else Slice(part.spool, part.start, cut))
            left -= cut
        return Body(kept)


def as_body(content: bytes | Body) -> Body:
    """Take bytes for a body."""
    return content if isinstance(content, Body) else Body(content)


def collected(pieces: Iterable[bytes]) -> Body:
    """Collect *pieces*: in memory as long as they are few, else in a temporary file. Blocks on the disk."""
    held: list[bytes] = []
    size = 0
    spool: Spool | None = None
    for piece in pieces:
        held.append(piece)
        size += len(piece)
        if size > IN_MEMORY:
            spool = spool or Spool()
            spool.write(b"".join(held))
            held, size = [], 0
    rest = b"".join(held)
    return Body(rest) if spool is None else Body((Slice(spool, 0, spool.size), rest))
