"""What commands can be told on the command line, as values."""

from pathlib import Path
from typing import Annotated, Literal, TypeAlias

from attrs import frozen
from cyclopts import Parameter

#: What `list` lists.
Content: TypeAlias = Literal["dashboards", "looks", "folders", "boards", "schedules"]


def positive(_: object, value: object) -> None:
    """Refuse, as cyclopts wants it, a number that is not more than nothing; "auto" and None are none."""
    if isinstance(value, int | float) and not value > 0:
        raise ValueError("It must be more than 0.")


@frozen(kw_only=True)
class ExportOptions:
    """The options of `export`."""

    out: Annotated[Path, Parameter(help="The folder that the files go to.")]
    concurrency: Annotated[
        int | Literal["auto"], Parameter(help="How many tasks may be in flight at a time.", validator=positive)
    ] = "auto"
    deadline: Annotated[
        float | None,
        Parameter(help="The most that one export may take, in seconds, from create to file.", validator=positive),
    ] = None
    dry_run: Annotated[
        bool, Parameter(help="Check the manifest and print the files' names; call nothing.", negative="")
    ] = False
    fresh: Annotated[bool, Parameter(help="Forget what earlier runs into this folder have done.", negative="")] = False
    json: Annotated[bool, Parameter(help="Print one line of JSON an outcome to stdout.", negative="")] = False
    quiet: Annotated[bool, Parameter(help="No progress: failures and the summary alone.", negative="")] = False
    report: Annotated[bool, Parameter(help="Write report.html and run.json beside the files.")] = True
    ini: Annotated[Path, Parameter(help="Where base_url, client_id and client_secret stand.")] = Path("looker.ini")
    section: Annotated[str | None, Parameter(help="The section of that file.", show_default="the first")] = None


@frozen(kw_only=True)
class LookerOptions:
    """Which Looker is asked."""

    ini: Annotated[Path, Parameter(help="Where base_url, client_id and client_secret stand.")] = Path("looker.ini")
    section: Annotated[str | None, Parameter(help="The section of that file.", show_default="the first")] = None
