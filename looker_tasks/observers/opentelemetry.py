"""Spans and metrics of exports, by OpenTelemetry's API: what receives them is the application's to set up.

    run ─▶ export ─▶ phase (enqueued_for_query, querying, enqueued_for_render, rendering, downloading …)

A run's span is a child of what is current where the run begins, an export's of its run's, or of what is current where
`export` is awaited. No value of a filter and no name of a file is in any of them, unless *names* asks for the names.
Attributes follow OpenTelemetry's semantic conventions where these have a name for them.
"""

from collections.abc import Callable, Mapping
from typing import Any

from attrs import define, field
from opentelemetry import context, metrics, trace
from opentelemetry.context import Context
from opentelemetry.trace import Span, Status, StatusCode

from looker_tasks.events import (
    BackedOff,
    CallEnded,
    DownloadStarted,
    Event,
    ExportFinished,
    ExportStarted,
    LimitChanged,
    LoopStalled,
    Paused,
    Polled,
    RunFinished,
    RunStarted,
)
from looker_tasks.outcomes import Cancelled, Exported, Failed, Outcome
from looker_tasks.sansio.naming import kind_and_id

_SCOPE = "looker_tasks"
_PHASES = (
    "creating",
    "enqueued_for_query",
    "querying",
    "enqueued_for_render",
    "rendering",
    "added",
    "running",
    "downloading",
)
_QUEUED = ("added", "enqueued_for_query", "enqueued_for_render")


@define(eq=False)
class _Underway:
    """The spans of an export that has no outcome yet."""

    export: Span
    parent: Context = field(init=False)  # of its phases
    phase: str = ""
    phase_span: Span | None = None

    def __attrs_post_init__(self) -> None:
        """Make the context of its phases, once."""
        self.parent = trace.set_span_in_context(self.export)


class OpenTelemetryObserver:
    """An observer that makes spans and metrics. Without providers of its own it takes the application's global ones.

    With *names*, the names of files are attributes (`file.path`).
    """

    def __init__(
        self,
        tracer_provider: trace.TracerProvider | None = None,
        meter_provider: metrics.MeterProvider | None = None,
        *,
        names: bool = False,
    ) -> None:
        self._tracer = trace.get_tracer(_SCOPE, tracer_provider=tracer_provider)
        self._metrics = _Metrics(metrics.get_meter(_SCOPE, meter_provider=meter_provider))
        self._names = names
        self._underway: dict[str, _Underway] = {}
        self._runs: list[tuple[Span, Any]] = []  # with what restores the context
        measure = self._metrics.measure
        self._takers: Mapping[type[Event], Callable[[Any], None]] = {
            ExportStarted: self._start_export,
            Polled: lambda event: self._enter(event.key, event.phase, event.at),
            DownloadStarted: lambda event: self._enter(event.key, "downloading", event.at),
            BackedOff: self._back_off,
            ExportFinished: self._finish_export,
            RunStarted: self._start_run,
            RunFinished: self._finish_run,
            CallEnded: measure,
            Paused: measure,
            LimitChanged: measure,
            LoopStalled: measure,
        }

    def __call__(self, event: Event) -> None:
        """Take note of *event*."""
        if (take := self._takers.get(type(event))) is not None:
            take(event)

    def _start_run(self, event: RunStarted) -> None:
        attributes = {"looker_tasks.concurrency": str(event.concurrency)}
        span = self._tracer.start_span("looker_tasks.run", start_time=_nanoseconds(event.at), attributes=attributes)
        self._runs.append((span, context.attach(trace.set_span_in_context(span))))

    def _finish_run(self, event: RunFinished) -> None:
        if self._runs:
            span, token = self._runs.pop()
            context.detach(token)
            span.end(_nanoseconds(event.at))

    def _start_export(self, event: ExportStarted) -> None:
        export = event.export
        content, content_id = kind_and_id(export)
        attributes = {
            "looker.content.type": content,
            f"looker.{content}.id": content_id,
            "looker.result_format": export.result_format,
        }
        if self._names and event.name:
            attributes["file.path"] = event.name
        span = self._tracer.start_span("looker_tasks.export", start_time=_nanoseconds(event.at), attributes=attributes)
        self._underway[event.key] = _Underway(span)
        self._metrics.in_flight.add(1)
        self._enter(event.key, "creating", event.at)

    def _enter(self, key: str, phase: str, at: float) -> None:
        """End the span of the present phase and begin one of *phase*, where it is another and the export is sampled."""
        underway = self._underway.get(key)
        if underway is None or underway.phase == phase or not underway.export.is_recording():
            return
        _end_phase(underway, at)
        underway.phase = phase
        is_known = phase in _PHASES
        underway.phase_span = self._tracer.start_span(
            f"looker_tasks.phase {phase}" if is_known else "looker_tasks.phase",
            underway.parent,
            start_time=_nanoseconds(at),
            attributes=None if is_known else {"looker.task.phase": phase},  # once is enough: each costs CPU
        )

    def _back_off(self, event: BackedOff) -> None:
        name = type(event.error).__name__
        self._metrics.retries.add(1, {"error.type": name})
        if event.key in self._underway:
            attributes: dict[str, str | float] = {"error.type": name, "looker_tasks.wait": event.seconds}
            self._underway[event.key].export.add_event("retry", attributes, timestamp=_nanoseconds(event.at))

    def _finish_export(self, event: ExportFinished) -> None:
        outcome = event.outcome
        self._metrics.count_outcome(outcome)
        underway = self._underway.pop(event.key, None)
        if underway is None:  # it never began: an earlier run had made it, or it could not be made
            return
        self._metrics.in_flight.add(-1)
        _end_phase(underway, event.at)
        span, history = underway.export, outcome.history
        attributes: dict[str, str | int] = {
            "looker_tasks.outcome": _word(outcome),
            "looker_tasks.calls": history.calls,
        }
        if history.task_id is not None:
            attributes["looker.task.id"] = history.task_id
        match outcome:
            case Exported(artifact=artifact):
                attributes["file.size"] = artifact.size
            case Failed(error=error):
                attributes["error.type"] = type(error).__name__
                span.set_status(Status(StatusCode.ERROR, type(error).__name__))
                span.add_event("exception", {"exception.type": type(error).__name__}, timestamp=_nanoseconds(event.at))
            case Cancelled():
                pass
        span.set_attributes(attributes)
        span.end(_nanoseconds(event.at))


