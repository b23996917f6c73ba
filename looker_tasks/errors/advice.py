"""What to do about an error, by what was being done when it came: the texts of `looker_tasks.errors`, as tables."""

from collections.abc import Mapping
from typing import Literal, TypeAlias

Stage: TypeAlias = Literal["login", "create", "poll", "results", "kill", "read"]
NetworkFailure: TypeAlias = Literal["connection", "timeout", "tls", "proxy", "unparsable"]

_LOGIN = frozenset({"login", "login_user", "logout"})
_POLLS = frozenset({"render_task", "query_task"})
_RESULTS = frozenset({"render_task_results", "query_task_results", "query_task_multi_results"})
_AGAIN = "run the same command again to go on where this run ended"


def stage(operation: str) -> Stage:
    """Return what is being done by *operation*."""
    if operation in _LOGIN:
        return "login"
    if operation.startswith("create_"):
        return "create"
    if operation in _POLLS:
        return "poll"
    if operation in _RESULTS:
        return "results"
    return "kill" if operation == "kill_query" else "read"


_PROXY_LOGIN = (
    "The proxy wants a login: put user and password into its address (HTTPS_PROXY=http://user:password@host:port, "
    "percent-encoded), or name Looker's host in NO_PROXY."
)
_PORTAL = "The network wants a login of its own first (a captive portal): log in to it with a browser."
_OF_STATUS: Mapping[int, str] = {407: _PROXY_LOGIN, 511: _PORTAL}

_NO_API = "What answers there is not Looker's API: base_url must be the API's own host and port"
_OF_LOGIN_STATUS: Mapping[int, str] = {
    405: f"{_NO_API} (self-hosted Lookers often listen on port 19999), and no gateway may turn a POST away.",
    406: f"{_NO_API}; a gateway before it refuses what the client accepts.",
    408: "Looker, or a gateway before it, did not get the request in time: check the network.",
    410: f"{_NO_API}; this address, or this version of the API, is switched off: api_version 4.0 is the present one.",
    411: f"{_NO_API}; a gateway before it refuses requests as this client sends them.",
    413: f"{_NO_API}; a gateway before it refuses requests with a body.",
    415: f"{_NO_API}; a gateway before it refuses forms, which Looker's login takes.",
    421: f"{_NO_API}; that host serves other names: write base_url as its certificate has it.",
    426: "That port wants TLS or another protocol: write base_url with https:// and the API's port.",
    431: f"{_NO_API}; a gateway before it refuses the request's headers.",
    451: "Access is blocked for legal reasons, by Looker's host or by a gateway: ask its administrators.",
    501: f"{_NO_API}; the server there does not know how to take a POST.",
    505: f"{_NO_API}; the server there does not speak HTTP/1.1.",
}
_OF_OTHER_STATUS: Mapping[int, str] = {
    401: "Looker refused tokens that it had just given: check that the API user is enabled and its sessions not ended.",
    403: "The API user lacks a permission for this: ask Looker's administrators for it.",
    405: "A gateway before Looker turns this request away: ask who runs it to let Looker's API pass.",
    410: "This version of Looker's API has no such operation any more: api_version 4.0 is the present one.",
    413: "The request is too large for Looker or a gateway before it: shorter or fewer filters.",
    414: "The request is too large for Looker or a gateway before it: shorter or fewer filters.",
    431: "The request is too large for Looker or a gateway before it: shorter or fewer filters.",
}
_REDIRECTED = (
    "A gateway or login page stands before Looker's API and redirects: base_url must be the API's own address."
)


def advice_on_status(operation: str, status: int) -> str:
    """Return what to do about *status* whatever else is known; "" where that depends on more."""
    if status in _OF_STATUS:
        return _OF_STATUS[status]
    if 300 <= status < 400:  # noqa: PLR2004  # the class of redirections
        return _REDIRECTED
    return (_OF_LOGIN_STATUS if stage(operation) == "login" else _OF_OTHER_STATUS).get(status, "")


