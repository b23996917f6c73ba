"""When a run began, kept beside the journal until it has ended: gone on with after midnight, it makes the same names.

A run that was killed or stopped and is started again soon is the same run. The next night's run is another one, though
last night's did not end: its files have names of their own.
"""

from datetime import datetime, timedelta
from pathlib import Path

from looker_tasks.cli.run.own_files import read_own
from looker_tasks.report.writing import write_whole

_FILE = "began"
_FRESH = "fresh"
_SOON = timedelta(hours=6)  # after a sign of life


def beginning_of(state: Path, now: datetime, *, fresh: bool = False) -> datetime:
    """Return when the run that goes on *now* began: *now* itself, unless one that was at work just now did not end.

    *state* is the journal's folder. A *fresh* run goes on with a fresh one alone. Blocks.
    """
    try:
        text, _, manner = read_own(state / _FILE).strip().partition(" ")
        began = datetime.fromisoformat(text)
        is_the_same = began <= now and now.timestamp() - _last_sign(state) <= _SOON.total_seconds()
    except (OSError, ValueError, TypeError):  # there is none, or nothing that makes sense: a time without a zone, say
        return now
    return began if is_the_same and (manner == _FRESH or not fresh) else now


def keep_beginning(state: Path, began: datetime, *, fresh: bool = False) -> None:
    """Keep when the run began, for who goes on with it. Raises `OSError`. Blocks."""
    write_whole(state / _FILE, f"{began.isoformat()}{f' {_FRESH}' if fresh else ''}\n")


def forget_beginning(state: Path) -> None:
    """Forget it: the run came to its end. Raises `OSError`. Blocks."""
    (state / _FILE).unlink(missing_ok=True)


def _last_sign(state: Path) -> float:
    """Return when a run last wrote in *state*, in seconds since 1970. Raises `OSError`."""
    return max(path.stat().st_mtime for path in state.iterdir())
