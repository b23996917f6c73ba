"""The commands and their options; each imports what it needs when it runs, so that `--help` is quick."""

import asyncio
import sys
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import App, CycloptsError, Parameter, validators

from looker_tasks.cli.status import FAILED, MISUSED, REFUSED
from looker_tasks.errors import ConfigurationError, CredentialsRefused, LookerTasksError

app = App(
    name="looker-tasks",
    help="Export Looker's dashboards, looks, queries and dashboard elements: every file whole, once.",
    help_epilogue="Exit status: 0 all exported, 1 some failed, 2 wrong use or configuration, 3 refused by Looker, "
    "130 interrupted.",
    version=lambda: version("looker-tasks"),
)

_AT_LEAST_ONE = validators.Number(gte=1)
_MORE_THAN_NOTHING = validators.Number(gt=0)
_NOT_NEGATIVE = validators.Number(gte=0)


def run(arguments: Sequence[str]) -> int:
    """Run one command and return its exit status. Whatever is the user's to mend is told on one line of stderr."""
    try:
        status = app(arguments, exit_on_error=False, print_error=False, result_action="return_value")
    except CycloptsError as wrong:
        return _tell(f"{' '.join(str(wrong).split())} (looker-tasks --help tells more)", MISUSED)
    except ConfigurationError as wrong:
        return _tell(_with_advice(wrong), MISUSED)
    except CredentialsRefused as wrong:
        return _tell(_with_advice(wrong), REFUSED)
    except LookerTasksError as wrong:
        return _tell(_with_advice(wrong), FAILED)
    return status if isinstance(status, int) else 0


def _tell(line: str, status: int) -> int:
    sys.stderr.write(f"looker-tasks: {line}\n")
    return status


def _with_advice(error: LookerTasksError) -> str:
    return f"{error}. {error.advice}" if error.advice else str(error)


@app.command
def export(
    manifest: Annotated[Path, Parameter(help="What to export: a .yaml, .json, .jsonl or .csv file.")],
    /,
    *,
    out: Annotated[Path, Parameter(help="The folder that the files go to.")],
    concurrency: Annotated[
        int | Literal["auto"], Parameter(help="How many tasks may be in flight at a time.", validator=_AT_LEAST_ONE)
    ] = "auto",
    deadline: Annotated[
        float | None,
        Parameter(
            help="The most that one export may take, in seconds, from its create to its file.",
            validator=_MORE_THAN_NOTHING,
        ),
    ] = None,
    dry_run: Annotated[
        bool, Parameter(help="Check the manifest and print the files' names; call nothing.", negative="")
    ] = False,
    fresh: Annotated[bool, Parameter(help="Forget what earlier runs into this folder have done.", negative="")] = False,
    json: Annotated[bool, Parameter(help="Print one line of JSON an outcome to stdout.", negative="")] = False,
    ini: Annotated[Path, Parameter(help="Where base_url, client_id and client_secret stand.")] = Path("looker.ini"),
    section: Annotated[str | None, Parameter(help="The section of that file.", show_default="the first")] = None,
) -> int:
    """Export every row of MANIFEST. The same command again goes on where the last run ended.

    LOOKERSDK_BASE_URL, LOOKERSDK_CLIENT_ID, LOOKERSDK_CLIENT_SECRET and their like go over the file.
    """
    from looker_tasks.cli.export import export_manifest, print_names  # noqa: PLC0415  # imports the client

    if dry_run:
        return print_names(manifest, json=json)
    return asyncio.run(
        export_manifest(
            manifest,
            out,
            concurrency=concurrency,
            deadline=deadline,
            fresh=fresh,
            json=json,
            ini=ini,
            section=section,
        )
    )


@app.command
def demo(
    *,
    out: Annotated[Path, Parameter(help="The folder that the files go to.")] = Path("exports"),
    exports: Annotated[int, Parameter(help="How many files.", validator=_AT_LEAST_ONE)] = 240,
) -> int:
    """Export a mixture of everything from an emulator of Looker, started for it in this process."""
    from looker_tasks.cli.demo import demonstrate  # noqa: PLC0415  # imports the emulator

    return asyncio.run(demonstrate(out, exports))
