"""The one door of the room: parts → one file, in the order given."""

from collections.abc import Sequence
from os import PathLike
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import BinaryIO

from looker_tasks.combining.parts import Form, Part, refusal


def combine(
    parts: Sequence[Part], to: "str | PathLike[str] | BinaryIO", form: Form, *, scratch: Path | None = None
) -> None:
    """Write *parts* to *to* as one file of *form*, in their sequence. Blocks.

    *to* is the path of a file, which is overwritten, or a binary file open for writing that can seek; it is flushed,
    not closed. Whole or not there is the caller's affair: give a part file, then sync, rename or upload it; after an
    error, delete it. Memory does not grow with the size of the parts: pages are copied from file to file, rows pass
    one by one, and what must wait does so in the folder *scratch*, or in that for temporary files, which needs room
    for the combined file once more (for an XLSX three times more, unpacked). The same parts are the same bytes.

    Raises `PartRejected`, naming the first part that cannot be read or that *form* cannot hold; ValueError without
    any part; OSError where *to* cannot be written; ModuleNotFoundError where the extra `combine` is not installed.
    """
    if not parts:
        raise ValueError("there are no parts to combine")
    for part in parts:
        if (error := refusal(part, form)) is not None:
            raise error
    if isinstance(to, str | PathLike):
        with Path(to).open("wb") as file:
            _write(parts, file, form, scratch)
    else:
        _write(parts, to, form, scratch)


def _write(parts: Sequence[Part], file: BinaryIO, form: Form, scratch: Path | None) -> None:
    if form == "zip":
        from looker_tasks.combining.archive import write_archive  # noqa: PLC0415  # alike with those that need a library

        write_archive(parts, file)
    else:
        with TemporaryDirectory(prefix="looker-tasks-", dir=scratch) as folder:
            if form == "pdf":
                from looker_tasks.combining.pdf import write_pdf  # noqa: PLC0415  # the extra's library

                write_pdf(parts, file, Path(folder))
            else:
                from looker_tasks.combining.sheets.workbook import write_workbook  # noqa: PLC0415  # the extra's library

                write_workbook(parts, file, Path(folder))
    file.flush()
