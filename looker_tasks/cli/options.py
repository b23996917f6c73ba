"""What commands can be told on the command line, as values."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Literal, TypeAlias

from attrs import frozen
from cyclopts import Parameter

from looker_tasks.cli.streams import write_line
from looker_tasks.config import Settings, read_settings

#: What `list` lists.
Content: TypeAlias = Literal["dashboards", "looks", "folders", "boards", "schedules"]


_DURATION = re.compile(r"(\d+(?:\.\d+)?)\s*([smhdw]?)")
_SECONDS = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}


def positive(_: object, value: object) -> None:
    """Refuse, as cyclopts wants it, a number that is not more than nothing; "auto" and None are none."""
    if isinstance(value, int | float) and not value > 0:
        raise ValueError("It must be more than 0.")


def duration(text: str) -> float:
    """Return the seconds of a duration such as "90", "45s", "30m", "20h", "2d" or "1w". Raises `ValueError`."""
    found = _DURATION.fullmatch(text.strip().lower())
    if found is None:
        raise ValueError("expected a duration such as 45s, 30m, 20h or 2d")
    return float(found[1]) * _SECONDS[found[2]]


def _is_duration(_: object, value: object) -> None:
    """Refuse, as cyclopts wants it, a text that is no duration."""
    if isinstance(value, str):
        duration(value)


def _are_assignments(_: object, values: object) -> None:
    """Refuse, as cyclopts wants it, what is not of the form NAME=VALUE."""
    for value in values if isinstance(values, tuple | list) else ():
        if not str(value).partition("=")[0].strip() or "=" not in str(value):
            raise ValueError("expected NAME=VALUE")


def assignments(values: Sequence[str]) -> dict[str, str]:
    """Return NAME=VALUE texts as a mapping; of one name the last counts."""
    return {name.strip(): value for name, _, value in (each.partition("=") for each in values)}


@frozen(kw_only=True, slots=False)  # options are put together of several bases
class LookerOptions:
    """Which Looker is asked."""

    ini: Annotated[Path, Parameter(help="Where base_url, client_id and client_secret stand.")] = Path("looker.ini")
    section: Annotated[str | None, Parameter(help="The section of that file.", show_default="the first")] = None


def read_looker(options: LookerOptions) -> Settings:
    """Return the settings that *options* lead to; what a person should know of them goes to stderr.

    Raises `ConfigurationError`.
    """
    settings = read_settings(ini=options.ini, section=options.section)
    for warning in settings.warnings:
        write_line(f"warning: {warning}")
    return settings


@frozen(kw_only=True, slots=False)
class OutputOptions:
    """How the output is reached, and where its journal is."""

    state: Annotated[
        Path | None,
        Parameter(help="The folder of the journal.", show_default="beside the files; of a bucket, the user's own"),
    ] = None
    storage: Annotated[
        tuple[str, ...],
        Parameter(
            help="KEY=VALUE for a bucket's store, such as endpoint; may be repeated.",
            validator=_are_assignments,
            negative="",
            show_default=False,
        ),
    ] = ()


@frozen(kw_only=True, slots=False)
class RunOptions(OutputOptions, LookerOptions):
    """How exports are run and shown."""

    concurrency: Annotated[
        int | Literal["auto"], Parameter(help="How many tasks may be in flight at a time.", validator=positive)
    ] = "auto"
    ray: Annotated[
        str | None,
        Parameter(help="Run on Ray: the address of a cluster, or local.", show_default="in this process"),
    ] = None
    workers: Annotated[int, Parameter(help="How many workers there are on Ray.", validator=positive)] = 4
    deadline: Annotated[
        float | None,
        Parameter(help="The most that one export may take, in seconds, from create to file.", validator=positive),
    ] = None
    json: Annotated[bool, Parameter(help="Print one line of JSON an outcome to stdout.", negative="")] = False
    quiet: Annotated[bool, Parameter(help="No progress: failures and the summary alone.", negative="")] = False
    report: Annotated[bool, Parameter(help="Write report.html and run.json beside the files.")] = True


@frozen(kw_only=True, slots=False)
class ExportOptions(RunOptions):
    """The options of `export`."""

    out: Annotated[str, Parameter(help="Where the files go: a folder, s3://…, gs://… or az://….")]
    dry_run: Annotated[
        bool,
        Parameter(
            help="Check the manifest and print what would be made, and at what cost; create nothing.", negative=""
        ),
    ] = False
    max_age: Annotated[
        str | None,
        Parameter(
            help="Make again what an earlier run made longer ago: 45s, 30m, 20h, 2d.",
            validator=_is_duration,
            show_default="keep it",
        ),
    ] = None
    check_filters: Annotated[
        bool, Parameter(help="Ask each dashboard once whether it has the filters that are used.")
    ] = True
    only: Annotated[
        str | None, Parameter(help="Only files whose names match this glob, such as 'West/*.pdf'.", show_default="all")
    ] = None
    var: Annotated[
        tuple[str, ...],
        Parameter(
            help="NAME=VALUE for {NAME} in the manifest; may be repeated.",
            validator=_are_assignments,
            negative="",
            show_default=False,
        ),
    ] = ()
    fresh: Annotated[bool, Parameter(help="Forget what earlier runs into this folder have done.", negative="")] = False
