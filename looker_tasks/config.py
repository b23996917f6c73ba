"""Where the client gets its settings: looker.ini, then LOOKERSDK_* variables, then arguments, each over the one before.

The file and the variables are read as the official SDK reads them (`looker_sdk.rtl.api_settings`), so that one
looker.ini serves both. Here lives reading and checking alone; nobody else looks at the environment. No message and no
repr shows a secret.
"""

import configparser
import os
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypedDict, Unpack, cast
from urllib.parse import urlsplit

from attrs import field, frozen

from looker_tasks.errors import ConfigurationError
from looker_tasks.sansio.protocol.operations import API_VERSIONS, ApiVersion

#: Files that need not be there; any other file that is named must be (as in the official SDK).
DEFAULT_INIS = ("looker.ini", "../looker.ini")
ENV_PREFIX = "LOOKERSDK_"

_IN_INI = ("base_url", "client_id", "client_secret", "verify_ssl", "timeout")  # its api_version is deprecated, unread
_REQUIRED = ("base_url", "client_id", "client_secret")
_YES = ("yes", "y", "true", "t", "1")
_NO = ("no", "n", "false", "f", "0")
_API_PATH = re.compile(r"/api(/.*)?$")


@frozen
class Settings:
    """Where Looker is and who asks. Made by `read_settings`, which checks each of them."""

    base_url: str  # scheme and host, without a slash at its end and without /api/…
    client_id: str
    client_secret: str = field(repr=False)
    verify_ssl: bool = True
    timeout: int = 120  # seconds
    api_version: ApiVersion = "4.0"


class Overrides(TypedDict, total=False):
    """Settings given in code. None is the same as not given."""

    base_url: str | None
    client_id: str | None
    client_secret: str | None
    verify_ssl: bool | None
    timeout: int | None
    api_version: ApiVersion | None


@frozen
class _Given:
    """A setting as it was found, and where, so that a complaint can name the place."""

    value: object = field(repr=False)
    source: str


def read_settings(
    *,
    ini: str | Path = DEFAULT_INIS[0],
    section: str | None = None,
    environ: Mapping[str, str] = os.environ,
    **explicit: Unpack[Overrides],
) -> Settings:
    """Read the settings from *ini* (its first section without a *section*), *environ* and *explicit* arguments.

    An empty *ini* reads no file. Raises `ConfigurationError` naming the place and what was expected there.
    """
    found = _cleaned(_from_ini(str(ini), section) | _from_environ(environ, (*_IN_INI, "api_version")))
    found |= {name: _Given(value, name) for name, value in explicit.items() if value is not None}
    for name in _REQUIRED:
        if name not in found:
            raise ConfigurationError(
                f"{name} is not set: put it into looker.ini or into the variable {ENV_PREFIX}{name.upper()}"
            )
    # What the table gives for a name has the type of that field.
    return Settings(**cast("dict[str, Any]", {name: _checked(name, given) for name, given in found.items()}))


def read_api_version(environ: Mapping[str, str] = os.environ) -> ApiVersion:
    """Tell which API *environ* asks for, where nothing else is needed to know. Raises `ConfigurationError`."""
    found = _cleaned(_from_environ(environ, ("api_version",)))
    return cast("ApiVersion", _checked("api_version", found["api_version"])) if found else "4.0"


