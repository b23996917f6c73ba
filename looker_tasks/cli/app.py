"""The commands and their options; each imports what it needs when it runs, so that `--help` is quick."""

import gc
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Annotated

from cyclopts import App, CycloptsError, Parameter, UnknownOptionError

from looker_tasks.cli.options import Content, ExportOptions, LookerOptions, OutputOptions, RunOptions, positive
from looker_tasks.cli.status import DONE, FAILED, MISUSED, REFUSED
from looker_tasks.cli.streams import write_line
from looker_tasks.errors import ConfigurationError, CredentialsRefused, LookerTasksError
from looker_tasks.version import VERSION

app = App(
    name="looker-tasks",
    help="Export Looker's dashboards, looks, queries and dashboard elements: every file whole, once.",
    help_format="plaintext",
    help_epilogue="Exit status: 0 all exported, 1 some failed, 2 wrong use or configuration, 3 refused by Looker, "
    "4 all exported, but stdout was not read to its end, 130 interrupted, 143 terminated.",
    version=VERSION,
)


def run(arguments: Sequence[str]) -> int:
    """Run one command and return its exit status. Whatever is the user's to mend is one line of stderr."""
    try:
        command, bound, _ = app.parse_args(arguments, exit_on_error=False, print_error=False)
    except (CycloptsError, ValueError) as error:  # a ValueError is that of a value class, of one of its checks
        return _refuse(f"{_complaint(error)} (looker-tasks --help tells more)", MISUSED)
    try:
        status = command(*bound.args, **bound.kwargs)
    except ConfigurationError as error:
        return _refuse(_with_advice(error), MISUSED)
    except CredentialsRefused as error:
        return _refuse(_with_advice(error), REFUSED)
    except LookerTasksError as error:
        return _refuse(_with_advice(error), FAILED)
    return DONE if status is None else status  # --help and --version have none


def _finish(command: Callable[[], Awaitable[int]]) -> int:
    """Run *command* in an event loop, and return its exit status.

    What was imported for it stays until the process ends. The collector of garbage passes over it from now on: to look
    at all of it once more takes some 50 ms, in which the event loop does nothing else.
    """
    import anyio  # noqa: PLC0415  # not for --help

    gc.freeze()
    return anyio.run(command)


def _complaint(error: Exception) -> str:
    """Return what is wrong with the arguments; of an option that was cut short, the one that it begins."""
    message = " ".join(str(error).split())
    if isinstance(error, UnknownOptionError) and (typed := error.token.keyword or error.token.value):
        names = {name for argument in error.argument_collection for name in argument.names}
        begun = sorted(name for name in names if name.startswith(typed))
        if begun:
            return f"Unknown option: {typed}. Did you mean {' or '.join(begun)}?"
    return message


def _refuse(line: str, status: int) -> int:
    write_line(f"looker-tasks: {line}")
    return status


def _with_advice(error: LookerTasksError) -> str:
    return f"{error}. {error.advice}" if error.advice else str(error)


@app.command
def export(
    manifest: Annotated[Path, Parameter(help="What to export: a .yaml, .json, .jsonl or .csv file.")],
    /,
    *,
    options: Annotated[ExportOptions, Parameter(name="*")],
) -> int:
    """Export every row of MANIFEST. The same command again goes on where the last run ended.

    LOOKERSDK_BASE_URL, LOOKERSDK_CLIENT_ID, LOOKERSDK_CLIENT_SECRET and their like go over the file.
    """
    from looker_tasks.cli.export import export_manifest  # noqa: PLC0415  # not for --help

    return _finish(partial(export_manifest, manifest, options))


@app.command(name="list")
def list_(
    content: Annotated[Content, Parameter(help="What to list.")],
    /,
    search: Annotated[str, Parameter(help="Only what holds these words: in its title, folder or id.")] = "",
    *,
    json: Annotated[bool, Parameter(help="Print one line of JSON each.", negative="")] = False,
    options: Annotated[LookerOptions, Parameter(name="*")] = LookerOptions(),  # noqa: B008  # frozen
) -> int:
    """List what a Looker has, with the ids that a manifest needs: a table, or lines parted by tabs into a pipe."""
    from looker_tasks.cli.content.list_content import list_content  # noqa: PLC0415  # not for --help

    return _finish(partial(list_content, content, search, options, as_json=json))


@app.command
def from_schedules(
    *,
    options: Annotated[LookerOptions, Parameter(name="*")] = LookerOptions(),  # noqa: B008  # frozen
) -> int:
    """Print a manifest of what a Looker sends by schedule. What a manifest cannot say is a comment in it."""
    from looker_tasks.cli.content.from_schedules import print_manifest  # noqa: PLC0415  # not for --help

    return _finish(partial(print_manifest, options))


@app.command
def retry(
    out: Annotated[str, Parameter(help="The output of earlier runs: a folder, or the URL of a bucket's.")],
    /,
    *,
    options: Annotated[RunOptions, Parameter(name="*")] = RunOptions(),  # noqa: B008  # frozen
) -> int:
    """Export again what failed into OUT, by its journal: no manifest is needed."""
    from looker_tasks.cli.earlier.retry import retry as run_again  # noqa: PLC0415  # not for --help

    return _finish(partial(run_again, out, options))


@app.command
def verify(
    out: Annotated[str, Parameter(help="The output of earlier runs: a folder, or the URL of a bucket's.")],
    /,
    *,
    options: Annotated[OutputOptions, Parameter(name="*")] = OutputOptions(),  # noqa: B008  # frozen
) -> int:
    """Compare every file in OUT with the journal's digests, and print those that are missing or changed."""
    from looker_tasks.cli.earlier.verify import verify as check_files  # noqa: PLC0415  # not for --help

    return _finish(partial(check_files, out, options))


@app.command
def schema() -> int:
    """Print the manifest's JSON Schema, which editors take up by the first line of a YAML manifest."""
    import json  # noqa: PLC0415  # not for --help
    import sys  # noqa: PLC0415  # the same

    from looker_tasks.manifest.schema import json_schema  # noqa: PLC0415  # the same

    sys.stdout.write(f"{json.dumps(json_schema(), indent=1)}\n")
    return DONE


@app.command
def report(
    out: Annotated[str, Parameter(help="The output of earlier runs: a folder, or the URL of a bucket's.")],
    /,
    *,
    options: Annotated[OutputOptions, Parameter(name="*")] = OutputOptions(),  # noqa: B008  # frozen
) -> int:
    """Write report.html and run.json of what lies in OUT; a run that was killed, or still runs, has one too."""
    from looker_tasks.cli.earlier.reporting import report as write_both  # noqa: PLC0415  # not for --help

    return write_both(out, options)


@app.command
def demo(
    *,
    out: Annotated[Path, Parameter(help="The folder that the files go to.")] = Path("exports"),
    exports: Annotated[int, Parameter(help="How many files.", validator=positive)] = 240,
) -> int:
    """Export a mixture of everything from an emulator of Looker, started for it in this process."""
    from looker_tasks.cli.demo.demonstrate import demonstrate  # noqa: PLC0415  # not for --help

    return _finish(partial(demonstrate, out, exports))


app.command(
    "looker_tasks.cli.emulator:serve",  # by its name: its options are the emulator's settings
    name="emulator",
    help="Run a Looker of our own until SIGINT or SIGTERM.",
)
