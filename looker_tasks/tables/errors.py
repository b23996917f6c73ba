"""What makes a result no table. The caller, who knows the task, turns it into one of the project's errors."""

from attrs import frozen


@frozen
class TableError(Exception):
    """The result cannot become a table: *reason* says why, in one line.

    *is_query_error* tells that Looker answered with the query's own error (a `looker_error` row, or `errors` in the
    metadata); else the bytes are not what `json_bi` promises.
    """

    reason: str
    is_query_error: bool = False

    def __str__(self) -> str:
        return self.reason
