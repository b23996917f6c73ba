"""Run the scenarios named (`farm`, if none is), print a table of each, and write all figures to `results.json` here.

Of the farm, a plot of calls against delay is drawn beside it.

python -m benchmarks [SCENARIO …]
"""

import argparse
from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.plot import write_plot
from benchmarks.results import write_results
from benchmarks.scenario import Scenario
from benchmarks.scenarios import SCENARIOS
from benchmarks.scenarios.farm import FARM
from benchmarks.score import Score
from benchmarks.table import line, titles

PLOT = Path(__file__).with_name("calls-against-delay.svg")


def print_scores(scenario: Scenario, folder: Path) -> list[Score]:
    """Run *scenario* in *folder*, and print each score as soon as it is there."""
    print(f"\n{scenario.name}: {scenario.purpose}\n\n{titles()}")
    scores = []
    for score in scenario.run(folder):
        print(line(score), flush=True)
        scores.append(score)
    return scores


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
