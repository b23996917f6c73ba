"""What can be wrong with a query. The one exception that this package raises for a caller's mistake."""


class QueryError(Exception):
    """A query cannot be run, in Looker's words; *line* and *column* point into *sql* where the database told them."""

    def __init__(self, message: str, *, sql: str = "", line: int | None = None, column: int | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.sql = sql
        self.line = line
        self.column = column
