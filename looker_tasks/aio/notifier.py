"""Hands events to the observers of a client: whatever an observer does, the run goes on."""

import logging
import time
from collections.abc import Callable, Iterable
from functools import cached_property
from typing import Any

from looker_tasks.events import Event, Observer
from looker_tasks.exports import Export
from looker_tasks.sansio.naming import export_key

logger = logging.getLogger("looker_tasks")

#: An observer that takes longer than this, in seconds, holds every call of the client up.
SLOW = 0.1


class Subject:
    """The export that an event is about. Its key is worked out when an observer needs it."""

    def __init__(self, export: Export, base_url: str, name: str) -> None:
        self.export = export
        self.name = name
        self._base_url = base_url

    @cached_property
    def key(self) -> str:
        """What tells it apart from every other export of that Looker, as the journal has it."""
        return export_key(self.export, self._base_url)


class Notifier:
    """The observers of one client, and *log*, which sees events while the logger is listened to."""

    def __init__(self, observers: Iterable[Observer], log: Observer) -> None:
        self._observers = tuple(observers)
        self._log = log
        self._raised: set[int] = set()  # the observers that were reported, by index
        self._were_slow: set[int] = set()

    def notify(self, event: Callable[..., Event], *facts: Any, subject: Subject | None = None) -> None:  # noqa: ANN401  # the event's own
        """Let the observers see the *event* with these *facts*, as of now; it is made only where somebody looks."""
        is_logged = logger.isEnabledFor(logging.INFO)
        if not self._observers and not is_logged:
            return
        key, name = (subject.key, subject.name) if subject is not None else ("", "")
        made = event(*facts, at=time.time(), key=key, name=name)
        if is_logged:
            self._log(made)
        for index, observer in enumerate(self._observers):
            self._show(index, observer, made)

    def _show(self, index: int, observer: Observer, event: Event) -> None:
        began = time.perf_counter()
        try:
            observer(event)
        except Exception:
            if index not in self._raised:
                self._raised.add(index)
                logger.exception(
                    "the observer %s raised on %s; the run goes on, and further errors of it are not reported",
                    _name(observer),
                    type(event).__name__,
                )
        seconds = time.perf_counter() - began
        if seconds > SLOW and index not in self._were_slow:
            self._were_slow.add(index)
            logger.warning(
                "the observer %s held the event loop up for %.2f s on %s: an observer must return at once",
                _name(observer),
                seconds,
                type(event).__name__,
            )


def _name(observer: Observer) -> str:
    """Return what *observer* is called in its own code."""
    named = observer if hasattr(observer, "__qualname__") else type(observer)
    return ".".join(filter(None, (named.__module__, named.__qualname__)))
