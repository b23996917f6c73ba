"""One row of a manifest → its exports, for every combination of its values and all content that it names. Pure."""

from collections.abc import Iterator

from looker_tasks.errors import InvalidExport
from looker_tasks.exports import Export
from looker_tasks.manifest.columns import make_export
from looker_tasks.manifest.keys import KEYS
from looker_tasks.planning.drafts import Draft, check_combined
from looker_tasks.planning.filling.filters import Filters
from looker_tasks.planning.filling.row_keys import RowKeys, compiled
from looker_tasks.planning.filling.scope import Scope
from looker_tasks.planning.filling.templates import Combination, Field, Getter, Template, parse_template
from looker_tasks.planning.known import Found, Known, Listing
from looker_tasks.planning.planned import Planned, PlannedTile, Settings
from looker_tasks.planning.shapes import Shape, Shapes
from looker_tasks.planning.values.matrix import Axis, Matrix, Record
from looker_tasks.sansio.dashboards.tiles import Tile
from looker_tasks.sansio.naming import check_file_name, file_name

_MOST_SHAPES = 1024  # kept at a time; a row has a few, unless its very content comes from a source


class RowExports:
    """The exports of a row, gone through as often as wanted. Raises `InvalidExport` for what cannot be filled in."""

    def __init__(self, draft: Draft, known: Known, settings: Settings) -> None:
        self.draft = draft
        self._known = known
        self._settings = settings
        self.axes = tuple(known.axis(name, source) for name, source in draft.axes.items())
        self.matrix = Matrix(self.axes)
        self._shapes: dict[tuple[object, ...], Shape] = {}
        if len(self.matrix):
            self._compile()

    def _compile(self) -> None:
        draft = self.draft
        kinds = {draft.content} if not draft.listing else {"dashboard", "look"}
        self.filters = Filters(draft.own.get("filters", {}), draft.inherited.get("filters", {}))
        settings = self._settings
        self._scope = Scope(
            self.axes,
            settings.variables,
            {kind for kind in kinds if kind},
            draft.tiles is not None,
            set(self.filters.titles),
            settings.now,
        )
        self._row_shapes = Shapes(self._known, settings.api_version, self.filters, draft.tiles is not None)
        self._own = RowKeys(draft.own, self._text)
        self._inherited = RowKeys(draft.inherited, self._text)
        self._listing = {name: self._text("search", template) for name, template in draft.listing.items()}
        self._tiles = None if draft.tiles is None else self._text("tiles", draft.tiles)
        self.filters.compile(lambda template: self._text("filters", template))
        self.name = self._name_template()
        self._name = None if self.name is None else self._in_name("name", self.name)
        self._names_filters = any(name.startswith("filters.") for name in self._fields_of_names())
        self._combine = None if draft.combine is None else self._in_name("combine", draft.combine.name)

    def _name_template(self) -> Template | None:
        own = self.draft.own.get("name") or self.draft.inherited.get("name")
        if own is not None:
            try:
                return parse_template(KEYS["name"].read(own))  # type: ignore[arg-type]  # the reader of a text
            except ValueError as wrong:
                raise InvalidExport(str(wrong), field="name") from None
        return _tile_name(self.axes) if self.draft.tiles is not None else None

    def _text(self, key: str, template: Template) -> Getter:
        return compiled(key, template, self._scope.in_text)

    def _in_name(self, key: str, template: Template) -> Getter:
        return compiled(key, template, self._scope.in_name)

    # ---------------------------------------------------------------------------------- what must be asked before

    @property
    def titles(self) -> bool:
        """Whether a name holds what only Looker knows: the title of what is exported, or of its folder."""
        return any(name.endswith(".title") and name != "tile.title" for name in self._fields_of_names())

    def _fields_of_names(self) -> set[str]:
        templates = [self.name, None if self.draft.combine is None else self.draft.combine.name]
        return {each.name for template in templates if template is not None for each in template.fields}

    def listings(self) -> Iterator[Listing]:
        """Give each folder, search or board that is to be asked for, once."""
        if not self.draft.listing:
            return
        seen = set()
        for combination in self._values():
            listing = self._listing_of(combination)
            if listing not in seen:
                seen.add(listing)
                yield listing

    def content(self) -> Iterator[tuple[str, str]]:
        """Give kind and id of all content that is exported, each once."""
        seen = set()
        for combination in self._values():
            for found in self._contents(combination):
                kind, content_id = self._kind_and_id(combination, found)
                if (kind, content_id) not in seen:
                    seen.add((kind, content_id))
                    yield kind, content_id
            if not self._own.is_varying(self.draft.content) and not self.draft.listing:
                return

    def _kind_and_id(self, combination: Combination, found: Found | None) -> tuple[str, str]:
        if found is not None:
            return found.kind, found.id
        kind = self.draft.content or ""
        return kind, self._own.value(kind, combination) or self._inherited.value(kind, combination)

    # ---------------------------------------------------------------------------------- the exports

    def names(self) -> Iterator[tuple[int, str, Shape]]:
        """Give of each export its number, its file's name and its shape; all are checked."""
        for combination, shape, _ in self._combinations():
            yield combination.n, self._file_name(combination, shape), shape

    def __iter__(self) -> Iterator[Planned]:
        is_only = self.count() == 1
        for combination, shape, tile in self._combinations():
            export = self._export(combination, shape)
            name = self._file_name(combination, shape)
            yield Planned(
                self.draft.position,
                None if is_only else combination.n,
                name,
                combination.tile_title or self._label(combination, name),
                shape.kind,
                shape.content_id,
                shape.result_format,
                shape.values.get("as_user"),
                export if tile is None else None,
                None if tile is None else PlannedTile(tile, export, {**shape.options, "name": name}),  # type: ignore[arg-type]  # tiles are of dashboards
                self._combined(combination, shape),
            )

    def count(self) -> int:
        """Return how many exports there are, without making them where their number does not depend on the values."""
        if not len(self.matrix):
            return 0
        if not self.draft.listing and self._tiles is None:
            return len(self.matrix)
        return sum(1 for _ in self._combinations())

    def _values(self) -> Iterator[Combination]:
        combination = Combination()
        for values in self.matrix:
            combination.values = values
            yield combination

    def _contents(self, combination: Combination) -> tuple[Found | None, ...]:
        return self._known.listings[self._listing_of(combination)] if self.draft.listing else (None,)

    def _listing_of(self, combination: Combination) -> Listing:
        parameters = tuple((name, getter(combination)) for name, getter in self._listing.items())
        return Listing(self.draft.content or "", parameters, self.draft.recursive, self.draft.looks)

    def _combinations(self) -> Iterator[tuple[Combination, Shape, Tile | None]]:
        n = 0
        for combination in self._values():
            for found in self._contents(combination):
                if found is not None and found.kind == "look" and self._tiles is not None:
                    continue  # a look has no tiles
                shape = self._shape(combination, found)
                combination.content_id, combination.content_title = shape.content_id, shape.content_title
                combination.folder_title, combination.result_format = shape.folder_title, shape.result_format
                if self._names_filters:
                    combination.filters = self.filters.texts(combination)
                for tile in shape.tiles if self._tiles is not None else (None,):
                    n += 1
                    combination.n = n
                    if tile is not None:
                        combination.tile_id, combination.tile_title = tile.id, tile.title
                    yield combination, shape, tile

    def _shape(self, combination: Combination, found: Found | None) -> Shape:
        own, inherited = self._own.varying(combination), self._inherited.varying(combination)
        tiles = "" if self._tiles is None else self._tiles(combination)
        key = (own, inherited, tiles, found)
        shape = self._shapes.get(key)
        if shape is None:
            if len(self._shapes) >= _MOST_SHAPES:
                self._shapes.clear()
            shape = self._shapes[key] = self._row_shapes.new(
                self._own.all(combination), self._inherited.all(combination), found, tiles
            )
        return shape

    def _export(self, combination: Combination, shape: Shape) -> Export:
        values = dict(shape.values)
        if shape.kind == "dashboard" and self.filters.titles:
            values["filters"] = {**shape.filters, **self.filters.varying(combination, shape.content_id)}
        if self._name is not None and self._tiles is None:
            values["name"] = self._name(combination)
        return make_export(shape.kind, values, shape.own)

    def _file_name(self, combination: Combination, shape: Shape) -> str:
        if self._name is None:
            return file_name(self._export(combination, shape))
        name = self._name(combination)
        check_file_name(name, shape.result_format)
        if self.filters.has_varying and shape.kind == "dashboard":
            self.filters.varying(combination, shape.content_id)  # raises for a value that no such filter can have
        return name

    def _combined(self, combination: Combination, shape: Shape) -> str | None:
        if self._combine is None:
            return None
        name = self._combine(combination)
        check_combined(name, shape.result_format)
        return name

    def _label(self, combination: Combination, name: str) -> str:
        """Return what tells the export from the others of its row."""
        values = [
            value.cells[0] if isinstance(value, Record) else str(value)
            for axis, value in zip(self.axes, combination.values, strict=True)
            if axis.name not in KEYS
        ]
        parts = [combination.content_title, *values] if combination.content_title else values
        return ", ".join(parts) or name.rpartition("/")[2].rpartition(".")[0] or name


def _tile_name(axes: tuple[Axis, ...]) -> Template:
    """Return the name of a tile's file where the row says none: dashboard, values, tile."""
    pieces: list[str | Field] = [Field("dashboard.title"), "/"]
    for axis in axes:
        if axis.name not in KEYS:
            pieces += [Field(axis.name if axis.columns is None else f"{axis.name}.{next(iter(axis.columns))}"), "/"]
    return Template((*pieces, Field("tile.title"), ".", Field("extension")))
