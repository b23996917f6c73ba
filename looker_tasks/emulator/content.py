"""What a Looker holds: queries, looks, dashboards, folders.

Values alone: no HTTP, no SQL, no drawing. Ids are strings here; API 3.1 turns them into integers at its edge.
"""

from collections.abc import Mapping
from typing import Literal

from attrs import field, frozen

Visualization = Literal[
    "single_value",
    "looker_column",
    "looker_bar",
    "looker_line",
    "looker_area",
    "looker_pie",
    "looker_scatter",
    "looker_grid",
    "text",
]


@frozen
class Query:
    """A query as Looker stores it: fields of one explore, filtered, sorted and limited."""

    id: str
    model: str
    view: str
    fields: tuple[str, ...]
    filters: Mapping[str, str] = field(factory=dict)
    sorts: tuple[str, ...] = ()  # "orders.count desc"
    limit: int | None = None  # rows; None: Looker's own default of 500
    pivots: tuple[str, ...] = ()
    total: bool = False
    visualization: Visualization = "looker_grid"
    slug: str = ""
    raw: Mapping[str, object] = field(factory=dict, eq=False)  # what the client posted, for the parts that we only echo


@frozen
class DashboardFilter:
    """A filter in the head of a dashboard; clients name it by its title."""

    name: str
    title: str
    model: str
    explore: str
    dimension: str
    default_value: str = ""


@frozen
class Tab:
    """One tab of a dashboard: user-defined dashboards name it by id, LookML ones by label."""

    id: str
    label: str


@frozen
class Element:
    """A dashboard element, placed on a grid of 24 columns."""

    id: str
    dashboard_id: str
    title: str
    visualization: Visualization
    query_id: str | None  # None: a text tile
    text: str = ""
    listens: Mapping[str, str] = field(factory=dict)  # filter name → field of this element's explore
    row: int = 0
    column: int = 0
    width: int = 8  # grid columns
    height: int = 6  # grid rows
    tab_id: str | None = None


@frozen
class Dashboard:
    """A dashboard: user-defined ("42") or LookML ("model::name")."""

    id: str
    title: str
    folder_id: str
    elements: tuple[Element, ...]
    filters: tuple[DashboardFilter, ...] = ()
    tabs: tuple[Tab, ...] = ()
    description: str = ""
    slug: str = ""

    @property
    def is_lookml(self) -> bool:
        """Whether it is written in LookML, and so has no numeric id."""
        return "::" in self.id


@frozen
class Look:
    """A saved query with a title and a visualization."""

    id: str
    title: str
    folder_id: str
    query_id: str
    description: str = ""


@frozen
class Folder:
    """A folder of dashboards and looks."""

    id: str
    name: str
    parent_id: str | None = None
