"""Threads that end with the process, whatever they wait for: `ThreadPoolExecutor` would have them joined at exit."""

import threading
from collections.abc import Callable
from concurrent.futures import Executor, Future
from functools import partial
from queue import SimpleQueue
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


class DaemonThreads(Executor):
    """As many daemon threads as there is work at a time."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._work: SimpleQueue[tuple[Future[Any], Callable[[], Any]] | None] = SimpleQueue()
        self._idle = threading.Semaphore(0)
        self._count = 0

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Have *fn* run in a thread. Raises `RuntimeError` where the system allows no more threads."""
        if not self._idle.acquire(blocking=False):
            threading.Thread(target=self._run, name=f"{self._name}-{self._count}", daemon=True).start()
            self._count += 1
        future: Future[T] = Future()
        self._work.put((future, partial(fn, *args, **kwargs)))
        return future

    def shutdown(self, wait: bool = False, *, cancel_futures: bool = False) -> None:  # noqa: ARG002  # of an Executor
        """Let the threads end as soon as they have nothing to do. None of them is waited for."""
        for _ in range(self._count):
            self._work.put(None)

    def _run(self) -> None:
        while (work := self._work.get()) is not None:
            future, call = work
            try:
                result = call()
            except BaseException as error:  # noqa: BLE001  # raised again where it is awaited
                future.set_exception(error)
            else:
                future.set_result(result)
            del work, future, call
            self._idle.release()
