"""How the filters of a dashboard reach the queries of its elements. Pure."""

from collections.abc import Mapping

from attrs import evolve

from looker_tasks.emulator.content import Dashboard, Element, Query


def filter_values(dashboard: Dashboard, given: Mapping[str, str]) -> dict[str, str]:
    """Return the value of each filter of *dashboard* by its name: as *given* by title (or name), else its default."""
    return {each.name: given.get(each.title, given.get(each.name, each.default_value)) for each in dashboard.filters}


def filter_line(dashboard: Dashboard, given: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """Return title and value of each filter, in the order of *dashboard*: the line under its title."""
    values = filter_values(dashboard, given)
    return tuple((each.title, values[each.name]) for each in dashboard.filters)


def listening(query: Query, element: Element, values: Mapping[str, str]) -> Query:
    """Put the *query* of *element* under the dashboard's *values* (by filter name); an empty value means any."""
    heard = {field: values[name] for name, field in element.listens.items() if values.get(name)}
    return evolve(query, filters={**query.filters, **heard}) if heard else query
