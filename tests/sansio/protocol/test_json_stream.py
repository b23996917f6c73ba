"""JSON in pieces: what the standard library takes is taken, at any size and however it is cut, and nothing else."""

import json
import tracemalloc
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from looker_tasks.sansio.protocol import json_stream
from looker_tasks.sansio.protocol.json_stream import WHOLE, Found, JsonStream

_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
    max_leaves=20,
)


def _found(body: bytes, size: int) -> list[Found]:
    stream = JsonStream()
    found: list[Found] = []
    for start in range(0, len(body), size):
        found.extend(stream.feed(body[start : start + size]))
    return [*found, *stream.finish()]


def _is_json(body: bytes, size: int) -> bool:
    try:
        _found(body, size)
    except ValueError:
        return False
    return True


def _expected(body: bytes) -> bool:
    try:
        json.loads(body.decode("utf-8-sig", "surrogatepass"))
    except ValueError:
        return False
    return True


def _rebuilt(found: list[Found]) -> Any:  # noqa: ANN401  # any JSON
    """Put together what was found where all of it is a list of rows or an object of such."""
    ((path, value),) = found
    assert path == ()
    return value


@given(_VALUES, st.integers(1, 50))
def test_what_is_short_is_found_whole(value: object, size: int) -> None:
    """However the text is cut, the value comes out."""
    assert _rebuilt(_found(json.dumps(value).encode(), size)) == value


@given(_VALUES, st.booleans(), st.integers(0, 2), st.integers(1, 99), st.integers(0, 200), st.binary(max_size=2))
def test_long_values_are_judged_as_the_standard_library_does(
    value: object, ascii_alone: bool, indent: int, size: int, at: int, spoiled: bytes
) -> None:
    """Where all but scalars count as long, what was altered anywhere is told, or is still JSON."""
    body = json.dumps(value, ensure_ascii=ascii_alone, indent=indent or None).encode("utf-8", "surrogatepass")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(json_stream, "WHOLE", 64)
        assert _is_json(body, size)
        altered = body[:at] + spoiled + body[at + 1 :]
        assert _is_json(altered, size) == _expected(altered)


@pytest.mark.parametrize("size", [997, 65_536, 2**20])
@pytest.mark.parametrize("wrapping", [b"%s", b'{"metadata": {"a": [1, 2]}, "rows": %s, "more": true}'])
def test_rows_of_a_long_list_are_found_one_by_one(size: int, wrapping: bytes) -> None:
    """More rows than one would parse at once come with their place, in order, and nothing else is missing."""
    rows = [{"orders.id": number, "orders.note": "x" * 40} for number in range(20_000)]
    prefix: json_stream.Path = () if wrapping == b"%s" else ("rows",)
    found = _found(wrapping % json.dumps(rows).encode(), size)
    inside = [(path, value) for path, value in found if path[: len(prefix)] == prefix and len(path) > len(prefix)]
    assert inside == [((*prefix, index), row) for index, row in enumerate(rows)]
    if prefix:
        assert (("metadata",), {"a": [1, 2]}) in found
        assert found[-1] == (("more",), True)


@pytest.mark.parametrize(
    "torn",
    [
        lambda text: text[:-1],
        pytest.param(lambda text: text[: len(text) // 2], marks=pytest.mark.long),
        lambda text: text.replace(b"15000", b"15000,"),
        lambda text: text.replace(b'"n": 15000', b'"n" 15000'),
        lambda text: text.replace(b"15000", b"15x00"),
        pytest.param(lambda text: text.replace(b"}, {", b"} {", 1), marks=pytest.mark.long),
        lambda text: text + b"]",
        pytest.param(lambda text: text + b"[]", marks=pytest.mark.long),
        pytest.param(lambda text: text[: len(text) // 3] + text[-len(text) // 3 :], marks=pytest.mark.long),
        pytest.param(lambda text: text.replace(b"15000", b'"\xff"'), marks=pytest.mark.long),
        pytest.param(lambda text: text.replace(b"15000", b'"\\x"'), marks=pytest.mark.long),
    ],
)
def test_one_fault_in_megabytes_is_found(torn: Any) -> None:  # noqa: ANN401  # a function of the text
    """From `[` to `]`, and wrong in between."""
    text = json.dumps([{"n": number, "note": "x" * 60} for number in range(30_000)]).encode()
    assert len(text) > 4 * WHOLE
    assert _is_json(text, 2**18)
    assert not _is_json(torn(text), 2**18)


@pytest.mark.parametrize("text", ["x" * (3 * WHOLE), '\\"\\u00e4\\\\' * WHOLE, "ä" * (2 * WHOLE)])
def test_a_text_may_be_long(text: str) -> None:
    """One cell may hold megabytes, with escapes that are cut anywhere."""
    assert _is_json(f'[{{"a": "{text}", "b": 1}}]'.encode(), 10_007)
    assert not _is_json(f'[{{"a": "{text}\\", "b": 1}}]'.encode(), 10_007)
    assert not _is_json(f'[{{"a": "{text}\n", "b": 1}}]'.encode(), 10_007)


@pytest.mark.parametrize(
    "body", [b"", b" ", b"[", b"{", b'{"a"', b"1 2", b"[" * 100_000 + b"]" * 100_000, b"nul", b"]"]
)
def test_what_is_no_json_is_told(body: bytes) -> None:
    """Nothing, half of it, two of it, or nested beyond reason."""
    assert not _is_json(body, 7)


@pytest.mark.long
def test_memory_does_not_grow_with_the_text() -> None:
    """Fifteen megabytes pass through a few."""
    row = b'{"orders.id": 1, "orders.note": "' + b"x" * 200 + b'"},'
    stream = JsonStream()
    tracemalloc.start()
    for _ in stream.feed(b"["):
        pass
    for _ in range(60):
        for _ in stream.feed(row * 1000):
            pass
    for _ in stream.feed(b"{}]"):
        pass
    list(stream.finish())
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 8 * 2**20


@pytest.mark.parametrize("body", [b"[      nonsense]", b"[" * 1001 + b" " * 40 + b"]" * 1001])
def test_what_is_no_value_is_told_before_its_end(body: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where it is too long to wait for the rest; so is what is nested beyond reason."""
    monkeypatch.setattr(json_stream, "WHOLE", 4)
    with pytest.raises(ValueError, match="a value is wrong"):
        _found(body, 1)


@pytest.mark.parametrize("body", [b'{"a":[        ]}', b'{"a":{        }}', b"[[        ],{        }]"])
def test_what_is_long_by_its_blanks_alone_is_empty(body: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    """A list or an object that was opened before its end came may have nothing in it."""
    monkeypatch.setattr(json_stream, "WHOLE", 4)
    assert _is_json(body, 1)
    assert not _is_json(body[:-1], 1)


def test_a_value_is_parsed_when_it_is_asked_for() -> None:
    """Of many rows in one piece, none is made before the one before it was taken."""
    found = JsonStream().feed(b"[" + b'{"a": 1},' * (WHOLE // 8) + b"{} {}")
    assert next(found) == ((0,), {"a": 1})
    assert next(found) == ((1,), {"a": 1})
    with pytest.raises(ValueError, match="comma"):
        list(found)
