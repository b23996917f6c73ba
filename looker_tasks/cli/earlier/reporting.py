"""The command `report`, and the report at the end of a run: report.html to look at, run.json for programs."""

import shlex
from collections.abc import Mapping
from pathlib import Path

from looker_tasks.aio.files.locate import journal_folder, local_folder
from looker_tasks.cli.options import OutputOptions, assignments
from looker_tasks.cli.status import DONE
from looker_tasks.cli.streams import write_line
from looker_tasks.errors import ConfigurationError
from looker_tasks.extras import install_line
from looker_tasks.report import write_both
from looker_tasks.report.previews.values import Preview


def write_reports(out: str, options: OutputOptions, previews: Mapping[str, Preview], *, looks: bool = True) -> None:
    """Write what can be written of both, and say where it lies. A run has its files whatever becomes of its report.

    It *looks* into the files that *previews* does not have.
    """
    try:
        path = _write(out, options, previews, looks=looks)
    except ConfigurationError as error:
        write_line(f"no report: {error}")
    except OSError as error:
        write_line(f"no report: {error.filename or out}: {error.strerror or error}")
    except ModuleNotFoundError as missing:
        write_line(f"no report.html: {install_line(missing) or missing}")
    else:
        write_line(f"report: {path}")


def report(out: str, options: OutputOptions) -> int:
    """Write both of what lies in *out*. Raises `ConfigurationError` where no run was."""
    folder = local_folder(out)
    if folder is not None and not folder.is_dir():
        raise ConfigurationError(f"{out}: there is no such folder")
    state = journal_folder(out, options.state, assignments(options.storage))
    if not state.is_dir():
        raise ConfigurationError(f"{out}: no run was recorded there; its records would be in {state}")
    try:
        path = _write(out, options, {})
    except OSError as error:
        raise ConfigurationError(f"{error.filename or out}: {error.strerror or error}") from error
    write_line(f"report: {path}")
    return DONE


def report_command(out: str, options: OutputOptions) -> str:
    """Return the command that makes the report of *out*."""
    state = [] if options.state is None else ["--state", str(options.state)]
    storage = [word for each in options.storage for word in ("--storage", each)]
    return shlex.join(["looker-tasks", "report", out, *state, *storage])


def _write(out: str, options: OutputOptions, previews: Mapping[str, Preview], *, looks: bool = True) -> Path:
    folder = local_folder(out)
    if folder is None:
        return write_both(out, state=journal_folder(out, options.state, assignments(options.storage)))
    return write_both(folder, state=options.state, previews=previews, looks=looks)
