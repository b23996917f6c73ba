"""What is combined: the parts, the forms of a combined file, and which result formats each form takes. Pure."""

from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Literal, TypeAlias, get_args

from attrs import field, frozen

from looker_tasks.errors import PartRejected
from looker_tasks.formats import FORMATS, RENDER_FORMATS

Form: TypeAlias = Literal["pdf", "xlsx", "zip"]
FORMS: tuple[Form, ...] = get_args(Form)

#: Form → the result formats that it takes; None: any.
PART_FORMATS: Mapping[Form, frozenset[str] | None] = {
    "pdf": frozenset(RENDER_FORMATS),
    "xlsx": frozenset({"xlsx", "csv", "txt", *(name for name, row in FORMATS.items() if row.is_json)}),
    "zip": None,
}


@frozen
class Part:
    """One artifact of a combined file: the file at *path*, in *result_format*, shown as *title*.

    The title becomes the bookmark of a PDF, the sheet's name of an XLSX, or, with ``/`` between folders, the member's
    name of a ZIP.
    """

    path: Path = field(converter=Path)
    title: str
    result_format: str

    def rejection(self, reason: str) -> PartRejected:
        """Return the error that says why this part cannot be combined."""
        return PartRejected(part=self.title, path=str(self.path), reason=" ".join(reason.split()))


def form_of(name: str) -> Form | None:
    """Return the form of a combined file by the extension of its *name*; None where it is no form's."""
    extension = PurePosixPath(name).suffix.removeprefix(".").lower()
    return next((form for form in FORMS if form == extension), None)


def refusal(part: Part, form: Form) -> PartRejected | None:
    """Return the error where *form* takes no part in this format."""
    formats = PART_FORMATS[form]
    if formats is None or part.result_format in formats:
        return None
    return part.rejection(f"{form} takes no part in {part.result_format}, only {', '.join(sorted(formats))}")
