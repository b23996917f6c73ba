"""What Looker's words for a task's status mean. The words are compared in lower case: the docs write "Complete"."""

from enum import Enum, auto

from looker_tasks.models import TaskKind


class Meaning(Enum):
    """What a status says of its task."""

    RUNNING = auto()  # also every word never heard of: the deadline decides then
    READY = auto()  # its result can be fetched
    DOUBTFUL = auto()  # its result tells whether it failed: Looker says `error` for a mere warning too
    FAILED = auto()  # no result; another task may do better
    EXPIRED = auto()  # gone, or a passing glitch: it may be `running` again at the next poll


_RENDER = {"success": Meaning.READY, "failure": Meaning.FAILED}
_QUERY = {
    "complete": Meaning.READY,
    "error": Meaning.DOUBTFUL,
    "failure": Meaning.DOUBTFUL,
    "killed": Meaning.FAILED,
    "missing": Meaning.FAILED,
    "expired": Meaning.EXPIRED,
}
_MEANINGS = {"render": _RENDER, "query": _QUERY}


def meaning(kind: TaskKind, status: str) -> Meaning:
    """Return what *status*, in lower case, says of a task."""
    return _MEANINGS[kind].get(status, Meaning.RUNNING)


class Stage(Enum):
    """How far a running task has come, as its status tells."""

    BEFORE = auto()  # on its way to the slot that does the work: a render's queries run first
    QUEUED = auto()  # waiting for that slot: they are all taken
    STARTED = auto()  # a slot works for it


_STAGES = {
    "enqueued_for_query": Stage.BEFORE,
    "querying": Stage.BEFORE,
    "enqueued_for_render": Stage.QUEUED,
    "added": Stage.QUEUED,
}


def stage(status: str) -> Stage:
    """Return how far a task with *status*, in lower case, has come; a word never heard of counts as started."""
    return _STAGES.get(status, Stage.STARTED)


_KNOWN = frozenset({*_RENDER, *_QUERY, *_STAGES, "rendering", "running"})


def is_known(status: str) -> bool:
    """Return whether *status*, in any case, is one of Looker's words, and no text of something in its place."""
    return status.lower() in _KNOWN
