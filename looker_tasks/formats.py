"""The result formats, one row each: which of Looker's APIs makes one, how its files are named, how they begin and end.

What tells one format from another is a column here, and no `if` elsewhere. The names are Looker's own `result_format`
(the operations `create_*_render_task` and `create_query_task`).
"""

from collections.abc import Mapping
from typing import Final

from attrs import field, frozen

from looker_tasks.models import TaskKind


@frozen(kw_only=True)
class Format:
    """One result format."""

    name: str
    api: TaskKind  # that makes it
    is_image: bool = False
    is_json: bool = False
    is_html: bool = False
    extension: str = field()  # of its files, without the first dot
    begins: bytes = b""  # the first bytes of a file, where all files have the same
    ends: bytes = b""  # what the last bytes of a file hold
    may_be_empty: bool = False  # a file without a byte is one without rows
    content_type: str = ""  # of its files, where they are made here; else Looker tells
    versions: frozenset[str] = frozenset({"3.1", "4.0"})  # of the API, that know it
    options: tuple[str, ...] = ()  # of an export, that no other format of its API has
    made_from: str | None = None  # the format that Looker is asked for, where this one is made of that here

    @extension.default
    def _name_as_extension(self) -> str:
        return self.name

    @property
    def requested(self) -> str:
        """The `result_format` that Looker is asked for."""
        return self.made_from or self.name


_ROWS = (
    Format(
        name="pdf",
        api="render",
        begins=b"%PDF-",
        ends=b"%%EOF",
        options=("paper_size", "landscape", "long_tables"),
    ),
    Format(name="png", api="render", is_image=True, begins=b"\x89PNG\r\n\x1a\n", ends=b"IEND\xaeB`\x82"),
    Format(name="jpg", api="render", is_image=True, begins=b"\xff\xd8\xff", ends=b"\xff\xd9"),
    Format(name="json", api="query", is_json=True),
    Format(name="csv", api="query", may_be_empty=True),
    # The record that ends a zip's directory; a comment may follow.
    Format(name="xlsx", api="query", begins=b"PK\x03\x04", ends=b"PK\x05\x06"),
    Format(name="txt", api="query", may_be_empty=True),
    Format(name="html", api="query", is_html=True),
    Format(name="md", api="query"),
    Format(name="inline_json", api="query", is_json=True, extension="inline.json"),
    Format(name="json_detail", api="query", is_json=True, extension="detail.json"),
    Format(name="json_fe", api="query", is_json=True, extension="fe.json"),
    Format(name="json_bi", api="query", is_json=True, extension="bi.json"),
    Format(name="parquet", api="query", made_from="json_bi", content_type="application/vnd.apache.parquet"),
    Format(name="arrow", api="query", made_from="json_bi", content_type="application/vnd.apache.arrow.file"),
    Format(name="gsxml", api="query", extension="gs.xml"),
    Format(name="sql", api="query"),
    # An Office Data Connection is an HTML document.
    Format(name="odc", api="query", is_html=True, versions=frozenset({"4.0"})),
)

FORMATS: Final[Mapping[str, Format]] = {row.name: row for row in _ROWS}

RENDER_FORMATS: Final = tuple(row.name for row in _ROWS if row.api == "render")
IMAGE_FORMATS: Final = tuple(row.name for row in _ROWS if row.is_image)
DATA_FORMATS: Final = tuple(row.name for row in _ROWS if row.api == "query")

#: By the name of an option, the formats that have it; an option that is not here is not a matter of one format.
FORMAT_OPTIONS: Final[Mapping[str, tuple[str, ...]]] = {
    option: tuple(row.name for row in _ROWS if option in row.options) for row in _ROWS for option in row.options
}