def _from_ini(filename: str, section: str | None) -> dict[str, _Given]:
    if not filename:
        return {}
    parser = configparser.ConfigParser()
    try:
        with Path(filename).open(encoding="utf-8") as file:
            parser.read_file(file)
    except FileNotFoundError:
        if filename in DEFAULT_INIS:
            return {}
        raise ConfigurationError(f"{filename}: there is no such file") from None
    except OSError as error:
        raise ConfigurationError(f"{filename}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise ConfigurationError(f"{filename}: it is not UTF-8 text") from None
    except configparser.Error as error:
        raise ConfigurationError(f"{filename}: {_ini_complaint(error)}") from None
    sections = parser.sections()
    if not sections:
        raise ConfigurationError(f"{filename}: it has no section; expected a first line such as [Looker]")
    chosen = section or sections[0]
    if chosen not in sections:
        raise ConfigurationError(f"{filename}: it has no section [{chosen}]; it has {', '.join(sections)}")
    return _from_section(parser[chosen], filename)


def _from_section(section: configparser.SectionProxy, filename: str) -> dict[str, _Given]:
    given = {}
    for name in section:  # the official SDK expands every key, and refuses the file for any that is wrong
        source = f"{filename} [{section.name}] {name}"
        try:
            given[name] = _Given(section[name], source)
        except configparser.InterpolationError:
            raise ConfigurationError(f"{source}: a % stands alone; write %% for a %") from None
    return {name: given[name] for name in _IN_INI if name in given}


def _ini_complaint(error: configparser.Error) -> str:
    """Tell what is wrong with the file by its line, never by what the line says: it may be the secret's."""
    match error:
        case configparser.MissingSectionHeaderError(lineno=line):
            return f"line {line} stands before the first section; expected a line such as [Looker]"
        case configparser.DuplicateSectionError(section=section, lineno=line):
            return f"line {line}: the section [{section}] is there twice"
        case configparser.DuplicateOptionError(section=section, option=option, lineno=line):
            return f"line {line}: [{section}] has {option} twice"
        case configparser.ParsingError(errors=[(line, _), *_]):
            return f"line {line} is not of the form key=value"
        case _:
            return "it is not of the form of looker.ini"


def _from_environ(environ: Mapping[str, str], names: tuple[str, ...]) -> dict[str, _Given]:
    variables = {name: ENV_PREFIX + name.upper() for name in names}
    return {name: _Given(environ[variable], variable) for name, variable in variables.items() if environ.get(variable)}


def _cleaned(found: Mapping[str, _Given]) -> dict[str, _Given]:
    """Take quotes off, and drop what is empty then as if it had not been given at all."""
    cleaned = {}
    for name, given in found.items():
        text = str(given.value)
        if text not in {"", '""', "''"}:
            quoted = text.startswith(('"', "'")) or text.endswith(('"', "'"))
            cleaned[name] = _Given(text.strip("\"'") if quoted else text, given.source)
    return cleaned


def _checked(name: str, given: _Given) -> object:
    try:
        return _READ[name](given.value)
    except ValueError as wrong:
        raise ConfigurationError(f"{given.source}: {wrong}") from None


def _base_url(value: object) -> str:
    # What is no address at all is not shown: it may be a secret that stands in the wrong line.
    expected = "expected an address such as https://company.looker.com or https://looker.example.com:19999"
    if not isinstance(value, str) or not value.isprintable() or " " in value:
        raise ValueError(expected)
    try:
        parts = urlsplit(value)
        well_formed = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:  # a bad port, a bracket that does not close
        well_formed = False
    if not well_formed:
        raise ValueError(expected)
    if "@" in parts.netloc or "?" in value or "#" in value:
        raise ValueError(f"{expected}, without a user, a query or a fragment")
    plain = f"{parts.scheme}://{parts.netloc}"
    if api := _API_PATH.search(parts.path):
        raise ValueError(f"{value!r} names the API; expected {plain}{parts.path[: api.start()]}")
    return f"{plain}{parts.path}".rstrip("/")


def _credential(value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError("expected a text that is not empty")
    return value


def _boolean(value: object) -> bool:
    word = str(value).lower()
    if word not in _YES + _NO:
        raise ValueError(f"{value!r} is not one of {', '.join(_YES + _NO)}")
    return word in _YES


def _seconds(value: object) -> int:
    wrong = ValueError(f"{value!r} is not a whole number of seconds, at least 1")
    try:
        seconds = int(value) if isinstance(value, str | int) and not isinstance(value, bool) else 0
    except ValueError:
        raise wrong from None
    if seconds < 1:
        raise wrong
    return seconds


def _api_version(value: object) -> str:
    if value not in API_VERSIONS:
        raise ValueError(f"{value!r} is not one of {', '.join(API_VERSIONS)}")
    return str(value)


_READ: Mapping[str, Callable[[object], object]] = {
    "base_url": _base_url,
    "client_id": _credential,
    "client_secret": _credential,
    "verify_ssl": _boolean,
    "timeout": _seconds,
    "api_version": _api_version,
}
