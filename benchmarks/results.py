"""The file of all figures, `results.json` here: of each scenario those of its last run, and where it ran."""

import json
import os
import platform
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path

from attrs import AttrsInstance, asdict

RESULTS = Path(__file__).with_name("results.json")


def write_results(scores: Mapping[str, Sequence[AttrsInstance]]) -> None:
    """Write the figures of each scenario, and on what they were measured; scenarios that did not run keep theirs."""
    kept = json.loads(RESULTS.read_text())["scenarios"] if RESULTS.exists() else {}
    measured_on = {
        "python": platform.python_version(),
        "system": platform.system(),
        "cpus": os.cpu_count(),
        "aiohttp": version("aiohttp"),
        "looker_sdk": version("looker_sdk"),
    }
    new = {name: [asdict(score) for score in each] for name, each in scores.items()}
    RESULTS.write_text(json.dumps({"measured_on": measured_on, "scenarios": kept | new}, indent=2) + "\n")
