"""From the body that a client posts to `create_query` to a Query, and what makes two queries the same. Pure."""

import hashlib
import json
import string
from collections.abc import Mapping
from typing import Literal, cast, get_args

from looker_tasks.emulator.content import Query, Visualization

_BASE62 = string.digits + string.ascii_letters
_SLUG_LENGTH = 22
_READ_ONLY = {"id", "slug", "can", "client_id", "share_url", "expanded_share_url", "url", "has_table_calculations"}
_UNDERSTOOD = {"model", "view", "fields", "filters", "sorts", "limit", "pivots", "total", "vis_config"}


class InvalidQuery(ValueError):
    """The body is not a query: *field* and *code* are those of Looker's 422 ("missing_field" or "invalid")."""

    def __init__(self, field: str, code: Literal["missing_field", "invalid"], message: str) -> None:
        super().__init__(f"{field} {message}")
        self.field = field
        self.code = code
        self.message = message


def parse_query(body: Mapping[str, object]) -> Query:
    """Read a query out of *body*, without an id; raises InvalidQuery."""
    total = body.get("total") or False
    if not isinstance(total, bool):
        raise InvalidQuery("total", "invalid", "must be true or false")
    return Query(
        id="",
        model=_required_text(body, "model"),
        view=_required_text(body, "view"),
        fields=_texts(body, "fields"),
        filters=_filters(body),
        sorts=_texts(body, "sorts"),
        limit=_limit(body.get("limit")),
        pivots=_texts(body, "pivots"),
        total=total,
        visualization=_visualization(body.get("vis_config")),
        raw={key: value for key, value in body.items() if key not in _READ_ONLY},
    )


def query_key(query: Query) -> str:
    """Text that is equal for queries of equal content, whatever their ids and the order of their filters."""
    others = {key: value for key, value in query.raw.items() if key not in _UNDERSTOOD and value not in (None, "", [])}
    known = [
        query.model,
        query.view,
        query.fields,
        sorted(query.filters.items()),
        query.sorts,
        query.limit,
        query.pivots,
        query.total,
        query.visualization,
        query.raw.get("vis_config") or None,
    ]
    return json.dumps([known, others], sort_keys=True, default=repr)


def slug_of(key: str) -> str:
    """Make a slug as Looker's look: 22 letters and digits, the same for the same *key*."""
    number = int.from_bytes(hashlib.sha256(key.encode(errors="surrogatepass")).digest(), "big")
    letters = []
    for _ in range(_SLUG_LENGTH):
        number, digit = divmod(number, len(_BASE62))
        letters.append(_BASE62[digit])
    return "".join(letters)


def _required_text(body: Mapping[str, object], field: str) -> str:
    value = body.get(field)
    if value is None or value == "":
        raise InvalidQuery(field, "missing_field", "is required")
    if not isinstance(value, str):
        raise InvalidQuery(field, "invalid", "must be a string")
    return value


def _texts(body: Mapping[str, object], field: str) -> tuple[str, ...]:
    value = body.get(field)
    if value is None:
        return ()
    if not isinstance(value, list | tuple) or not all(isinstance(each, str) for each in value):
        raise InvalidQuery(field, "invalid", "must be an array of strings")
    return tuple(value)


def _filters(body: Mapping[str, object]) -> dict[str, str]:
    value = body.get("filters")
    if value is None:
        return {}
    if not isinstance(value, Mapping) or not all(each is None or isinstance(each, str) for each in value.values()):
        raise InvalidQuery("filters", "invalid", "must be an object of strings")
    return {str(name): expression for name, expression in value.items() if expression is not None}


def _limit(value: object) -> int | None:
    """Looker types the limit as a string; clients send integers too."""
    if value is None or value == "":
        return None
    try:
        limit = int(value) if isinstance(value, str | int) and not isinstance(value, bool) else None
    except ValueError:
        limit = None
    if limit is None or limit < -1:
        raise InvalidQuery("limit", "invalid", "must be a number of rows, or -1 for all")
    return limit


def _visualization(vis_config: object) -> Visualization:
    """Read the type of the vis_config; what is not drawn here is drawn as a table, as Looker does without one."""
    if vis_config is None:
        return "looker_grid"
    if not isinstance(vis_config, Mapping):
        raise InvalidQuery("vis_config", "invalid", "must be an object")
    name = vis_config.get("type")
    return cast("Visualization", name) if name in get_args(Visualization) else "looker_grid"
