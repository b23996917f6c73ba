"""What the emulator's package offers, and what importing it costs."""

import subprocess
import sys

import pytest

from looker_tasks import emulator


def test_every_public_name_is_there() -> None:
    """`__all__` is sorted, and each name in it can be imported."""
    assert list(emulator.__all__) == sorted(emulator.__all__)
    assert all(isinstance(getattr(emulator, name), type) for name in emulator.__all__)


def test_another_name_is_an_error() -> None:
    """A name that is not there is told as Python tells it."""
    with pytest.raises(AttributeError, match="has no attribute 'Nothing'"):
        _ = emulator.Nothing


def test_the_plugin_loads_no_server_until_a_fixture_is_used() -> None:
    """Pytest imports the plugin at every start, in every project of whoever installed this package."""
    program = "import sys, looker_tasks.emulator.pytest_plugin; print('aiohttp' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "False"
