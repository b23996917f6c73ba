"""What was seen of one task, and when: by its age, in seconds since its create. No clock."""

from attrs import frozen

from looker_tasks.sansio.evolving import evolve
from looker_tasks.sansio.protocol.statuses import Stage

# Of a run: a start that is known no closer is not known: test_a_start_that_is_not_known_closely_says_nothing_of_runs.
_NARROW = 0.5


@frozen(slots=False)  # see `sansio.evolving`
class Observation:
    """What is known of one task, by its age in seconds when it was seen."""

    waiting: float = 0.0  # last seen waiting for its slot; 0: never
    started: float | None = None  # first seen to have started
    alive: float = 0.0  # last seen unfinished; 0: not yet asked about
    ended: float | None = None  # first seen finished
    expected: float = 0.0  # how long it took in an earlier run, once it had started; 0: nobody knows

    @property
    def start(self) -> float | None:
        """About when it started, if that was seen."""
        return None if self.started is None else (self.waiting + self.started) / 2

    def shows_start(self, run: float) -> bool:
        """Tell whether it shows closely enough when a task that runs for so long started."""
        return self.started is not None and self.started - self.waiting <= _NARROW * run

    @property
    def seconds(self) -> float:
        """About how long it took, once it had started; 0 where that was not seen."""
        return 0.0 if self.ended is None else (self.alive + self.ended) / 2 - (self.start or self.waiting)

    def unfinished(self, where: Stage, age: float) -> "Observation":
        """Return what is known once it was seen at *age* in that place, unfinished."""
        if where is not Stage.STARTED:
            return evolve(self, waiting=age, started=None, alive=age)
        return evolve(self, started=age if self.started is None else self.started, alive=age)
