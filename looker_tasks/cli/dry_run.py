"""What `--dry-run` prints: the files' names for programs, a table of rows for people, and what it would cost."""

import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from looker_tasks.cli.outcome_json import export_line
from looker_tasks.cli.streams import write_line
from looker_tasks.cli.wording import clock_time, count
from looker_tasks.planning.estimate import Estimate, estimate, paces
from looker_tasks.planning.plan import Plan
from looker_tasks.planning.planned import Planned
from looker_tasks.planning.summary import RowSummary
from looker_tasks.report.writing import RUN

_MOST_ROWS = 40  # of the table; of more, the rest is a number


def print_plan(plan: Plan, out: Path | None, *, as_json: bool) -> None:
    """Print the plan: names, or with *as_json* a line of JSON each, to stdout; the table and the cost to stderr.

    On a terminal the table says it all, and the names are left out. What an earlier run into *out* took makes the
    estimate better than a guess.
    """
    if as_json:
        sys.stdout.writelines(f"{_json(planned)}\n" for planned in plan.files())
    elif not sys.stdout.isatty():
        sys.stdout.writelines(f"{planned.name}\n" for planned in plan.files())
    console = Console(stderr=True)
    console.print(_table([row for row in plan.summary.rows if row.files]))
    for combined in list(plan.combined.values())[:_MOST_ROWS]:
        write_line(f"combined: {combined.name} of {count(len(combined.parts), 'part')}")
    cost = estimate(plan.summary, plan.calls, paces(_last_run(out)))
    write_line(f"{count(plan.count, 'export')}; {_cost(cost)}; nothing was created")


def _json(planned: Planned) -> str:
    """Return the file as JSON; of a tile, whose query may have to be created first, the dashboard and the tile."""
    if planned.export is not None:
        return export_line(planned.export)
    tile = {} if planned.tile is None else {"tile": planned.tile.tile.id}
    return json.dumps({"name": planned.name, planned.kind: planned.content_id, **tile, "format": planned.result_format})


def _table(rows: list[RowSummary]) -> Table:
    has_users = any(row.users for row in rows)
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading, justify in _columns(has_users=has_users):
        table.add_column(heading, justify="right" if justify == "right" else "left", overflow="fold")
    for row in rows[:_MOST_ROWS]:
        more = f" and {row.files - len(row.first_names)} more" if row.files > len(row.first_names) else ""
        users = (", ".join(row.users),) if has_users else ()
        names = f"{', '.join(row.first_names)}{more}"
        cells = (row.where, row.what, str(row.files), ", ".join(row.formats), *users, names)
        table.add_row(*map(Text, cells))  # not as markup: a name may hold brackets
    if len(rows) > _MOST_ROWS:
        table.add_row("…", f"{len(rows) - _MOST_ROWS} more rows", str(sum(row.files for row in rows[_MOST_ROWS:])))
    return table


def _columns(*, has_users: bool) -> Iterator[tuple[str, str]]:
    yield from (("row", "left"), ("what", "left"), ("files", "right"), ("formats", "left"))
    if has_users:
        yield "as user", "left"
    yield "first names", "left"


def _cost(cost: Estimate) -> str:
    guess = ", which is a guess: no earlier run says" if cost.is_guess else ", as the last run took"
    return f"about {count(cost.calls, 'call')} and {clock_time(cost.seconds)} (minutes:seconds){guess}"


def _last_run(out: Path | None) -> Mapping[str, Any]:
    """Return what the last run into *out* left for programs; nothing where there is none that makes sense."""
    try:
        found = json.loads((out / RUN).read_text(encoding="utf-8")) if out is not None else {}
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
