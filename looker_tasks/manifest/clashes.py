"""Names that cannot all be files: one of them twice, or one of them a folder of another."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol, TypeVar

from looker_tasks.sansio.naming import same_file


class Where(Protocol):
    """What a name belongs to, in words; equal for the same one."""

    def __str__(self) -> str: ...


_Where = TypeVar("_Where", bound=Where)


def clashes(suspects: Sequence[tuple[_Where, str]], named: Iterable[tuple[_Where, str]]) -> Iterator[str]:
    """Give a complaint for each of *suspects*, with the first of all those *named* that it cannot stand beside."""
    if not suspects:
        return
    keys = [same_file(name) for _, name in suspects]
    earlier: dict[int, tuple[_Where, str]] = {}
    for where, name in named:
        key = same_file(name)
        for number, suspect in enumerate(keys):
            if number not in earlier and where != suspects[number][0] and _excludes(key, suspect):
                earlier[number] = (where, name)
    for number, (where, name) in enumerate(suspects):
        yield (
            f"{where}: {_complaint(name, *earlier[number])}" if number in earlier else f"{where}: name: {name!r} twice"
        )


def _excludes(key: str, other: str) -> bool:
    return key == other or key.startswith(f"{other}/") or other.startswith(f"{key}/")


def _complaint(name: str, earlier: object, other: str) -> str:
    if same_file(name) == same_file(other):
        return f"name: {name!r} is the file of {earlier} too; expected one of its own"
    if same_file(other).startswith(f"{same_file(name)}/"):
        return f"name: {name!r} is a folder to {other!r} of {earlier}; expected another name"
    return f"name: {name!r} lies below {other!r}, the file of {earlier}; expected another name"
