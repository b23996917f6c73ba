"""Fixtures for users' tests: a Looker of their own, fresh for each test.

    def test_my_report(looker_emulator):
        monthly_report(looker_emulator.url, looker_emulator.client_id, looker_emulator.client_secret)
        assert looker_emulator.statistics.created["create_dashboard_render_task"] == 12

It runs in a thread of its own, so that the code under test may block or not. A test module or conftest changes it by
defining `looker_emulator_settings` (a Settings), `looker_emulator_catalogue` (a Catalogue) or
`looker_emulator_scenario` (a Scenario) as fixtures of its own. Unless told otherwise nothing is drawn and every task
takes some hundredths of a second.

pytest loads this module at every start: what it needs is imported when a fixture is used.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from looker_tasks.emulator import Emulator, Scenario, Settings
    from looker_tasks.emulator.catalogue import Catalogue


@pytest.fixture
def looker_emulator_settings() -> "Settings":
    """Say how the emulator of `looker_emulator` behaves."""
    from looker_tasks.emulator import Settings  # noqa: PLC0415  # see above

    return Settings(renderer="fake", query_seconds=0.02, render_seconds=0.05, spread=0.0, render_slots=16)


@pytest.fixture
def looker_emulator_catalogue() -> "Catalogue | None":
    """Say what the emulator of `looker_emulator` holds; None: the demo's dashboards and looks."""
    return None


@pytest.fixture
def looker_emulator_scenario() -> "Scenario | None":
    """Say what goes wrong on the emulator of `looker_emulator`."""
    return None


@pytest.fixture
def looker_emulator(
    looker_emulator_settings: "Settings",
    looker_emulator_catalogue: "Catalogue | None",
    looker_emulator_scenario: "Scenario | None",
) -> "Iterator[Emulator]":
    """Return a running emulator: `url`, `client_id`, `client_secret`, `examples`, `statistics`, `play(scenario)`."""
    from looker_tasks.emulator import Emulator  # noqa: PLC0415  # see above
    from looker_tasks.emulator.threaded import in_thread  # noqa: PLC0415  # see above

    emulator = Emulator(
        looker_emulator_settings, catalogue=looker_emulator_catalogue, scenario=looker_emulator_scenario
    )
    with in_thread(emulator):
        yield emulator


@pytest.fixture
def looker_emulator_url(looker_emulator: "Emulator") -> str:
    """Return the address of `looker_emulator`, as a client's base_url."""
    return looker_emulator.url
