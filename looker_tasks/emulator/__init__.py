"""A Looker of our own: a real HTTP server with real results, for the demo, for tests and for users' tests.

It imports nothing of the client, so that a bug of the one cannot cancel out a bug of the other. Its names are imported
when asked for: pytest loads the plugin of this package at every start, whether a test wants a Looker or not.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from looker_tasks.emulator.faults import Fault, Scenario
    from looker_tasks.emulator.server import Emulator
    from looker_tasks.emulator.settings import Settings

__all__ = ["Emulator", "Fault", "Scenario", "Settings"]

_HOMES = {"Emulator": "server", "Fault": "faults", "Scenario": "faults", "Settings": "settings"}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
