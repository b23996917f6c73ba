"""What the demo exports: of what a Looker holds, a mixture of every kind and format. Pure."""

import re
from collections.abc import Iterator, Sequence
from itertools import count, cycle, islice

from attrs import evolve

from looker_tasks.exports import DashboardExport, ElementExport, Export, LookExport, QueryExport
from looker_tasks.models import Dashboard, Look
from looker_tasks.sansio.naming import file_name

#: Eight exports in a row, again and again: mostly dashboards as PDF.
_MIXTURE = ("report", "report", "data", "report", "picture", "report", "report", "small picture")

#: Values for the filters that the emulator's dashboards have, one after the other.
_VALUES = {
    "Region": ("West", "East", "South", "Midwest"),
    "Category": ("Jeans", "Shoes", "Dresses", "Jackets"),
    "Segment": ("Corporate", "Small Business"),
    "Device": ("Mobile", "Desktop"),
    "Visit Date": ("90 days", "6 months"),
}
_DATA_FORMATS = ("csv", "xlsx", "json", "txt", "md", "html", "json_detail", "json_bi", "sql", "inline_json", "json_fe")


def demo_exports(dashboards: Sequence[Dashboard], looks: Sequence[Look], number: int) -> Iterator[Export]:
    """Give *number* exports of *dashboards* (with their filters and elements) and *looks*, each with a name."""
    streams = {
        "report": _reports(dashboards),
        "picture": _pictures(dashboards),
        "data": _tables(looks),
        "small picture": _small_pictures(dashboards, looks),
    }
    for ordinal, stream in enumerate(islice(cycle(_MIXTURE), number), start=1):
        export, title = next(streams[stream])
        words = re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")
        yield evolve(export, name=f"{ordinal:03}-{words}.{file_name(export).partition('.')[2]}")


def demo_titles(dashboards: Sequence[Dashboard], looks: Sequence[Look]) -> dict[tuple[str, str], str]:
    """Return what the emulator calls the content of the demo, by kind and id."""
    elements = [each for dashboard in dashboards for each in dashboard.dashboard_elements or ()]
    named = [
        *(("query", each.query_id, each.title) for each in elements),
        *(("query", each.query_id, each.title) for each in looks),
        *(("element", each.id, each.title) for each in elements),
        *(("dashboard", each.id, each.title) for each in dashboards),
        *(("look", each.id, each.title) for each in looks),
    ]
    return {(kind, content_id): title for kind, content_id, title in named if content_id and title}


def _reports(dashboards: Sequence[Dashboard]) -> Iterator[tuple[Export, str]]:
    """Give each dashboard as PDF as it is, then again and again under filters and on other paper."""
    for turn in count():
        for dashboard in dashboards:
            filters = _filters(dashboard, turn)
            title = " ".join([dashboard.title or dashboard.id, *filters.values()])
            plain = DashboardExport(dashboard.id, "pdf", filters=filters)
            yield evolve(plain, paper_size="a4", landscape=True) if turn % 2 else plain, title


def _pictures(dashboards: Sequence[Dashboard]) -> Iterator[tuple[Export, str]]:
    for turn in count():
        for dashboard in dashboards[turn % 2 :: 2]:
            result_format = "jpg" if turn % 2 else "png"
            filters = _filters(dashboard, turn)
            title = " ".join([dashboard.title or dashboard.id, *filters.values()])
            yield DashboardExport(dashboard.id, result_format, filters=filters, width=1000, height=700), title


def _tables(looks: Sequence[Look]) -> Iterator[tuple[Export, str]]:
    """Give the rows of looks, and of their queries for themselves, in every data format."""
    formats = cycle(_DATA_FORMATS)
    for turn in count():
        for look, result_format in zip(looks, formats, strict=False):
            title = look.title or look.id
            if turn % 2 and look.query_id is not None:
                yield QueryExport(look.query_id, result_format, limit=100), f"query {title}"
            else:
                yield LookExport(look.id, result_format), f"look {title}"


def _small_pictures(dashboards: Sequence[Dashboard], looks: Sequence[Look]) -> Iterator[tuple[Export, str]]:
    """Give pictures of looks, of dashboard elements and of queries, one after the other."""
    elements = cycle(
        (f"element {each.title or each.id}", each)
        for dashboard in dashboards
        for each in dashboard.dashboard_elements or ()
        if each.query_id is not None
    )
    formats = cycle(("png", "jpg"))
    for look, result_format in zip(cycle(looks), formats, strict=False):
        yield LookExport(look.id, result_format, width=640, height=400), f"look {look.title or look.id}"
        title, element = next(elements)
        yield ElementExport(element.id, result_format, width=640, height=400), title
        title, element = next(elements)
        yield QueryExport(element.query_id or "", result_format, width=640, height=400), f"query of {title}"


def _filters(dashboard: Dashboard, turn: int) -> dict[str, str]:
    """Choose a value for the first filter of *dashboard* that has values here; none in the first turn."""
    titles = [
        each.title for each in dashboard.dashboard_filters or () if each.title in _VALUES and not each.default_value
    ]
    if not turn or not titles or titles[0] is None:
        return {}
    values = _VALUES[titles[0]]
    return {titles[0]: values[(turn - 1) % len(values)]}
