"""What the farm works on: orders (frozen, what a client asked for) and tasks (an order with its state).

Values and state alone. Who moves a task on is in `renders.py` and `queries.py`.
"""

from collections.abc import Mapping
from typing import Literal

from attrs import define, field, frozen

from looker_tasks.emulator.body import Body, as_body
from looker_tasks.emulator.content import Query
from looker_tasks.emulator.drawing.page import PaperSize, RenderFormat

RenderKind = Literal["dashboard", "lookml_dashboard", "look", "query", "dashboard_element"]
RenderStatus = Literal["enqueued_for_query", "querying", "enqueued_for_render", "rendering", "success", "failure"]
QueryStatus = Literal["added", "running", "complete", "error", "killed", "expired"]
ResultSource = Literal["query", "cache"]
Flag = bool | int | str | None


@frozen
class RenderOrder:
    """What to draw, and how."""

    kind: RenderKind
    target_id: str
    format: RenderFormat
    width: int
    height: int
    filters: Mapping[str, str] = field(factory=dict)  # by filter title, decoded
    filters_text: str | None = None  # the same as the client wrote it
    style: Literal["tiled", "single_column"] | None = None
    tab_ids: tuple[str, ...] = ()
    paper_size: PaperSize | None = None
    landscape: bool = False
    long_tables: bool = False
    theme: str | None = None

    @property
    def targets(self) -> tuple[str, ...]:
        """The ids of what it is made of."""
        return (self.target_id,)


@frozen
class QueryOrder:
    """Which query to run, and how to write its rows."""

    query: Query
    format: str
    limit: int | None = None  # over the query's own
    cache: bool = True  # whether rows of an earlier run are good enough
    apply_formatting: bool = False
    source: str | None = None
    look_id: str | None = None
    dashboard_id: str | None = None
    deferred: bool = False
    flags: Mapping[str, Flag] = field(factory=dict)  # parameters that the task only echoes

    @property
    def targets(self) -> tuple[str, ...]:
        """The ids of what it is made of."""
        return tuple(filter(None, (self.query.id, self.look_id, self.dashboard_id)))


@frozen
class Result:
    """What a task left to be fetched."""

    body: Body = field(converter=as_body)
    content_type: str


@frozen
class Failure:
    """Why a query gave no rows, or what is to be noted about those that it gave."""

    message: str
    details: str = ""  # the database's own words
    sql: str = ""
    line: int | None = None  # of the SQL
    fatal: bool = True


@define
class RenderTask:
    """One render: its order, where it stands and what it took. Moments are loop times."""

    id: str
    ordinal: int
    order: RenderOrder
    user_id: str
    created_at: float
    status: RenderStatus = "enqueued_for_query"
    status_detail: str | None = None
    query_runtime: float | None = None
    render_runtime: float | None = None
    finalized_at: float | None = None


@define
class QueryTask:
    """One run of a query: its order and where it stands. Moments are loop times."""

    id: str
    ordinal: int
    order: QueryOrder
    user_id: str
    created_at: float
    status: QueryStatus = "added"
    runtime: float | None = None
    failure: Failure | None = None
    finalized_at: float | None = None
    result_source: ResultSource | None = None  # where its rows came from
