"""A plan: all that a manifest makes, checked as a whole before the first export begins, and made lazily after that.

    plan = await make_plan(Path("manifest.yaml"), looker=looker)
    async with looker.export_all(plan.exports, "exports") as outcomes: …

The file is gone through once to ask what must be asked, once to check every row and every name, and again for each run.
"""

import re
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import datetime
from fnmatch import translate
from pathlib import Path
from typing import Any

from attrs import define, field, frozen

from looker_tasks.errors import ConfigurationError, InvalidExport
from looker_tasks.exports import Export, QueryExport
from looker_tasks.manifest import read_rows
from looker_tasks.manifest.addresses import pasted
from looker_tasks.manifest.clashes import clashes
from looker_tasks.manifest.columns import read_defaults, to_export
from looker_tasks.manifest.complaints import MOST_COMPLAINTS, Complaints
from looker_tasks.manifest.keys import PLANNING_KEYS, key_of
from looker_tasks.manifest.rows import Entry, Mistake, Row, Rows
from looker_tasks.planning.drafts import Draft, has_template, is_flat, read_draft
from looker_tasks.planning.known import Known, Looker
from looker_tasks.planning.rows import Planned, RowExports, Settings
from looker_tasks.planning.summary import Summary
from looker_tasks.sansio import export_requests
from looker_tasks.sansio.names import NameSet
from looker_tasks.sansio.naming import export_key, file_name, foreign_trouble, kind_and_id
from looker_tasks.sansio.protocol.operations import ApiVersion
from looker_tasks.sansio.tiles import tiles_of

_LONGEST_COMPLAINT = 400  # characters
_MOST_WARNINGS = 5  # of one sort


@frozen
class CombinedPart:
    """A part of a combined file: its own file's name, what people call it, and its format."""

    name: str
    title: str
    result_format: str


@define
class CombinedFile:
    """A file that the exports of a row become, in the order of *parts*; *partial*: even where a part is missing."""

    name: str
    partial: bool
    parts: list[CombinedPart] = field(factory=list)


@define(eq=False)
class Plan:
    """A checked plan. `exports` may be gone through again and again; it asks Looker only for the queries of tiles."""

    path: Path
    count: int  # of files, those that become parts of combined ones included
    summary: Summary
    left_out: tuple[str, ...]  # what the manifest names and nothing can be made of
    warnings: tuple[str, ...]
    combined: Mapping[str, CombinedFile]  # by the combined file's name
    calls: int  # that it took to make the plan
    _making: "_Making" = field(repr=False)

    def __len__(self) -> int:
        return self.count

    @property
    def exports(self) -> "PlannedExports":
        """The exports, in the manifest's order."""
        return PlannedExports(self._making)

    def files(self) -> Iterator[Planned]:
        """Give each file that will be made, without asking Looker for anything."""
        return self._making.planned()


@frozen
class PlannedExports:
    """The exports of a plan: an async iterable, to be gone through as often as wanted."""

    _making: "_Making" = field(repr=False)

    async def __aiter__(self) -> AsyncIterator[Export]:
        for planned in self._making.planned():
            yield await self._making.export(planned)


def needs_looker(path: Path) -> bool:
    """Tell whether Looker must be asked to make a plan of *path*. Raises `ConfigurationError` for a wrong manifest."""
    making = _Making(path, read_rows(path), Known(None, path.parent), Settings("4.0", {}, datetime.now().astimezone()))
    return making.needs_looker()


async def make_plan(
    path: Path,
    *,
    api_version: ApiVersion = "4.0",
    variables: Mapping[str, str] | None = None,
    only: str | None = None,
    looker: Looker | None = None,
    now: datetime | None = None,
) -> Plan:
    """Read, fill in and check all of the manifest *path*.

    *variables* are fields for all rows; *only*, a glob, keeps the files (or combined files) of those names; *looker* is
    asked for what only it knows; *now* is what `{date:…}` writes. Raises `ConfigurationError` with a line for each of
    the first wrong rows: file, row, key, what was expected.
    """
    settings = Settings(api_version, dict(variables or {}), now or datetime.now().astimezone())
    rows = read_rows(path)
    making = _Making(path, rows, Known(looker, path.parent), settings)
    complaints = Complaints(path)
    making.check_defaults()
    await making.prepare(complaints)
    complaints.raise_any()
    making.only = None if only is None else re.compile(translate(only))
    return making.checked(complaints, only)


