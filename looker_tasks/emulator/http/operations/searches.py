"""What all searches and lists share: their parameters read, their results filtered, sorted and cut."""

from collections.abc import Callable, Iterable, Mapping
from typing import TypeVar

from attrs import frozen

from looker_tasks.emulator.http.call import Call
from looker_tasks.emulator.searching import Attribute, Criterion, FieldKind, found, ordered

T = TypeVar("T")
Attributes = Callable[[T], Mapping[str, Attribute]]


@frozen
class Search:
    """The parameters of a search: by which attributes, in which order, which part."""

    criteria: tuple[Criterion, ...]
    any_of: bool
    sorts: str | None
    start: int
    count: int | None

    def among(self, things: Iterable[T], attributes: Attributes[T]) -> list[T]:
        """Choose, sort and cut *things*."""
        chosen = found(things, attributes, self.criteria, any_of=self.any_of)
        rest = ordered(chosen, attributes, self.sorts)[self.start :]
        return rest if self.count is None else rest[: self.count]


def read_search(call: Call, kinds: Mapping[str, FieldKind]) -> Search:
    """Read the search of *call* by attributes of these *kinds*; raises the 400 of a parameter that cannot be read.

    The part is named by limit and offset, or by page and per_page.
    """
    parameters, asked = call.query(), call.request.query
    limit, offset = parameters.integer("limit"), parameters.integer("offset")
    page, per_page = parameters.integer("page"), parameters.integer("per_page")
    any_of = parameters.boolean("filter_or", default=False)
    for name, kind in kinds.items():
        if kind == "flag":
            parameters.boolean(name, default=False)
    parameters.check()
    if page is not None and per_page is not None:
        limit, offset = per_page, (page - 1) * per_page
    criteria = tuple(Criterion(name, kind, asked[name]) for name, kind in kinds.items() if asked.get(name))
    count = None if limit is None else max(limit, 0)
    return Search(criteria, any_of, asked.get("sorts"), max(offset or 0, 0), count)
