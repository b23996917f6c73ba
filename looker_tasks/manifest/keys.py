"""The keys of a row, in one table: what reads each and what it means; the schema is made of it, too.

A new field of an Export is a key of the manifest by itself, read by its type.
"""

from collections.abc import Callable, Mapping

from attrs import Attribute, fields, frozen

from looker_tasks.exports import DashboardExport, ElementExport, Export, LookExport, QueryExport
from looker_tasks.manifest import readers

EXPORTS: Mapping[str, type[Export]] = {
    "dashboard": DashboardExport,
    "look": LookExport,
    "query": QueryExport,
    "element": ElementExport,
}
_RENAMED = {"result_format": "format", **{f"{kind}_id": kind for kind in EXPORTS}}

#: By kind, the keys of its rows and the field of its Export that each one is.
ATTRIBUTES: Mapping[str, Mapping[str, "Attribute[object]"]] = {
    kind: {_RENAMED.get(attribute.name, attribute.name): attribute for attribute in fields(export)}
    for kind, export in EXPORTS.items()
}

_DESCRIPTIONS: Mapping[str, str] = {
    "dashboard": "A dashboard: its number, its slug, its LookML id model::name, or its address as a browser shows it.",
    "look": "A look: its number, or its address as a browser shows it.",
    "query": "A query: its number.",
    "element": "A dashboard element: its number, or model::dashboard::link_id.",
    "format": "The result format. A dashboard: pdf, png, jpg. A look or query: png, jpg or a data format.",
    "name": "The file's path below the output folder. {fields} are filled in; without a name one is made.",
    "filters": "Filters of a dashboard by title. A value is a filter expression; {is: a text} matches exactly that"
    " text, {remove: true} takes a filter of the defaults away, and a value that is nothing but one {variable}"
    " matches exactly the variable's value.",
    "width": "Width in pixels.",
    "height": "Height in pixels.",
    "paper_size": "The paper of a pdf.",
    "landscape": "A pdf in landscape.",
    "long_tables": "Tables of a pdf at their full length.",
    "theme": "The theme that the dashboard is drawn with.",
    "style": "How the tiles are arranged.",
    "tabs": "The ids of the dashboard's tabs to draw.",
    "fresh": "Run the queries anew first, past Looker's cache.",
    "as_user": "The id of the user in whose name it is made; the API user must be an admin.",
    "limit": "Rows at most; -1 for all.",
    "apply_formatting": "Values formatted as Looker shows them.",
    "apply_vis": "Rows as the visualization shows them.",
    "cache": "Take rows from Looker's cache where they are there.",
    "cache_only": "Take rows from Looker's cache alone.",
    "generate_drill_links": "Drill links with the rows.",
    "force_production": "Run with the production model, even in development mode.",
    "path_prefix": "The prefix of drill links.",
    "rebuild_pdts": "Rebuild the derived tables that the query reads.",
    "server_table_calcs": "Let Looker compute table calculations.",
    "image_width": "Width in pixels, of API 3.1.",
    "image_height": "Height in pixels, of API 3.1.",
    "for_each": "Make the row once for every combination of these variables' values: each a list, a source"
    " ({csv: file, column: name}, {query: 17, field: view.field} …) or a name from `values`. A variable that is named"
    " like a key of the row sets that key.",
    "folder": "All dashboards of a folder, by its id.",
    "recursive": "With `folder`: those of the folders below, too.",
    "looks": "With `folder` or `search`: looks, too.",
    "search": "All dashboards that a search finds: the parameters of Looker's search_dashboards, % for any letters.",
    "board": "All dashboards and looks of a board, by its id.",
    "tiles": "The rows of each tile of the dashboard, under its filters, in this data format: one file each.",
    "combine": "The one file (.pdf, .xlsx, .zip) that the exports of this row with the same name here become.",
}

#: Keys that are none of an export's own: they say which exports a row makes, and what becomes of those.
PLANNING_KEYS = ("for_each", "folder", "recursive", "looks", "search", "board", "tiles", "combine")

#: What a search may be asked: the parameters of Looker's operation `search_dashboards`.
SEARCH_PARAMETERS = (
    "id",
    "slug",
    "title",
    "description",
    "folder_id",
    "user_id",
    "deleted",
    "curate",
    "last_viewed_at",
    "filter_or",
    "limit",
    "offset",
    "sorts",
)


@frozen
class SourceForm:
    """One form of a source of values: *column* is the key that names which of its columns has them."""

    what: str
    column: str = "column"


SOURCES: Mapping[str, SourceForm] = {
    "csv": SourceForm("A CSV file, as spreadsheets save it; its path begins at the manifest's folder."),
    "json": SourceForm("A JSON file with a list of values or of objects."),
    "jsonl": SourceForm("A file with a JSON object a line."),
    "parquet": SourceForm("A Parquet file."),
    "query": SourceForm("A query of Looker's, by its number: it is run first, all rows of it.", "field"),
    "look": SourceForm("A look of Looker's, by its number: its query is run first, all rows of it.", "field"),
}


@frozen
class Key:
    """One key of a row."""

    name: str
    description: str
    read: Callable[[object], object]


def key_of(field: str) -> str:
    """Return the row's key for *field* of an Export."""
    return _RENAMED.get(field, field)


_BY_NAME: Mapping[str, Callable[[object], object]] = {
    "filters": readers.read_filters,
    "tabs": readers.read_texts,
    "format": readers.read_format,
    "name": readers.read_trimmed,
    "as_user": readers.read_id,
    "folder": readers.read_id,
    "board": readers.read_id,
    "recursive": readers.read_yes_or_no,
    "looks": readers.read_yes_or_no,
    "tiles": readers.read_format,
    **dict.fromkeys(EXPORTS, readers.read_id),
}


def _reader(name: str, attribute: "Attribute[object] | None") -> Callable[[object], object]:
    if attribute is not None and attribute.type in {int, int | None}:
        return readers.read_whole
    if attribute is not None and attribute.type in {bool, bool | None}:
        return readers.read_yes_or_no
    return _BY_NAME.get(name, readers.read_text)


_OF_EXPORTS = {name: attribute for attributes in ATTRIBUTES.values() for name, attribute in attributes.items()}

#: All keys of a row, those of an export first.
KEYS: Mapping[str, Key] = {
    name: Key(name, _DESCRIPTIONS.get(name, ""), _reader(name, _OF_EXPORTS.get(name)))
    for name in (*_OF_EXPORTS, *PLANNING_KEYS)
}
