"""Reading what a client sends: query parameters and JSON bodies, every mistake named as Looker's 422 names it. Pure."""

import json
import math
import re
from collections.abc import Iterable, Mapping
from typing import get_args

from looker_tasks.emulator.http.errors import Code, Detail, bad_request, invalid

LONGEST_SIDE = 20_000  # pixels; nobody looks at more, and the picture would take gigabytes
_BOOLEANS = {"true": True, "1": True, "false": False, "0": False}
_RAW_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")


class Parameters:
    """The values of one request by name; wrong ones are collected, and refused together by `check`."""

    def __init__(self, values: Mapping[str, object]) -> None:
        self._values = values
        self._wrong: list[Detail] = []

    def check(self) -> None:
        """Raise the 422 that names every parameter that was found wrong."""
        if self._wrong:
            raise invalid(*self._wrong)

    def refuse(self, field: str, code: Code, message: str) -> None:
        """Note that *field* is wrong."""
        self._wrong.append(Detail(field, code, message))

    def refuse_misplaced(self, names: Iterable[str], where: str) -> None:
        """Refuse the parameters among *names* that were sent here, because they belong *where* they were not sent."""
        for name in names:
            if name in self._values:
                self.refuse(name, "invalid", f"{name} must be sent in {where}.")

    def pixels(self, name: str) -> int:
        """Read a length in pixels, which must be there and above zero."""
        text = str(self._values.get(name, ""))
        if not text:
            self.refuse(name, "missing_field", f"{name} is required.")
        elif not (text.isascii() and text.isdecimal() and len(text) < 10 and int(text) > 0):  # noqa: PLR2004  # int32
            self.refuse(name, "invalid", f"{name} must be a whole number above 0.")
        elif int(text) > LONGEST_SIDE:
            self.refuse(name, "invalid", f"{name} must be at most {LONGEST_SIDE} pixels.")
        else:
            return int(text)
        return 0

    def integer(self, name: str) -> int | None:
        """Read a whole number that may be left out."""
        text = str(self._values.get(name, ""))
        if not text:
            return None
        try:
            return int(text)
        except ValueError:
            self.refuse(name, "invalid", f"{name} must be a whole number.")
            return None

    def seconds(self, name: str) -> float:
        """Read a time that may be left out: none then."""
        text = str(self._values.get(name, ""))
        try:
            seconds = float(text or 0)
        except ValueError:
            seconds = -1
        if not 0 <= seconds < math.inf:
            self.refuse(name, "invalid", f"{name} must be a number of seconds.")
            return 0.0
        return seconds

    def boolean(self, name: str, *, default: bool) -> bool:
        """Read a truth value, sent as JSON's or as text."""
        value = self._values.get(name)
        if value is None or value == "":
            return default
        known = _BOOLEANS.get(str(value).lower())
        if known is None:
            self.refuse(name, "invalid", f"{name} must be true or false.")
        return default if known is None else known

    def text(self, name: str, *, required: bool = False) -> str | None:
        """Read a text that may be left out or null."""
        value = self._values.get(name)
        if value is None or value == "":
            if required:
                self.refuse(name, "missing_field", f"{name} is required.")
            return None
        if not isinstance(value, str):
            self.refuse(name, "invalid", f"{name} must be a string.")
            return None
        return value

    def identity(self, name: str, *, required: bool = False) -> str | None:
        """Read an id: a string, or an integer as API 3.1 has them."""
        value = self._values.get(name)
        if isinstance(value, int) and not isinstance(value, bool):
            return str(value)
        return self.text(name, required=required)

    def texts(self, name: str) -> tuple[str, ...]:
        """Read a list of texts that may be left out or null."""
        value = self._values.get(name)
        if value is None:
            return ()
        if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
            self.refuse(name, "invalid", f"{name} must be an array of strings.")
            return ()
        return tuple(value)

    def choice(self, name: str, choices: object) -> str | None:
        """Read one of the texts that the Literal *choices* lists; it may be left out."""
        value = self.text(name)
        if value is not None and value not in get_args(choices):
            self.refuse(name, "invalid", f"{name} must be one of {', '.join(get_args(choices))}.")
            return None
        return value

    def url_query(self, name: str) -> str | None:
        """Read a text in URL query format (`Region=West&State=New+York`), where each `%` begins an escape."""
        text = self.text(name)
        if text is not None and _RAW_PERCENT.search(text):
            self.refuse(name, "invalid", f"{name} must be URL-encoded.")
        return text


def json_object(body: bytes, *, required: bool) -> dict[str, object]:
    """Read *body* as a JSON object; an empty one is {} unless it is *required*. Raises the 400 of an unreadable one."""
    if not body.strip() and not required:
        return {}
    try:
        value = json.loads(body)
    except (ValueError, RecursionError) as wrong:
        raise bad_request("Bad Request: the body is not JSON.") from wrong
    if not isinstance(value, dict):
        raise bad_request("Bad Request: the body is not a JSON object.")
    return value
