"""The command `retry`: what failed in earlier runs into an output, again, by its journal alone."""

import json

from looker_tasks.aio.files.journal.database import FILE, read_records
from looker_tasks.aio.files.locate import journal_folder
from looker_tasks.cli.options import RunOptions, assignments, read_looker
from looker_tasks.cli.run.batch import Batch, run_batch
from looker_tasks.cli.status import DONE
from looker_tasks.cli.streams import write_line
from looker_tasks.errors import InvalidExport
from looker_tasks.exports import Export
from looker_tasks.sansio.export_codec import decode
from looker_tasks.sansio.journal import Record
from looker_tasks.sansio.naming import export_key


async def retry(out: str, options: RunOptions) -> int:
    """Export again what failed into *out*, of this Looker, and return the exit status. Raises `JournalRefused`."""
    settings = read_looker(options)
    records = read_records(journal_folder(out, options.state, assignments(options.storage)) / FILE)
    failed = [record for record in records if record.state == "failed"]
    exports = [export for record in failed if (export := _export_of(record, settings.base_url)) is not None]
    if len(exports) < len(failed):
        write_line(f"{len(failed) - len(exports)} that failed are of another Looker, or of an earlier release")
    if not exports:
        write_line(f"nothing to try again: no export of {settings.base_url} into {out} has failed")
        return DONE
    return await run_batch(Batch(exports=exports, expected=len(exports), out=out, settings=settings, options=options))


def _export_of(record: Record, base_url: str) -> Export | None:
    """Return the export that *record* is of, if it is one of the Looker at *base_url*."""
    try:
        export = decode(json.loads(record.export))
    except (ValueError, TypeError, AttributeError, InvalidExport):
        return None
    return export if export_key(export, base_url) == record.key else None
