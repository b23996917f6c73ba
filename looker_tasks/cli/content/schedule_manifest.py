"""Looker's schedules → a manifest in YAML: a row for each format that is sent, comments for what no row says. Pure."""

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import count
from typing import Any

import yaml

from looker_tasks.cli.content.content_rows import natural
from looker_tasks.cli.content.schedule_rows import ScheduleRow, notes_of, rows_of
from looker_tasks.formats import FORMATS
from looker_tasks.models import ScheduledPlan
from looker_tasks.sansio.naming import safe_part, same_file

_SCHEMA = "# yaml-language-server: $schema=looker-tasks.schema.json"
_ENDLESS = 2**20  # characters of a line
# What Looker fills in is no field of the manifest's: `{{ _user_attributes['region'] }}`.
_BY_LOOKER = re.compile(r"(\{\{\s*_user_attributes\[[^\]]*\]\s*\}\})")


def manifest(plans: Iterable[ScheduledPlan], base_url: str) -> str:
    """Return a manifest of what *plans*, of the Looker at *base_url*, send.

    A disabled schedule, a row that would not make what its schedule sends, and one that an earlier schedule has made
    are comments.
    """
    written = _Rows()
    by_title = sorted(plans, key=lambda plan: (natural(plan.title or plan.name or ""), natural(plan.id)))
    lines = [line for plan in by_title for line in written.lines_of(plan)]
    head = [_SCHEMA, *_comments(f"What {base_url} sends by schedule, as rows of a manifest.")]
    return "\n".join([*head, "exports:" if written.count else "exports: []", *lines, ""])


class _Rows:
    """The rows that are written one after another, and the names that are taken by then."""

    def __init__(self) -> None:
        self.count = 0
        self._makers: dict[str, str] = {}  # a row without its name → the schedule that it was made for
        self._names: set[str] = set()

    def lines_of(self, plan: ScheduledPlan) -> Iterator[str]:
        """Give the lines for one schedule: comments, and its rows."""
        schedule = f"{plan.title or plan.name or 'without title'} (schedule {plan.id})"
        yield ""
        yield from _comments(schedule, *notes_of(plan), *(["it is disabled"] if plan.enabled is False else []))
        for row in rows_of(plan):
            yield from self._row(row, plan, schedule)

    def _row(self, row: ScheduleRow, plan: ScheduledPlan, schedule: str) -> Iterator[str]:
        yield from _comments(*row.notes)
        if row.obstacle:
            yield from _comments(f"left out: {row.obstacle}")
        if not row.values.keys() & {"format", "tiles"}:
            return
        values = {key: _escaped(value) for key, value in row.values.items()}
        maker = self._makers.setdefault(_yaml(values), schedule)
        if maker != schedule:
            yield from _comments(f"left out: it is the row of {maker}")
        is_comment = plan.enabled is False or bool(row.obstacle) or maker != schedule
        named = _yaml({**values, "name": self._name(row, plan)})
        for number, line in enumerate(named.splitlines()):
            yield f"{'# ' if is_comment else ''}{'  ' if number else '- '}{line}"
        self.count += not is_comment

    def _name(self, row: ScheduleRow, plan: ScheduledPlan) -> str:
        """Return a name that no row has yet: that of the schedule, in which a dashboard's tiles are a folder."""
        title = _escaped(safe_part(plan.title or plan.name or f"schedule {plan.id}"))
        for number in count(1):
            stem = f"{title} ({number})" if number > 1 else title
            if "tiles" in row.values:
                name = f"{stem}/{{n}} {{tile.title}}.{FORMATS[row.values['tiles']].extension}"
            else:
                name = f"{stem}.{FORMATS[row.values['format']].extension}"
            if same_file(name) not in self._names:
                break
        self._names.add(same_file(name))
        return name


def _comments(*texts: str) -> Iterator[str]:
    for text in texts:
        yield f"# {' '.join(''.join(letter if letter.isprintable() else ' ' for letter in text).split())}"


def _yaml(values: Mapping[str, Any]) -> str:
    return yaml.safe_dump(values, sort_keys=False, allow_unicode=True, width=_ENDLESS)


def _escaped(value: Any) -> Any:  # noqa: ANN401  # a row's value, and what is in it
    """Return *value* with its braces doubled: in a manifest a single one begins a field."""
    match value:
        case str():
            pieces = _BY_LOOKER.split(value)
            return "".join(
                piece if number % 2 else piece.replace("{", "{{").replace("}", "}}")
                for number, piece in enumerate(pieces)
            )
        case Mapping():
            return {key: _escaped(each) for key, each in value.items()}
        case list():
            return [_escaped(each) for each in value]
        case _:
            return value
