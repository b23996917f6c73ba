"""Run the scenarios named (`farm`, if none is), print a table of each, and write all figures to `results.json` here.

Of the farm, a plot of calls against delay is drawn beside it.

python -m benchmarks [SCENARIO …]
"""

import argparse
import json
import os
import platform
from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory

from attrs import asdict

from benchmarks.plot import write_plot
from benchmarks.scenario import Scenario
from benchmarks.scenarios import SCENARIOS
from benchmarks.scenarios.farm import FARM
from benchmarks.score import Score
from benchmarks.table import line, titles

RESULTS = Path(__file__).with_name("results.json")
PLOT = Path(__file__).with_name("calls-against-delay.svg")


def print_scores(scenario: Scenario, folder: Path) -> list[Score]:
    """Run *scenario* in *folder*, and print each score as soon as it is there."""
    print(f"\n{scenario.name}: {scenario.purpose}\n\n{titles()}")
    scores = []
    for score in scenario.run(folder):
        print(line(score), flush=True)
        scores.append(score)
    return scores


def write_results(scores: dict[str, list[Score]]) -> None:
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


def main(arguments: Iterable[str] | None = None) -> None:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("scenarios", nargs="*", metavar="SCENARIO", help=", ".join(SCENARIOS))
    names = parser.parse_args(arguments).scenarios or [FARM.name]
    if unknown := set(names) - SCENARIOS.keys():
        parser.error(f"no such scenario: {', '.join(sorted(unknown))}")
    with TemporaryDirectory() as folder:
        scores = {name: print_scores(SCENARIOS[name], Path(folder)) for name in names}
    write_results(scores)
    if FARM.name in scores:
        write_plot(scores[FARM.name], PLOT)


if __name__ == "__main__":
    main()
