"""What a run has come to so far, counted from its events and outcomes. Nothing here is shown or decided."""

from collections import Counter
from collections.abc import Mapping

from attrs import define, field

from looker_tasks.cli.progress.estimate import Estimate
from looker_tasks.events import (
    BackedOff,
    DownloadStarted,
    Event,
    ExportFinished,
    ExportStarted,
    LimitChanged,
    Paused,
    Polled,
    TaskCreated,
)
from looker_tasks.exports import Export
from looker_tasks.outcomes import Cancelled, Exported, Failed, Outcome

#: So many failures are kept to be listed at the end; the others are counted.
KEPT_FAILURES = 100
#: So many files are named of which there is something to say.
KEPT_NOTICES = 5


@define
class Tally:
    """The counts of one run over *expected* exports. `observe` is its observer; `take` takes each outcome."""

    expected: int
    exported: int = 0
    resumed: int = 0  # of the exported, by an earlier run
    oldest: int = 0  # of the resumed: when the oldest file was written, in nanoseconds since 1970
    failed: int = 0
    cancelled: int = 0
    size: int = 0  # bytes, of the files that this run made
    again: int = 0  # calls sent again
    lost_creates: int = 0  # creates whose answer was lost: Looker may have run so many tasks more
    failures: list[Failed] = field(factory=list)  # the first of them
    notices: list[tuple[Export, str]] = field(factory=list)  # the first of what a person should know of files
    noticed: int = 0  # files of which there is something to say
    last_failure: Failed | None = None
    limits: dict[str, int] = field(factory=dict)  # how many tasks of each kind may be in flight, where it adapts
    paused: dict[str, float] = field(factory=dict)  # operation → seconds since 1970, until when it is paused
    estimate: Estimate = field(factory=Estimate)
    _phases: dict[str, str] = field(factory=dict)  # by the exports' keys

    @property
    def ended(self) -> int:
        """How many exports have their outcome."""
        return self.exported + self.failed + self.cancelled

    @property
    def in_flight(self) -> Mapping[str, int]:
        """How many exports are in each phase, the largest first."""
        return dict(Counter(self._phases.values()).most_common())

    def observe(self, event: Event) -> None:
        """Count an event of the run."""
        match event:
            case ExportStarted(key=key):
                self._phases[key] = "creating"
            case TaskCreated(key=key):
                self._phases[key] = "created"
            case Polled(key=key, phase=phase):
                self._phases[key] = phase
            case DownloadStarted(key=key):
                self._phases[key] = "downloading"
            case BackedOff():
                self.again += 1
            case Paused(operation=operation, seconds=seconds, at=at):
                self.paused[operation] = at + seconds
            case LimitChanged(kind=kind, limit=limit):
                self.limits[kind] = limit
            case ExportFinished(key=key):
                self._phases.pop(key, None)
            case _:
                pass

    def take(self, outcome: Outcome, seconds: float) -> None:
        """Count an outcome that came *seconds* after the begin of the run."""
        self.lost_creates += outcome.history.lost_creates
        match outcome:
            case Exported(artifact=artifact, resumed=True):
                self.exported += 1
                self.resumed += 1
                self.oldest = min(self.oldest or artifact.modified, artifact.modified)
            case Exported(artifact=artifact, notice=notice):
                if notice:
                    self.noticed += 1
                    self.notices.extend([(outcome.export, notice)] if len(self.notices) < KEPT_NOTICES else [])
                self.exported += 1
                self.size += artifact.size
                self.estimate.add(seconds)
            case Failed():
                self.failed += 1
                self.last_failure = outcome
                self.estimate.add(seconds)
                if len(self.failures) < KEPT_FAILURES:
                    self.failures.append(outcome)
            case Cancelled():
                self.cancelled += 1
