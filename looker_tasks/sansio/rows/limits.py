"""Whether rows end where the limit of their query does."""

_DEFAULT = 500  # rows; Looker's own, where a query says nothing
_ROUND = 5  # limits are multiples of it


def row_limit(text: str | None) -> int | None:
    """Return the limit that a query has, as Looker writes it; None for all rows, or what makes no sense."""
    if not text:
        return _DEFAULT
    return int(text) if text.isascii() and text.isdecimal() and len(text) < len(str(2**63)) else None


def may_be_limit(rows: int | None) -> bool:
    """Return whether somebody may have set so many *rows* as a limit."""
    return bool(rows) and rows is not None and rows % _ROUND == 0


def notice_of(rows: int | None, limit: int | None) -> str:
    """Return what to say of *rows* under a *limit*; "" where there are fewer."""
    return f"{rows} rows, as the query's limit says; limit: -1 for all" if rows and rows == limit else ""
