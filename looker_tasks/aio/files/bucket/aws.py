"""The profiles of AWS's own tools: what ~/.aws/credentials and ~/.aws/config say. No network, no obstore."""

from collections.abc import Mapping
from configparser import ConfigParser
from configparser import Error as UnreadableError
from pathlib import Path

from attrs import field, frozen

from looker_tasks.errors import ConfigurationError

_ELSEWHERE = ("AWS_ACCESS_KEY_ID", "AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI")
_SETTINGS = {
    "aws_access_key_id": "access_key_id",
    "aws_secret_access_key": "secret_access_key",
    "aws_session_token": "session_token",
    "region": "region",
    "endpoint_url": "endpoint",
}
_CREDENTIALS = ("access_key_id", "secret_access_key", "session_token")
_INDIRECT = ("role_arn", "sso_session", "sso_start_url", "credential_process", "login_session")


@frozen
class Profile:
    """What a profile says of the store. With *indirect*, its credentials have to be fetched from elsewhere."""

    name: str
    settings: Mapping[str, str] = field(repr=False)  # under the names that obstore has for them
    indirect: str = ""  # the key that says so


def read_profile(environ: Mapping[str, str], options: Mapping[str, str]) -> Profile:
    """Return the profile that the environment names, or the default one, as far as nothing comes before it.

    *options* and the environment's own credentials do. Raises `ConfigurationError` for a profile that is not there.
    """
    name = environ.get("AWS_PROFILE") or environ.get("AWS_DEFAULT_PROFILE") or "default"
    found: dict[str, str] = {}
    for path, section in (
        (environ.get("AWS_CONFIG_FILE", "~/.aws/config"), name if name == "default" else f"profile {name}"),
        (environ.get("AWS_SHARED_CREDENTIALS_FILE", "~/.aws/credentials"), name),
    ):
        found |= _section(Path(path).expanduser(), section)
    if not found and name != "default":
        raise ConfigurationError(f"AWS_PROFILE is {name!r}, and neither ~/.aws/config nor ~/.aws/credentials has it")
    settings = {setting: found[key] for key, setting in _SETTINGS.items() if found.get(key)}
    has_credentials = any(name in environ for name in _ELSEWHERE) or "access_key_id" in options
    if has_credentials:
        settings = {setting: value for setting, value in settings.items() if setting not in _CREDENTIALS}
    for setting, names in (("region", ("AWS_REGION", "AWS_DEFAULT_REGION")), ("endpoint", _ENDPOINTS)):
        if any(environ.get(name) for name in names):
            settings.pop(setting, None)
    indirect = "" if has_credentials else next((key for key in _INDIRECT if key in found), "")
    return Profile(name, settings, indirect)


_ENDPOINTS = ("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL", "AWS_ENDPOINT")


def endpoint_of(environ: Mapping[str, str]) -> str | None:
    """Return the endpoint that the environment gives, under any of its names."""
    return next((environ[name] for name in _ENDPOINTS if environ.get(name)), None)


def _section(path: Path, section: str) -> Mapping[str, str]:
    parser = ConfigParser(interpolation=None, default_section="")
    try:
        with path.open(encoding="utf-8") as file:
            parser.read_file(file)
    except FileNotFoundError:
        return {}
    except (OSError, UnreadableError, UnicodeDecodeError):
        raise ConfigurationError(f"{path} cannot be read") from None  # with no line of it: there are secrets in it
    return dict(parser[section]) if parser.has_section(section) else {}
