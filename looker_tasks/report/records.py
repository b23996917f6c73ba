"""The lines of a timeline → the run that they tell. Pure, and tolerant: what is torn, foreign or absurd is left out.

The lines' form stands in `looker_tasks.observers.timeline`, which writes them.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from attrs import define, field, frozen

#: A line that is longer is none of ours, in bytes.
LONGEST_LINE = 65536

_LONGEST_TEXT = 4096  # characters
_OUTCOMES = ("exported", "failed", "cancelled")
_FOREVER = 1e10  # seconds: times beyond are no times
_MOST = 2**53  # beyond that, a browser would round


@define
class Retry:
    """A call that failed and was sent again after *seconds*."""

    at: float
    seconds: float
    operation: str
    status: int | None
    error: str


@frozen(kw_only=True)
class Ending:
    """How an export ended: the record of its outcome, as far as the timeline has it."""

    at: float
    outcome: str
    polls: int = 0
    resumed: bool = False
    notice: str = ""
    size: int | None = None  # bytes
    sha256: str = ""
    content_type: str = ""
    error: str = ""
    message: str = ""
    phase: str = ""
    advice: str = ""
    task_id: str = ""
    seconds: float | None = None
    phases: Mapping[str, float] = field(factory=dict)  # seconds in each
    calls: int | None = None
    retries: int | None = None
    creates: int | None = None


@frozen
class Calls:
    """The calls of one operation."""

    count: int
    failed: int  # without a response, or with an error status
    seconds: float  # until their responses began, in all


@define
class Trace:
    """What a timeline has of one export. Times are seconds since the run's start."""

    key: str
    name: str
    kind: str
    id: str
    format: str
    phases: list[tuple[float, str]] = field(factory=list)  # when it entered which
    tasks: list[str] = field(factory=list)
    retries: list[Retry] = field(factory=list)
    ending: Ending | None = None  # None: the run was killed before


@define
class Run:
    """What a timeline has of one run. *started* is seconds since 1970, all other times seconds since then."""

    started: float
    version: str = ""
    host: str = ""
    out: str = ""
    expected: int | None = None
    concurrency: str = ""
    traces: list[Trace] = field(factory=list)  # in the order of their first line
    limits: list[tuple[float, str, int]] = field(factory=list)  # at, kind, limit
    pauses: list[tuple[float, str, float]] = field(factory=list)  # at, operation, seconds
    stalls: list[tuple[float, float]] = field(factory=list)  # at, seconds
    titles: dict[tuple[str, str], str] = field(factory=dict)  # by kind and id
    calls: dict[str, Calls] = field(factory=dict)  # by operation, so far
    last: float = 0.0  # when the last line was
    is_ended: bool = False  # by itself: a killed run has no end


def read_run(lines: Iterable[bytes]) -> Run | None:
    """Return the run that *lines* tell; None where the first of them is no header of a timeline."""
    each = iter(lines)
    run = _header(_value(next(each, b"")))
    if run is None:
        return None
    traces: dict[int, Trace] = {}
    for line in each:
        match _value(line):
            case [str(letter), int() | float() as at, *rest] if letter in _READERS and 0 <= at < _FOREVER:
                run.last = max(run.last, float(at))
                _READERS[letter](run, traces, float(at), rest)
    run.traces = list(traces.values())
    return run


def _value(line: bytes) -> Any:  # noqa: ANN401  # whatever JSON has
    if len(line) > LONGEST_LINE:
        return None
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return None


def _header(value: Any) -> Run | None:  # noqa: ANN401  # the same
    match value:
        case {"looker_tasks_timeline": 1, "started": int() | float() as started, **value} if 0 <= started < _FOREVER:
            return Run(
                started=float(started),
                version=_text(value.get("version")),
                host=_text(value.get("host")),
                out=_text(value.get("out")),
                expected=_count(value.get("expected")),
                concurrency=_text(str(value.get("concurrency", ""))),
            )
        case _:
            return None


def _identity(_: Run, traces: dict[int, Trace], __: float, rest: list[Any]) -> None:
    match rest:
        case [int(number), str(key), str(name), str(kind), str(found), str(result_format)]:
            trace = Trace(_text(key), _text(name), _text(kind), _text(found), _text(result_format))
            traces.setdefault(number, trace)


