"""The command `emulator`: a Looker of our own until a signal; what a client needs to know of it is one line of JSON."""

import asyncio
import json
import signal
import sys
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from looker_tasks.cli.status import DONE
from looker_tasks.emulator import Emulator, Scenario, Settings
from looker_tasks.emulator.catalogue import CatalogueError
from looker_tasks.emulator.faults import ScenarioError
from looker_tasks.errors import ConfigurationError
from looker_tasks.extras import require


def serve(
    *,
    catalogue: Annotated[Path | None, Parameter(help="What it holds: a YAML file, with data of its own.")] = None,
    scenario: Annotated[Path | None, Parameter(help="What goes wrong: a YAML file of faults.")] = None,
    settings: Annotated[Settings, Parameter(name="*")] = Settings(),  # noqa: B008  # frozen
) -> int:
    """Run a Looker of our own until SIGINT or SIGTERM. When it is ready, one line of JSON tells how to reach it.

    The line holds url, client_id, client_secret and, under examples, an id of each kind that works. Times are seconds.
    """
    if catalogue is not None or settings.renderer == "real":
        require("emulator")
    try:
        faults = Scenario() if scenario is None else Scenario.from_yaml(scenario)
        return asyncio.run(_serve(Emulator(settings, catalogue=catalogue, scenario=faults)))
    except (CatalogueError, ScenarioError) as wrong:
        raise ConfigurationError(" ".join(str(wrong).split())) from wrong


async def _serve(emulator: Emulator) -> int:
    stopped = asyncio.Event()
    for each in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(each, stopped.set)
    try:
        async with emulator:
            sys.stdout.write(f"{json.dumps(_introduction(emulator))}\n")
            sys.stdout.flush()
            await stopped.wait()
    except BrokenPipeError:
        raise
    except OSError as error:
        address = f"{emulator.settings.host}:{emulator.settings.port}"
        raise ConfigurationError(f"nobody can listen at {address}: {error.strerror or error}") from error
    return DONE


def _introduction(emulator: Emulator) -> dict[str, object]:
    return {
        "url": emulator.url,
        "client_id": emulator.client_id,
        "client_secret": emulator.client_secret,
        "examples": emulator.examples.as_json(),
    }
