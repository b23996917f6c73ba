"""Asks each dashboard once for its filters, before the first export that uses some is created."""

import logging
from collections import defaultdict
from collections.abc import Awaitable, Callable
from math import inf
from typing import TypeAlias

import anyio
from attrs import define, field

from looker_tasks.aio import clock
from looker_tasks.aio.http.api import LookerApi
from looker_tasks.aio.http.paced_session import PacedSession
from looker_tasks.errors import (
    ApiError,
    CredentialsRefused,
    LookerTasksError,
    NotFound,
    RequestRefused,
    UnexpectedResponse,
)
from looker_tasks.exports import DashboardExport, Export
from looker_tasks.models import Dashboard
from looker_tasks.outcomes import Failed
from looker_tasks.sansio.dashboards.filter_check import by_title, unknown_filter
from looker_tasks.sansio.machine.directives import Done

_FIELDS = "id,title,dashboard_filters(name,title)"
_KNOWN_FOR = 300.0  # seconds: a client of a service lives for weeks, and dashboards change

_Key: TypeAlias = tuple[str, str | None]  # a dashboard, and the user in whose name it is read

logger = logging.getLogger("looker_tasks")


@define(eq=False)
class FilterChecks:
    """What is known of the filters of dashboards, by dashboard and user. *notify* sees id and title of each."""

    _notify: Callable[[str, str], None] = field(default=lambda _, __: None)
    _known: dict[_Key, tuple[float, Dashboard | None]] = field(factory=dict)  # and when it was asked
    _locks: defaultdict[_Key, anyio.Lock] = field(factory=lambda: defaultdict(anyio.Lock))

    async def refusal(self, export: Export, session: PacedSession) -> Done | None:
        """Return the end of an export that uses a filter which its dashboard does not have; None where it may go on.

        Where the dashboard cannot be read, nothing is known: its create tells whether it is there.
        """
        if not isinstance(export, DashboardExport) or not export.filters:
            return None
        try:
            dashboard = await self._dashboard(export, session)
        except CredentialsRefused as error:
            return Done(Failed(export, error), stops_run=True)
        except LookerTasksError as error:
            return Done(Failed(export, error))
        refused = None if dashboard is None else unknown_filter(export, dashboard)
        if refused is None:
            return None
        session.auth.secrets().redact_error(refused)  # it names what the dashboard has
        return Done(Failed(export, refused))

    def as_looker_knows_it(self, export: Export) -> Export:
        """Return *export* with its filters as a render takes them, as far as its dashboard is known by now."""
        if not isinstance(export, DashboardExport):
            return export
        _, dashboard = self._known.get((export.dashboard_id, export.as_user), (0.0, None))
        return export if dashboard is None else by_title(export, dashboard)

    async def _dashboard(self, export: DashboardExport, session: PacedSession) -> Dashboard | None:
        key = (export.dashboard_id, export.as_user)
        async with self._locks[key]:
            asked_at, dashboard = self._known.get(key, (-inf, None))
            if clock.now() - asked_at > _KNOWN_FOR:
                dashboard = await _ask(export.dashboard_id, session)
                self._known[key] = (clock.now(), dashboard)
                if dashboard is not None and dashboard.title:
                    self._notify(export.dashboard_id, session.auth.secrets().redact(dashboard.title))
        return dashboard


async def _ask(dashboard_id: str, session: PacedSession) -> Dashboard | None:
    """Return the dashboard with its filters; None where this API user, or this server, does not show it."""
    calls: tuple[Callable[[], Awaitable[Dashboard]], ...] = (
        lambda: LookerApi(session).dashboard(dashboard_id, fields=_FIELDS),
        lambda: LookerApi(session.insistent()).dashboard(dashboard_id, fields=_FIELDS),
    )
    for call in calls:
        try:
            return await call()
        except CredentialsRefused:
            raise
        except (NotFound, RequestRefused, UnexpectedResponse) as error:
            logger.info("the filters of dashboard %s are not checked: %s", dashboard_id, error)
            return None
        except LookerTasksError as error:
            failure = error
    if isinstance(failure, ApiError):
        logger.warning("the filters of dashboard %s are not checked: %s", dashboard_id, failure)
        return None
    raise failure
