"""Bodies: parts in memory and in files, read as one."""

from hypothesis import given
from hypothesis import strategies as st

from looker_tasks.emulator.body import IN_MEMORY, Body, collected

PIECES = [bytes([number]) * (IN_MEMORY // 3) for number in range(10)] + [b"end"]


def test_few_bytes_stay_in_memory() -> None:
    """What is small takes no file."""
    body = collected([b"a", b"", b"bc"])
    assert (body.is_in_memory, body.read(), body.size) == (True, b"abc", 3)


def test_many_bytes_go_to_a_file() -> None:
    """What is large takes a file and a rest, and reads as it was written, at any length of a chunk."""
    body = collected(PIECES)
    whole = b"".join(PIECES)
    assert not body.is_in_memory
    assert body.size == len(whole)
    assert body.read() == whole
    assert b"".join(body.chunks(1000)) == whole


def test_bodies_embed_each_other() -> None:
    """A body may be a part of another without being copied, and be read twice."""
    inner = collected(PIECES)
    outer = Body((b"[", *inner.parts, b"]"))
    assert outer.read() == b"[" + inner.read() + b"]" == outer.read()


@given(st.integers(-(len(PIECES) * IN_MEMORY), len(PIECES) * IN_MEMORY))
def test_a_body_is_cut_as_bytes_are(size: int) -> None:
    """Cutting is slicing: from the beginning, or with a negative number from the end."""
    whole = BODY.read()
    assert BODY.up_to(size).read() == whole[:size]


BODY = collected([b"x" * (IN_MEMORY + 1), b"yz"])
