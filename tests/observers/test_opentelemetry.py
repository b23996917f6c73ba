"""Spans and metrics of real runs against an emulator, as OpenTelemetry's own in-memory exporters have them."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from attrs import define, field
from opentelemetry import trace
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import ReadableSpan, Tracer, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF

from looker_tasks import DashboardExport, Export, LookerTasks, LookExport
from looker_tasks.emulator import Emulator, Fault, Scenario
from looker_tasks.observers.opentelemetry import OpenTelemetryObserver

pytestmark = pytest.mark.virtual_time
SECRET_VALUE = "Acme Corporation"


@define
class Telemetry:
    """Providers of the SDK that keep everything in memory."""

    spans: InMemorySpanExporter = field(factory=InMemorySpanExporter)
    reader: InMemoryMetricReader = field(factory=InMemoryMetricReader)
    tracer_provider: TracerProvider = field(factory=TracerProvider)

    def observer(self, *, names: bool = False) -> OpenTelemetryObserver:
        """Return an observer that writes into them."""
        self.tracer_provider.add_span_processor(SimpleSpanProcessor(self.spans))
        return OpenTelemetryObserver(self.tracer_provider, MeterProvider([self.reader]), names=names)

    def named(self, name: str) -> Sequence[ReadableSpan]:
        """Return the finished spans whose names begin so."""
        return [span for span in self.spans.get_finished_spans() if span.name.startswith(name)]

    def points(self, name: str) -> Mapping[Mapping[str, Any], Any]:
        """Return the data points of one instrument, by their attributes."""
        data = self.reader.get_metrics_data()
        assert data is not None
        return {
            frozenset((point.attributes or {}).items()): point  # type: ignore[misc]  # looked up by the same
            for resource in data.resource_metrics
            for scope in resource.scope_metrics
            for metric in scope.metrics
            if metric.name == name
            for point in metric.data.data_points
        }


@pytest.fixture
def telemetry() -> Telemetry:
    """Give empty providers."""
    return Telemetry()


async def run(emulator: Emulator, observer: OpenTelemetryObserver, folder: Path, *exports: Export) -> None:
    """Export *exports* in one run."""
    async with (
        LookerTasks(emulator.url, emulator.client_id, emulator.client_secret, observers=[observer]) as looker,
        looker.export_all(exports, folder) as outcomes,
    ):
        async for _ in outcomes:
            pass


async def test_an_export_is_a_span_with_its_phases(telemetry: Telemetry, tmp_path: Path) -> None:
    """A run, below it an export, below that its phases in their order, each within its parent's times."""
    async with Emulator(renderer="fake", render_seconds=10, query_seconds=3, spread=0) as emulator:
        await run(emulator, telemetry.observer(), tmp_path, DashboardExport("42", filters={"Region": SECRET_VALUE}))
    (whole,) = telemetry.named("looker_tasks.run")
    (export,) = telemetry.named("looker_tasks.export")
    phases = sorted(telemetry.named("looker_tasks.phase"), key=lambda span: span.start_time or 0)
    assert export.parent is not None
    assert export.parent.span_id == whole.context.span_id
    assert {span.parent.span_id for span in phases if span.parent} == {export.context.span_id}
    names = [span.name.removeprefix("looker_tasks.phase ") for span in phases]
    assert names[0] == "creating"
    assert names[-2:] == ["rendering", "downloading"]
    for earlier, later in pairwise(phases):
        assert (earlier.end_time or 0) <= (later.start_time or 0)
    assert export.attributes is not None
    assert export.attributes["looker.dashboard.id"] == "42"
    assert export.attributes["looker_tasks.outcome"] == "exported"
    assert SECRET_VALUE not in "".join(span.to_json() for span in telemetry.spans.get_finished_spans())
    assert "dashboard-42" not in export.to_json()


