"""What makes the exports of a plan, again each time: all rows of a manifest, filled in with what is known."""

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from looker_tasks.errors import (
    ConfigurationError,
    CredentialsRefused,
    HostUnreachable,
    InvalidExport,
    LookerTasksError,
)
from looker_tasks.exports import Export, QueryExport
from looker_tasks.manifest.columns import read_defaults, to_export
from looker_tasks.manifest.complaints import Complaints
from looker_tasks.manifest.keys import PLANNING_KEYS, key_of
from looker_tasks.manifest.rows import Entry, Mistake, Row, Rows
from looker_tasks.outcomes import Failed
from looker_tasks.planning.drafts import Draft, has_template, is_flat, read_draft
from looker_tasks.planning.known import Known
from looker_tasks.planning.planned import Planned, Settings
from looker_tasks.planning.rows import RowExports
from looker_tasks.sansio import export_requests
from looker_tasks.sansio.naming import file_name, kind_and_id

_LONGEST_COMPLAINT = 400  # characters


class Unreadable(Exception):
    """A row that is none; its text says why."""


class Making:
    """The rows of the manifest *path*, and what fills them in. *only* keeps the files, or combined files, it fits."""

    def __init__(self, path: Path, rows: Rows, known: Known, settings: Settings) -> None:
        self.path = path
        self.known = known
        self.only: re.Pattern[str] | None = None
        self.skipped: set[tuple[int, int]] = set()  # row and number of what an earlier row exports already
        self.refused: set[str] = set()  # names of the files whose exports could not even be made
        self._rows = rows
        self._settings = settings
        self._defaults: Mapping[str, Any] = {}  # as far as flat rows have them

    @property
    def entries(self) -> Iterable[Entry]:
        """All rows, to be gone through as often as wanted."""
        return self._rows.entries

    def check_defaults(self) -> None:
        """Check what of the defaults can be checked apart from any row. Raises `ConfigurationError`."""
        constant = {
            key: value
            for key, value in self._rows.defaults.items()
            if key not in PLANNING_KEYS and not has_template(value)
        }
        try:
            self._defaults = read_defaults(constant)
        except InvalidExport as wrong:
            raise ConfigurationError(f"{self.path}: {complaint('defaults', wrong)}") from None

    # ------------------------------------------------------------------------------------------ before all else

    def needs_looker(self) -> bool:
        """Tell whether a row names what only Looker knows."""
        for entry in self.entries:
            if isinstance(entry, Row) and not self.is_flat(entry):
                with suppress(InvalidExport):
                    if _asks(self.draft(entry)):
                        return True
        return False

    async def prepare(self, complaints: Complaints) -> None:
        """Read the sources of all rows, and ask Looker for what they name."""
        for entry in self.entries:
            if not isinstance(entry, Row) or self.is_flat(entry):
                continue
            try:
                await self._prepare(self.draft(entry))
            except InvalidExport as wrong:
                complaints.add(complaint(entry.position, wrong))
            except ConfigurationError as wrong:
                complaints.add(f"{entry.position}: {wrong}"[:_LONGEST_COMPLAINT])

    async def _prepare(self, draft: Draft) -> None:
        for source in draft.axes.values():
            if not isinstance(source, tuple):
                await self.known.read_source(source)
        row = self.exports_of(draft)
        if not len(row.matrix):
            self.known.warnings[f"{draft.position}: there are no values, so it makes nothing"] = None
            return
        for listing in row.listings():
            await self.known.read_listing(listing)
            if not self.known.listings[listing]:
                self.known.warnings[f"{draft.position}: {listing} holds nothing that can be exported"] = None
        await self._read_content(row)

    async def _read_content(self, row: RowExports) -> None:
        """Ask for titles and tiles, and for the types of filters, which only help to quote."""
        needs_titles = row.titles and not row.draft.listing
        is_vital = row.draft.tiles is not None or needs_titles
        if not is_vital and not (row.filters.has_literals and self.known.looker is not None):
            return
        content = list(row.content())
        await self.known.read_dashboards([found for kind, found in content if kind == "dashboard"], is_vital=is_vital)
        if needs_titles:
            await self.known.read_looks([found for kind, found in content if kind == "look"])

    # ------------------------------------------------------------------------------------------ the exports

    def is_flat(self, row: Row) -> bool:
        """Tell whether a row is one export as it stands."""
        return is_flat(row.raw, self._rows.defaults)

    def draft(self, row: Row) -> Draft:
        """Take a row apart. Raises `InvalidExport`."""
        variables = self._settings.variables
        values = {name: [variables[name]] if name in variables else raw for name, raw in self._rows.values.items()}
        draft = read_draft(row.position, row.raw, self._rows.defaults, values)
        for name, source in draft.axes.items():
            if name in variables and source != (variables[name],):
                raise InvalidExport(
                    "a variable of that name is set for all rows; expected another", field=f"for_each: {name}"
                )
        return draft

    def exports_of(self, draft: Draft) -> RowExports:
        """Return the exports of a row that is not flat. Raises `InvalidExport`."""
        return RowExports(draft, self.known, self._settings)

    def flat(self, row: Row) -> tuple[Export, str]:
        """Return the export of a flat row, and its file's name. Raises `InvalidExport`."""
        export = to_export(row.raw, self._defaults)
        export_requests.check(export, self._settings.api_version)
        return export, file_name(export)

    def keeps(self, name: str, combined: str | None = None) -> bool:
        """Tell whether a file is kept, by its name or by that of the combined file that it becomes a part of."""
        return self.only is None or self.only.match(combined or name) is not None

    def planned(self, *, is_whole: bool = False) -> Iterator[Planned]:
        """Give all that is kept of the plan, or with *is_whole* all that the manifest makes.

        Raises `ConfigurationError` where the file has changed since it was checked.
        """
        for entry in self.entries:
            try:
                for each in self._planned_of(entry):
                    is_skipped = (each.position.row, each.number or 1) in self.skipped
                    if not is_skipped and (is_whole or self.keeps(each.name, each.combined)):
                        yield each
            except (InvalidExport, Unreadable) as wrong:
                if not is_whole:
                    raise ConfigurationError(f"{self.path}: {complaint(entry.position, wrong)}") from None

    def _planned_of(self, entry: Entry) -> Iterable[Planned]:
        if isinstance(entry, Mistake):
            raise Unreadable(entry.complaint)
        if not self.is_flat(entry):
            return self.exports_of(self.draft(entry))
        export, name = self.flat(entry)
        kind, content_id = kind_and_id(export)
        title = name.rpartition("/")[2].rpartition(".")[0] or name
        return [
            Planned(
                position=entry.position,
                number=None,
                name=name,
                title=title,
                kind=kind,
                content_id=content_id,
                result_format=export.result_format,
                as_user=export.as_user,
                export=export,
                tile=None,
                combined=None,
            )
        ]

    async def export(self, planned: Planned) -> Export | Failed:
        """Return the export, creating the query of a tile where Looker has none under its filters.

        Where that is refused, the one export has failed. Raises what no other export would come through either.
        """
        if planned.export is not None:
            return planned.export
        assert planned.tile is not None  # noqa: S101  # one of the two is there
        tile = planned.tile
        try:
            query_id = await self.known.tile_query_id(tile.tile, planned.content_id, tile.dashboard.filters)
        except (CredentialsRefused, HostUnreachable):
            raise
        except LookerTasksError as error:  # it names the tile: its own query, without the filters, has others' rows
            self.refused.add(planned.name)
            return Failed(QueryExport(f"tile {tile.tile.id}", **tile.options), error)
        return QueryExport(query_id, **tile.options)


def complaint(where: object, wrong: InvalidExport | Unreadable) -> str:
    """Return what is wrong with a row, on one line."""
    text = f"{key_of(wrong.field)}: {wrong.message}" if isinstance(wrong, InvalidExport) else str(wrong)
    return f"{where}: {text}"[:_LONGEST_COMPLAINT]


def _asks(draft: Draft) -> bool:
    if draft.listing or draft.tiles is not None:
        return True
    if any(not isinstance(source, tuple) and source.is_asked for source in draft.axes.values()):
        return True
    names = (draft.own.get("name"), draft.inherited.get("name"), draft.combine and draft.combine.name)
    titles = [f"{what}.title" for what in ("dashboard", "look", "folder")]
    return any(title in str(name) for name in names for title in titles)
