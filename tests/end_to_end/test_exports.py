"""Our client against the emulator, whole: every kind of export in every format, and what is in the files."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from attrs import evolve

from looker_tasks import DashboardExport, ElementExport, Export, Exported, LookerTasks, LookExport, QueryExport
from looker_tasks.emulator import Emulator
from looker_tasks.emulator.content import Query
from looker_tasks.formats import DATA_FORMATS, IMAGE_FORMATS, RENDER_FORMATS
from looker_tasks.sansio.protocol.operations import ApiVersion
from tests.emulator.shop import shop
from tests.end_to_end.checking import holds, pages_of, picture_of, text_of

pytestmark = pytest.mark.virtual_time

SALES = {
    "model": "thelook",
    "view": "orders",
    "fields": ["orders.status", "orders.count", "orders.total_revenue"],
    "filters": {"products.category": "Jeans"},
    "sorts": ["orders.count desc"],
    "limit": "3",
}


def data_formats(version: ApiVersion) -> list[str]:
    """Return the formats of data that *version* has."""
    return [each for each in DATA_FORMATS if version == "4.0" or each != "odc"]


async def files_of(emulator: Emulator, exports: list[Export], folder: Path, version: ApiVersion = "4.0") -> list[Path]:
    """Export all, see that each succeeded, and return the files in the order of *exports*."""
    numbered = [evolve(export, name=f"{number}.{export.result_format}") for number, export in enumerate(exports)]
    client = LookerTasks(emulator.url, emulator.client_id, emulator.client_secret, api_version=version)
    async with client, client.export_all(numbered, folder, concurrency=5) as run:
        outcomes = [outcome async for outcome in run]
    assert [outcome for outcome in outcomes if not isinstance(outcome, Exported)] == []
    assert emulator.statistics.in_flight.peak <= 5
    return [folder / (export.name or "") for export in numbered]


def plain_look(emulator: Emulator) -> tuple[str, Query]:
    """Return a look whose query has neither pivots nor totals."""
    for look in emulator.catalogue.looks():
        query = emulator.catalogue.query(look.query_id)
        if query is not None and not query.pivots and not query.total:
            return look.id, query
    raise AssertionError("the catalogue has no such look")


@pytest.mark.parametrize("version", ["4.0", pytest.param("3.1", marks=pytest.mark.long)])
async def test_rows_are_what_the_query_gives(tmp_path: Path, version: ApiVersion) -> None:
    """A query and a look, in every data format: the files hold what the warehouse answers to the same query."""
    async with Emulator(query_seconds=5) as emulator:
        query = emulator.catalogue.add_query(SALES)
        look_id, look_query = plain_look(emulator)
        formats = data_formats(version)
        exports: list[Export] = [QueryExport(query.id, each) for each in formats]
        exports += [LookExport(look_id, each, limit=4) for each in formats]
        files = await files_of(emulator, exports, tmp_path, version)
    rows, look_rows = shop().run(query), shop().run(look_query, limit=4)
    assert len(rows.values) == 3
    for path, result_format in zip(files, formats * 2, strict=True):
        wanted = rows if path in files[: len(formats)] else look_rows
        assert holds(path, result_format, wanted), path.name


@pytest.mark.parametrize("version", ["4.0", pytest.param("3.1", marks=pytest.mark.long)])
async def test_dashboards_are_drawn_as_asked(tmp_path: Path, version: ApiVersion) -> None:
    """User-defined and LookML dashboards, in every format: title and filters are in the PDF, pictures have the size."""
    async with Emulator(render_seconds=5) as emulator:
        ids = (emulator.examples.dashboard, emulator.examples.lookml_dashboard)
        exports: list[Export] = [
            DashboardExport(each, result_format, filters={"Region": "West"}, width=640, height=480)
            for each in ids
            for result_format in RENDER_FORMATS
        ]
        files = await files_of(emulator, exports, tmp_path, version)
        titles = {each: _title(emulator, each) for each in ids}
    for path, export in zip(files, exports, strict=True):
        assert isinstance(export, DashboardExport)
        if export.result_format == "pdf":
            assert titles[export.dashboard_id] in text_of(path)
            assert "West" in text_of(path)
        else:
            written, size, colours = picture_of(path)
            assert (written, size) == ({"png": "PNG", "jpg": "JPEG"}[export.result_format], (640, 480))
            assert colours > 20


def _title(emulator: Emulator, dashboard_id: str) -> str:
    found = emulator.catalogue.dashboard(dashboard_id)
    assert found is not None
    return found.title


async def test_a_pdf_has_the_paper_that_was_asked_for(tmp_path: Path) -> None:
    """A4 is 595 by 842 points, across the other way round."""
    async with Emulator(render_seconds=0) as emulator:
        plain = DashboardExport(emulator.examples.dashboard, "pdf", paper_size="a4")
        upright, across = await files_of(emulator, [plain, evolve(plain, landscape=True)], tmp_path)
    assert set(pages_of(upright)) == {(595, 842)}
    assert set(pages_of(across)) == {(842, 595)}


def pictures(emulator: Emulator, version: ApiVersion) -> Iterator[Export]:
    """Give everything beside dashboards that becomes a picture."""
    examples = emulator.examples
    for result_format in IMAGE_FORMATS:
        yield LookExport(examples.look, result_format, width=400, height=300)
        yield QueryExport(examples.query, result_format, width=401, height=301)
        if version == "4.0":
            yield ElementExport(examples.element, result_format, width=402, height=302)


@pytest.mark.parametrize("version", ["4.0", pytest.param("3.1", marks=pytest.mark.long)])
async def test_looks_queries_and_elements_are_drawn(tmp_path: Path, version: ApiVersion) -> None:
    """Each becomes a picture of its size and format."""
    async with Emulator(render_seconds=5) as emulator:
        exports = list(pictures(emulator, version))
        files = await files_of(emulator, exports, tmp_path, version)
    assert len(files) == (6 if version == "4.0" else 4)
    for path, export in zip(files, exports, strict=True):
        assert not isinstance(export, DashboardExport)
        written, size, colours = picture_of(path)
        assert (written, size) == ({"png": "PNG", "jpg": "JPEG"}[export.result_format], (export.width, export.height))
        assert colours > 5


async def test_a_filter_changes_what_is_drawn(tmp_path: Path) -> None:
    """One dashboard under two filters makes two different pictures, under names of their own."""
    async with Emulator(render_seconds=0) as emulator:
        dashboard = emulator.examples.dashboard
        exports: list[Export] = [
            DashboardExport(dashboard, "png", filters={"Region": region}, width=400, height=300)
            for region in ("West", "East")
        ]
        client = LookerTasks(emulator.url, emulator.client_id, emulator.client_secret)
        async with client, client.export_all(exports, tmp_path) as run:
            outcomes = [outcome async for outcome in run]
    made = [outcome.artifact for outcome in outcomes if isinstance(outcome, Exported)]
    assert len({artifact.sha256 for artifact in made}) == 2
    assert len({artifact.path for artifact in made}) == 2
