"""How Looker's searches match: `%` and `_` as wildcards, in any case of letters; lists of numbers; NULL. Pure.

Matching takes time in proportion to text and pattern, whatever they are: no backtracking.
Source: the description of search_dashboards in API 4.0.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Literal, TypeVar

from attrs import frozen

T = TypeVar("T")
Attribute = str | int | bool | None
FieldKind = Literal["text", "ids", "flag"]  # with wildcards; one or more, by comma; true or false


@frozen
class Criterion:
    """What is asked of one attribute."""

    name: str
    kind: FieldKind
    value: str


def matches(pattern: str, text: str) -> bool:
    """Return whether the whole *text* matches *pattern*: `%` for any letters, `_` for one, in any case."""
    pieces = pattern.casefold().split("%")
    whole = text.casefold()
    first, last = pieces[0], pieces[-1]
    if len(pieces) == 1:
        return len(whole) == len(first) and _fits(first, whole, 0)
    if len(first) + len(last) > len(whole) or not _fits(first, whole, 0):
        return False
    end = len(whole) - len(last)
    if not _fits(last, whole, end):
        return False
    at = len(first)
    for piece in pieces[1:-1]:  # each as early as it fits: whatever follows has the most room then
        found = _find(piece, whole, at, end)
        if found is None:
            return False
        at = found + len(piece)
    return True


def _fits(piece: str, text: str, at: int) -> bool:
    if "_" not in piece:
        return text.startswith(piece, at)
    part = text[at : at + len(piece)]
    return len(part) == len(piece) and all(letter in ("_", other) for letter, other in zip(piece, part, strict=True))


def _find(piece: str, text: str, start: int, end: int) -> int | None:
    if "_" not in piece:
        found = text.find(piece, start, end)
        return None if found < 0 else found
    return next((at for at in range(start, end - len(piece) + 1) if _fits(piece, text, at)), None)


def found(
    things: Iterable[T],
    attributes: Callable[[T], Mapping[str, Attribute]],
    criteria: Sequence[Criterion],
    *,
    any_of: bool = False,
) -> list[T]:
    """Choose the *things* whose attributes meet all *criteria*, or any of them."""
    if not criteria:
        return list(things)
    combine = any if any_of else all
    return [each for each in things if combine(_meets(attributes(each).get(it.name), it) for it in criteria)]


def ordered(things: Sequence[T], attributes: Callable[[T], Mapping[str, Attribute]], sorts: str | None) -> list[T]:
    """Sort by *sorts* ("title desc,id"): the first counts most, a missing value comes last."""
    described = [(attributes(each), each) for each in things]
    directions: dict[str, bool] = {}  # name → whether it descends
    for sort in (sorts or "").split(","):
        name, _, direction = sort.strip().partition(" ")
        directions.setdefault(name, direction.strip().lower() == "desc")
    known = {name for its, _ in described for name in its}
    for name, descends in reversed(directions.items()):
        if name in known:
            described = _sorted(described, name, descends=descends)
    return [each for _, each in described]


def _sorted(
    described: list[tuple[Mapping[str, Attribute], T]], name: str, *, descends: bool
) -> list[tuple[Mapping[str, Attribute], T]]:
    there = [pair for pair in described if pair[0].get(name) is not None]
    missing = [pair for pair in described if pair[0].get(name) is None]
    return sorted(there, key=lambda pair: _rank(pair[0][name]), reverse=descends) + missing


def _meets(value: Attribute, criterion: Criterion) -> bool:
    asked = criterion.value
    if asked.upper() in {"IS NULL", "NULL"}:
        return value is None
    if asked.upper() == "NOT NULL":
        return value is not None
    if value is None:
        return False
    if criterion.kind == "ids":
        return str(value) in {each.strip() for each in asked.split(",")}
    if criterion.kind == "flag":
        return str(value).lower() == asked.lower()
    return matches(asked, str(value))


def _rank(value: Attribute) -> tuple[int, int, str]:
    """Order numbers by size, and before texts."""
    text = str(value)
    return (0, int(text), "") if text.isascii() and text.isdecimal() else (1, 0, text.casefold())
