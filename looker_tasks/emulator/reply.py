"""An answer before it is sent: status, headers, body. Values alone; `sending` puts them on the wire."""

import json
from collections.abc import Mapping

from attrs import field, frozen

from looker_tasks.emulator.body import Body, as_body

JSON_TYPE = "application/json; charset=utf-8"


@frozen
class Reply:
    """One answer, whole."""

    status: int = 200
    body: Body = field(default=Body(), converter=as_body, repr=False)
    headers: Mapping[str, str] = field(factory=dict)


def json_reply(value: object, status: int = 200) -> Reply:
    """Answer with *value* as JSON."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return Reply(status, text.encode(errors="replace"), {"Content-Type": JSON_TYPE})


def not_yet(status: int, retry_after: float | None) -> Reply:
    """Return that a result is not ready: no body, and how many seconds to wait if that is known."""
    return Reply(status, headers={} if retry_after is None else {"Retry-After": f"{retry_after:g}"})
