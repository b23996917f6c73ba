"""Content codings (RFC 9110, 8.4.1): compressed bytes in, plain bytes out, and whether they came to their end.

A body that is cut short in a right framing, as a gateway makes it that compresses what it got of a broken connection,
shows by nothing but the coding's own end.
"""

import zlib
from collections.abc import Iterator

#: What a server is told that we read.
READABLE = "gzip, deflate"

#: The most that is unpacked at once, in bytes: a small body may unpack to any size.
PIECE = 256 * 1024

_GZIP = 16 + zlib.MAX_WBITS
_CODINGS = {"gzip": _GZIP, "x-gzip": _GZIP, "deflate": zlib.MAX_WBITS}
_ZLIB_METHOD = 8  # in the first byte of zlib's format (RFC 1950); some servers send deflate without it


class EncodingError(ValueError):
    """The bytes are not what their coding says, or end too early."""


class Decoder:
    """Unpacks one body. `feed` it all bytes in their sequence, then `finish`."""

    def __init__(self, coding: str) -> None:
        """Raise `EncodingError` for a *coding* that nobody asked for."""
        if coding not in _CODINGS:
            raise EncodingError(f"the body comes as {coding[:40]}, which was not asked for")
        self._coding = coding
        self._unpacker = zlib.decompressobj(_CODINGS[coding])
        self._is_begun = False

    def feed(self, packed: bytes) -> Iterator[bytes]:
        """Yield what *packed* holds, `PIECE` bytes at a time at the most. Raises `EncodingError`."""
        if packed and not self._is_begun:
            self._is_begun = True
            if self._coding == "deflate" and packed[0] & 0x0F != _ZLIB_METHOD:
                self._unpacker = zlib.decompressobj(-zlib.MAX_WBITS)
        piece = b""
        while packed or len(piece) == PIECE:  # a full piece may have left some behind
            if self._unpacker.eof:
                packed = packed.lstrip(b"\0")  # padding
                if not packed:
                    return
                self._unpacker = zlib.decompressobj(_CODINGS[self._coding])  # a gzip file may have several members
            try:
                piece = self._unpacker.decompress(packed, PIECE)
            except zlib.error:
                raise EncodingError(f"the body is not {self._coding}, as it should be") from None
            packed = self._unpacker.unused_data or self._unpacker.unconsumed_tail
            if piece:
                yield piece

    def finish(self) -> None:
        """Raise `EncodingError` where the body ended before its coding did."""
        if self._is_begun and not self._unpacker.eof:
            raise EncodingError(f"the {self._coding} body ends too early: it was cut short")
