"""What the emulator's demo gives, exported once by our client, as parts."""

from pathlib import Path

from attrs import frozen

from looker_tasks import DashboardExport, Exported, LookerTasks, LookExport, QueryExport
from looker_tasks.combining import Part
from looker_tasks.emulator import Emulator
from looker_tasks.emulator.catalogue import demo_catalogue
from looker_tasks.exports import Export

DASHBOARDS = (1, 2, 3)
PICTURE_FORMATS = ("png", "jpg")  # of look 2 alone: drawing takes its time
LOOKS = (2, 3)
TABLE_FORMATS = ("xlsx", "csv", "txt", "json", "json_detail", "json_bi", "html")


@frozen
class Artifacts:
    """The artifacts in *folder*."""

    folder: Path

    def dashboard(self, number: int, title: str = "") -> Part:
        """Return the PDF of a dashboard."""
        return Part(self.folder / f"dashboard {number}.pdf", title or f"Dashboard {number}", "pdf")

    def look(self, number: int, result_format: str, title: str = "") -> Part:
        """Return a look in one of the formats."""
        return Part(self.folder / f"look {number}.{result_format}", title or f"Look {number}", result_format)

    def pivoted(self, result_format: str) -> Part:
        """Return a query with a pivot."""
        return Part(self.folder / f"pivoted.{result_format}", "Pivoted", result_format)


async def export_artifacts(folder: Path) -> Artifacts:
    """Export dashboards, looks and a pivoted query to *folder*."""
    pivoted = next(
        query.id
        for dashboard in demo_catalogue().dashboards()
        for element in dashboard.elements
        if element.query_id and (query := demo_catalogue().query(element.query_id)) and query.pivots
    )
    exports: list[Export] = [
        *(DashboardExport(str(number), "pdf", name=f"dashboard {number}.pdf") for number in DASHBOARDS[:-1]),
        DashboardExport(str(DASHBOARDS[-1]), "pdf", paper_size="a4", name=f"dashboard {DASHBOARDS[-1]}.pdf"),
        *(LookExport(str(look), each, name=f"look {look}.{each}") for look in LOOKS for each in TABLE_FORMATS),
        *(LookExport("2", each, name=f"look 2.{each}") for each in PICTURE_FORMATS),
        *(QueryExport(pivoted, each, name=f"pivoted.{each}") for each in ("xlsx", "csv", "json", "json_detail")),
    ]
    async with (
        Emulator(render_seconds=0.0, query_seconds=0.0) as emulator,
        LookerTasks(emulator.url, emulator.client_id, emulator.client_secret) as looker,
        looker.export_all(exports, folder) as outcomes,
    ):
        async for outcome in outcomes:
            assert isinstance(outcome, Exported), outcome
    return Artifacts(folder)
