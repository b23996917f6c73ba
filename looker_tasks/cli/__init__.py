"""The command line. Commands say what is wanted; what an export is and how it runs is the library's.

Here stands the entry point alone, so that a missing extra and a missing reader of our output end in a line, and so
that `--help` imports neither the client nor the emulator.
"""

import os
import sys

from looker_tasks.cli.status import FAILED, INTERRUPTED, MISUSED


def main() -> None:
    """Run the command that the arguments name, and leave with its exit status."""
    try:
        from looker_tasks.cli.app import run  # noqa: PLC0415  # may lack its libraries

        status = run(sys.argv[1:])
        sys.stdout.flush()
    except ModuleNotFoundError as missing:
        status = _tell_missing(missing)
    except BrokenPipeError:  # nobody reads on; what Python flushes at its end must not fail as well
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        status = FAILED
    except KeyboardInterrupt:
        status = INTERRUPTED
    sys.exit(status)


#: Which extra brings a library, by the module that is missing without it.
_EXTRAS = {
    "cli": ("cyclopts", "rich", "yaml"),
    "emulator": ("duckdb", "PIL", "pypdfium2", "vl_convert", "xlsxwriter"),
}


def _tell_missing(missing: ModuleNotFoundError) -> int:
    module = (missing.name or "").partition(".")[0]
    for extra, modules in _EXTRAS.items():
        if module in modules:
            sys.stderr.write(f"looker-tasks: {module} is not installed; run pip install 'looker-tasks[{extra}]'\n")
            return MISUSED
    raise missing
