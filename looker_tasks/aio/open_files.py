"""How many files and connections this process may have open at once, and how to have it allow more (POSIX alone)."""

import contextlib
import sys

_UNBOUNDED = 2**16  # no client of one server needs more
_ENOUGH = 8192


def open_file_limit() -> int:
    """Return how many files and connections this process may have open: its soft limit, 65536 at the most."""
    if sys.platform == "win32":
        return _UNBOUNDED
    import resource  # noqa: PLC0415  # not there on Windows

    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return _UNBOUNDED if soft == resource.RLIM_INFINITY else min(soft, _UNBOUNDED)


def raise_open_file_limit() -> None:
    """Raise the soft limit to 8192, or to the hard one where that is lower. A program does it, never a library."""
    if sys.platform == "win32":
        return
    import resource  # noqa: PLC0415  # not there on Windows

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    target = _ENOUGH if hard == resource.RLIM_INFINITY else min(hard, _ENOUGH)
    if soft != resource.RLIM_INFINITY and soft < target:
        with contextlib.suppress(ValueError, OSError):  # macOS has a lower limit that it does not tell
            resource.setrlimit(resource.RLIMIT_NOFILE, (target, hard))
