"""The command line. Commands say what is wanted; what an export is and how it runs is the library's.

Here stands the entry point alone, so that a missing extra and a missing reader of our output end in a line, and so
that `--help` imports neither the client nor the emulator.
"""

import os
import sys

from looker_tasks.cli.extras import install_line
from looker_tasks.cli.status import FAILED, INTERRUPTED, MISUSED


def main() -> None:
    """Run the command that the arguments name, and leave with its exit status."""
    try:
        from looker_tasks.cli.app import run  # noqa: PLC0415  # may lack its libraries

        status = run(sys.argv[1:])
        sys.stdout.flush()
    except ModuleNotFoundError as missing:
        line = install_line(missing)
        if line is None:
            raise
        sys.stderr.write(f"looker-tasks: {line}\n")
        status = MISUSED
    except BrokenPipeError:  # nobody reads on; what Python flushes at its end must not fail as well
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        status = FAILED
    except KeyboardInterrupt:
        status = INTERRUPTED
    sys.exit(status)