class _Making:
    """What makes the exports of a plan, again each time."""

    def __init__(self, path: Path, rows: Rows, known: Known, settings: Settings) -> None:
        self.path = path
        self.known = known
        self.only: re.Pattern[str] | None = None
        self._rows = rows
        self._settings = settings
        self._skipped: set[tuple[int, int]] = set()  # row and number of what an earlier row exports already
        self._defaults: Mapping[str, Any] = {}  # as far as flat rows have them

    def check_defaults(self) -> None:
        """Check what of the defaults can be checked apart from any row."""
        constant = {
            key: value
            for key, value in self._rows.defaults.items()
            if key not in PLANNING_KEYS and not has_template(value)
        }
        try:
            self._defaults = read_defaults(constant)
        except InvalidExport as wrong:
            raise ConfigurationError(f"{self.path}: {_complaint('defaults', wrong)}") from None

    def needs_looker(self) -> bool:
        """Tell whether a row names what only Looker knows."""
        return any(_asks(draft) for draft in self._drafts())

    def _drafts(self) -> Iterator[Draft]:
        for entry in self._rows.entries:
            if isinstance(entry, Row) and not is_flat(entry.raw, self._rows.defaults):
                with suppress(InvalidExport):
                    yield self._draft(entry)

    def _draft(self, row: Row) -> Draft:
        variables = self._settings.variables
        values = {name: [variables[name]] if name in variables else raw for name, raw in self._rows.values.items()}
        draft = read_draft(row.position, row.raw, self._rows.defaults, values)
        for name, source in draft.axes.items():
            if name in variables and source != (variables[name],):
                raise InvalidExport(
                    "a variable of that name is set for all rows; expected another", field=f"for_each: {name}"
                )
        return draft

    async def prepare(self, complaints: Complaints) -> None:
        """Read the sources of all rows, and ask Looker for what they name."""
        for entry in self._rows.entries:
            if not isinstance(entry, Row) or is_flat(entry.raw, self._rows.defaults):
                continue
            try:
                await self._prepare(self._draft(entry))
            except InvalidExport as wrong:
                complaints.add(_complaint(entry.position, wrong))
            except ConfigurationError as wrong:
                complaints.add(f"{entry.position}: {wrong}"[:_LONGEST_COMPLAINT])

    async def _prepare(self, draft: Draft) -> None:
        for source in draft.axes.values():
            if not isinstance(source, tuple):
                await self.known.read_source(source)
        row = RowExports(draft, self.known, self._settings)
        if not len(row.matrix):
            self.known.warnings[f"{draft.position}: there are no values, so it makes nothing"] = None
            return
        for listing in row.listings():
            await self.known.read_listing(listing)
            if not self.known.listings[listing]:
                self.known.warnings[f"{draft.position}: {listing} holds nothing that can be exported"] = None
        is_vital = draft.tiles is not None or (row.titles and not draft.listing)
        if is_vital or (row.filters.has_literals and self.known.looker is not None):
            content = list(row.content())
            ids = [found for kind, found in content if kind == "dashboard"]
            await self.known.read_dashboards(ids, is_vital=is_vital)
            if row.titles and not draft.listing:
                await self.known.read_looks([found for kind, found in content if kind == "look"])

    # ------------------------------------------------------------------------------------------ all rows, checked

    def checked(self, complaints: Complaints, only: str | None) -> Plan:
        """Go through all rows, and return the plan of what is right where nothing is wrong."""
        check = _Check(NameSet())
        for entry in self._rows.entries:
            try:
                self._check(entry, check)
            except InvalidExport as wrong:
                complaints.add(_complaint(entry.position, wrong))
            except _Unreadable as wrong:
                complaints.add(f"{entry.position}: {wrong}"[:_LONGEST_COMPLAINT])
        for clash in clashes(check.suspects[:MOST_COMPLAINTS], self._named()):
            complaints.add(clash)
        complaints.add_uncounted(len(check.suspects) - MOST_COMPLAINTS)
        complaints.raise_any()
        if only is not None and not check.count and check.first_name:
            raise ConfigurationError(f"--only {only!r} fits none of the files; the first is {check.first_name!r}")
        warnings = (*self.known.warnings, *check.warnings)
        return Plan(
            self.path,
            check.count,
            check.summary,
            tuple(check.left_out),
            warnings,
            check.combined,
            self.known.calls,
            self,
        )

    def _check(self, entry: Entry, check: "_Check") -> None:
        if isinstance(entry, Mistake):
            raise _Unreadable(entry.complaint)
        if (address := pasted(entry.raw)) is not None:
            filters = ", ".join(address.filters)
            taken = f"the id {address.id}{f' and the filters {filters}' if filters else ''}"
            check.warn(f"{entry.position}: {address.kind}: took {taken} from the address", "address")
        if is_flat(entry.raw, self._rows.defaults):
            export, name = self._flat(entry)
            check.add(str(entry.position), name, self._keeps(name, None), entry.position)
            if self._keeps(name, None):
                check.summary.add_flat(export, name)
            return
        row = RowExports(self._draft(entry), self.known, self._settings)
        if row.draft.listing:
            self._check_listing(row, check)
        elif row.draft.tiles is not None or row.draft.combine is not None:
            self._check_planned(row, row, check)
        else:
            self._check_names(row, check)
        for listed in row.content() if row.draft.tiles is not None and len(row.matrix) else ():
            dashboard = self.known.dashboards.get(listed[1])
            check.left_out.update(
                dict.fromkeys(
                    f"dashboard {listed[1]}: {each}" for each in (tiles_of(dashboard)[1] if dashboard else ())
                )
            )

    def _flat(self, row: Row) -> tuple[Export, str]:
        export = to_export(row.raw, self._defaults)
        export_requests.check(export, self._settings.api_version)
        return export, file_name(export)

    def _check_names(self, row: RowExports, check: "_Check") -> None:
        """Check a row whose exports differ in names and filters: without making any but the first of each shape."""
        is_only = row.count() == 1
        summary = check.summary.row(row.draft)
        for number, name, shape in row.names():
            keeps = self._keeps(name, None)
            where = str(row.draft.position) if is_only else f"{row.draft.position}, export {number}"
            check.add(where, name, keeps, row.draft.position)
            if keeps:
                summary.add(
                    name,
                    (shape.kind, shape.content_id),
                    shape.result_format,
                    shape.values.get("as_user"),
                    is_filtered=shape.kind == "dashboard" and bool(row.filters.titles),
                )

    def _check_listing(self, row: RowExports, check: "_Check") -> None:
        """Check a row of a folder, a search or a board; what an earlier one exports in the same way is left out."""
        kept = []
        for planned in row:
            key = (planned.name, _identity(planned))
            if key in check.listed:
                self._skipped.add((planned.position.row, planned.number or 1))
                check.left_out[
                    f"{planned.where}: {planned.kind} {planned.content_id} is exported by {check.listed[key]}"
                ] = None
            else:
                check.listed[key] = planned.where
                kept.append(planned)
        self._check_planned(row, kept, check)

    def _check_planned(self, row: RowExports, planned: Iterable[Planned], check: "_Check") -> None:
        summary = check.summary.row(row.draft)
        for each in planned:
            keeps = self._keeps(each.name, each.combined)
            check.add(each.where, each.name, keeps, each.position)
            if keeps:
                summary.add(
                    each.name,
                    (each.kind, each.content_id),
                    each.result_format,
                    each.as_user,
                    is_tile=each.tile is not None,
                    is_filtered=each.kind == "dashboard" and bool(row.filters.titles),
                )
                if each.combined is not None and row.draft.combine is not None:
                    check.combine(each, row.draft.combine.partial)

    def _keeps(self, name: str, combined: str | None) -> bool:
        return self.only is None or self.only.match(combined or name) is not None

    def _named(self) -> Iterator[tuple[str, str]]:
        """Give every name with the export that it belongs to; of combined files, too."""
        combined: dict[str, None] = {}
        for planned in self.planned(is_whole=True):
            yield planned.where, planned.name
            if planned.combined is not None and planned.combined not in combined:
                combined[planned.combined] = None
                yield f"{planned.position}", planned.combined

    # ------------------------------------------------------------------------------------------ the exports

    def planned(self, *, is_whole: bool = False) -> Iterator[Planned]:
        """Give all that is kept of the plan, or with *is_whole* all that the manifest makes."""
        for entry in self._rows.entries:
            try:
                yield from (
                    each
                    for each in self._of(entry)
                    if (is_whole or self._keeps(each.name, each.combined))
                    and (each.position.row, each.number or 1) not in self._skipped
                )
            except InvalidExport as wrong:  # the file has changed since it was checked, or this is told already
                if not is_whole:
                    raise ConfigurationError(f"{self.path}: {_complaint(entry.position, wrong)}") from None
            except _Unreadable as wrong:
                if not is_whole:
                    raise ConfigurationError(f"{self.path}: {entry.position}: {wrong}") from None

    def _of(self, entry: Entry) -> Iterable[Planned]:
        if isinstance(entry, Mistake):
            raise _Unreadable(entry.complaint)
        if not is_flat(entry.raw, self._rows.defaults):
            return RowExports(self._draft(entry), self.known, self._settings)
        export, name = self._flat(entry)
        kind, content_id = kind_and_id(export)
        title = name.rpartition("/")[2].rpartition(".")[0] or name
        return [
            Planned(
                entry.position,
                None,
                name,
                title,
                kind,
                content_id,
                export.result_format,
                export.as_user,
                export,
                None,
                None,
            )
        ]

    async def export(self, planned: Planned) -> Export:
        """Return the export, creating the query of a tile where Looker has none under its filters."""
        if planned.tile is None:
            assert planned.export is not None  # noqa: S101  # one of the two is there
            return planned.export
        tile = planned.tile
        query_id = await self.known.tile_query_id(tile.tile, planned.content_id, tile.dashboard.filters)
        return QueryExport(query_id, **tile.options)


