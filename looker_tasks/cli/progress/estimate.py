"""How long a run will still take, by how quickly its last exports were done. Pure."""

from math import log

from attrs import define, field

_MOST = 512  # times that are kept
_LEAST = 8  # exports, before anything can be said
_TAIL = 0.1  # of a task's time, by the logarithm of how many run: the last ones end one by one, and not at full speed


@define
class Estimate:
    """Learns from the times at which exports were done. Exports that an earlier run had made do not count."""

    _times: list[float] = field(factory=list, init=False)  # seconds since the begin, of every `_step`th export
    _step: int = field(default=1, init=False)
    _done: int = field(default=0, init=False)

    def add(self, seconds: float) -> None:
        """Take note that one more export was done, *seconds* after the begin of the run."""
        self._done += 1
        if self._done % self._step == 0:
            self._times.append(seconds)
        if len(self._times) > _MOST:
            self._times = self._times[1::2]
            self._step *= 2

    def seconds_left(self, left: int, in_flight: int, now: float) -> float | None:
        """Return for how many seconds a run goes on that has *left* exports to do, *in_flight* of them now.

        None: too early to tell.

        The speed is that of the last half of the exports: long enough to be calm, short enough to follow a change.
        A speed that nothing has confirmed for long falls by itself.
        """
        if self._done < _LEAST:
            return None
        middle = len(self._times) // 2
        count = (len(self._times) - middle) * self._step
        since = self._times[middle - 1] if middle else 0.0
        usual = max(self._times[-1] - since, 1e-9) / count
        overdue = max(0.0, now - self._times[-1] - usual * self._step)
        tail = _TAIL * in_flight * log(max(1, in_flight))
        return (left + tail) * (usual + overdue / count) if left else 0.0
