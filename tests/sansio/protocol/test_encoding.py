"""Content codings: what was packed comes out, what was cut or is something else is told."""

import gzip
import zlib
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from looker_tasks.sansio.protocol.encoding import PIECE, Decoder, EncodingError


def _raw_deflate(body: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(body) + packer.flush()


PACKED: dict[str, tuple[str, Callable[[bytes], bytes]]] = {
    "gzip": ("gzip", gzip.compress),
    "x-gzip": ("x-gzip", gzip.compress),
    "zlib": ("deflate", zlib.compress),
    "deflate without a head": ("deflate", _raw_deflate),
    "gzip in members": ("gzip", lambda body: gzip.compress(body[:5]) + gzip.compress(body[5:])),
    "gzip, padded": ("gzip", lambda body: gzip.compress(body) + bytes(20)),
}


def unpacked(coding: str, packed: bytes, step: int = 2**16) -> bytes:
    """Return what `Decoder` makes of *packed*, fed *step* bytes at a time."""
    decoder = Decoder(coding)
    pieces = [piece for at in range(0, len(packed), step) for piece in decoder.feed(packed[at : at + step])]
    decoder.finish()
    return b"".join(pieces)


@pytest.mark.parametrize("name", PACKED)
@given(body=st.binary(max_size=300), step=st.integers(1, 50))
def test_decoder_unpacks_what_was_packed(name: str, body: bytes, step: int) -> None:
    """However the bytes come, and by which of the usual packers."""
    coding, pack = PACKED[name]
    assert unpacked(coding, pack(body), step) == body


@pytest.mark.parametrize("name", ["gzip", "zlib", "deflate without a head", "gzip in members"])
def test_a_body_that_was_cut_anywhere_is_told(name: str) -> None:
    """At every single length but the whole one, and that of a whole member."""
    coding, pack = PACKED[name]
    body = b"Orders Count\n" * 9
    packed = pack(body)
    for length in range(1, len(packed)):
        if name == "gzip in members" and length == len(gzip.compress(body[:5])):
            continue
        with pytest.raises(EncodingError, match="cut short"):
            unpacked(coding, packed[:length])


def test_no_body_at_all_is_no_error() -> None:
    """An answer without a body may name a coding all the same."""
    assert unpacked("gzip", b"") == b""


@pytest.mark.parametrize("body", [b"%PDF-1.7", b"<html>", gzip.compress(b"a", mtime=0) + b"more"])
def test_what_is_not_packed_so_is_told(body: bytes) -> None:
    """Plain bytes under the name of gzip, and plain bytes behind it."""
    with pytest.raises(EncodingError, match="not gzip"):
        unpacked("gzip", body)


def test_a_coding_that_nobody_asked_for_is_told_by_its_name() -> None:
    """Those that this package cannot read."""
    with pytest.raises(EncodingError, match="br, which was not asked for"):
        Decoder("br")


def test_a_bomb_comes_in_pieces() -> None:
    """A body that unpacks a thousandfold never is in memory whole."""
    decoder = Decoder("gzip")
    sizes = [len(piece) for piece in decoder.feed(gzip.compress(bytes(2**24), 9))]
    assert sum(sizes) == 2**24
    assert max(sizes) <= PIECE


@pytest.mark.parametrize("size", range(PIECE - 2, PIECE + 3))
def test_a_body_as_large_as_a_piece_is_whole(size: int) -> None:
    """Fed byte by byte, so that a piece is full at every moment that there is."""
    assert len(unpacked("gzip", gzip.compress(bytes(size)), 1)) == size
