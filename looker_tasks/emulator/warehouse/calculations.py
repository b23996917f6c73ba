"""Table calculations: columns that are computed from the columns of a result. Pure.

Of Looker's language the emulator knows fields (`${orders.total_margin}`), numbers, + - * / and parentheses.
Source: `dynamic_fields` of a Query in API 4.0, a JSON text of entries with `table_calculation`.
"""

import json
import re
from collections.abc import Iterator, Mapping

from looker_tasks.emulator.content import Query
from looker_tasks.emulator.results import Lookml
from looker_tasks.emulator.warehouse.errors import QueryError
from looker_tasks.emulator.warehouse.fragments import Sql
from looker_tasks.emulator.warehouse.model import Field

_TOKEN = re.compile(r"\s*(?:\$\{([a-z0-9_.]{1,200})\}|(\d{1,30}(?:\.\d{1,30})?)|([-+*/()]))\s*", re.ASCII)
_NAME = re.compile(r"[a-z][a-z0-9_]{0,99}", re.ASCII)
_LONGEST = 2_000  # letters of an expression


def calculations(query: Query, selected: Mapping[str, Field]) -> tuple[Field, ...]:
    """Read the table calculations of *query* over its *selected* fields by name; raises QueryError."""
    return tuple(_calculation(each, selected) for each in _entries(query) if "table_calculation" in each)


def with_calculations(sql: Sql, added: tuple[Field, ...]) -> Sql:
    """Write the SQL that has the columns of *sql*, and then those that are *added*."""
    if not added:
        return sql
    columns = ",\n".join(f'    {each.sql} AS "{each.name}"' for each in added)
    return (f"SELECT\n    *,\n{columns}\nFROM (\n", *sql, "\n) AS result")


def _entries(query: Query) -> Iterator[Mapping[str, object]]:
    written = query.raw.get("dynamic_fields")
    try:
        entries = json.loads(written) if isinstance(written, str) and written else []
    except (ValueError, RecursionError) as error:
        raise QueryError("The dynamic_fields of the query are not JSON.") from error
    if not isinstance(entries, list):
        raise QueryError("The dynamic_fields of the query are not a list.")
    return (each for each in entries if isinstance(each, dict))


def _calculation(entry: Mapping[str, object], selected: Mapping[str, Field]) -> Field:
    name, expression, value_format = (entry.get(key) for key in ("table_calculation", "expression", "value_format"))
    if not isinstance(name, str) or not _NAME.fullmatch(name) or not isinstance(expression, str):
        raise QueryError("A table calculation needs a name and an expression.")
    sql = "".join(_translated(expression, selected))
    is_measure = any(f"${{{each.name}}}" in expression for each in selected.values() if each.kind == "measure")
    return Field(
        name,
        str(entry.get("label") or name),
        "measure",
        "number",
        sql,
        value_format if isinstance(value_format, str) and value_format else None,
        lookml=Lookml("number", None, variant=name, calculation=expression, is_of_measures=is_measure),
    )


def _translated(expression: str, selected: Mapping[str, Field]) -> Iterator[str]:
    at = 0
    while at < len(expression):
        token = _TOKEN.match(expression, at) if len(expression) <= _LONGEST else None
        if token is None:
            raise QueryError(f'Invalid table calculation "{expression[:200]}".')
        field, number, sign = token.groups()
        if field is not None and field not in selected:
            raise QueryError(f'Unknown field "{field}" in a table calculation.')
        yield f'CAST(result."{field}" AS DOUBLE)' if field is not None else f" {sign or number} "
        at = token.end()
