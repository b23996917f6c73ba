"""All rows of a manifest, checked before anything is created: each by itself, and their names together."""

from collections.abc import Iterable, Iterator

from attrs import define, field

from looker_tasks.errors import InvalidExport
from looker_tasks.manifest.addresses import pasted
from looker_tasks.manifest.clashes import clashes
from looker_tasks.manifest.complaints import MOST_COMPLAINTS, Complaints
from looker_tasks.manifest.rows import Entry, Mistake
from looker_tasks.planning.combined import CombinedFile
from looker_tasks.planning.making import Making, Unreadable, complaint
from looker_tasks.planning.planned import Planned
from looker_tasks.planning.rows import RowExports
from looker_tasks.planning.summary import Summary
from looker_tasks.sansio.dashboards.tiles import tiles_of, unheard
from looker_tasks.sansio.names import NameSet
from looker_tasks.sansio.naming import export_key, foreign_trouble

_MOST_WARNINGS = 5  # of one sort


@define(eq=False)
class Check:
    """What the rows of *making* come to."""

    making: Making
    count: int = 0
    first_name: str = ""
    summary: Summary = field(factory=Summary)
    combined: dict[str, CombinedFile] = field(factory=dict)
    left_out: dict[str, None] = field(factory=dict)
    warnings: list[str] = field(factory=list)
    _names: NameSet = field(factory=NameSet)
    _suspects: list[tuple[str, str]] = field(factory=list)
    _listed: dict[tuple[str, str], str] = field(factory=dict)
    _warned: dict[str, int] = field(factory=dict)

    def run(self, complaints: Complaints) -> None:
        """Go through all rows, and raise what is wrong with them, as *complaints* do."""
        for entry in self.making.entries:
            try:
                self._check(entry)
            except (InvalidExport, Unreadable) as wrong:
                complaints.add(complaint(entry.position, wrong))
        for clash in clashes(self._suspects[:MOST_COMPLAINTS], self._named()):
            complaints.add(clash)
        complaints.add_uncounted(len(self._suspects) - MOST_COMPLAINTS)
        complaints.raise_any()

    def _check(self, entry: Entry) -> None:
        if isinstance(entry, Mistake):
            raise Unreadable(entry.complaint)
        if (address := pasted(entry.raw)) is not None:
            filters = ", ".join(address.filters)
            taken = f"the id {address.id}{f' and the filters {filters}' if filters else ''}"
            self._warn(f"{entry.position}: {address.kind}: took {taken} from the address", "address")
        if self.making.is_flat(entry):
            export, name = self.making.flat(entry)
            if self._add(str(entry.position), name):
                self.summary.add_flat(export, name)
            return
        row = self.making.exports_of(self.making.draft(entry))
        if row.draft.listing:
            self._check_planned(row, self._new(row))
        elif row.draft.tiles is not None or row.draft.combine is not None:
            self._check_planned(row, row)
        else:
            self._check_names(row)
        self._leave_out(row)

    def _check_names(self, row: RowExports) -> None:
        """Check a row whose exports differ in names and filters: without making any but the first of each shape."""
        is_only = row.count() == 1
        is_filtered = bool(len(row.matrix)) and bool(row.filters.titles)
        summary = self.summary.row(row.draft)
        for number, name, shape in row.names():
            where = str(row.draft.position) if is_only else f"{row.draft.position}, export {number}"
            if self._add(where, name):
                content, as_user = (shape.kind, shape.content_id), shape.values.get("as_user")
                summary.add(name, content, shape.result_format, as_user, is_filtered=is_filtered)

    def _new(self, row: RowExports) -> Iterator[Planned]:
        """Give what no earlier folder, search or board exports in the same way."""
        for planned in row:
            key = (planned.name, _identity(planned))
            earlier = self._listed.setdefault(key, planned.where)
            if earlier == planned.where:
                yield planned
            else:
                self.making.skipped.add((planned.position.row, planned.number or 1))
                content = f"{planned.kind} {planned.content_id}"
                self.left_out[f"{planned.where}: {content} is exported by {earlier}"] = None

    def _check_planned(self, row: RowExports, planned: Iterable[Planned]) -> None:
        summary = self.summary.row(row.draft)
        for each in planned:
            if self._add(each.where, each.name, each.combined):
                summary.add(
                    each.name,
                    (each.kind, each.content_id),
                    each.result_format,
                    each.as_user,
                    is_tile=each.tile is not None,
                    is_filtered=each.kind == "dashboard" and bool(row.filters.titles),
                )
                if each.combined is not None and row.draft.combine is not None:
                    self._combine(each, each.combined, partial=row.draft.combine.partial)

    def _leave_out(self, row: RowExports) -> None:
        """Name the tiles that have no rows, and why, and those whose rows a filter of the row does not change."""
        if row.draft.tiles is None or not len(row.matrix):
            return
        for _, content_id in row.content():
            dashboard = self.making.known.dashboards.get(content_id)
            if dashboard is None:
                continue
            tiles, without_rows = tiles_of(dashboard)
            for each in without_rows:
                self.left_out[f"dashboard {content_id}: {each}"] = None
            for tile in tiles:
                if deaf := unheard(tile, dashboard, row.filters.titles):
                    self._warn(
                        f"dashboard {content_id}: tile {tile.id} ({tile.title}) does not listen to"
                        f" {', '.join(map(repr, deaf))}: its rows are the same whatever that says",
                        "unheard",
                    )

    def _add(self, where: str, name: str, combined: str | None = None) -> bool:
        """Take a file's name in; return whether the file is kept."""
        self.first_name = self.first_name or name
        if not self._names.add(name):
            self._suspects.append((where, name))
        if (trouble := foreign_trouble(name)) is not None:
            self._warn(f"{where}: name: {trouble}", "foreign")
        keeps = self.making.keeps(name, combined)
        self.count += keeps
        return keeps

    def _combine(self, planned: Planned, name: str, *, partial: bool) -> None:
        found = self.combined.get(name)
        if found is None:
            found = self.combined[name] = CombinedFile(name, partial, planned.position.row)
            if not self._names.add(name):
                self._suspects.append((str(planned.position), name))
        found.add(planned)

    def _named(self) -> Iterator[tuple[str, str]]:
        """Give every name with the export that it belongs to; of combined files, too."""
        combined: set[str] = set()
        for planned in self.making.planned(is_whole=True):
            yield planned.where, planned.name
            if planned.combined is not None and planned.combined not in combined:
                combined.add(planned.combined)
                yield str(planned.position), planned.combined

    def _warn(self, warning: str, sort: str) -> None:
        """Keep the first few warnings of a *sort*."""
        self._warned[sort] = self._warned.get(sort, 0) + 1
        if self._warned[sort] <= _MOST_WARNINGS:
            self.warnings.append(warning)
        elif self._warned[sort] == _MOST_WARNINGS + 1:
            self.warnings.append(f"… and more like that: {warning}")


def _identity(planned: Planned) -> str:
    """Return what two exports share that are the same one."""
    if planned.export is not None:
        return export_key(planned.export)
    tile = planned.tile
    return (
        "" if tile is None else f"{tile.tile.id} {export_key(tile.dashboard)} {sorted(tile.options.items(), key=str)}"
    )
