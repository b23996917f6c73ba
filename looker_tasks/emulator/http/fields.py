"""The `fields` parameter: which parts of a body a client wants, as in `id,status` or `id,query(id,slug)`. Pure."""

from collections.abc import Mapping

Wanted = Mapping[str, "Wanted"]  # a name and, for a part with parentheses, the names wanted of it; empty: all of it


OF_EVERY_QUERY: Wanted = {"model": {}, "view": {}}  # the contract requires both of a query, whatever is asked for


def wanted_fields(text: str | None) -> Wanted:
    """Read *text*; nothing wanted in particular (None or empty) gives an empty mapping, which means everything."""
    wanted, _ = _names(text or "", 0)
    return wanted


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


def _names(text: str, at: int) -> tuple[Wanted, int]:
    """Read names from *at* to the closing parenthesis or the end, and tell where that is."""
    names: dict[str, Wanted] = {}
    name = ""
    while at < len(text):
        letter = text[at]
        if letter == "(":
            names[name.strip()], at = _names(text, at + 1)
            name = ""
        elif letter == ")":
            break
        elif letter == ",":
            if name.strip():
                names[name.strip()] = {}
            name = ""
        else:
            name += letter
        at += 1
    if name.strip():
        names[name.strip()] = {}
    return names, at
