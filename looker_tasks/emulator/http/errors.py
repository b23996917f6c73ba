"""What the emulator refuses, in Looker's words. Values alone; `answering` turns them into responses."""

from http import HTTPStatus
from typing import Literal

from attrs import frozen

from looker_tasks.emulator.http.versions import Version

Code = Literal["missing_field", "invalid", "already_exists"]


@frozen
class Detail:
    """One entry of a 422: which field is wrong, and how."""

    field: str
    code: Code
    message: str


class LookerError(Exception):
    """An answer that is an error: HTTP status, Looker's message, and for a 422 what is wrong with each field."""

    def __init__(self, status: int, message: str, details: tuple[Detail, ...] = ()) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.details = details

    def for_method(self, method: str) -> "LookerError":
        """Return the error as an answer to *method*: Looker's contract has no 422 for a GET, but a 400."""
        if self.status != HTTPStatus.UNPROCESSABLE_ENTITY or method != "GET":
            return self
        return bad_request(" ".join(each.message for each in self.details))


def bad_request(message: str) -> LookerError:
    """Return a 400: the request cannot be read."""
    return LookerError(400, message)


def unauthenticated() -> LookerError:
    """Return the 401 of an absent, unknown or expired token."""
    return LookerError(401, "Requires authentication.")


def not_found() -> LookerError:
    """Return the 404 that Looker uses for what is not there, what one may not see, and wrong credentials."""
    return LookerError(404, "Not found")


def too_many_requests() -> LookerError:
    """Return the 429 of a client that calls too often."""
    return LookerError(429, "Too Many Requests")


def broken() -> LookerError:
    """Return the 500 of a server that made a mistake."""
    return LookerError(500, "An error has occurred.")


def invalid(*details: Detail) -> LookerError:
    """Return the 422 of wrong or missing parameters."""
    return LookerError(422, "Validation Failed", details)


def error_body(error: LookerError, *, version: Version, method: str, template: str) -> dict[str, object]:
    """Write *error* as Looker does; the documentation address names the version, the status and the operation.

    The shape of the address is that of Looker 26, for example
    `https://docs.cloud.google.com/looker/docs/r/err/4.0/404/get/looks/:look_id`.
    """
    place = f"{method.lower()}{template}".replace("{", ":").replace("}", "")
    url = f"https://docs.cloud.google.com/looker/docs/r/err/{version}/{error.status}/{place}"
    body: dict[str, object] = {"message": error.message, "documentation_url": url}
    if error.details:
        body["errors"] = [
            {"field": each.field, "code": each.code, "message": each.message, "documentation_url": url}
            for each in error.details
        ]
    return body
