"""What can be wrong with a query. The one exception that this package raises for a caller's mistake."""


class QueryError(Exception):
    """A query cannot be run, in Looker's words; *details* are the database's own, *line* the one of *sql* at fault."""

    def __init__(self, message: str, *, details: str = "", sql: str = "", line: int | None = None) -> None:
        super().__init__(f"{message} {details}".rstrip())
        self.message = message
        self.details = details
        self.sql = sql
        self.line = line
