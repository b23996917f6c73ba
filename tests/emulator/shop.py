"""The demo's warehouse, made once for all tests that only read it."""

from functools import cache

from looker_tasks.emulator.content import Query
from looker_tasks.emulator.results import Rows
from looker_tasks.emulator.warehouse import Warehouse


@cache
def shop() -> Warehouse:
    """Return the warehouse of the demo with seed 0."""
    return Warehouse()


def query(
    *fields: str,
    view: str = "orders",
    model: str = "thelook",
    filters: dict[str, str] | None = None,
    sorts: tuple[str, ...] = (),
    pivots: tuple[str, ...] = (),
    limit: int | None = None,
    total: bool = False,
) -> Query:
    """Make a query of the demo's model."""
    return Query("1", model, view, fields, filters or {}, sorts, limit, pivots, total, slug="slug")


def run(
    *fields: str,
    view: str = "orders",
    filters: dict[str, str] | None = None,
    sorts: tuple[str, ...] = (),
    pivots: tuple[str, ...] = (),
    limit: int | None = None,
    total: bool = False,
) -> Rows:
    """Run such a query on the shop."""
    return shop().run(query(*fields, view=view, filters=filters, sorts=sorts, pivots=pivots, limit=limit, total=total))
