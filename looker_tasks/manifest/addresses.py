"""Addresses of dashboards and looks as people paste them from a browser: the id in them, and the filters."""

import re
from collections.abc import Mapping
from urllib.parse import parse_qsl, unquote, urlsplit

from attrs import field, frozen

from looker_tasks.errors import InvalidExport

_PATH = re.compile(r"(?:^|/)(?:(dashboards(?:-next|-legacy)?)|(looks))/([^/]+)/?$")
#: Parameters of the page that are no filters: of Looker's own UI and of its embedding.
_NO_FILTERS = frozenset(
    {
        "_theme",
        "allow_fullscreen",
        "allow_login_screen",
        "dynamic_fields",
        "embed_domain",
        "filter_config",
        "fullscreen",
        "hide_filter",
        "layout",
        "link",
        "origin",
        "pending_cohort",
        "query_timezone",
        "sdk",
        "sudo",
        "tab",
        "theme",
        "tile",
        "toggle",
        "vis",
        "vis_config",
    }
)


@frozen
class Address:
    """What a pasted address leads to."""

    kind: str  # dashboard or look
    id: str
    filters: Mapping[str, str] = field(factory=dict)  # by title, as the page's address has them


def is_address(value: object) -> bool:
    """Tell whether *value* was pasted from a browser."""
    return isinstance(value, str) and value.strip().lower().startswith(("http://", "https://"))


def read_address(text: str, key: str) -> Address:
    """Read what stands under *key*, dashboard or look. Raises `InvalidExport` where it leads to something else."""
    try:
        parts = urlsplit(text.strip())
    except ValueError:
        parts = urlsplit("")
    found = _PATH.search(parts.path)
    kind = "" if found is None else "dashboard" if found[1] else "look"
    if found is None or kind != key:
        leads = f"the address of a {kind}" if kind else "no address of a dashboard or a look"
        raise InvalidExport(f"{text.strip()[:80]!r} is {leads}; expected the id of a {key}", field=key)
    pairs = parse_qsl(parts.query, keep_blank_values=True) if kind == "dashboard" else []
    return Address(kind, unquote(found[3]), {title: value for title, value in pairs if title not in _NO_FILTERS})


def pasted(row: Mapping[str, object]) -> Address | None:
    """Return what the row's pasted address leads to, where it has one."""
    for key in ("dashboard", "look"):
        value = row.get(key)
        if isinstance(value, str) and is_address(value):
            return read_address(value, key)
    return None


def without_address(row: Mapping[str, object]) -> Mapping[str, object]:
    """Return *row* with the id, and the filters that it has not itself, in the address's stead."""
    address = pasted(row)
    if address is None:
        return row
    own = row.get("filters")
    if address.filters and (own is None or isinstance(own, Mapping)):
        return {**row, address.kind: address.id, "filters": {**address.filters, **(own or {})}}
    return {**row, address.kind: address.id}
