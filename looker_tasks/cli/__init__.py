"""The command line. Commands say what is wanted; what an export is and how it runs is the library's.

Here stands the entry point alone, so that a missing extra and a missing reader of our output end in a line, and so
that `--help` imports neither the client nor the emulator.
"""

import os
import sys

from looker_tasks.cli.status import INTERRUPTED, MISUSED, UNREAD
from looker_tasks.cli.streams import prepare_standard_streams, write_line
from looker_tasks.extras import install_line


def main() -> None:
    """Run the command that the arguments name, and leave with its exit status."""
    prepare_standard_streams()
    if sys.platform == "win32":
        write_line("looker-tasks: it runs on Linux, macOS and their like; on Windows, in WSL")
        sys.exit(MISUSED)
    try:
        from looker_tasks.cli.app import run  # noqa: PLC0415  # may lack its libraries

        status = run(sys.argv[1:])
        sys.stdout.flush()
    except ModuleNotFoundError as missing:
        line = install_line(missing)
        if line is None:
            raise
        write_line(f"looker-tasks: {line}")
        status = MISUSED
    except BrokenPipeError:
        status = UNREAD
    except KeyboardInterrupt:
        status = INTERRUPTED
    except OSError as error:  # of a stdout that is full; whatever else may fail is a command's own
        write_line(f"looker-tasks: stdout cannot be written: {error.strerror or error}")
        status = UNREAD
    if status == UNREAD:  # what Python flushes at its end must not fail as well
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    sys.exit(status)
