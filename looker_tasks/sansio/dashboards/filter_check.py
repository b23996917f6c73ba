"""Whether a dashboard has the filters that an export uses: Looker takes any, and ignores those that it does not know.

A filter that is ignored gives everybody's data under one customer's name.
"""

from difflib import get_close_matches

from attrs import evolve

from looker_tasks.errors import InvalidExport
from looker_tasks.exports import DashboardExport
from looker_tasks.models import Dashboard

_MOST_NAMED = 12


def unknown_filter(export: DashboardExport, dashboard: Dashboard) -> InvalidExport | None:
    """Return the refusal of a filter that *dashboard* does not have, by title or name; None where it has them all.

    Of a dashboard that came without its filters nothing is known.
    """
    if dashboard.dashboard_filters is None:
        return None
    titles = [each.title or each.name or "" for each in dashboard.dashboard_filters]
    known = {*titles, *(each.name or "" for each in dashboard.dashboard_filters)}
    unknown = sorted(title for title in export.filters if title not in known)
    if not unknown:
        return _named_twice(export, dashboard)
    called = f"dashboard {export.dashboard_id} has no filter {unknown[0]!r}"
    if not titles:
        return InvalidExport(f"{called}: it has no filters", field="filters")
    near = _nearest(unknown[0], titles)
    named = ", ".join(repr(title) for title in titles[:_MOST_NAMED])
    more = f" and {len(titles) - _MOST_NAMED} more" if len(titles) > _MOST_NAMED else ""
    hint = "" if near is None else f", perhaps {near!r} is meant"
    return InvalidExport(f"{called}{hint}; it has {named}{more}", field="filters")


def by_title(export: DashboardExport, dashboard: Dashboard) -> DashboardExport:
    """Return *export* with its filters by their titles: Looker does not know them by their names when it renders."""
    titles = _titles(dashboard)
    filters = {titles.get(key, key): value for key, value in export.filters.items()}
    return export if list(filters) == list(export.filters) else evolve(export, filters=filters)


def _named_twice(export: DashboardExport, dashboard: Dashboard) -> InvalidExport | None:
    titles = _titles(dashboard)
    twice = [key for key in export.filters if titles.get(key, key) != key and titles[key] in export.filters]
    if not twice:
        return None
    called = f"dashboard {export.dashboard_id}: {twice[0]!r} is the name of the filter {titles[twice[0]]!r}"
    return InvalidExport(f"{called}, which is there as well: give one of them", field="filters")


def _titles(dashboard: Dashboard) -> dict[str, str]:
    """Return the title of each filter by its name, but for names that are another's title."""
    filters = dashboard.dashboard_filters or ()
    titles = {each.title for each in filters if each.title}
    return {each.name: each.title for each in filters if each.name and each.title and each.name not in titles}


def _nearest(title: str, titles: list[str]) -> str | None:
    """Return the title that was likely meant: `customer`, `Custommer` and `sales.customer` for `Customer`."""
    requested = title.rpartition(".")[2].replace("_", " ").casefold()
    by_key = {each.casefold(): each for each in titles}
    close = get_close_matches(requested, by_key, n=1, cutoff=0.6)
    return by_key[close[0]] if close else None
