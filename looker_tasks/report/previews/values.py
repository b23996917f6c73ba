"""What is asked about a file, and what is shown of it."""

from attrs import field, frozen


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
