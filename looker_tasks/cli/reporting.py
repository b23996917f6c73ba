"""The command `report`, and the report at the end of a run: report.html to look at, run.json for programs."""

from collections.abc import Mapping
from pathlib import Path

from looker_tasks.cli.status import DONE
from looker_tasks.cli.streams import write_line
from looker_tasks.errors import ConfigurationError
from looker_tasks.extras import install_line
from looker_tasks.report import write_report, write_run
from looker_tasks.report.previews.values import Preview


def write_reports(folder: Path, previews: Mapping[str, Preview]) -> None:
    """Write what can be written of both, and say where it lies. A run has its files whatever becomes of its report."""
    try:
        write_run(folder)
        path = write_report(folder, previews=previews)
    except ConfigurationError as error:
        write_line(f"no report: {error}")
    except OSError as error:
        write_line(f"no report: {error.filename or folder}: {error.strerror or error}")
    except ModuleNotFoundError as missing:
        write_line(f"no report.html: {install_line(missing) or missing}")
    else:
        write_line(f"report: {path}")


def report_folder(folder: Path) -> int:
    """Write both of what lies in *folder*. Raises `ConfigurationError` where no run was."""
    if not folder.is_dir():
        raise ConfigurationError(f"{folder}: there is no such folder")
    try:
        write_run(folder)
        path = write_report(folder)
    except OSError as error:
        raise ConfigurationError(f"{error.filename or folder}: {error.strerror or error}") from error
    write_line(f"report: {path}")
    return DONE
