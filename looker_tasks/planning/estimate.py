"""How many calls a plan will take, and how long: from what an earlier run took, or a guess where there is none. Pure.

The guesses were measured on the emulator: a render of a second or more takes about four calls, a query of less than a
second about three and a half. Times are not known before the first run; the guessed ones are for a small Looker.
"""

from collections.abc import Mapping
from typing import Any

from attrs import frozen

from looker_tasks.formats import FORMATS
from looker_tasks.models import TaskKind
from looker_tasks.planning.summary import Summary

_LOGINS = 2  # a login, and a logout
_FEWEST = 3  # files of an earlier run, below which it says nothing


@frozen
class Pace:
    """What a file of one of Looker's APIs takes: calls, and seconds, those that are made at once counted out."""

    calls: float
    seconds: float
    is_guess: bool = False


_GUESSES: Mapping[TaskKind, Pace] = {
    "render": Pace(4.2, 2.5, is_guess=True),
    "query": Pace(3.4, 0.3, is_guess=True),
}


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
    return {api: Pace(sum(of) / len(of), seconds / len(of)) for api, of in calls.items() if len(of) >= _FEWEST}


def estimate(summary: Summary, planning_calls: int = 0, known: Mapping[TaskKind, Pace] | None = None) -> Estimate:
    """Return what a plan with that *summary* will take, of which *planning_calls* make the plan itself.

    Renders and queries run side by side: the slower of the two takes the time.
    """
    counts: Mapping[TaskKind, int] = {"render": summary.renders, "query": summary.queries}
    found = {api: (known or {}).get(api, _GUESSES[api]) for api, count in counts.items() if count}
    calls = sum(counts[api] * pace.calls for api, pace in found.items())
    if "query" in found and found["query"].is_guess:
        calls += summary.looks  # whose query is looked up first
    calls += summary.tiles + summary.dashboards + planning_calls + _LOGINS
    seconds = max((counts[api] * pace.seconds for api, pace in found.items()), default=0.0)
    return Estimate(round(calls), seconds, any(pace.is_guess for pace in found.values()))


def _duration(seconds: float) -> str:
    """Return a time that is not known exactly, in words."""
    if seconds < 90:  # noqa: PLR2004  # seconds that are better told as such
        return f"{max(round(seconds), 1)} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 120 else f"{round(minutes / 60)} h"  # noqa: PLR2004  # minutes, likewise
