"""From a Query to the SQL that answers it. Pure; what cannot be compiled is a QueryError in Looker's words."""

from collections.abc import Sequence
from datetime import date

from attrs import frozen

from looker_tasks.emulator.content import Query
from looker_tasks.emulator.results import Column
from looker_tasks.emulator.warehouse.calculations import calculations, with_calculations
from looker_tasks.emulator.warehouse.conditions import condition
from looker_tasks.emulator.warehouse.errors import QueryError
from looker_tasks.emulator.warehouse.fragments import Sql, joined
from looker_tasks.emulator.warehouse.model import Explore, Field, Model

DEFAULT_LIMIT = 500
UNLIMITED = -1
UNSORTED = "__UNSORTED__"


@frozen
class Sort:
    """A field to sort by; *pivot* is which of the pivoted columns, counted from 0."""

    field: Field
    descending: bool = False
    pivot: int = 0


@frozen
class Statement:
    """SQL whose columns are the *dimensions*, *pivots*, *measures* and *calculations*; with pivots their rank, too."""

    sql: Sql
    dimensions: tuple[Field, ...]
    pivots: tuple[Field, ...]
    measures: tuple[Field, ...]
    sorts: tuple[Sort, ...]
    limit: int | None  # rows; None: all of them
    calculations: tuple[Field, ...] = ()

    def columns(self) -> tuple[Column, ...]:
        """Describe the columns of the result, if there are no pivots."""
        return tuple(each.as_column() for each in (*self.dimensions, *self.measures, *self.calculations))


def compile_query(query: Query, models: Sequence[Model], *, today: date, limit: int | None = None) -> Statement:
    """Compile *query*; *limit*, if given, stands in for its own. Raises QueryError."""
    explore = find_explore(query, models)
    fields = [_field(explore, name) for name in dict.fromkeys((*query.fields, *query.pivots))]
    if not fields:
        raise QueryError("You must select at least one dimension or measure.")
    pivots = tuple(_field(explore, name) for name in query.pivots)
    dimensions = tuple(each for each in fields if each.kind == "dimension" and each not in pivots)
    measures = tuple(each for each in fields if each.kind == "measure")
    if any(each.kind == "measure" for each in pivots):
        raise QueryError("Only dimensions can be pivoted.")
    if pivots and not measures:
        raise QueryError("A pivoted query needs at least one measure.")
    sorts = _sorts(query, explore, (*dimensions, *pivots, *measures))
    rows = _row_limit(query.limit if limit is None else limit)
    where, having = _conditions(query, explore, today)
    selected = (*dimensions, *pivots, *measures)
    used = {each.view for each in (*selected, *(_field(explore, name) for name in query.filters))}
    lines: list[Sql] = [("SELECT",), _select(selected, pivots, sorts), (_from(explore, used),)]
    if where:
        lines.append(("WHERE ", *joined("\n    AND ", where)))
    key = None if measures or pivots or having else _key(dimensions, explore)
    if (dimensions or pivots) and key is None:
        lines.append((f"GROUP BY {', '.join(str(1 + n) for n in range(len(dimensions) + len(pivots)))}",))
    if having:
        lines.append(("HAVING ", *joined("\n    AND ", having)))
    if sorts:
        lines.append((f"ORDER BY {_order(sorts, selected, key, pivoted=bool(pivots))}",))
    if rows is not None and not pivots:  # a pivoted row is made of several, so it is counted after pivoting
        lines.append((f"LIMIT {rows}",))
    added = calculations(query, {each.name: each for each in selected})
    if added and pivots:
        raise QueryError("The emulator has no table calculations in a pivoted query.")
    return Statement(with_calculations(joined("\n", lines), added), dimensions, pivots, measures, sorts, rows, added)


def _key(dimensions: Sequence[Field], explore: Explore) -> Field | None:
    """Find the key of the base view among *dimensions*: with it each row of the base is a row of the result already."""
    return next((each for each in dimensions if each.is_key and each.view == explore.base), None)


