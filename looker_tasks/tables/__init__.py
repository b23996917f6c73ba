"""The rows of a `json_bi` result as a typed table: Parquet, Arrow's IPC file, or a `pyarrow.Table`.

    bytes ──parsing──▶ arrays of columns ──spool──▶ (a second pass) ──schema──▶ rows of the table ──encoder──▶ bytes

- `fields`: what Looker's metadata tells of the columns. Pure.
- `parsing`: where the rows are, in bytes of any cut, and their cells: Arrow parses many at once, and where it refuses,
  each row is looked at by itself.
- `columns`: what is known of a column's values, and so the type that holds all of them exactly.
- `spool`: the arrays wait in an unnamed file: the types of a file stand before its rows, and all rows decide them.
- `schema`: the columns' order, names, types and metadata. Pure.
- `reader` is all of these; `encoder` makes files of what it reads, and `table` a `pyarrow.Table`.

It blocks and needs no event loop: the caller runs it in a thread. Imports errors, extras and its own modules alone.
"""

from looker_tasks.extras import require

require("tables")
