"""A Looker of our own: a real HTTP server with real results, for the demo, for tests and for users' tests.

It imports nothing of the client, so that a bug of the one cannot cancel out a bug of the other.
"""

from looker_tasks.emulator.faults import Fault, Scenario
from looker_tasks.emulator.server import Emulator
from looker_tasks.emulator.settings import Settings

__all__ = ["Emulator", "Fault", "Scenario", "Settings"]