CREDENTIALS: Mapping[Stage, str] = {
    "login": "Check client_id and client_secret, and that the API user is enabled (Looker answers 404 to wrong ones)."
}
USER: Mapping[Stage, str] = {
    "login": "Check the user's id, that it is enabled, and that the API user has the admin role: `login_user` needs it."
}
_CHECK_ID = "Check the id, and that the API user may see it: Looker says 404, never 403, for lack of permission."
ABSENT: Mapping[Stage, str] = {
    "create": _CHECK_ID,
    "read": _CHECK_ID,
    "poll": f"Looker no longer knows the task, as after a restart: {_AGAIN}.",
    "results": f"Looker keeps a result for a few minutes: {_AGAIN}.",
    "kill": "The query has ended already.",
}
REFUSED: Mapping[Stage, str] = {
    "login": f"{_NO_API}; a gateway or another server answered the login.",
    "create": "Check the export's format, filters and sizes against what the server said.",
    "poll": "Looker, or a gateway before it, refuses to tell of the task: ask Looker's administrators.",
    "results": "Open it in Looker's own UI: what fails there fails here.",
    "read": "Check the call's parameters against what the server said.",
}
_SLOWER = "Run with a lower concurrency, or raise the deadline."
THROTTLED: Mapping[Stage, str] = {
    "login": "Looker limits logins: wait a few minutes, and see who else logs in with these credentials.",
    "create": _SLOWER,
    "poll": _SLOWER,
    "results": _SLOWER,
    "read": "Call less often, or wait as long as the server asks.",
}
_WELL_AGAIN = "Run the same command again once the server is well: what is done is not done again."
BROKEN: Mapping[Stage, str] = {
    "login": "Looker, or a gateway before it, is not well: try again later, or ask its administrators.",
    "create": f"Looker may have taken the task although no answer came. {_WELL_AGAIN}",
    "poll": _WELL_AGAIN,
    "results": _WELL_AGAIN,
    "read": "Looker, or a gateway before it, is not well: try again later, or ask its administrators.",
}
_BETWEEN = "Something between here and Looker answers in its place: ask who runs the gateway or proxy"
UNEXPECTED: Mapping[Stage, str] = {
    "login": "Check that base_url is Looker's API and no proxy or login page stands before it.",
    "create": f"{_BETWEEN}; Looker may have taken the task all the same.",
    "poll": f"{_BETWEEN}.",
    "results": f"{_BETWEEN}.",
    "read": f"{_BETWEEN}.",
}

_OF_FAILURE: Mapping[NetworkFailure, str] = {
    "tls": "Check that base_url's host and port are Looker's; for a certificate of your own authority name its file in "
    "SSL_CERT_FILE, REQUESTS_CA_BUNDLE or CURL_CA_BUNDLE (verify_ssl=false trusts anybody).",
    "proxy": "Check the proxy that HTTPS_PROXY, HTTP_PROXY or ALL_PROXY names, or name Looker's host in NO_PROXY.",
    "unparsable": "What answers there does not speak HTTP as Looker does: check base_url, its port, and http or https.",
}


def advice_on_connection(failure: NetworkFailure, operation: str) -> str:
    """Return what to do about a call that the network failed."""
    if failure in _OF_FAILURE:
        return _OF_FAILURE[failure]
    if stage(operation) == "login":
        return "Check base_url, its port and the network."
    return f"Check the network; {_AGAIN}."


_TOO_LONG = "The dashboard takes too long in Looker's renderer: fewer tiles, or faster queries."
_OF_DETAIL = (
    ("Script timed out", _TOO_LONG),
    ("RendererTimeout", _TOO_LONG),
    ("JavaScript error", "A custom visualization fails in Looker's renderer: open the dashboard and look for it."),
    ("NoRenderFinishedEvent", "A tile never says that it is done: look for a custom visualization or an extension."),
    ("no outfile", "Looker's renderer broke down: run the same command again, or ask Looker's administrators."),
    ("Unexpected document content", "Looker's renderer could not load the dashboard: can the API user see it?"),
    ("merge result", "A tile merges results under a filter that not all of its queries have."),
)


def advice_on_task(detail: str) -> str:
    """Return what to do about a task that failed, by the words that Looker used."""
    for words, advice in _OF_DETAIL:
        if words in detail:
            return advice
    return "Open it in Looker's own UI: what fails there fails here."


def advice_on_deadline(phase: str) -> str:
    """Return what to do about an export that took too long, by the phase that it was in."""
    if phase == "enqueued_for_render":
        return (
            "Looker's renderer never took it: too few render slots, or a tile (an extension, a custom "
            "visualization) that cannot be rendered; a higher deadline or a lower concurrency may help."
        )
    if phase.startswith("enqueued"):
        return "Looker's queue is longer than the deadline: a higher deadline or a lower concurrency helps."
    return "Raise the deadline, or make the dashboard or query faster."
