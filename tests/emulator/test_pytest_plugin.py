"""The fixtures for users' tests, as a user's pytest runs them."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
import requests

from looker_tasks.emulator import Emulator, Settings
from looker_tasks.emulator.threaded import in_thread
from tests.emulator.small_catalogue import small_catalogue

USERS_TESTS = """
import json
import urllib.request

import pytest

from looker_tasks.emulator import Fault, Scenario


def log_in(emulator):
    form = f"client_id={emulator.client_id}&client_secret={emulator.client_secret}".encode()
    with urllib.request.urlopen(f"{emulator.url}/api/4.0/login", form) as response:
        return json.load(response)["access_token"]


def test_it_serves_blocking_code(looker_emulator, looker_emulator_url):
    assert looker_emulator_url == looker_emulator.url
    assert len(log_in(looker_emulator)) == 40
    assert looker_emulator.statistics.calls == {"login": 1}


def test_it_is_fresh(looker_emulator):
    assert looker_emulator.statistics.calls == {}


class TestWithFaults:
    @pytest.fixture
    def looker_emulator_scenario(self):
        return Scenario((Fault("throttled", operation="login"),))

    def test_it_plays_a_scenario(self, looker_emulator):
        with pytest.raises(urllib.error.HTTPError, match="429"):
            log_in(looker_emulator)
"""


def test_a_users_pytest_finds_the_fixtures(tmp_path: Path) -> None:
    """A test file that knows only the fixtures passes under a pytest that loads the plugin."""
    (tmp_path / "test_users.py").write_text(USERS_TESTS)
    (tmp_path / "pytest.ini").write_text("[pytest]\nfilterwarnings = error\n")
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "looker_tasks.emulator.pytest_plugin", str(tmp_path)],
        cwd=tmp_path,
        env={**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    assert "3 passed" in run.stdout


def test_it_starts_in_twenty_milliseconds_when_nothing_is_drawn() -> None:
    """The quickest of ten starts, with the imports done, takes 20 ms at most."""
    seconds = []
    for _ in range(10):
        began = time.perf_counter()
        with in_thread(Emulator(renderer="fake", catalogue=small_catalogue())):
            seconds.append(time.perf_counter() - began)
    assert min(seconds) < 0.02


def test_it_starts_without_the_libraries_that_draw() -> None:
    """What is slow to import is imported once it is needed."""
    program = (
        "import asyncio, sys\n"
        "from looker_tasks.emulator import Emulator\n"
        "async def main():\n"
        "    async with Emulator():\n"
        "        print(sorted({'duckdb', 'vl_convert', 'PIL', 'pypdfium2', 'xlsxwriter', 'yaml'} & set(sys.modules)))\n"
        "asyncio.run(main())\n"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)
    assert run.stdout == "[]\n"


def test_slots_change_from_another_thread() -> None:
    """A render that waits for a slot gets one when the test's thread calls `set_render_slots`."""
    settings = Settings(renderer="fake", render_slots=0, render_seconds=0.0, query_seconds=0.0)
    with in_thread(Emulator(settings, catalogue=small_catalogue())) as emulator:
        form = {"client_id": emulator.client_id, "client_secret": emulator.client_secret}
        token = requests.post(f"{emulator.url}/api/4.0/login", form, timeout=5).json()["access_token"]
        tasks, headers = f"{emulator.url}/api/4.0/render_tasks", {"Authorization": f"token {token}"}
        task = requests.post(f"{tasks}/looks/1/png?width=8&height=8", headers=headers, timeout=5).json()

        def status() -> str:
            return str(requests.get(f"{tasks}/{task['id']}", headers=headers, timeout=5).json()["status"])

        assert status() != "success"
        emulator.set_render_slots(1)
        deadline = time.monotonic() + 10
        while status() != "success":
            assert time.monotonic() < deadline


def test_an_emulator_that_does_not_run_says_so() -> None:
    """What needs a running emulator names what is missing."""
    with pytest.raises(RuntimeError, match="async with"):
        Emulator(catalogue=small_catalogue()).set_render_slots(1)
