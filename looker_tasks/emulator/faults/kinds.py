"""Every kind of fault: when it strikes, and which fields of a fault it reads. A table; `effects` does them."""

from collections.abc import Mapping
from typing import Literal

from attrs import frozen

Stage = Literal["call", "token", "task", "answer"]
FaultKind = Literal[
    "throttled",
    "server_error",
    "not_found",
    "unauthenticated",
    "reset",
    "scripted",
    "short_token",
    "failure",
    "stuck",
    "vanished",
    "expires",
    "flapping",
    "warning",
    "lost_answer",
    "reset_in_body",
    "truncated",
    "slow",
    "wrong_type",
    "empty",
    "looker_error",
]


@frozen
class Kind:
    """When faults of one kind strike, and the fields that they read."""

    stage: Stage
    reads: frozenset[str] = frozenset()


def _kind(stage: Stage, *reads: str) -> Kind:
    return Kind(stage, frozenset(reads))


KINDS: Mapping[FaultKind, Kind] = {
    # Instead of the call, which is not carried out:
    "throttled": _kind("call", "retry_after", "as_date"),  # 429
    "server_error": _kind("call", "status", "retry_after", "as_date"),  # 502 or as told, with a page in HTML
    "not_found": _kind("call"),  # Looker's 404
    "unauthenticated": _kind("call"),  # 401, and the token that was sent is dead from now on
    "reset": _kind("call"),  # the connection is reset
    "scripted": _kind("call", "status", "headers", "body"),  # any answer at all
    # To the token that a login gives:
    "short_token": _kind("token", "seconds"),  # it ends after 60 s or as told, whatever `expires_in` says
    # To the task that a create begins:
    "failure": _kind("task", "detail"),  # a render ends in `failure`, a query in `error`, in Looker's words or as told
    "stuck": _kind("task"),  # a render never leaves `enqueued_for_render`, a query never leaves `running`
    "vanished": _kind("task"),  # every question about it is answered 404
    "expires": _kind("task"),  # its result is gone at once; a query ends as `expired`
    "flapping": _kind("task"),  # a query tells `expired` in the middle of its run, then `running` again
    "warning": _kind("task", "detail"),  # a query ends as `error` with all its rows and a note that is not fatal
    # To a 200 that has a body, after the call was carried out:
    "lost_answer": _kind("answer", "status"),  # a reset instead, or that status with a page in HTML
    "reset_in_body": _kind("answer", "size"),  # a reset after half of the body, or so many bytes
    "truncated": _kind("answer", "size"),  # the end of the connection after half of the body, or so many bytes
    "slow": _kind("answer", "size", "seconds"),  # 1 KiB each 0.1 s, or as told
    "wrong_type": _kind("answer", "body"),  # the same body as text/html, or as told
    "empty": _kind("answer"),  # 200 without a body
    "looker_error": _kind("answer", "detail"),  # 200 with a row that tells an error
}
OWN_FIELDS = frozenset[str]().union(*(kind.reads for kind in KINDS.values()))
