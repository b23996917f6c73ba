"""What a catalogue refuses. Apart from the reading, so that catching it imports no DuckDB."""


class CatalogueError(Exception):
    """A user's catalogue cannot be loaded; the text names the file, the path in it and what was expected."""