@define(eq=False)
class _Metrics:
    """The instruments. Units are those of UCUM."""

    _meter: metrics.Meter
    exports: metrics.Counter = field(init=False)
    size: metrics.Counter = field(init=False)
    retries: metrics.Counter = field(init=False)
    pauses: metrics.Counter = field(init=False)
    in_flight: metrics.UpDownCounter = field(init=False)
    duration: metrics.Histogram = field(init=False)
    queue_time: metrics.Histogram = field(init=False)
    calls: metrics.Histogram = field(init=False)
    stalls: metrics.Histogram = field(init=False)
    limit: Any = field(init=False)  # a synchronous gauge, which older releases of the API name otherwise

    def __attrs_post_init__(self) -> None:
        """Make the instruments."""
        meter = self._meter
        self.exports = meter.create_counter("looker_tasks.exports", "{export}", "Exports that have their outcome")
        self.size = meter.create_counter("looker_tasks.file.size", "By", "Bytes of the files that were made")
        self.retries = meter.create_counter("looker_tasks.retries", "{call}", "Calls that were sent again")
        self.pauses = meter.create_counter("looker_tasks.pauses", "{pause}", "Pauses that a 429 asked for")
        self.in_flight = meter.create_up_down_counter("looker_tasks.exports.in_flight", "{export}", "Exports under way")
        self.duration = meter.create_histogram("looker_tasks.export.duration", "s", "From an export's begin to its end")
        self.queue_time = meter.create_histogram("looker_tasks.queue.duration", "s", "What a task waited in a queue")
        self.calls = meter.create_histogram("http.client.request.duration", "s", "Calls of Looker's operations")
        self.stalls = meter.create_histogram("looker_tasks.loop.stall", "s", "How late the event loop was")
        self.limit = meter.create_gauge("looker_tasks.limit", "{task}", "How many tasks may be in flight")

    def measure(self, event: CallEnded | Paused | LimitChanged | LoopStalled) -> None:
        """Record what is a measure and no step of an export."""
        match event:
            case CallEnded(operation=operation, status=status, seconds=seconds):
                outcome = {"error.type": "connection"} if status is None else {"http.response.status_code": status}
                self.calls.record(seconds, {"looker.operation": operation, **outcome})
            case Paused(operation=operation):
                self.pauses.add(1, {"looker.operation": operation})
            case LimitChanged(kind=limited, limit=limit):
                self.limit.set(limit, {"looker.task.type": limited})
            case LoopStalled(seconds=seconds):
                self.stalls.record(seconds)

    def count_outcome(self, outcome: Outcome) -> None:
        """Count an export that has ended."""
        attributes = {"looker_tasks.outcome": _word(outcome), "looker.result_format": outcome.export.result_format}
        self.exports.add(1, attributes)
        if isinstance(outcome, Exported) and outcome.resumed:
            return
        self.duration.record(outcome.history.seconds, attributes)
        queued = sum(seconds for phase, seconds in outcome.history.phases.items() if phase in _QUEUED)
        self.queue_time.record(queued, {"looker.result_format": outcome.export.result_format})
        if isinstance(outcome, Exported):
            self.size.add(outcome.artifact.size, {"looker.result_format": outcome.export.result_format})


def _end_phase(underway: _Underway, at: float) -> None:
    if underway.phase_span is not None:
        underway.phase_span.end(_nanoseconds(at))
        underway.phase_span = None


def _word(outcome: Outcome) -> str:
    """Return the outcome as an attribute has it."""
    if isinstance(outcome, Exported):
        return "resumed" if outcome.resumed else "exported"
    return type(outcome).__name__.lower()


def _nanoseconds(seconds: float) -> int:
    return int(seconds * 1e9)
