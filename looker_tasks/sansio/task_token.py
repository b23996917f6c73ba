"""A task as text: what another process, on another day, needs to go on with it. It holds no secret.

    lt1.eyJhdCI6MTcwMDAwMDAwMCwiZXhwb3J0Ijp7...

``lt``, the version of the format, and JSON in URL-safe base64: the host, the task, the time of its create, the export.
"""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Any

from attrs import frozen

from looker_tasks.errors import ConfigurationError, InvalidExport
from looker_tasks.exports import Export
from looker_tasks.sansio import export_codec
from looker_tasks.sansio.export_requests import TaskState

_PREFIX = "lt"
_VERSION = 1
_EXPECTED = "expected a token that `LookerTasks.start` made"


@frozen
class TaskToken:
    """What a token holds."""

    base_url: str
    export: Export
    task_id: str
    created_at: float  # seconds since 1970

    def encode(self) -> str:
        """Return it as text."""
        held = {
            "at": round(self.created_at, 3),
            "export": export_codec.encode(self.export),
            "host": self.base_url,
            "task": self.task_id,
        }
        text = json.dumps(held, separators=(",", ":"), sort_keys=True).encode()
        return f"{_PREFIX}{_VERSION}.{urlsafe_b64encode(text).rstrip(b'=').decode()}"


def decode(token: str, base_url: str) -> TaskToken:
    """Return what *token* holds.

    Raises `ConfigurationError` for what is no token, for one of a newer release, and for one of another Looker than
    that at *base_url*.
    """
    version, dot, text = token.strip().partition(".") if isinstance(token, str) else ("", "", "")
    number = version.removeprefix(_PREFIX)
    if not dot or number == version or not (number.isascii() and number.isdecimal()):
        raise ConfigurationError(f"this is no token of a task; {_EXPECTED}")
    if number != str(_VERSION):
        raise ConfigurationError(
            f"the token has the format {version}, and this release knows {_PREFIX}{_VERSION}: "
            "use the release of looker-tasks that made it, or a newer one"
        )
    found = _held(text)
    if found.base_url != base_url:
        raise ConfigurationError(f"the token is of a task of {found.base_url}, and this client speaks to {base_url}")
    return found


def _held(text: str) -> TaskToken:
    try:
        held: Any = json.loads(urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        export = export_codec.decode(held["export"])
        task = TaskState(held["task"])
        return TaskToken(str(held["host"]), export, task.id, float(held["at"]))
    except (InvalidExport, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        reason = str(error) if isinstance(error, InvalidExport) else "it was cut short or changed"
        raise ConfigurationError(f"the token cannot be read ({reason}); {_EXPECTED}") from None