def find_explore(query: Query, models: Sequence[Model]) -> Explore:
    """Find what `model` and `view` of *query* name; raises QueryError."""
    model = next((each for each in models if each.name == query.model), None)
    if model is None:
        raise QueryError(f'Unknown model "{query.model}".')
    explore = model.explore(query.view)
    if explore is None:
        raise QueryError(f'Unknown explore "{query.view}" in model "{query.model}".')
    return explore


def _field(explore: Explore, name: str) -> Field:
    found = explore.by_name.get(name)
    if found is None:
        raise QueryError(f'Unknown field "{name}".')
    return found


def _sorts(query: Query, explore: Explore, selected: Sequence[Field]) -> tuple[Sort, ...]:
    """Read the sorts; without any, Looker sorts by the first date, else the first measure, else the first dimension."""
    if UNSORTED in query.sorts:
        return ()
    asked = [sort for sort in (_sort(explore, text) for text in query.sorts if text.strip()) if sort.field in selected]
    if asked:
        return tuple(asked)
    dated = [each for each in selected if each.type == "date" and each.name not in query.pivots]
    measures = [each for each in selected if each.kind == "measure"]
    if dated or measures:
        return (Sort((dated or measures)[0], descending=True),)
    return (Sort(selected[0]),)


def _sort(explore: Explore, text: str) -> Sort:
    name, *rest = text.split()
    direction = rest[0].lower() if rest else "asc"
    pivot = int(rest[1]) if len(rest) > 1 and rest[1].isascii() and rest[1].isdecimal() else 0
    return Sort(_field(explore, name), descending=direction == "desc", pivot=pivot)


def _row_limit(limit: int | None) -> int | None:
    if limit is None:
        return DEFAULT_LIMIT
    return None if limit <= UNLIMITED else limit


def _conditions(query: Query, explore: Explore, today: date) -> tuple[list[Sql], list[Sql]]:
    """Sort the filters into those on rows (WHERE) and those on groups (HAVING)."""
    where: list[Sql] = []
    having: list[Sql] = []
    for name, expression in query.filters.items():
        field = _field(explore, name)
        test = condition(field, expression, today=today)
        if test is not None:
            (having if field.kind == "measure" else where).append(test)
    return where, having


def _select(selected: Sequence[Field], pivots: Sequence[Field], sorts: Sequence[Sort]) -> Sql:
    lines = [f'    {each.sql} AS "{each.name}"' for each in selected]
    if pivots:
        descending = {sort.field.name for sort in sorts if sort.descending}
        order = ", ".join(f"{_ordering(each)}{' DESC' if each.name in descending else ''}" for each in pivots)
        lines.append(f'    DENSE_RANK() OVER (ORDER BY {order}) AS "pivot_rank"')
    return (",\n".join(lines),)


def _from(explore: Explore, used: set[str]) -> str:
    joins = [f"\nLEFT JOIN {view} ON {on}" for view, on in explore.joins.items() if view in used]
    return f"FROM {explore.base}{''.join(joins)}"


def _order(sorts: Sequence[Sort], selected: Sequence[Field], key: Field | None, *, pivoted: bool) -> str:
    """Order by what is asked, then by the *key* or every dimension: the same query gives the same rows in one order."""
    asked = {
        sort.field: " DESC" if sort.descending else ""
        for sort in sorts
        if not (pivoted and sort.field.kind == "measure")  # that orders whole pivoted rows, not these parts of them
    }
    rest = [key] if key else [each for each in selected if each.kind == "dimension"]
    ordered = asked | {each: "" for each in rest if each not in asked}
    return ", ".join(
        (_ordering(each, is_grouped=key is None) if each.order else str(1 + selected.index(each))) + direction
        for each, direction in ordered.items()
    )


def _ordering(field: Field, *, is_grouped: bool = True) -> str:
    if field.order is None:
        return field.sql
    return f"MIN({field.order})" if is_grouped else field.order