class _Unreadable(Exception):
    """A row that is none; its text says why."""


@define(eq=False)
class _Check:
    """What has been found so far."""

    names: NameSet
    count: int = 0
    first_name: str = ""
    suspects: list[tuple[str, str]] = field(factory=list)
    summary: Summary = field(factory=Summary)
    combined: dict[str, CombinedFile] = field(factory=dict)
    left_out: dict[str, None] = field(factory=dict)
    listed: dict[tuple[str, str], str] = field(factory=dict)
    warnings: list[str] = field(factory=list)
    _warned: dict[str, int] = field(factory=dict)
    _rows_of_combined: dict[str, int] = field(factory=dict)

    def add(self, where: str, name: str, keeps: bool, position: object) -> None:
        """Take a file's name in."""
        self.count += keeps
        self.first_name = self.first_name or name
        if not self.names.add(name):
            self.suspects.append((where, name))
        if (trouble := foreign_trouble(name)) is not None:
            self.warn(f"{position}: name: {trouble}", "foreign")

    def combine(self, planned: Planned, partial: bool) -> None:
        """Take a part of a combined file in; all parts of one are of one row."""
        name = planned.combined or ""
        found = self.combined.get(name)
        if found is None:
            found = self.combined[name] = CombinedFile(name, partial)
            self._rows_of_combined[name] = planned.position.row
            if not self.names.add(name):
                self.suspects.append((f"{planned.position}", name))
        elif self._rows_of_combined[name] != planned.position.row:
            raise InvalidExport(
                f"{name!r} is the combined file of row {self._rows_of_combined[name]} too; expected one of its own",
                field="combine",
            )
        found.parts.append(CombinedPart(planned.name, planned.title, planned.result_format))

    def warn(self, warning: str, sort: str) -> None:
        """Keep the first few warnings of a *sort*."""
        self._warned[sort] = self._warned.get(sort, 0) + 1
        if self._warned[sort] <= _MOST_WARNINGS:
            self.warnings.append(warning)
        elif self._warned[sort] == _MOST_WARNINGS + 1:
            self.warnings.append(f"… and more like that: {warning}")


def _complaint(where: object, wrong: InvalidExport) -> str:
    return f"{where}: {key_of(wrong.field)}: {wrong.message}"[:_LONGEST_COMPLAINT]


def _identity(planned: Planned) -> str:
    """Return what two exports share that are the same one."""
    if planned.export is not None:
        return export_key(planned.export)
    tile = planned.tile
    return (
        "" if tile is None else f"{tile.tile.id} {export_key(tile.dashboard)} {sorted(tile.options.items(), key=str)}"
    )


def _asks(draft: Draft) -> bool:
    asks = draft.listing or draft.tiles is not None
    named = {*map(str, (draft.own.get("name"), draft.inherited.get("name"), draft.combine and draft.combine.name))}
    return bool(
        asks
        or any(not isinstance(source, tuple) and source.is_asked for source in draft.axes.values())
        or any(f"{what}.title" in text for text in named for what in ("dashboard", "look", "folder"))
    )
