"""What a plan makes, counted: for the table that `--dry-run` prints, and for what it will cost. Pure."""

from attrs import define, field

from looker_tasks.exports import DashboardExport, Export
from looker_tasks.formats import FORMATS
from looker_tasks.planning.drafts import Draft
from looker_tasks.sansio.naming import kind_and_id

_FIRST_NAMES = 3
_MOST_ROWS = 1000  # summarized one by one


@define(eq=False)
class RowSummary:
    """What one row makes, or the many rows that make a file each."""

    where: str
    listing: str = ""  # the folder, search or board that it makes all of
    files: int = 0
    renders: int = 0
    queries: int = 0
    tiles: int = 0
    looks: int = 0  # whose rows are exported: their query has to be looked up
    formats: dict[str, None] = field(factory=dict)
    users: dict[str, None] = field(factory=dict)
    combined: str = ""
    first_names: list[str] = field(factory=list)
    contents: dict[str, None] = field(factory=dict)  # kind and id of the first few that are exported
    filtered: set[str] = field(factory=set)  # dashboards that are rendered under filters

    @property
    def what(self) -> str:
        """What it exports, in a few words."""
        if self.listing:
            return self.listing
        contents = list(self.contents)
        return ", ".join(contents[:_FIRST_NAMES]) + (" …" if len(contents) > _FIRST_NAMES else "")

    def add(
        self,
        name: str,
        content: tuple[str, str],
        result_format: str,
        as_user: str | None,
        *,
        is_tile: bool = False,
        is_filtered: bool = False,
    ) -> None:
        """Take a file of some *content*, its kind and id, in."""
        kind, content_id = content
        if len(self.contents) <= _FIRST_NAMES:
            self.contents.setdefault(f"{kind} {content_id}")
        self.files += 1
        if FORMATS[result_format].api == "render":
            self.renders += 1
        else:
            self.queries += 1
        self.tiles += is_tile
        self.looks += kind == "look" and FORMATS[result_format].api == "query"
        self.formats.setdefault(result_format)
        if as_user is not None:
            self.users.setdefault(as_user)
        if is_filtered and not is_tile:
            self.filtered.add(content_id)
        if len(self.first_names) < _FIRST_NAMES:
            self.first_names.append(name)


@define(eq=False)
class Summary:
    """What all rows make."""

    rows: list[RowSummary] = field(factory=list)
    _flat: RowSummary | None = None

    def row(self, draft: Draft) -> RowSummary:
        """Return the summary of a row, to be filled."""
        if len(self.rows) >= _MOST_ROWS:
            return self._others()
        listed = " ".join(str(template) for template in draft.listing.values())
        summary = RowSummary(str(draft.position), f"{draft.content} {listed}" if listed else "")
        self.rows.append(summary)
        return summary

    def add_flat(self, export: Export, name: str) -> None:
        """Take a row in that makes one file as it stands."""
        is_filtered = isinstance(export, DashboardExport) and bool(export.filters)
        self._others().add(name, kind_and_id(export), export.result_format, export.as_user, is_filtered=is_filtered)

    def _others(self) -> RowSummary:
        if self._flat is None:
            self._flat = RowSummary("rows of one file")
            self.rows.append(self._flat)
        return self._flat

    @property
    def renders(self) -> int:
        """How many files are rendered."""
        return sum(row.renders for row in self.rows)

    @property
    def looks(self) -> int:
        """How many files are the rows of looks."""
        return sum(row.looks for row in self.rows)

    @property
    def tiles(self) -> int:
        """How many files are the rows of tiles."""
        return sum(row.tiles for row in self.rows)

    @property
    def dashboards(self) -> int:
        """How many dashboards are rendered under filters, which are checked first."""
        return len(set().union(*(row.filtered for row in self.rows)))

    @property
    def queries(self) -> int:
        """How many files are the rows of queries."""
        return sum(row.queries for row in self.rows)
