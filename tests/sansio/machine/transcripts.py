"""Transcripts of one export: what Looker told, row by row, and what became of it."""

from typing import Any

from looker_tasks.exports import DashboardExport, Export, LookExport, QueryExport
from looker_tasks.models import TaskKind
from looker_tasks.outcomes import Cancelled, Exported, Failed
from looker_tasks.policy import Backoff, Cadence, Deadlines, Policy, Retry
from looker_tasks.sansio.machine.directives import Event
from looker_tasks.sansio.machine.lifecycle import Lifecycle
from looker_tasks.sansio.polling.learned import LearnedPacing
from looker_tasks.sansio.protocol.operations import ApiVersion
from looker_tasks.sansio.retrying.retry import ENOUGH_ABSENCES, FEW_ATTEMPTS
from tests.sansio.machine.looker_told import PACING, Obedient

RENDER = DashboardExport("42")
QUERY = QueryExport("5", "csv")
LOOK = LookExport("7", "csv")
POLICY = Policy(
    backoff=Backoff(base=1.0, cap=8.0),
    cadence=Cadence(ceiling=15.0),
    retry=Retry(call_attempts=6, task_attempts=2),
    deadlines=Deadlines(export=1000.0, progress=400.0, expired=60.0, call=50.0, stop=30.0),
)
START = 5000.0
CALLS = POLICY.retry.call_attempts
FEW = min(FEW_ATTEMPTS, CALLS)
ABSENCES = min(ENOUGH_ABSENCES, CALLS)
KINDS: list[TaskKind] = ["render", "query"]

Script = list[tuple[str, Event]]


def begun(export: Export, policy: Policy = POLICY, version: ApiVersion = "4.0", **more: Any) -> Obedient:  # noqa: ANN401  # begin's
    """Return *export* at its beginning, and who obeys it."""
    pacing = more.pop("pacing", None) or LearnedPacing(policy.cadence)
    return Obedient(Lifecycle.begin(export, policy, version, now=START, **more), START, pacing=pacing)


def outcome_of(export: Export, script: Script, **more: Any) -> Exported | Failed | Cancelled:  # noqa: ANN401  # begin's
    """Return what becomes of *export* where Looker tells *script*."""
    return begun(export, **more).through(script).outcome


def failure_of(export: Export, script: Script, **more: Any) -> Failed:  # noqa: ANN401  # begin's
    """Return how *export* fails where Looker tells *script*."""
    outcome = outcome_of(export, script, **more)
    assert isinstance(outcome, Failed)
    return outcome


def after(export: Export, *events: Event, version: ApiVersion = "4.0", expected: float = 0.0) -> Lifecycle:
    """Return an export after these *events*, a second apart."""
    flow = Lifecycle.begin(export, POLICY, version, now=START, expected=expected)
    for second, event in enumerate(events, 1):
        flow = flow.advance(event, now=START + second, rand=0.5, pacing=PACING)
    return flow
