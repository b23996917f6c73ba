"""An Airflow of its own: a folder, a SQLite database, the connection to an emulator."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from tests.cli.program import emulator


def airflow(*arguments: str, environment: Mapping[str, str], check: bool = True) -> subprocess.CompletedProcess[str]:
    """Run Airflow's command line."""
    return subprocess.run(
        [sys.executable, "-m", "airflow", *arguments],
        env=dict(environment),
        capture_output=True,
        text=True,
        timeout=300,
        check=check,
    )


@pytest.fixture(scope="session")
def airflow_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mapping[str, str]]:
    """Give the environment of a fresh Airflow with an emulator behind its connection ``looker_default``."""
    home = tmp_path_factory.mktemp("airflow")
    dags = home / "dags"
    dags.mkdir()
    (dags / "example.py").write_text("from looker_tasks.integrations.airflow.example_dag import *  # noqa: F403\n")
    options = ("--renderer", "fake", "--render-seconds", "0.5", "--query-seconds", "0.1", "--render-slots", "8")
    with emulator(*options) as (settings, _):
        host, _, port = settings["LOOKERSDK_BASE_URL"].rpartition(":")
        connection = {
            "conn_type": "looker",
            "host": host,
            "port": int(port),
            "login": settings["LOOKERSDK_CLIENT_ID"],
            "password": settings["LOOKERSDK_CLIENT_SECRET"],
        }
        environment = {
            **os.environ,
            "AIRFLOW_HOME": str(home),
            "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
            "AIRFLOW__CORE__DAGS_FOLDER": str(dags),
            "AIRFLOW__CORE__UNIT_TEST_MODE": "False",
            "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{home / 'airflow.db'}",
            "EMULATOR_URL": settings["LOOKERSDK_BASE_URL"],
            "AIRFLOW_CONN_LOOKER_DEFAULT": json.dumps(connection),
            "PYTHONPATH": os.pathsep.join([str(Path.cwd()), os.environ.get("PYTHONPATH", "")]),
        }
        airflow("db", "migrate", environment=environment)
        airflow("dags", "reserialize", environment=environment)
        yield environment
