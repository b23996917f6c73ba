"""The process that looks into files, run as ``python -m looker_tasks.report.previews.worker [--idle]``.

A line of JSON comes in for each file (a `Request`), and one goes out (a `Preview`). A file that breaks a decoder breaks
this process alone, which has little memory and no other work.
"""

import json
import os
import resource
import sys
from collections.abc import Callable
from contextlib import suppress

from attrs import asdict

from looker_tasks.report.previews import rows
from looker_tasks.report.previews.values import Preview, Request

_MEMORY = 3 * 2**30  # bytes of address space: pdfium and Pillow need a tenth of it for a page of A0
_PICTURES = ("pdf", "png", "jpg")
_TABLES = ("parquet", "arrow")


def preview(request: Request) -> Preview:
    """Return what the file of *request* looks like; nothing where it is not what its format promises."""
    try:
        return _reader(request.format)(request)
    except Exception:  # noqa: BLE001  # a decoder raises what it likes; the report shows the file without a preview
        return Preview()


def _reader(result_format: str) -> Callable[[Request], Preview]:
    """Return what reads a format. Its libraries are imported for it alone; raises where one is not there."""
    if result_format in _PICTURES:
        from looker_tasks.report.previews import pictures  # noqa: PLC0415  # as above

        return pictures.of_pdf if result_format == "pdf" else pictures.of_picture
    if result_format in _TABLES:
        from looker_tasks.report.previews import tables  # noqa: PLC0415  # as above

        return tables.of_parquet if result_format == "parquet" else tables.of_arrow
    return rows.READERS[result_format]


def main() -> None:
    """Answer each line until there is none."""
    with suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    if "--idle" in sys.argv:
        _be_idle()
    answers = os.fdopen(os.dup(1), "w", encoding="ascii")
    os.dup2(2, 1)  # what a library prints is no answer
    for line in sys.stdin:
        answers.write(json.dumps(asdict(preview(Request(**json.loads(line))))) + "\n")
        answers.flush()


def _be_idle() -> None:
    """Have only the time that nobody else on the machine wants."""
    with suppress(OSError):
        os.nice(19)
    if hasattr(os, "SCHED_IDLE"):  # Linux
        with suppress(OSError):
            os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))


if __name__ == "__main__":
    main()
