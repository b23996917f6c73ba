"""What a plan will cost: by an earlier run, or guessed."""

import json
from pathlib import Path
from typing import Any

import pytest

from looker_tasks.planning.estimate import Estimate, estimate, paces
from tests.planning.planning import KnownLooker, plan_of
from tests.sansio.dashboards.test_tiles import DASHBOARD


def run_json(**more: Any) -> dict[str, Any]:  # noqa: ANN401  # of a run.json
    """Return a run that made ten renders of five calls and five queries of three, in a hundred seconds."""
    exports = [{"format": "pdf", "outcome": "exported", "calls": 5, "resumed": False}] * 10
    exports += [{"format": "csv", "outcome": "exported", "calls": 3, "resumed": False}] * 5
    exports += [
        {"format": "pdf", "outcome": "failed", "calls": 90},
        {"format": "pdf", "outcome": "exported", "calls": None},
    ]
    exports += [
        {"format": "png", "outcome": "exported", "calls": 70, "resumed": True},
        {"format": None, "outcome": "x"},
    ]
    return {"seconds": 100.0, "exports": exports, **more}


async def test_an_earlier_run_says_what_the_next_takes(tmp_path: Path) -> None:
    """Calls a file and files a second of each sort are those of the earlier run; filters and tiles add theirs."""
    manifest = """
    exports:
      - {dashboard: 1, for_each: {i: [a, b, c, d]}, format: pdf, filters: {A: "{i}"}, name: "{i}.pdf"}
      - {query: 7, format: csv}
      - {dashboard: 42, tiles: csv}
    """
    plan = await plan_of(tmp_path, manifest, looker=KnownLooker(dashboards={"42": DASHBOARD}))
    assert plan.calls == 2  # dashboard 1, which is not there, for the types of its filters, and dashboard 42
    known = paces(json.loads(json.dumps(run_json())))
    found = estimate(plan.summary, plan.calls, known)
    assert found == Estimate(4 * 5 + 4 * 3 + 3 + 1 + 2 + 2, 4 * 20.0, is_guess=False)
    assert str(found) == "about 40 calls, 80 s"


async def test_without_an_earlier_run_it_is_a_guess(tmp_path: Path) -> None:
    """The guess says that it is one; a run that made too few files says nothing."""
    plan = await plan_of(tmp_path, "exports: [{dashboard: 1, format: pdf}, {look: 2, format: csv}]")
    known = paces({**run_json(), "exports": run_json()["exports"][:2]})
    assert known == {}
    found = estimate(plan.summary, plan.calls, known)
    assert found.is_guess
    assert found.calls == round(6.1 + 3.7 + 1 + 2)
    assert "a guess" in str(found)


async def test_a_large_run_takes_fewer_calls_a_file(tmp_path: Path) -> None:
    """Times are learned once a run, whether the number is guessed or comes from a smaller run before."""
    burst = "exports: [{dashboard: 1, format: pdf, for_each: {i: [VALUES]}, name: '{i}.pdf'}]"
    plan = await plan_of(tmp_path, burst.replace("VALUES", ", ".join(map(str, range(600)))))
    assert estimate(plan.summary).calls == 600 * 3.8 + 40 * 2.3 + 2
    assert estimate(plan.summary, known=paces(run_json())).calls == pytest.approx(600 * 3.24, rel=0.02)


@pytest.mark.parametrize(("seconds", "words"), [(0.2, "1 s"), (89.0, "89 s"), (90.0, "2 min"), (8000.0, "2 h")])
def test_times_are_told_as_people_tell_them(seconds: float, words: str) -> None:
    """Seconds, minutes or hours."""
    assert str(Estimate(1, seconds, is_guess=False)) == f"about 1 call, {words}"
