"""What each fault does to a call, as values: another answer, a task's injection, another way of sending. Pure."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from email.utils import format_datetime

from attrs import evolve, frozen

from looker_tasks.emulator.farm.injection import ORDINARY, Injection
from looker_tasks.emulator.faults.fault import Fault
from looker_tasks.emulator.faults.kinds import FaultKind
from looker_tasks.emulator.reply import Reply

RENDER_FAILURES = (  # what Looker has been seen to tell in `status_detail`
    "Render job 5f1f2b8f0c3f4f0e9a7d6c5b4a392817[974] failed [Script timed out. - retried]",
    "Render job 0a9b8c7d6e5f4a3b2c1d0e9f8a7b6c5d[974] failed [renderer no outfile - retried]",
    'Render job 1b2c3d4e5f60718293a4b5c6d7e8f901[974] failed ["Unexpected document content"]',
    "RendererTimeout",
    "RendererNoRenderFinishedEventReceived",
)
WARNING = (  # one of the two that spectacles knows
    "Note: This query contains derived tables with Development Mode filters. "
    "Query results in Production Mode might be different."
)
HTML = "text/html; charset=utf-8"
_INJECTIONS: Mapping[FaultKind, Injection] = {
    "stuck": Injection(stuck=True),
    "vanished": Injection(vanished=True),
    "expires": Injection(expires=True),
    "flapping": Injection(flapping=True),
}


@frozen
class Delivery:
    """How an answer is put on the wire."""

    send: int | None = None  # so many bytes of the body, then the connection ends; None: all of it
    reset: bool = False  # whether the connection ends with a reset
    nothing: bool = False  # not even the status
    chunk: int | None = None  # bytes at a time
    pause: float = 0.0  # seconds between chunks


WHOLE = Delivery()


def instead(fault: Fault, now: datetime) -> Reply:
    """Return the answer that takes the place of the call; a `reset` has one that is not sent."""
    match fault.kind:
        case "server_error":
            return _page(fault.status or 502, "upstream request timeout", retry_after(fault, now))
        case "scripted":
            body = (fault.body or "").encode()
            return Reply(fault.status or 200, body, fault.headers or {})
        case _:
            return Reply()


def altered(reply: Reply, fault: Fault) -> Reply:
    """Return *reply* as the fault lets it be sent."""
    match fault.kind:
        case "lost_answer" if fault.status is not None:
            return _page(fault.status, "upstream request timeout", {})
        case "wrong_type":
            return evolve(reply, headers={**reply.headers, "Content-Type": fault.body or HTML})
        case "empty":
            return evolve(reply, body=b"")
        case "looker_error":
            rows = [{"looker_error": fault.detail or "The query could not be run."}]
            return evolve(reply, body=json.dumps(rows).encode())
        case _:
            return reply


def injection_of(fault: Fault, ordinal: int) -> Injection:
    """Return what the fault has in store for a task; *ordinal* chooses among Looker's words."""
    match fault.kind:
        case "failure":
            return Injection(failure=fault.detail or RENDER_FAILURES[ordinal % len(RENDER_FAILURES)])
        case "warning":
            return Injection(warning=fault.detail or WARNING)
        case kind:
            return _INJECTIONS.get(kind, ORDINARY)


def delivery_of(fault: Fault, length: int) -> Delivery:
    """Return how the answer that the fault struck, of *length* bytes, is sent."""
    match fault.kind:
        case "reset":
            return Delivery(nothing=True, reset=True)
        case "lost_answer" if fault.status is None:
            return Delivery(nothing=True, reset=True)
        case "reset_in_body":
            return Delivery(send=_part(fault, length), reset=True)
        case "truncated":
            return Delivery(send=_part(fault, length))
        case "slow":
            return Delivery(chunk=fault.size or 1024, pause=0.1 if fault.seconds is None else fault.seconds)
        case _:
            return WHOLE


def _part(fault: Fault, length: int) -> int:
    return length // 2 if fault.size is None else min(fault.size, length)


def retry_after(fault: Fault, now: datetime) -> Mapping[str, str]:
    """Return the header that tells when to come again, in seconds or as a date; none where none is told."""
    if fault.retry_after is None:
        return {}
    if fault.as_date:
        return {"Retry-After": format_datetime(now + timedelta(seconds=fault.retry_after), usegmt=True)}
    return {"Retry-After": f"{fault.retry_after:.15g}"}


def _page(status: int, text: str, headers: Mapping[str, str]) -> Reply:
    """Write the page of a load balancer."""
    body = f"<html><head><title>{status} {text}</title></head><body><h1>{status} {text}</h1></body></html>\n"
    return Reply(status, body.encode(), {"Content-Type": HTML, **headers})
