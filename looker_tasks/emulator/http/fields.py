"""The `fields` parameter: which parts of a body a client wants, as in `id,status` or `id,query(id,slug)`. Pure."""

import re
from collections.abc import Mapping

Wanted = Mapping[str, "Wanted"]  # a name and, for a part with parentheses, the names wanted of it; empty: all of it

_PIECES = re.compile(r"[(),]|[^(),]+")
_DEEPEST = 20  # parentheses in each other; no body of Looker's is deeper

OF_EVERY_QUERY: Wanted = {"model": {}, "view": {}}  # the contract requires both of a query, whatever is asked for


def wanted_fields(text: str | None) -> Wanted:
    """Read *text*; nothing wanted in particular (None or empty) gives an empty mapping, which means everything."""
    outer: dict[str, Wanted] = {}
    around: list[dict[str, Wanted]] = []  # those whose parentheses are open
    names, name = outer, ""
    for piece in _PIECES.findall(text or ""):
        if piece not in {"(", ")", ","}:
            name = piece.strip()
            if name:
                names.setdefault(name, {})
        elif piece == "(" and len(around) < _DEEPEST:
            around.append(names)
            inner: dict[str, Wanted] = {}
            names[name] = inner
            names = inner
        elif piece == ")" and around:
            names = around.pop()
        elif piece == ",":
            name = ""
    return outer


def only(body: object, wanted: Wanted) -> object:
    """Keep what is *wanted* of *body*, in a list of each entry; names that the body does not have are passed over."""
    if not wanted:
        return body
    if isinstance(body, list):
        return [only(each, wanted) for each in body]
    if isinstance(body, Mapping):
        if body.keys() >= OF_EVERY_QUERY.keys():
            wanted = {**OF_EVERY_QUERY, **wanted}
        return {name: only(body[name], parts) for name, parts in wanted.items() if name in body}
    return body
