"""One run over many exports as a person sees it: progress, outcomes, signals, the summary, the exit status."""

import asyncio
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Literal

from attrs import frozen

from looker_tasks.cli import wording
from looker_tasks.cli.display import Display, displayed
from looker_tasks.cli.interruption import Interruption
from looker_tasks.cli.outcome_json import outcome_line
from looker_tasks.cli.status import DONE, FAILED, INTERRUPTED
from looker_tasks.cli.tally import Tally
from looker_tasks.client import LookerTasks
from looker_tasks.config import Settings
from looker_tasks.exports import Export
from looker_tasks.outcomes import Failed, Outcome
from looker_tasks.policy import Policy


@frozen(kw_only=True)
class Batch:
    """What to export, where from and where to."""

    exports: Iterable[Export]
    expected: int
    out: Path
    settings: Settings
    policy: Policy
    concurrency: int | Literal["auto"] = "auto"
    journal: Literal["folder"] | None = "folder"
    fresh: bool = False
    json: bool = False


async def run_batch(batch: Batch) -> int:
    """Export all of *batch* and return the exit status. Raises what ends a run as a whole, after its summary."""
    tally = Tally(batch.expected)
    looker = LookerTasks(
        batch.settings.base_url,
        batch.settings.client_id,
        batch.settings.client_secret,
        api_version=batch.settings.api_version,
        verify_ssl=batch.settings.verify_ssl,
        policy=batch.policy,
        observers=(tally.observe,),
    )
    with Interruption() as interruption:
        try:
            await _run(batch, looker, tally, interruption)
        except asyncio.CancelledError:
            if not interruption.happened:
                raise
        if interruption.happened:
            return INTERRUPTED
        return DONE if tally.exported == tally.expected else FAILED


async def _run(batch: Batch, looker: LookerTasks, tally: Tally, interruption: Interruption) -> None:
    began = asyncio.get_running_loop().time()
    async with (
        looker,
        looker.export_all(
            batch.exports, batch.out, concurrency=batch.concurrency, journal=batch.journal, fresh=batch.fresh
        ) as outcomes,
    ):
        interruption.politely = outcomes.stop
        try:
            async with displayed(tally, plain=_is_plain(json=batch.json)) as display:
                async for outcome in outcomes:
                    tally.take(outcome)
                    _tell(outcome, display, json=batch.json)
        finally:
            seconds = asyncio.get_running_loop().time() - began
            sys.stderr.writelines(f"{line}\n" for line in wording.summary(tally, seconds, looker.calls))


def _tell(outcome: Outcome, display: Display, *, json: bool) -> None:
    if isinstance(outcome, Failed):
        display.failed(outcome)
    if json:
        sys.stdout.write(f"{outcome_line(outcome)}\n")
        sys.stdout.flush()  # whoever reads acts on each as it comes


def _is_plain(*, json: bool) -> bool:
    """Tell whether stderr is no terminal, or one that the data are written to as well."""
    return not sys.stderr.isatty() or (json and sys.stdout.isatty())