async def test_what_is_not_in_the_sample_costs_no_spans(telemetry: Telemetry, tmp_path: Path) -> None:
    """Neither an export's nor its phases', while the metrics count everything."""
    telemetry.tracer_provider.sampler = ALWAYS_OFF
    begun: list[str] = []
    start_span = Tracer.start_span

    def noted(self: Tracer, name: str, *arguments: Any, **named: Any) -> trace.Span:  # noqa: ANN401  # as the SDK's
        begun.append(name)
        return start_span(self, name, *arguments, **named)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Tracer, "start_span", noted)
        async with Emulator(renderer="fake", render_seconds=1, query_seconds=1) as emulator:
            await run(emulator, telemetry.observer(), tmp_path, DashboardExport("42"))
    assert begun == ["looker_tasks.run", "looker_tasks.export"]
    assert not telemetry.spans.get_finished_spans()
    assert sum(point.value for point in telemetry.points("looker_tasks.exports").values()) == 1


async def test_names_of_files_are_there_if_asked_for(telemetry: Telemetry, tmp_path: Path) -> None:
    """`names=True` says which file a span is about."""
    async with Emulator(renderer="fake", render_seconds=0, query_seconds=0) as emulator:
        await run(emulator, telemetry.observer(names=True), tmp_path, DashboardExport("42", name="west/a.pdf"))
    (export,) = telemetry.named("looker_tasks.export")
    assert export.attributes is not None
    assert export.attributes["file.path"] == "west/a.pdf"


async def test_an_error_and_its_retries_are_told(telemetry: Telemetry, tmp_path: Path) -> None:
    """An export that fails has the status of an error; a call that was sent again is an event and is counted."""
    scenario = Scenario((Fault("server_error", operation="render_task", status=502, times=2),))
    async with Emulator(renderer="fake", render_seconds=1, query_seconds=0, scenario=scenario) as emulator:
        await run(
            emulator,
            telemetry.observer(),
            tmp_path,
            DashboardExport("42"),
            DashboardExport("99999"),
            LookExport("1", "csv"),
        )
    failed = [span for span in telemetry.named("looker_tasks.export") if not span.status.is_ok]
    assert [span.status.description for span in failed if span.status.description] == ["NotFound"]
    events = [event for span in telemetry.named("looker_tasks.export") for event in span.events]
    retried = [event.attributes["error.type"] for event in events if event.name == "retry" and event.attributes]
    assert retried.count("ServerBroken") == 2
    outcomes = {
        dict(attributes)["looker_tasks.outcome"]: point.value
        for attributes, point in telemetry.points("looker_tasks.exports").items()
        if dict(attributes)["looker.result_format"] == "pdf"
    }
    assert outcomes == {"exported": 1, "failed": 1}
    calls = {
        (dict(attributes)["looker.operation"], dict(attributes).get("http.response.status_code")): point.count
        for attributes, point in telemetry.points("http.client.request.duration").items()
    }
    assert calls["render_task", 502] == 2
    assert calls["create_dashboard_render_task", 404] >= 1
    assert sum(point.value for point in telemetry.points("looker_tasks.retries").values()) >= 2
    assert sum(point.value for point in telemetry.points("looker_tasks.exports.in_flight").values()) == 0
    assert sum(point.value for point in telemetry.points("looker_tasks.file.size").values()) > 0


async def test_an_export_is_a_child_of_the_callers_span(telemetry: Telemetry, tmp_path: Path) -> None:
    """`looker.export` within a request's span: the trace is the request's."""
    observer = telemetry.observer()
    tracer = telemetry.tracer_provider.get_tracer("a service")
    async with (
        Emulator(renderer="fake", render_seconds=0, query_seconds=0) as emulator,
        LookerTasks(emulator.url, emulator.client_id, emulator.client_secret, observers=[observer]) as looker,
    ):
        with tracer.start_as_current_span("GET /report") as request:
            await looker.export(DashboardExport("42"), tmp_path / "a.pdf")
        assert trace.get_current_span() is trace.INVALID_SPAN
    (export,) = telemetry.named("looker_tasks.export")
    assert export.parent is not None
    assert export.parent.span_id == request.get_span_context().span_id