def _title(run: Run, _: dict[int, Trace], __: float, rest: list[Any]) -> None:
    match rest:
        case [str(kind), str(found), str(title)]:
            run.titles[_text(kind), _text(found)] = _text(title)


def _phase(_: Run, traces: dict[int, Trace], at: float, rest: list[Any]) -> None:
    match rest:
        case [int(number), str(phase)] if number in traces:
            traces[number].phases.append((at, _text(phase)))


def _task(_: Run, traces: dict[int, Trace], __: float, rest: list[Any]) -> None:
    match rest:
        case [int(number), str(task_id)] if number in traces:
            traces[number].tasks.append(_text(task_id))


def _retry(_: Run, traces: dict[int, Trace], at: float, rest: list[Any]) -> None:
    match rest:
        case [int(number), seconds, operation, status, error] if number in traces:
            retry = Retry(at, _seconds(seconds) or 0.0, _text(operation), _count(status), _text(error))
            traces[number].retries.append(retry)


def _end(_: Run, traces: dict[int, Trace], at: float, rest: list[Any]) -> None:
    match rest:
        case [int(number), int(polls), {"outcome": str(outcome)} as result] if (
            number in traces and outcome in _OUTCOMES
        ):
            phases = result.get("phases")
            traces[number].ending = Ending(
                at=at,
                outcome=outcome,
                polls=polls,
                resumed=result.get("resumed") is True,
                notice=_text(result.get("notice")),
                size=_count(result.get("size")),
                sha256=_text(result.get("sha256")),
                content_type=_text(result.get("content_type")),
                error=_text(result.get("error")),
                message=_text(result.get("message")),
                phase=_text(result.get("phase")),
                advice=_text(result.get("advice")),
                task_id=_text(result.get("task_id")),
                seconds=_seconds(result.get("seconds")),
                phases={
                    _text(phase): spent
                    for phase, seconds in (phases.items() if isinstance(phases, dict) else ())
                    if (spent := _seconds(seconds)) is not None
                },
                calls=_count(result.get("calls", 0)),
                retries=_count(result.get("retries", 0)),
                creates=_count(result.get("creates", 0)),
            )


def _limit(run: Run, _: dict[int, Trace], at: float, rest: list[Any]) -> None:
    match rest:
        case [str(kind), limit]:
            run.limits.append((at, _text(kind), _count(limit) or 0))


def _pause(run: Run, _: dict[int, Trace], at: float, rest: list[Any]) -> None:
    match rest:
        case [str(operation), seconds]:
            run.pauses.append((at, _text(operation), _seconds(seconds) or 0.0))


def _stall(run: Run, _: dict[int, Trace], at: float, rest: list[Any]) -> None:
    match rest:
        case [seconds]:
            run.stalls.append((at, _seconds(seconds) or 0.0))


def _calls(run: Run, _: dict[int, Trace], __: float, rest: list[Any]) -> None:
    match rest:
        case [{**by_operation}]:
            for operation, counted in by_operation.items():
                match counted:
                    case [count, failed, seconds]:
                        numbers = _count(count) or 0, _count(failed) or 0, _seconds(seconds) or 0.0
                        run.calls[_text(operation)] = Calls(*numbers)


def _ended(run: Run, _: dict[int, Trace], __: float, ___: list[Any]) -> None:
    run.is_ended = True


_READERS: Mapping[str, Callable[[Run, dict[int, Trace], float, list[Any]], None]] = {
    "i": _identity,
    "n": _title,
    "p": _phase,
    "t": _task,
    "b": _retry,
    "f": _end,
    "l": _limit,
    "w": _pause,
    "x": _stall,
    "c": _calls,
    "e": _ended,
}


def _count(value: object) -> int | None:
    """Return *value* where it is a number of things."""
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < _MOST else None


def _seconds(value: object) -> float | None:
    """Return *value* where it is a length of time."""
    match value:
        case bool():
            return None
        case int() | float() if 0 <= value < _FOREVER:
            return float(value)
        case _:
            return None


def _text(value: object) -> str:
    """Return *value* where it is a text, without halves of surrogate pairs, which no page can hold."""
    return value[:_LONGEST_TEXT].encode("utf-8", "replace").decode() if isinstance(value, str) else ""
