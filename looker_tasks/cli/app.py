"""The commands and their options; each imports what it needs when it runs, so that `--help` is quick."""

import sys
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import App, CycloptsError, Parameter

from looker_tasks.cli.status import DONE, FAILED, MISUSED, REFUSED
from looker_tasks.errors import ConfigurationError, CredentialsRefused, LookerTasksError

app = App(
    name="looker-tasks",
    help="Export Looker's dashboards, looks, queries and dashboard elements: every file whole, once.",
    help_format="plaintext",
    help_epilogue="Exit status: 0 all exported, 1 some failed, 2 wrong use or configuration, 3 refused by Looker, "
    "130 interrupted.",
    version=lambda: version("looker-tasks"),
)


def run(arguments: Sequence[str]) -> int:
    """Run one command and return its exit status. Whatever is the user's to mend is told on one line of stderr."""
    try:
        command, bound, _ = app.parse_args(arguments, exit_on_error=False, print_error=False)
    except (CycloptsError, ValueError) as wrong:  # a ValueError is that of a value class, of one of its checks
        return _tell(f"{' '.join(str(wrong).split())} (looker-tasks --help tells more)", MISUSED)
    try:
        status = command(*bound.args, **bound.kwargs)
    except ConfigurationError as wrong:
        return _tell(_with_advice(wrong), MISUSED)
    except CredentialsRefused as wrong:
        return _tell(_with_advice(wrong), REFUSED)
    except LookerTasksError as wrong:
        return _tell(_with_advice(wrong), FAILED)
    return DONE if status is None else status  # --help and --version have none


def _positive(_: object, value: object) -> None:
    """Refuse, as cyclopts wants it, a number that is not more than nothing; "auto" and None are none."""
    if isinstance(value, int | float) and not value > 0:
        raise ValueError("It must be more than 0.")


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
        int | Literal["auto"], Parameter(help="How many tasks may be in flight at a time.", validator=_positive)
    ] = "auto",
    deadline: Annotated[
        float | None,
        Parameter(help="The most that one export may take, in seconds, from create to file.", validator=_positive),
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
    import asyncio  # noqa: PLC0415  # not for --help

    from looker_tasks.cli.export import export_manifest, print_names  # noqa: PLC0415  # the same

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
    exports: Annotated[int, Parameter(help="How many files.", validator=_positive)] = 240,
) -> int:
    """Export a mixture of everything from an emulator of Looker, started for it in this process."""
    import asyncio  # noqa: PLC0415  # not for --help

    from looker_tasks.cli.demo import demonstrate  # noqa: PLC0415  # the same

    return asyncio.run(demonstrate(out, exports))


app.command(
    "looker_tasks.cli.emulator:serve",  # by its name: its options are the emulator's settings
    name="emulator",
    help="Run a Looker of our own until SIGINT or SIGTERM.",
)
