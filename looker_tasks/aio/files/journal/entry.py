"""What becomes of one export, as the journal remembers it from run to run."""

import json
import time
from collections.abc import Callable

from looker_tasks.exports import Export
from looker_tasks.outcomes import Artifact, Exported, Failed, Outcome
from looker_tasks.sansio.evolving import evolve
from looker_tasks.sansio.export_codec import encode
from looker_tasks.sansio.export_requests import task_kind
from looker_tasks.sansio.journal import Record


class Entry:
    """The place of one export in the journal."""

    def __init__(
        self,
        key: str,
        name: str,
        export: Export,
        record: Record | None,
        write: Callable[[Record], None],
        *,
        asks_destination: bool,
    ) -> None:
        self._write = write
        self._record = Record(
            key,
            name,
            task_kind(export),
            "created",
            seconds=record.seconds if record is not None else 0.0,
            export=json.dumps(encode(export), ensure_ascii=False),
        )
        self.asks_destination = asks_destination
        """Whether the destination may know of it where the journal does not."""
        self.key = key
        """What identifies the export from run to run."""
        self.record = record
        """What an earlier run wrote, if one did."""
        self.seconds = self._record.seconds
        """How long its task took in an earlier run; 0: nobody knows."""

    def created(self, task_id: str) -> None:
        """Remember that Looker runs *task_id* for it."""
        self._record = evolve(self._record, task_id=task_id)
        self._write(self._record)

    def found(self, record: Record) -> None:
        """Remember that its file is there, as the destination's own *record* of it has it."""
        self._write(
            evolve(
                self._record,
                state="exported",
                size=record.size,
                modified=record.modified,
                sha256=record.sha256,
                content_type=record.content_type,
                etag=record.etag,
            )
        )

    def ended(self, outcome: Outcome) -> None:
        """Remember how it ended; one that was cancelled has its task to go on with."""
        match outcome:
            case Exported(artifact=artifact, history=history):
                ended = evolve(self._record, ended=time.time())
                self._write(_exported(ended, artifact, history.task_seconds))
            case Failed(error=error):
                self._write(evolve(self._record, state="failed", error=str(error), ended=time.time()))


def _exported(record: Record, artifact: Artifact, seconds: float) -> Record:
    return evolve(
        record,
        state="exported",
        size=artifact.size,
        modified=artifact.modified,
        sha256=artifact.sha256,
        content_type=artifact.content_type,
        seconds=seconds or record.seconds,
        etag=artifact.etag,
    )
