"""Where results lie until they are fetched or too old. Decides by the moments it is given, and holds no clock."""

from collections import OrderedDict
from typing import Generic, TypeVar

T = TypeVar("T")


class ExpiringStore(Generic[T]):
    """Things by id, each kept for the same time; the oldest are thrown away as new ones come."""

    def __init__(self, keep: float) -> None:
        self._keep = keep
        self._kept: OrderedDict[str, tuple[float, T]] = OrderedDict()  # in the order of their age

    def put(self, key: str, thing: T, now: float) -> None:
        """Keep *thing* under *key* from *now* on."""
        self._clear(now)
        self._kept[key] = (now, thing)

    def get(self, key: str, now: float) -> T | None:
        """Return what is kept under *key*; None when it never was, or is too old."""
        self._clear(now)
        entry = self._kept.get(key)
        return None if entry is None else entry[1]

    def _clear(self, now: float) -> None:
        while self._kept:
            key, (since, _) = next(iter(self._kept.items()))
            if now - since < self._keep:
                return
            del self._kept[key]
