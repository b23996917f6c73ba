"""Rows that end where their query's own limit does: Looker says nothing of those that it left out.

The query is asked for its limit once, and only after a number of rows that a person would have set as one.
"""

from collections import OrderedDict, defaultdict

import anyio
from attrs import define, field

from looker_tasks.aio.http.api import LookerApi
from looker_tasks.aio.http.paced_session import PacedSession
from looker_tasks.errors import LookerTasksError
from looker_tasks.exports import Export, LookExport, QueryExport
from looker_tasks.sansio.rows.limits import may_be_limit, notice_of, row_limit

_MOST = 10_000  # queries whose limits are kept

_Key = tuple[str, str, str | None]  # look or query, its id, and the user in whose name it is read


@define(eq=False)
class RowLimits:
    """What is known of the limits of queries; None where nobody says."""

    _known: OrderedDict[_Key, int | None] = field(factory=OrderedDict)
    _locks: defaultdict[_Key, anyio.Lock] = field(factory=lambda: defaultdict(anyio.Lock))

    async def notice(self, export: Export, rows: int | None, session: PacedSession) -> str:
        """Return what to say of an export that has so many *rows*; "" where they are all there are, or nobody knows."""
        if not isinstance(export, LookExport | QueryExport) or export.limit is not None or not may_be_limit(rows):
            return ""
        what = ("look", export.look_id) if isinstance(export, LookExport) else ("query", export.query_id)
        key = (*what, export.as_user)
        async with self._locks[key]:  # exports of one query often end together
            if key not in self._known:
                if len(self._known) >= _MOST:
                    oldest, _ = self._known.popitem(last=False)
                    del self._locks[oldest]
                self._known[key] = await _ask(*what, LookerApi(session))
            return notice_of(rows, self._known[key])


async def _ask(kind: str, content_id: str, api: LookerApi) -> int | None:
    try:
        query_id: str | None = content_id
        if kind == "look":
            query_id = (await api.look(content_id, fields="id,query_id")).query_id
        return None if query_id is None else row_limit((await api.query(query_id, fields="id,limit")).limit)
    except LookerTasksError:  # it is good to know, and no more
        return None
