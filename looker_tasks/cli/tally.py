"""What a run has come to so far, counted from its events and outcomes. Nothing here is shown or decided."""

from collections import Counter
from collections.abc import Mapping

from attrs import define, field

from looker_tasks.events import BackedOff, Event, ExportFinished, ExportStarted, Polled, TaskCreated
from looker_tasks.outcomes import Cancelled, Exported, Failed, Outcome

#: So many failures are kept to be told at the end; the others are counted.
KEPT_FAILURES = 100


@define
class Tally:
    """The counts of one run over *expected* exports. `observe` is its observer; `take` takes each outcome."""

    expected: int
    exported: int = 0
    resumed: int = 0  # of the exported, by an earlier run
    failed: int = 0
    cancelled: int = 0
    size: int = 0  # bytes, of the files that this run made
    again: int = 0  # calls sent again
    failures: list[Failed] = field(factory=list)  # the first of them
    _phases: dict[str, str] = field(factory=dict)  # by the export's key

    @property
    def ended(self) -> int:
        """How many exports have their outcome."""
        return self.exported + self.failed + self.cancelled

    @property
    def in_flight(self) -> Mapping[str, int]:
        """How many exports are in each phase, the largest first."""
        return dict(Counter(self._phases.values()).most_common())

    def observe(self, event: Event) -> None:
        """See an event of the run."""
        match event:
            case ExportStarted():
                self._phases[event.key] = "creating"
            case TaskCreated():
                self._phases[event.key] = "created"
            case Polled(phase=phase):
                self._phases[event.key] = phase
            case BackedOff():
                self.again += 1
            case ExportFinished():
                self._phases.pop(event.key, None)
            case _:
                pass

    def take(self, outcome: Outcome) -> None:
        """Count an outcome."""
        match outcome:
            case Exported(resumed=True):
                self.exported += 1
                self.resumed += 1
            case Exported(artifact=artifact):
                self.exported += 1
                self.size += artifact.size
            case Failed():
                self.failed += 1
                if len(self.failures) < KEPT_FAILURES:
                    self.failures.append(outcome)
            case Cancelled():
                self.cancelled += 1
