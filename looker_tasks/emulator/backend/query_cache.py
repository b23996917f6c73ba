"""The rows of queries that ran lately, as Looker's own cache keeps them for other tasks. Any thread may use it."""

import json
import threading
from collections import OrderedDict
from collections.abc import Callable

from looker_tasks.emulator.content import Query
from looker_tasks.emulator.results import Rows

DEFAULT_LIMIT = 500  # rows of a query that has no limit of its own
LARGEST = 5_000  # rows of a result that is kept
ENTRIES = 500


class QueryCache:
    """Results of up to 5,000 rows, each kept for *ttl* seconds; *now* tells the time."""

    def __init__(self, ttl: float, now: Callable[[], float]) -> None:
        self._ttl = ttl
        self._now = now
        self._lock = threading.Lock()
        self._kept: OrderedDict[str, tuple[float, Rows]] = OrderedDict()

    def get(self, query: Query, limit: int | None) -> Rows | None:
        """Find the rows of the same query with the same limit; None where there are none, or old ones."""
        with self._lock:
            since, rows = self._kept.get(_key(query, limit), (0.0, None))
        return rows if rows is not None and self._now() - since < self._ttl else None

    def put(self, query: Query, limit: int | None, rows: Rows) -> None:
        """Keep *rows* for those who ask next, in place of what was kept."""
        if len(rows.values) > LARGEST:
            return
        key = _key(query, limit)
        with self._lock:
            self._kept[key] = self._now(), rows
            self._kept.move_to_end(key)
            while len(self._kept) > ENTRIES:
                self._kept.popitem(last=False)


def row_limit(query: Query, limit: int | None) -> int:
    """Return how many rows there may be; -1: any number."""
    asked = query.limit if limit is None else limit
    return DEFAULT_LIMIT if asked is None else asked


def _key(query: Query, limit: int | None) -> str:
    """Write what decides the rows of *query*, and nothing that only decides how they look."""
    return json.dumps(
        [
            query.model,
            query.view,
            query.fields,
            sorted((name, value) for name, value in query.filters.items() if value),
            query.sorts,
            query.pivots,
            query.total,
            row_limit(query, limit),
            query.raw.get("dynamic_fields") or None,
            query.raw.get("filter_expression") or None,
        ],
        default=repr,
    )
