"""Combined files as a plan has them: which exports become one file, in which sequence. Values alone."""

from attrs import define, field, frozen

from looker_tasks.errors import InvalidExport
from looker_tasks.planning.planned import Planned


@frozen
class CombinedPart:
    """A part of a combined file: its own file's name, what people call it, and its format."""

    name: str
    title: str
    result_format: str


@define
class CombinedFile:
    """A file that exports of one *row* become, in the sequence of *parts*; *partial*: even where a part is missing."""

    name: str
    partial: bool
    row: int
    parts: list[CombinedPart] = field(factory=list)

    def add(self, planned: Planned) -> None:
        """Add a part. Raises `InvalidExport` for one of another row."""
        if planned.position.row != self.row:
            raise InvalidExport(
                f"{self.name!r} is the combined file of row {self.row} too; expected one of its own", field="combine"
            )
        self.parts.append(CombinedPart(planned.name, planned.title, planned.result_format))
