"""From what is known of the columns to the schema of the table: their order, names, types and metadata. Pure.

A pivoted column is named as Looker names a series of it: `West - orders.count`, `West - 2026 - orders.count`. Where
that is the name of several columns, they are `orders.count|` and the key of the pivot.

Every field has Looker's own facts as metadata, where the result has them: `looker.name`, `looker.label`,
`looker.description`, `looker.type`, `looker.category`, `looker.view`, `looker.view_label`, `looker.value_format`,
`looker.hidden`, and `looker.pivot`, the key of a pivoted column. The schema has `looker_tasks.notes` and
`looker_tasks.text_columns`: what a reader should know, and the columns that are text for want of a type (both JSON).
The query's SQL and its filters are in neither.
"""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

import pyarrow as pa
from attrs import frozen

from looker_tasks.tables.columns.column import Column
from looker_tasks.tables.errors import TableError
from looker_tasks.tables.fields import Metadata
from looker_tasks.tables.parsing.rows import Path


@frozen
class TableSchema:
    """What the table looks like, once all its values are known."""

    columns: Mapping[Path, Column]  # in their order
    arrow: pa.Schema
    notes: tuple[str, ...]

    def batch(self, arrays: Mapping[Path, pa.Array]) -> pa.RecordBatch:
        """Make *arrays* of one length, in which columns may be missing, rows of the table."""
        length = len(next(iter(arrays.values())))
        converted = [
            column.converted(arrays[path]) if path in arrays else pa.nulls(length, column.arrow_type)
            for path, column in self.columns.items()
        ]
        return pa.RecordBatch.from_arrays(converted, schema=self.arrow)


def table_schema(metadata: Metadata, columns: Mapping[Path, Column]) -> TableSchema:
    """Make the schema of *columns*. Raises TableError for none, and for two of one name."""
    ordered = _ordered(metadata, columns)
    if not ordered:
        raise TableError("it has no columns")
    named = dict(zip(_names(ordered), ordered.values(), strict=True))
    notes = (*metadata.notes, *_notes(metadata, named))
    texts = [name for name, column in named.items() if column.is_text_for_want_of_a_type]
    fields = [pa.field(name, column.arrow_type, metadata=_facts(column)) for name, column in named.items()]
    facts = {"looker_tasks.notes": _json(notes), "looker_tasks.text_columns": _json(texts)}
    return TableSchema(ordered, pa.schema(fields, metadata=facts), notes)


def _ordered(metadata: Metadata, columns: Mapping[Path, Column]) -> dict[Path, Column]:
    """Order *columns* as Looker's downloads do: dimensions, measures under one pivot after the other, calculations."""
    fields = {each.name: rank for rank, each in enumerate(metadata.fields)}
    pivots = {each.key: rank for rank, each in enumerate(metadata.pivots)}
    dimensions = {each.name for each in metadata.dimensions}

    def rank(path: Path) -> tuple[int, int, int]:
        field = fields.get(path[0], len(fields))
        if len(path) > 1:
            return 1, pivots.get(path[1], len(pivots)), field
        return 0 if path[0] in dimensions else 2, field, 0

    return {path: columns[path] for path in sorted(columns, key=rank)}


def _names(columns: Mapping[Path, Column]) -> Sequence[str]:
    names = [f"{each.pivot.name} - {each.field.name}" if each.pivot else each.field.name for each in columns.values()]
    uses = Counter(names)
    unique = [
        name if uses[name] == 1 or column.pivot is None else f"{column.field.name}|{column.pivot.key}"
        for name, column in zip(names, columns.values(), strict=True)
    ]
    twice = next((name for name, count in Counter(unique).items() if count > 1), None)
    if twice is not None:
        raise TableError(f"two of its columns are named {twice!r}")
    return unique


def _notes(metadata: Metadata, columns: Mapping[str, Column]) -> Iterator[str]:
    known = {each.name for each in metadata.fields}
    for name, column in columns.items():
        if column.field.name not in known:
            yield f"{name} is in the rows alone: the metadata does not describe it"
        for note in column.notes:
            yield f"{name} {note}" + (f" ({column.field.type})" if column.field.type else "")


def _facts(column: Column) -> dict[str, str]:
    facts = {f"looker.{key}": value for key, value in column.field.facts.items()}
    return facts | ({"looker.pivot": column.pivot.key} if column.pivot else {})


def _json(values: Sequence[str]) -> str:
    return json.dumps(values, ensure_ascii=False)
