"""The phases of an export as a person reads them: Looker's statuses in classes, and what it means to be slow there.

A table; statuses that it does not have are ``other``.
"""

from attrs import frozen


@frozen
class PhaseClass:
    """A class of phases: its name in the page, and what a long time in it comes from."""

    name: str
    label: str
    is_waiting: bool  # the time says nothing of the export itself
    reason: str  # the end of "the time was spent …"
    remedy: str


CLASSES = (
    PhaseClass("start", "creating", False, "being created", "Looker answers creates slowly: ask its administrators."),
    PhaseClass(
        "queued",
        "queued",
        True,
        "queued, before any query ran",
        "More was asked for at once than Looker's query queue takes: export fewer at a time, or at a quieter hour.",
    ),
    PhaseClass(
        "querying",
        "querying",
        False,
        "running queries",
        "Queries are slow: fewer or cheaper tiles, a cache (datagroup) that is warm, aggregate tables.",
    ),
    PhaseClass(
        "queued-render",
        "queued for rendering",
        True,
        "queued for a renderer",
        "All of Looker's renderers were busy: more render slots, or fewer dashboards at a time, would help.",
    ),
    PhaseClass(
        "rendering",
        "rendering",
        False,
        "being drawn",
        "Drawing is slow: fewer tiles or rows help, and a look at custom visualizations.",
    ),
    PhaseClass(
        "downloading",
        "downloading",
        False,
        "downloading",
        "The transfer is slow: a large file, or a slow network between here and Looker.",
    ),
    PhaseClass(
        "other", "other", False, "in a status of its own", "Open what is slow in Looker and see what it does there."
    ),
)
BY_NAME = {each.name: each for each in CLASSES}

_OF_STATUS = {
    "creating": "start",
    "resuming": "start",
    "enqueued_for_query": "queued",
    "added": "queued",
    "querying": "querying",
    "running": "querying",
    "enqueued_for_render": "queued-render",
    "rendering": "rendering",
    "downloading": "downloading",
}


def phase_class(phase: str) -> PhaseClass:
    """Return the class of *phase*: one of Looker's statuses, or of ours before and after them."""
    return BY_NAME[_OF_STATUS.get(phase, "other")]
