"""What is asked about a file, and what is shown of it."""

from pathlib import Path
from typing import Self

from attrs import field, frozen

#: Of so many files at most a page shows what they look like.
MOST_SHOWN = 10_000

_MOST_BYTES = 6_000  # of one picture …
_ALL_BYTES = 11_000_000  # … and of all of them, which base 64 makes a third more
_MANY = 2_000  # files: of more, less is shown of each


@frozen
class Request:
    """A file to look into, and how much of it may be shown."""

    path: str
    format: str
    most_bytes: int  # of the picture
    rows: int
    columns: int
    characters: int  # of one cell


@frozen
class Preview:
    """What a file looks like: a picture (WebP, in base 64), or rows of cells, or lines of text; empty: none of them."""

    picture: str = ""
    width: int = 0  # pixels
    height: int = 0
    rows: list[list[str]] = field(factory=list)  # the first one has the columns' names
    text: str = ""


@frozen
class Amount:
    """How much of each file is shown, so that a page of all of them stays small."""

    most_bytes: int  # of a picture
    rows: int
    columns: int
    characters: int  # of one cell

    @classmethod
    def of(cls, files: int) -> Self:
        """Return what a page of so many *files* shows of each."""
        most_bytes = min(_MOST_BYTES, _ALL_BYTES // max(1, files))
        if files > _MANY:
            return cls(most_bytes, rows=3, columns=5, characters=24)
        return cls(most_bytes, rows=8, columns=8, characters=40)

    def request(self, path: Path, result_format: str) -> Request:
        """Return what is asked about the file at *path*."""
        return Request(str(path), result_format, self.most_bytes, self.rows, self.columns, self.characters)

    def holds(self, preview: Preview) -> bool:
        """Return whether *preview* shows no more than this."""
        return len(preview.picture) * 3 <= self.most_bytes * 4 + 12 and len(preview.rows) <= self.rows + 1
