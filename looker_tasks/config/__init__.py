"""Where the client gets its settings: looker.ini, then LOOKERSDK_* variables, then arguments, each over the one before.

The file and the variables are read as the official SDK reads them (`looker_sdk.rtl.api_settings`), so that one
looker.ini serves both; but the secret of one place is not sent to the address of another. Here lives reading and
checking alone. No message and no repr shows a secret.
"""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypedDict, Unpack, cast

from attrs import evolve, field, frozen

from looker_tasks.config.checks import REQUIRED, checked, insecure, misspelled, overruled, padded, unread
from looker_tasks.config.sources import DEFAULT_INIS, ENV_PREFIX, Raw, from_environ, from_ini, without_quotes
from looker_tasks.errors import ConfigurationError
from looker_tasks.policy import Deadlines, Policy
from looker_tasks.sansio.protocol.operations import ApiVersion
from looker_tasks.sansio.protocol.secrets import Secret

__all__ = ("DEFAULT_INIS", "ENV_PREFIX", "Overrides", "Settings", "conceal", "read_api_version", "read_settings")


@frozen
class Settings:
    """Where Looker is and who asks. Made by `read_settings`, which checks each of them."""

    base_url: str  # scheme and host, without a slash at its end and without /api/…
    client_id: str = field(converter=str)
    client_secret: str = field(repr=False, converter=Secret)
    verify_ssl: bool = True
    timeout: int = 120  # seconds
    api_version: ApiVersion = "4.0"
    warnings: tuple[str, ...] = field(default=(), eq=False)  # what a person should know of them, a line each

    @property
    def description(self) -> str:
        """Which Looker is asked, and as whom; without secrets."""
        return f"{self.base_url} as {self.client_id}"

    def policy(self, policy: Policy | None = None) -> Policy:
        """Return *policy* with `timeout` for each call, unless it has a deadline of its own for that."""
        if policy is None:
            policy = Policy()
        if policy.deadlines.call != Deadlines().call:
            return policy
        return evolve(policy, deadlines=evolve(policy.deadlines, call=self.timeout))


class Overrides(TypedDict, total=False):
    """Settings given in code. None is the same as not given."""

    base_url: str | None
    client_id: str | None
    client_secret: str | None
    verify_ssl: bool | None
    timeout: int | None
    api_version: ApiVersion | None


def conceal(overrides: Overrides) -> None:
    """Make the secret of *overrides* one that no repr shows: a traceback may show them with its local variables."""
    if isinstance(secret := overrides.get("client_secret"), str):
        overrides["client_secret"] = Secret(secret)


def read_settings(
    *,
    ini: str | Path = DEFAULT_INIS[0],
    section: str | None = None,
    environ: Mapping[str, str] = os.environ,
    **explicit: Unpack[Overrides],
) -> Settings:
    """Read the settings from *ini* (its first section without a *section*), *environ* and *explicit* arguments.

    An empty *ini* reads no file. Raises `ConfigurationError` naming where it stands and what was expected there, and
    where the secret of one Looker would go to another.
    """
    conceal(explicit)
    in_file, in_environ = from_ini(str(ini), section), from_environ(environ)
    in_code = {name: Raw(value, name, "argument") for name, value in explicit.items() if value is not None}
    found = {**without_quotes(in_file | in_environ), **in_code}  # an empty variable hides the file's value, as there
    for name in REQUIRED:
        if name not in found:
            raise ConfigurationError(
                f"{name} is not set: put it into looker.ini or into the variable {ENV_PREFIX}{name.upper()}"
                f"{misspelled(name, environ)}"
            )
    values = {name: checked(name, raw) for name, raw in found.items()}
    _check_origins(found, without_quotes(in_file), values)
    # What the table gives for a name has the type of that field.
    settings = Settings(**cast("dict[str, Any]", values))
    is_named = section is not None or str(ini) not in DEFAULT_INIS
    warnings = [
        *(overruled(without_quotes(in_file), without_quotes(in_environ)) if is_named else ()),
        *padded(found),
        *unread(environ),
        *insecure(settings.base_url, verify_ssl=settings.verify_ssl),
    ]
    return evolve(settings, warnings=tuple(warnings))


def read_api_version(environ: Mapping[str, str] = os.environ) -> ApiVersion:
    """Return which API *environ* asks for, where nothing else is needed to know. Raises `ConfigurationError`."""
    found = without_quotes(from_environ(environ))
    return cast("ApiVersion", checked("api_version", found["api_version"])) if "api_version" in found else "4.0"


def _check_origins(found: Mapping[str, Raw], in_file: Mapping[str, Raw], values: Mapping[str, object]) -> None:
    """Refuse to send the secret of a file to the address of a variable, or the other way round.

    Raises `ConfigurationError` where one of them stands over another one in the file: each belongs to a Looker of its
    own then. A file with the address alone, and variables with the credentials, are one Looker's.
    """
    url, secret = found["base_url"], found["client_secret"]
    if url.origin == secret.origin or "argument" in {url.origin, secret.origin}:
        return
    for name in ("base_url", "client_secret"):
        if name in in_file and checked(name, in_file[name]) != values[name]:
            raise ConfigurationError(
                f"base_url is that of {url.source}, and client_secret that of {secret.source}, which may belong to "
                f"another Looker: nothing was sent. Set them in one and the same place"
            )
