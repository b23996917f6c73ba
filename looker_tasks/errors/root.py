"""The root of the tree of errors."""

from collections.abc import Mapping
from typing import Any

from attrs import fields, has


def _rebuilt(kind: type["LookerTasksError"], facts: Mapping[str, Any]) -> "LookerTasksError":
    return kind(**facts)


class LookerTasksError(Exception):
    """The root of everything that this package raises on purpose."""

    advice: str = ""
    """What to do next, in one sentence; empty when the text says it all."""

    def __reduce__(self) -> Any:  # noqa: ANN401  # as pickle wants it
        """Go from process to process with all facts."""
        kind = type(self)
        facts = {fact.name: getattr(self, fact.name) for fact in fields(kind)} if has(kind) else {}
        return _rebuilt, (kind, facts)
