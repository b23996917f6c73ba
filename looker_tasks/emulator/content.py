"""What a Looker holds: queries, looks, dashboards, folders, boards, schedules, users.

Values alone: no HTTP, no SQL, no drawing. Ids are strings here; API 3.1 turns them into integers at its edge.
"""

from collections.abc import Mapping
from typing import Literal

from attrs import field, frozen

FilterType = Literal["date", "number", "string", "field"]
ElementKind = Literal["vis", "text", "button", "extension"]
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
    """A filter in the head of a dashboard; clients name it by its title, elements listen to it by its name."""

    name: str
    title: str
    model: str = ""
    explore: str = ""
    dimension: str = ""  # of a filter on a field
    default_value: str = ""
    type: FilterType = "field"
    field_type: str = "string"  # of the dimension, in LookML's words: "yesno", "date_date"
    allow_multiple_values: bool = True
    required: bool = False
    listens_to_filters: tuple[str, ...] = ()  # titles
    ui_config: Mapping[str, object] = field(factory=lambda: {"type": "advanced", "display": "popover"})


@frozen
class Tab:
    """One tab of a dashboard: user-defined dashboards name it by id, LookML ones by label."""

    id: str
    label: str


@frozen
class MergeSource:
    """One of the queries of merged results, and what it listens to."""

    name: str
    query_id: str
    listens: Mapping[str, str] = field(factory=dict)  # filter name → field of its explore


@frozen
class Element:
    """A dashboard element, placed on a grid of 24 columns.

    What it shows is a query, a look, merged results, the SQL of SQL Runner, or else a text.
    """

    id: str
    dashboard_id: str
    title: str
    visualization: Visualization
    query_id: str | None
    text: str = ""
    listens: Mapping[str, str] = field(factory=dict)  # filter name → field of this element's explore
    row: int = 0
    column: int = 0
    width: int = 8  # grid columns
    height: int = 6  # grid rows
    tab_id: str | None = None
    kind: ElementKind = "vis"
    look_id: str | None = None
    merge: tuple[MergeSource, ...] = ()
    sql: str | None = None
    note: str = ""
    link: str = ""  # of a button
    extension_id: str | None = None


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
    user_id: str = "1"
    deleted: bool = False

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
    user_id: str = "1"
    deleted: bool = False


@frozen
class Folder:
    """A folder of dashboards and looks."""

    id: str
    name: str
    parent_id: str | None = None
    creator_id: str | None = None


@frozen
class BoardItem:
    """What a board shows: a dashboard or a look."""

    id: str
    dashboard_id: str | None = None
    look_id: str | None = None
    title: str | None = None  # over the content's own


@frozen
class BoardSection:
    """A part of a board; its items stand in the order of `item_order`, or as they come where that is empty."""

    id: str
    title: str
    items: tuple[BoardItem, ...]
    item_order: tuple[str, ...] = ()


@frozen
class Board:
    """A page of links to content; its sections stand in the order of `section_order`, or as they come."""

    id: str
    title: str
    sections: tuple[BoardSection, ...]
    description: str = ""
    section_order: tuple[str, ...] = ()
    user_id: str = "1"


@frozen
class Destination:
    """Where a schedule sends its files, and in which format."""

    format: str  # "wysiwyg_pdf", "csv_zip", "xlsx", …
    type: str = "email"
    address: str = ""
    apply_formatting: bool = True
    apply_vis: bool = True


@frozen(kw_only=True)
class ScheduledPlan:
    """What Looker sends by itself: one of a dashboard, a look and a query, when, how and to whom."""

    id: str
    name: str
    user_id: str = "1"
    dashboard_id: str | None = None
    look_id: str | None = None
    query_id: str | None = None
    filters_string: str | None = None  # in URL query format
    crontab: str | None = None
    datagroup: str | None = None
    timezone: str = "UTC"
    enabled: bool = True
    run_once: bool = False
    run_as_recipient: bool = False
    send_all_results: bool = False
    require_results: bool = False
    require_no_results: bool = False
    require_change: bool = False
    pdf_paper_size: str | None = None
    pdf_landscape: bool = False
    pdf_page_breaks: bool = False
    long_tables: bool = False
    color_theme: str | None = None
    tab_ids: tuple[str, ...] = ()
    destinations: tuple[Destination, ...] = ()


@frozen
class User:
    """Somebody in whose name the API may act (login_user)."""

    id: str
    first_name: str
    last_name: str
    email: str = ""
    is_disabled: bool = False

    @property
    def display_name(self) -> str:
        """The whole name."""
        return f"{self.first_name} {self.last_name}".strip()
