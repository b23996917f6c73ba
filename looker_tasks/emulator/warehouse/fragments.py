"""SQL in pieces: text of our own, and values of a client's that never become text but for reading. Pure."""

from collections.abc import Iterable
from datetime import date

from attrs import frozen


@frozen
class Bound:
    """A value that the database gets beside the SQL, not in it."""

    value: str | int | float | date


Sql = tuple[str | Bound, ...]


def joined(separator: str, pieces: Iterable[Sql]) -> Sql:
    """Put *separator* between the pieces."""
    whole: list[str | Bound] = []
    for piece in pieces:
        if whole:
            whole.append(separator)
        whole.extend(piece)
    return tuple(whole)


def prepared(sql: Sql) -> tuple[str, list[str | int | float | date]]:
    """Return the text with a placeholder a value, and the values."""
    text = "".join("?" if isinstance(part, Bound) else part for part in sql)
    return text, [part.value for part in sql if isinstance(part, Bound)]


def readable(sql: Sql) -> str:
    """Return the text with the values as literals: what a person reads, and what would run the same."""
    return "".join(_literal(part.value) if isinstance(part, Bound) else part for part in sql)


def _literal(value: str | float | date) -> str:
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    if isinstance(value, date):
        return f"DATE '{value.isoformat()}'"
    return repr(value)
