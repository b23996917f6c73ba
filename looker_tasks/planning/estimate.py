"""How many calls a plan will take, and how long: from what an earlier run took, or a guess where there is none. Pure.

The guesses were measured on the emulator. Once the client has learned how long renders take, each takes about four
calls, and the first of a run two more. A query that takes less than a second takes between three and four and a half;
those of tiles come one by one, as they are created. Times are not known before the first run; the guessed ones are for
a small Looker.
"""

from collections.abc import Mapping
from typing import Any

from attrs import frozen

from looker_tasks.formats import FORMATS
from looker_tasks.models import TaskKind
from looker_tasks.planning.summary import Summary

_LOGINS = 2  # a login, and a logout
_FEWEST = 3  # files of an earlier run, below which it says nothing
_LEARNING = 40  # files of a run, after which their times are known


@frozen
class Pace:
    """What a file of one of Looker's APIs takes: calls, and seconds, those that are made at once counted out.

    That was so in a run of so many *files*; None: in none, it is a guess.
    """

    calls: float
    seconds: float
    files: int | None = None

    @property
    def is_guess(self) -> bool:
        """Whether no earlier run says so."""
        return self.files is None


@frozen
class _Calls:
    """The calls of a run by how many files it makes: so many each, and so many more while it learns."""

    each: float
    first: float = 0.0

    def of(self, files: int) -> float:
        return self.each * files + self.first * min(files, _LEARNING)


_CALLS: Mapping[TaskKind, _Calls] = {"render": _Calls(3.8, 2.3), "query": _Calls(3.7)}
_OF_TILE = 3.4 - 3.7  # calls more than another query takes; and one that creates it
_SECONDS: Mapping[TaskKind, float] = {"render": 2.5, "query": 0.3}


@frozen
class Estimate:
    """What a plan will take. *is_guess*: no earlier run says so."""

    calls: int
    seconds: float
    is_guess: bool

    def __str__(self) -> str:
        guess = " (a guess: no earlier run into this folder says more)" if self.is_guess else ""
        calls = "1 call" if self.calls == 1 else f"{self.calls} calls"
        return f"about {calls}, {_duration(self.seconds)}{guess}"


def paces(run: Mapping[str, Any]) -> dict[TaskKind, Pace]:
    """Return what files took in an earlier *run*, the values of its run.json; only where it made some of the sort."""
    calls: dict[TaskKind, list[int]] = {"render": [], "query": []}
    for export in run.get("exports") or ():
        known = FORMATS.get(str(export.get("format")))
        if (
            known is not None
            and export.get("outcome") == "exported"
            and not export.get("resumed")
            and export.get("calls")
        ):
            calls[known.api].append(export["calls"])
    seconds = run.get("seconds") or 0.0
    return {api: Pace(sum(of) / len(of), seconds / len(of), len(of)) for api, of in calls.items() if len(of) >= _FEWEST}


def estimate(summary: Summary, planning_calls: int = 0, known: Mapping[TaskKind, Pace] | None = None) -> Estimate:
    """Return what a plan with that *summary* will take, of which *planning_calls* make the plan itself.

    Renders and queries run side by side: the slower of the two takes the time.
    """
    counts: Mapping[TaskKind, int] = {"render": summary.renders, "query": summary.queries}
    found = {api: (known or {}).get(api, _guess(api, count)) for api, count in counts.items() if count}
    calls = sum(_calls(api, counts[api], pace) for api, pace in found.items())
    if "query" in found and found["query"].is_guess:
        calls += summary.looks  # whose query is looked up first
        calls += summary.tiles * _OF_TILE
    calls += summary.tiles + summary.dashboards + planning_calls + _LOGINS
    seconds = max((counts[api] * pace.seconds for api, pace in found.items()), default=0.0)
    return Estimate(round(calls), seconds, any(pace.is_guess for pace in found.values()))


def _guess(api: TaskKind, files: int) -> Pace:
    return Pace(_CALLS[api].of(files) / files, _SECONDS[api])


def _calls(api: TaskKind, files: int, pace: Pace) -> float:
    """Return the calls of so many *files*: of a small run, each takes more than of a large one."""
    if pace.files is None:
        return pace.calls * files
    return pace.calls * pace.files * _CALLS[api].of(files) / _CALLS[api].of(pace.files)


def _duration(seconds: float) -> str:
    """Return a time that is not known exactly, in words."""
    if seconds < 90:  # noqa: PLR2004  # seconds that are better told as such
        return f"{max(round(seconds), 1)} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 120 else f"{round(minutes / 60)} h"  # noqa: PLR2004  # minutes, likewise
