"""Where settings are found: in looker.ini, and in the environment. Read as the official SDK reads them."""

import configparser
from collections.abc import Mapping
from pathlib import Path
from typing import Literal, TypeAlias

from attrs import evolve, field, frozen

from looker_tasks.errors import ConfigurationError
from looker_tasks.sansio.protocol.secrets import Secret

#: Files that need not be there; any other file that is named must be (as in the official SDK).
DEFAULT_INIS = ("looker.ini", "../looker.ini")
ENV_PREFIX = "LOOKERSDK_"

IN_INI = ("base_url", "client_id", "client_secret", "verify_ssl", "timeout")  # its api_version is deprecated, unread
IN_ENVIRON = (*IN_INI, "api_version")

_INVISIBLE = "\ufeff\u200b\u200e\u200f\u2060"  # what comes along with a pasted text

Origin: TypeAlias = Literal["file", "environment", "argument"]


@frozen
class Raw:
    """A setting as it was found, and where, so that a complaint can name that."""

    value: object = field(repr=False)
    source: str
    origin: Origin


def from_ini(filename: str, section: str | None) -> dict[str, Raw]:
    """Return what *section* of the file has, its first one without a name; nothing for an empty *filename*.

    Raises `ConfigurationError` naming the file and the line.
    """
    if not filename:
        return {}
    parser = configparser.ConfigParser()
    try:
        with Path(filename).open(encoding="utf-8-sig") as file:
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


def _from_section(section: configparser.SectionProxy, filename: str) -> dict[str, Raw]:
    raw = {}
    for name in section:  # the official SDK expands every key, and refuses the file for any that is wrong
        source = f"{filename} [{section.name}] {name}"
        try:
            raw[name] = Raw(section[name], source, "file")
        except configparser.InterpolationError:
            raise ConfigurationError(f"{source}: a % stands alone; write %% for a %") from None
    return {name: raw[name] for name in IN_INI if name in raw}


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


def from_environ(environ: Mapping[str, str]) -> dict[str, Raw]:
    """Return what the variables of *environ* have."""
    variables = {name: ENV_PREFIX + name.upper() for name in IN_ENVIRON}
    return {
        name: Raw(environ[variable], variable, "environment")
        for name, variable in variables.items()
        if environ.get(variable)
    }


def without_quotes(found: Mapping[str, Raw]) -> dict[str, Raw]:
    """Take quotes off, and drop what is empty then as if it had not been given at all."""
    cleaned = {}
    for name, raw in found.items():
        text = str(raw.value)
        if text not in {"", '""', "''"}:
            quoted = text.startswith(('"', "'")) or text.endswith(('"', "'"))
            cleaned[name] = evolve(raw, value=Secret(text.strip("\"'") if quoted else text))
    return cleaned


def trimmed(text: str) -> str:
    """Return *text* without the blanks, line ends and invisible characters around it."""
    shorter = text.strip().strip(_INVISIBLE)
    return text if shorter == text else trimmed(shorter)
