"""What a setting may be, and what a person should know of those that there are. No complaint shows a secret."""

from collections.abc import Callable, Iterator, Mapping
from difflib import get_close_matches

from looker_tasks.config.sources import ENV_PREFIX, IN_ENVIRON, Raw, trimmed
from looker_tasks.errors import ConfigurationError
from looker_tasks.sansio.protocol.base_url import is_local, normalized
from looker_tasks.sansio.protocol.operations import API_VERSIONS

REQUIRED = ("base_url", "client_id", "client_secret")

_YES = ("yes", "y", "true", "t", "1")
_NO = ("no", "n", "false", "f", "0")


def checked(name: str, raw: Raw) -> object:
    """Return setting *name* with the type of its field. Raises `ConfigurationError` naming where it stands."""
    try:
        return _READ[name](raw.value)
    except ValueError as wrong:
        raise ConfigurationError(f"{raw.source}: {wrong}") from None


def _base_url(value: object) -> str:
    return normalized(trimmed(value) if isinstance(value, str) else "")


def _credential(value: object) -> str:
    if not isinstance(value, str) or not trimmed(value):
        raise ValueError("expected a text that is not empty")
    credential = trimmed(value)
    try:
        credential.encode()
    except UnicodeEncodeError:
        raise ValueError("it is not UTF-8 text") from None
    if not credential.isprintable():
        raise ValueError("there is a line end or a control character in it")
    return credential


def _word(value: object) -> str:
    return trimmed(str(value))


def _boolean(value: object) -> bool:
    word = _word(value).lower()
    if word not in _YES + _NO:
        raise ValueError(f"{_word(value)!r} is not one of {', '.join(_YES + _NO)}")
    return word in _YES


def _seconds(value: object) -> int:
    wrong = ValueError(f"{_word(value)!r} is not a whole number of seconds, at least 1")
    try:
        seconds = int(value) if isinstance(value, str | int) and not isinstance(value, bool) else 0
    except ValueError:
        raise wrong from None
    if seconds < 1:
        raise wrong
    return seconds


def _api_version(value: object) -> str:
    if _word(value) not in API_VERSIONS:
        raise ValueError(f"{_word(value)!r} is not one of {', '.join(API_VERSIONS)}")
    return _word(value)


_READ: Mapping[str, Callable[[object], object]] = {
    "base_url": _base_url,
    "client_id": _credential,
    "client_secret": _credential,
    "verify_ssl": _boolean,
    "timeout": _seconds,
    "api_version": _api_version,
}


def overruled(in_file: Mapping[str, Raw], in_environ: Mapping[str, Raw]) -> Iterator[str]:
    """Yield a warning where variables stand over the file that was named."""
    over = [name for name, raw in in_environ.items() if name in in_file and in_file[name].value != raw.value]
    if over:
        where = in_file[over[0]].source.removesuffix(f" {over[0]}")
        variables = ", ".join(in_environ[name].source for name in over)
        yield f"{where} is overruled by {variables}"


def padded(found: Mapping[str, Raw]) -> Iterator[str]:
    """Yield a warning for each setting that had blanks or line ends around it."""
    for name, raw in found.items():
        if name in REQUIRED and isinstance(raw.value, str) and trimmed(raw.value) != raw.value:
            yield f"{raw.source}: blanks, line ends or invisible characters around it were taken off"


def unread(environ: Mapping[str, str]) -> Iterator[str]:
    """Yield a warning for each variable that looks like one of ours and is none."""
    ours = {ENV_PREFIX + name.upper() for name in IN_ENVIRON}
    for variable in environ:
        if variable.upper().startswith(ENV_PREFIX.removesuffix("_")) and variable not in ours:
            meant = get_close_matches(variable.upper(), sorted(ours), 1, 0.85)
            yield f"{variable} is not read" + (f"; is {meant[0]} meant?" if meant else "")


def misspelled(name: str, environ: Mapping[str, str]) -> str:
    """Return a hint at a variable that may have been meant for setting *name*; "" where there is none."""
    variable = ENV_PREFIX + name.upper()
    candidates = [other for other in environ if "looker" in other.lower() and other != variable]
    found = get_close_matches(variable, [other.upper() for other in candidates], 1, 0.8)
    return f" ({found[0]} is set, but not read)" if found else ""


def insecure(base_url: str, *, verify_ssl: bool) -> Iterator[str]:
    """Yield a warning for what lets others listen or answer in Looker's place."""
    if is_local(base_url):
        return
    if base_url.startswith("http://"):
        yield f"{base_url} is asked without TLS: everybody on the way can read the secret and the files"
    elif not verify_ssl:
        yield f"verify_ssl is off: nobody checks that {base_url} is that Looker"
